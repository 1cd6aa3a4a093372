/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How fast is sim? Times it in turn with the hand-written loops that are its limit and with other
 * simulators, and shows simulated answers beside the exact ones. Usage:
 * bench [--long | --brief | --check] [--history FILE LABEL] SIM BUILD-DIRECTORY SOURCE-DIRECTORY
 */
#include "bench/check.h"
#include "bench/report.h"
#include "bench/rounds.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv) {
    const char *history = NULL, *label = NULL;
    bool check = false;
    enum extent extent = USUAL;
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++)
        if (strcmp(argv[i], "--check") == 0) {
            check = true;
        } else if (strcmp(argv[i], "--long") == 0) {
            extent = LONG;
        } else if (strcmp(argv[i], "--brief") == 0) {
            extent = BRIEF;
        } else if (strcmp(argv[i], "--history") == 0 && i + 2 < argc) {
            history = argv[++i];
            label = argv[++i];
        } else {
            return 2;
        }
    if (argc - i != 3)
        return 2;
    const struct place place = {argv[i], argv[i + 1], argv[i + 2]};
    if (check)
        return check_all(&place) ? 0 : 1;
    struct rounds rounds;
    rounds_run(&rounds, &place, extent);
    report_rounds(&rounds);
    if (extent != BRIEF)
        report_memory(&place);
    report_startup(&place);
    return history == NULL || report_history(&rounds, history, label) ? 0 : 1;
}
