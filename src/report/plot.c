/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/plot.h"

#include "base/arena.h"
#include "report/cells.h"
#include "report/file.h"
#include "report/gnuplot.h"
#include "report/places.h"
#include "report/plot_parts.h"

#include <errno.h>
#include <math.h>
#include <string.h>

/* Where the picture is cut into the panel of throughput and that of waiting. */
static const double CUT = 0.37;
enum { TITLE_COLUMNS = 76, WIDTH = 800, HEIGHT = 640 };

static const struct plot_terminal terminals[] = {
    {".svg", "svg noenhanced background 'white' font 'DejaVu Sans,Helvetica,sans-serif,13'", 1},
    {".png",
     "pngcairo noenhanced background 'white' font 'DejaVu Sans,13' fontscale 2 linewidth 2 "
     "pointscale 2",
     2},
    {"-", "dumb size 98,32 noenhanced mono", 0},
    {NULL, NULL, 0}};

static const struct plot_style styles[] = {
    {"#000000", 1, 7},  {"#0055aa", 2, 5}, {"#bb4400", 4, 9}, {"#447733", 5, 11},
    {"#882288", 3, 13}, {"#777777", 1, 6}, {"#0088aa", 2, 4}, {"#aa8800", 4, 8},
    {"#aa3377", 5, 10}, {"#555555", 3, 12}};
enum { NSTYLES = sizeof(styles) / sizeof(styles[0]) };

const struct plot_style *plot_style(uint32_t line) {
    return &styles[line % NSTYLES];
}

static bool is_letters(const struct plot *p) {
    return p->terminal->scale == 0;
}

static double strip(const struct plot *p) {
    return is_letters(p) ? 0 : plot_limits_height(p);
}

/* A share of the height of the panels, as one of the screen with the strip below them. */
static double of_screen(const struct plot *p, double share) {
    return share * HEIGHT / (HEIGHT + strip(p));
}

static double screen(const struct plot *p, double height) {
    return 1 - of_screen(p, 1 - height);
}

/* ---- what is the same in both panels ---- */

static void put_text(const struct plot *p, const char *text, double height, const char *font) {
    fputs("set label ", p->out);
    gnuplot_quote(p->out, text);
    fprintf(p->out, " at screen 0.5,%g center %s\n", screen(p, height), font);
}

/* What the bars, the circles and the dots are. */
static const char *explanation(const struct plot *p) {
    const struct sweep *sweep = p->curves->sweep;
    const char *profile = sweep->scenario->machine.profile;
    const char *knee = "";
    if (p->data.nknees > 0)
        knee = arena_printf(p->arena, "; circles: knees, no step beyond adds %g%% of linear",
                            100 * p->curves->share);
    return arena_printf(p->arena, "%s; bars: 95%% intervals%s%s",
                        profile != NULL ? profile : "ideal machine", knee,
                        p->data.linear > 0 ? "; dotted: linear" : "");
}

static void put_title(const struct plot *p) {
    const char *title = p->curves->sweep->scenario->title;
    size_t n = strlen(title), cut = n;
    if (text_columns(title) > TITLE_COLUMNS)
        for (cut = n / 2 < TITLE_COLUMNS ? n / 2 : TITLE_COLUMNS; cut < n && title[cut] != ' ';)
            cut++;
    put_text(p, arena_strndup(p->arena, title, cut), 0.97, "");
    if (cut < n)
        put_text(p, title + cut + 1, 0.937, "");
    if (is_letters(p))
        return;
    double height = cut < n ? 0.906 : 0.939;
    put_text(p, explanation(p), height, "font ',10' textcolor '#444444'");
    put_text(p, plot_bounds_text(p), height - 0.026, "font ',10' textcolor '#444444'");
}

static void put_axis(const struct plot *p) {
    const struct curves *c = p->curves;
    double low = c->x[0], high = c->x[c->nplaces - 1];
    if (plot_is_log(low, high))
        fprintf(p->out, "set logscale x 2\nset xrange [%.12g:%.12g]\n", low / 1.15, high * 1.15);
    else
        fprintf(p->out, "set xrange [%.12g:%.12g]\n", low - 0.03 * (high - low),
                high + 0.03 * (high - low));
    fputs("set xtics (", p->out);
    double shown = NAN;
    for (uint32_t i = 0; i < c->nplaces; i++) {
        if (!plot_has_tic(c, i, shown))
            continue;
        fputs(isnan(shown) ? "" : ", ", p->out);
        gnuplot_quote(p->out, c->labels[i]);
        fprintf(p->out, " %.12g", c->x[i]);
        shown = c->x[i];
    }
    fputs(")\n", p->out);
}

