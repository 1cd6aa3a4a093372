/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/plot_parts.h"

void plot_waits(const struct plot *p) {
    fputs("set ylabel 'wait p99'\nset logscale y\nset yrange [*:*]\nunset label\n"
          "set ytics (",
          p->out);
    static const double tics[] = {1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 1, 10, 100};
    static const char *const names[] = {"1 ns", "10 ns", "100 ns", "1 us", "10 us", "100 us",
                                        "1 ms", "10 ms", "100 ms", "1 s",  "10 s",  "100 s"};
    for (size_t i = 0; i < sizeof(tics) / sizeof(tics[0]); i++)
        fprintf(p->out, "%s'%s' %g", i > 0 ? ", " : "", names[i], tics[i]);
    fputs(")\nplot ", p->out);
    const char *separator = "";
    for (uint32_t i = 0; i < p->data.nlines; i++) {
        if (!plot_has_wait(&p->data.lines[i], p->curves->nplaces))
            continue;
        fputs(separator, p->out);
        separator = ", ";
        plot_element(p, i, "1:5", "linespoints");
    }
    fputc('\n', p->out);
}
