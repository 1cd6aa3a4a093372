/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/report.h"

#include "bench/child.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static void show(const char *format, int width, double value) {
    if (isnan(value))
        printf(" %*s", width, "-");
    else
        printf(format, width, value);
}

static void report_row(const struct row *row) {
    const struct model *model = row->program == NULL ? &w2_model : &row->program->model;
    struct answer exact = {NAN, NAN};
    if (model->threads > 0)
        exact = exact_answer(model);
    printf("%-19s", row->name);
    if (!row->best.done) {
        puts(row->program == NULL ? " not installed: skipped" : " skipped");
        return;
    }
    double speed = row_speed(row), share = row_share(row, 0.5);
    show(" %*.2f", 7, row->best.cpu);
    show(speed < 0.995e6 ? " %*.3f" : " %*.2f", 6, speed * 1e-6);
    const char *format = share < 0.1 ? " %*.4f" : " %*.2f";
    show(format, 7, share);
    show(format, 7, row_share(row, 0.25));
    show(format, 6, row_share(row, 0.75));
    show(" %*.0f", 13, row->instructions);
    show(" %*.4f", 10, row->best.answer.rate);
    show(" %*.4f", 7, exact.rate);
    show(" %*.2f", 9, row->best.answer.wait);
    show(" %*.2f\n", 7, exact.wait);
    if (isnan(exact.wait))
        putchar('\n');
}

static const struct row *find(const struct rounds *rounds, const char *name) {
    for (unsigned i = 0; i < rounds->n; i++)
        if (strcmp(rounds->rows[i].name, name) == 0)
            return &rounds->rows[i];
    return NULL;
}

void report_rounds(const struct rounds *rounds) {
    const struct row *w2 = find(rounds, "w2");
    puts("                      CPU s    M/s          of limit           instructions  "
         "operations/us     mean wait, us\n"
         "                      least   most  median    quartiles       /acquisition  "
         "simulated  exact  simulated  exact");
    for (unsigned i = 0; i < rounds->n; i++)
        report_row(&rounds->rows[i]);
    putchar('\n');
    for (unsigned i = 0; i < 2; i++) {
        const struct row *peer = find(rounds, peers[i].name);
        if (peer->best.done)
            printf("w2: sim is %.0f times as fast as %s\n",
                   row_share(w2, 0.5) / row_share(peer, 0.5), peer->name);
    }
}

/* Peak resident memory of a million threads and of half as many. */
void report_memory(const struct place *place) {
    const char *const counts[] = {"parameters.n=524288", "parameters.n=1048576"};
    double kib[2];
    for (int i = 0; i < 2; i++) {
        const struct program program = {.file = "bench/million.yaml",
                                        .options = {"--set", counts[i]}};
        kib[i] = sim_run(place, &program, "10ms").peak_kib;
    }
    printf("memory: %.0f bytes per thread, of 2^20 threads that are more than 2^19\n",
           (kib[1] - kib[0]) * 1024 / 524288);
}

static double fastest(const char *const *argv) {
    double best = INFINITY;
    for (int i = 0; i < 30; i++) {
        struct child child = child_run(argv, ERRORS_PASS);
        best = child.elapsed < best ? child.elapsed : best;
        child_free(&child);
    }
    return best;
}

void report_startup(const struct place *place) {
    const struct program trivial = {.file = "bench/trivial.yaml"};
    const char *const version[] = {place->sim, "--version", NULL};
    struct command command;
    sim_command(&command, place, &trivial, "100us", "1");
    printf("from start to exit: sim --version %.1f ms, a trivial scenario %.1f ms\n",
           fastest(version) * 1e3, fastest(command.argv) * 1e3);
}