static void put_data(const struct plot *p) {
    const struct curves *c = p->curves;
    for (uint32_t i = 0; i < p->data.nlines; i++) {
        const struct plot_line *line = &p->data.lines[i];
        fprintf(p->out, "$line%u << EOD\n", i);
        for (uint32_t place = 0; place < c->nplaces; place++) {
            const struct plot_value *v = &line->values[place];
            fprintf(p->out, "%.12g %.12g %.12g %.12g %.12g\n", c->x[place],
                    v->speed.mean / p->data.unit, fmax(v->speed.lo, p->data.low) / p->data.unit,
                    v->speed.hi / p->data.unit, v->wait);
        }
        fputs("EOD\n", p->out);
    }
}

static void put_points(const struct plot *p, const char *name, const struct plot_point *points,
                       uint32_t n) {
    fprintf(p->out, "$%s << EOD\n", name);
    for (uint32_t i = 0; i < n; i++)
        fprintf(p->out, "%.12g %.12g\n", points[i].x, points[i].y / p->data.unit);
    fputs("EOD\n", p->out);
}

void plot_element(const struct plot *p, uint32_t i, const char *columns, const char *with) {
    const struct plot_style *style = plot_style(i);
    fprintf(p->out,
            "$line%u using %s with %s linecolor '%s' dashtype %d pointtype %d linewidth 1.5 "
            "pointsize 0.7",
            i, columns, with, style->color, style->dashes, style->point);
}

/* ---- throughput ---- */

static void put_labels(const struct plot *p) {
    uint32_t n;
    const struct plot_label *labels = plot_labels(p->arena, &p->data, p->curves->nplaces, &n);
    for (uint32_t i = 0; i < n; i++) {
        fputs("set label ", p->out);
        const char *label = p->data.lines[labels[i].line].label;
        int letter = 'A' + plot_style(labels[i].line)->point - 1; /* as gnuplot has them */
        gnuplot_quote(p->out,
                      is_letters(p) ? arena_printf(p->arena, "%c %s", letter, label) : label);
        fprintf(p->out, " at graph 1.015,%.4f left textcolor '%s'\n", labels[i].height,
                plot_style(labels[i].line)->color);
    }
}

/* Each name once, at the first of its points. */
static void put_names(const struct plot *p, const struct plot_point *points, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        uint32_t first = 0;
        while (strcmp(points[first].name, points[i].name) != 0)
            first++;
        if (first == i)
            fprintf(p->out, "set label '%s' at %.12g,%.12g left offset 1,0.5 font ',10'\n",
                    points[i].name, points[i].x, points[i].y / p->data.unit);
    }
}

static void put_marks(const struct plot *p) {
    static const char mark[] = ", $%s using 1:2 with points pointtype %d pointsize %g "
                               "linewidth 1.5 linecolor '#000000'";
    const struct plot_data *d = &p->data;
    if (d->nknees > 0 && !is_letters(p))
        fprintf(p->out, mark, "knees", 6, 2.2);
    if (d->nmeasured > 0)
        fprintf(p->out, mark, "measured", 3, 1.4);
    if (d->nfailed > 0)
        fprintf(p->out, mark, "failed", 2, 1.2);
    if (d->linear > 0 && !is_letters(p))
        fprintf(p->out, ", %.12g %s x with lines linecolor '#999999' linewidth 1 dashtype 3",
                d->linear / d->unit, d->job ? "/" : "*");
}

/* 1, 2 and 5 of every decade, as gnuplot itself has the decades alone. */
static void put_decades(const struct plot *p) {
    const struct plot_data *d = &p->data;
    double low = d->low / d->unit, high = d->high / d->unit;
    static const double steps[] = {1, 2, 5};
    const char *separator = "set ytics (";
    for (int e = (int)floor(log10(low)); pow(10, e) <= high; e++)
        for (int i = 0; i < 3; i++, separator = ", ")
            fprintf(p->out, "%s%.12g", separator, steps[i] * pow(10, e));
    fputs(")\n", p->out);
}

static void put_speed(const struct plot *p) {
    const struct plot_data *d = &p->data;
    bool letters = is_letters(p);
    const char *separator = "";
    fputs(letters ? "set label " : "set ylabel ", p->out);
    gnuplot_quote(p->out, d->title);
    fputs(letters ? " at graph 0,1.06 left\n" : "\n", p->out);
    if (d->log)
        put_decades(p);
    fprintf(p->out, "%s\nset yrange [%.12g:%.12g]\nplot ", d->log ? "set logscale y" : "",
            d->low / d->unit, d->high / d->unit);
    if (!letters)
        plot_bounds(p);
    for (uint32_t i = 0; i < d->nlines; i++) {
        if (!plot_has_speed(&d->lines[i], p->curves->nplaces))
            continue;
        fputs(separator, p->out);
        separator = ", ";
        plot_element(p, i, letters ? "1:2" : "1:2:3:4", letters ? "linespoints" : "yerrorlines");
    }
    put_marks(p);
    fputc('\n', p->out);
}

