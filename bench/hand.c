/* SPDX-License-Identifier: GPL-3.0-or-later */
/* hand 1|2 ACQUISITIONS: prints rate and wait as found with so many events per acquisition. */
#include "bench/handloop.h"

#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
    if (argc != 3)
        return 2;
    uint64_t n = strtoull(argv[2], NULL, 10);
    struct hand_answer answer = argv[1][0] == '1' ? hand_one_event(n) : hand_two_events(n);
    printf("%.6f %.6f\n", answer.rate, answer.wait);
    return 0;
}
