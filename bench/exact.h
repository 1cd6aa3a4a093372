/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef BENCH_EXACT_H
#define BENCH_EXACT_H

/*
 * Threads that think and then pass one of so many locks, the k-th of them with a
 * probability in proportion to 1 / k^skew; think and hold exponential, us.
 */
struct model {
    unsigned threads; /* 0: no exact answer is known */
    double think, hold;
    unsigned locks;
    double skew;
};

struct answer {
    double rate; /* operations per us */
    double wait; /* mean over all acquisitions, us */
};

struct answer exact_answer(const struct model *model);

#endif
