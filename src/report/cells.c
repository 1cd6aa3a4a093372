/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/cells.h"

#include "base/units.h"

#include <math.h>
#include <string.h>

static const struct cell UNKNOWN = {"-"};

struct cell cell_time(double seconds) {
    struct cell cell = UNKNOWN;
    if (isfinite(seconds))
        format_time(cell.text, sizeof(cell.text), seconds);
    return cell;
}

struct cell cell_count(double count) {
    struct cell cell = UNKNOWN;
    if (isfinite(count))
        format_count(cell.text, sizeof(cell.text), count);
    return cell;
}

/* Three significant digits, without an exponent where that is readable. */
static struct cell digits(double value, const char *unit) {
    struct cell cell = UNKNOWN;
    double size = fabs(value);
    if (!isfinite(value))
        return cell;
    int decimals = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
    const char *format = size != 0 && (size < 0.0995 || size >= 1e5) ? "%.*g%s" : "%.*f%s";
    snprintf(cell.text, sizeof(cell.text), format, size == 0 ? 0 : decimals, value, unit);
    return cell;
}

struct cell cell_share(double share) {
    return digits(100 * share, "%");
}

struct cell cell_ratio(double ratio) {
    return digits(ratio, "");
}

struct cell cell_value(enum unit unit, double value) {
    switch (unit) {
    case UNIT_TIME:
        return cell_time(value);
    case UNIT_SHARE:
        return cell_share(value);
    case UNIT_RATIO:
        return cell_ratio(value);
    default:
        return cell_count(value);
    }
}

struct cell cell_precision(struct estimate estimate) {
    struct cell cell = {""};
    double share = estimate_precision(&estimate);
    if (isfinite(share) && estimate.mean != 0)
        snprintf(cell.text, sizeof(cell.text), "+-%.*f%%", share < 0.0995 ? 1 : 0, 100 * share);
    return cell;
}

struct cell cell_reached(double precision) {
    struct cell cell = {"not known"};
    if (isfinite(precision))
        snprintf(cell.text, sizeof(cell.text), "+-%.2g%%", 100 * precision);
    return cell;
}

bool cell_says_something(struct estimate ratio) {
    return isfinite(ratio.mean) && !(ratio.hi > 100 * ratio.lo);
}

struct cell cell_interval(enum unit unit, struct estimate estimate) {
    struct cell cell = cell_value(unit, estimate.mean);
    size_t n = strlen(cell.text);
    if (isfinite(estimate.lo) && isfinite(estimate.hi))
        snprintf(cell.text + n, sizeof(cell.text) - n, " (%.12s..%.12s)",
                 cell_value(unit, estimate.lo).text, cell_value(unit, estimate.hi).text);
    return cell;
}

static bool starts_character(char c) {
    return ((unsigned char)c & 0xc0) != 0x80;
}

void put_padded(FILE *out, const char *text, int width) {
    int n = 0;
    for (; *text != '\0'; text++) {
        n += starts_character(*text);
        if (n > width)
            break;
        fputc(*text, out);
    }
    for (; n < width; n++)
        fputc(' ', out);
}

static int columns_of(const char *text, size_t length) {
    int n = 0;
    for (size_t i = 0; i < length; i++)
        n += starts_character(text[i]);
    return n;
}

int text_columns(const char *text) {
    return columns_of(text, strlen(text));
}

void put_tail(FILE *out, const char *text, int width) {
    int n = text_columns(text);
    if (n < width) {
        put_padded(out, text, width);
        return;
    }
    fputs("..", out);
    put_padded(out, text + (n - width + 3), width - 2);
}

/* A unit stays on the line of its number. */
static bool is_unit(const char *word, size_t length) {
    static const char *const units[] = {"ns", "us", "ms", "s", "min", "h"};
    while (length > 0 && strchr(",;:.)", word[length - 1]) != NULL)
        length--;
    for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
        if (strlen(units[i]) == length && strncmp(units[i], word, length) == 0)
            return true;
    return false;
}

/* Bytes up to the next place to break. */
static size_t word_length(const char *text) {
    size_t length = strcspn(text, " \n");
    if (text[length] == '\0')
        return length;
    const char *next = text + length + 1;
    size_t more = strcspn(next, " \n");
    return is_unit(next, more) ? length + 1 + more : length;
}

void put_wrapped(FILE *out, const char *text, int indent) {
    int start = (int)strspn(text, " "), column = start;
    fprintf(out, "%*s", start, "");
    for (size_t length; *(text += strspn(text, " \n")) != '\0'; text += length) {
        length = word_length(text);
        int width = columns_of(text, length);
        if (column > start && column + 1 + width > TEXT_WIDTH) {
            fprintf(out, "\n%*s", indent, "");
            column = start = indent;
        } else if (column > start) {
            fputc(' ', out);
            column++;
        }
        fwrite(text, 1, length, out);
        column += width;
    }
    fputc('\n', out);
}
