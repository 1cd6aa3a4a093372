/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Completions (kernel/sched/completion.c and swait.c, Linux 6.1): a count of
 * what is done and a FIFO of sleepers. complete() adds one and wakes the first;
 * who finds the count above zero takes one of it without waiting, and so may
 * take it from one that was woken but does not run yet, who then goes back to
 * the end of the line. complete_all() lets everybody pass from then on.
 */
#include "sim/core.h"

static const uint32_t DONE_FOR_ALL = UINT32_MAX;

void completion_complete(struct sim *sim, struct thread *thread, const struct op *op) {
    struct queue *done = queue_of(sim, thread, op);
    if (op->all)
        done->pending = DONE_FOR_ALL;
    else if (done->pending != DONE_FOR_ALL)
        done->pending++;
    do {
        work_wake(sim, thread, &done->takers);
    } while (op->all && done->takers.n > 0);
}

bool completion_wait(struct sim *sim, struct thread *thread, const struct op *op) {
    struct queue *done = queue_of(sim, thread, op);
    if (done->pending == 0)
        return work_wait(sim, thread, &done->takers);
    if (done->pending != DONE_FOR_ALL)
        done->pending--;
    return true;
}
