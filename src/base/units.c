/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"

#include "base/ticks.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct suffix {
    const char *name;
    double factor;
};

static const struct suffix times[] = {{"ns", 1e-9},      {"us", 1e-6}, {"\u00b5s", 1e-6},
                                      {"\u03bcs", 1e-6}, {"ms", 1e-3}, {"s", 1},
                                      {"min", 60},       {"h", 3600},  {NULL, 0}};
static const struct suffix multiples[] = {{"", 1}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {NULL, 0}};

/* Simulated time ends after 29 years; what people measure is shorter. */
static const double longest_time = 10 * 365.25 * 24 * 3600;
/* The next is 2^53, which a double cannot tell from the one after it. */
static const double largest_count = 9007199254740991.0;
static const double largest_number = 1e18;

static size_t digits(const char *text, size_t n, size_t i) {
    while (i < n && text[i] >= '0' && text[i] <= '9')
        i++;
    return i;
}

/* Reads decimal digits with fraction and exponent; returns how many bytes, 0 if none. */
static size_t scan_decimal(const char *text, size_t n, double *value) {
    char copy[64];
    size_t i = digits(text, n, 0), whole = i;
    if (i < n && text[i] == '.')
        i = digits(text, n, i + 1);
    if (i == 0 || (whole == 0 && i == 1))
        return 0;
    if (i < n && (text[i] == 'e' || text[i] == 'E')) {
        size_t sign = i + 1 < n && (text[i + 1] == '+' || text[i + 1] == '-');
        size_t end = digits(text, n, i + 1 + sign);
        if (end > i + 1 + sign)
            i = end;
    }
    if (i >= sizeof(copy))
        return 0;
    memcpy(copy, text, i);
    copy[i] = '\0';
    *value = strtod(copy, NULL);
    return i;
}

/* The factor of a suffix; a space may stand before it. 0 if it is not in the table. */
static double suffix_factor(const struct suffix *table, const char *text, size_t n) {
    if (n > 1 && text[0] == ' ') {
        text++;
        n--;
    }
    for (; table->name != NULL; table++)
        if (strlen(table->name) == n && memcmp(table->name, text, n) == 0)
            return table->factor;
    return 0;
}

const char *parse_time(const char *text, size_t n, double *seconds) {
    double value;
    size_t used = scan_decimal(text, n, &value);
    if (used == 0)
        return "a time such as 13us";
    double factor = suffix_factor(times, text + used, n - used);
    if (factor == 0 && !(value == 0 && used == n))
        return "a time with a unit (ns us ms s min h), such as 13us";
    *seconds = value * factor;
    return *seconds <= longest_time ? NULL : "a time of at most 10 years";
}

const char *parse_rate(const char *text, size_t n, double *per_second) {
    static const char expected[] = "a rate such as 3.5k/s";
    const char *slash = memchr(text, '/', n);
    if (slash == NULL)
        return expected;
    double number, factor = suffix_factor(times, slash + 1, (size_t)(text + n - slash - 1));
    if (factor == 0 || parse_number(text, (size_t)(slash - text), &number) != NULL)
        return expected;
    *per_second = number / factor;
    return *per_second <= largest_number ? NULL : "a rate of at most 1e18/s";
}

const char *parse_share(const char *text, size_t n, double *share) {
    static const char expected[] = "a share from 0 to 1, such as 0.08 or 8%";
    size_t used = scan_decimal(text, n, share);
    if (used == 0)
        return expected;
    if (used + 1 == n && text[used] == '%')
        *share /= 100;
    else if (used != n)
        return expected;
    return *share <= 1 ? NULL : expected;
}

/* With k, M, G behind it, however large. */
static bool scan_number(const char *text, size_t n, double *number) {
    size_t used = scan_decimal(text, n, number);
    double factor = used == 0 ? 0 : suffix_factor(multiples, text + used, n - used);
    if (factor != 0)
        *number *= factor;
    return factor != 0;
}

const char *parse_number(const char *text, size_t n, double *number) {
    if (!scan_number(text, n, number))
        return "a number such as 1.5 or 10k";
    return *number <= largest_number ? NULL : "a number of at most 1e18";
}

const char *parse_count(const char *text, size_t n, double *count) {
    if (!scan_number(text, n, count) || *count != floor(*count))
        return "a whole number such as 64 or 10k";
    return *count <= largest_count ? NULL : "a whole number of at most 9007199254740991";
}

/* Decimals that leave three significant digits of a number below 1000. */
static int decimals(double number) {
    return number < 9.995 ? 2 : number < 99.95 ? 1 : 0;
}

char *format_time(char *buf, size_t size, double seconds) {
    static const struct suffix shown[] = {{"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1}};
    size_t i = 0;
    while (i < 3 && fabs(seconds) >= 999.5 * shown[i].factor)
        i++;
    if (seconds == 0)
        snprintf(buf, size, "0 s");
    else
        snprintf(buf, size, "%.*f %s", decimals(fabs(seconds / shown[i].factor)),
                 seconds / shown[i].factor, shown[i].name);
    return buf;
}

char *format_count(char *buf, size_t size, double number) {
    size_t i = 0;
    while (i < 3 && fabs(number) >= 999.5 * multiples[i].factor)
        i++;
    double shown = number / multiples[i].factor;
    bool whole = i == 0 && shown == floor(shown);
    snprintf(buf, size, "%.*f%s", whole ? 0 : decimals(fabs(shown)), shown, multiples[i].name);
    return buf;
}