/* ---- the picture ---- */

static int name_columns(const struct plot_data *data) {
    int most = 0;
    for (uint32_t i = 0; i < data->nlines; i++) {
        int n = text_columns(data->lines[i].label);
        most = n > most ? n : most;
    }
    return most;
}

static void put_terminal(const struct plot *p) {
    fprintf(p->out, "set encoding utf8\nset terminal %s", p->terminal->set);
    if (!is_letters(p))
        fprintf(p->out, " size %d,%.0f", WIDTH * p->terminal->scale,
                (HEIGHT + strip(p)) * p->terminal->scale);
    fputs("\nset datafile missing 'nan'\n", p->out);
}

/* Between two heights of the panels. */
static void put_panel(const struct plot *p, double bottom, double top) {
    fprintf(p->out, "set origin 0,%g\nset size 1,%g\n", screen(p, bottom),
            of_screen(p, top - bottom));
}

static void put_axis_title(const struct plot *p) {
    fputs("set xlabel ", p->out);
    gnuplot_quote(p->out, place_title(p->curves));
    fputc('\n', p->out);
}

static void put_script(const struct plot *p) {
    bool letters = is_letters(p), two = p->data.waits && !letters;
    bool long_title = text_columns(p->curves->sweep->scenario->title) > TITLE_COLUMNS;
    double top = letters      ? (long_title ? 0.88 : 0.92)
                 : long_title ? 0.875
                              : 0.905,
           bottom = two ? CUT : 0;
    put_terminal(p);
    put_data(p);
    put_points(p, "knees", p->data.knees, p->data.nknees);
    put_points(p, "measured", p->data.measured, p->data.nmeasured);
    put_points(p, "failed", p->data.failed, p->data.nfailed);
    fputs("set border 3 linecolor '#444444'\nset tics nomirror\nunset key\n"
          "set samples 400\nset lmargin 11\n",
          p->out);
    if (!letters)
        fputs("set grid ytics linetype 1 linecolor '#dddddd' linewidth 0.7\n", p->out);
    fprintf(p->out, "set rmargin %d\n", name_columns(&p->data) + (letters ? 5 : 3));
    put_title(p);
    put_labels(p);
    put_names(p, p->data.measured, p->data.nmeasured);
    put_names(p, p->data.failed, p->data.nfailed);
    put_axis(p);
    if (letters) {
        fprintf(p->out, "set size 1,%g\n", top);
    } else {
        plot_bounds_prepare(p);
        fputs("set multiplot\n", p->out);
        put_panel(p, bottom, top);
    }
    if (!two)
        put_axis_title(p);
    put_speed(p);
    if (two) {
        put_panel(p, 0, CUT);
        put_axis_title(p);
        plot_waits(p);
    }
    if (strip(p) > 0) {
        put_panel(p, -strip(p) / HEIGHT, 0);
        plot_limits(p);
    }
    fputs(letters ? "" : "unset multiplot\n", p->out);
}

static const struct plot_terminal *find_terminal(const char *file) {
    size_t n = strlen(file);
    for (const struct plot_terminal *t = terminals; t->ending != NULL; t++) {
        size_t m = strlen(t->ending);
        bool ends = n > m && strcmp(file + n - m, t->ending) == 0;
        if (t->scale == 0 ? strcmp(file, t->ending) == 0 : ends)
            return t;
    }
    return NULL;
}

const char *plot_check(const char *file) {
    if (find_terminal(file) == NULL)
        return "pictures are NAME.svg, NAME.png, or - for the terminal";
    return gnuplot_check();
}

static const char *draw(void *self, FILE *out) {
    struct plot *p = self;
    p->out = tmpfile();
    if (p->out == NULL)
        return strerror(errno);
    put_script(p);
    const char *error = gnuplot_run(p->out, out);
    fclose(p->out);
    return error;
}

const char *plot_write(struct arena *arena, const struct curves *curves, const char *file) {
    struct plot p = {.arena = arena, .curves = curves, .terminal = find_terminal(file)};
    if (curves->axis == NO_AXIS)
        return "no setting with several numbers to draw along";
    plot_data_collect(arena, curves, &p.data);
    if (p.data.empty)
        return "no design ended well at any point: there is nothing to draw";
    plot_scaling_collect(&p);
    return file_write(arena, is_letters(&p) ? NULL : file, draw, &p);
}
