/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Interrupts: a Poisson stream over the time that a CPU does other work. As
 * that stream has no memory, each thread carries its own countdown of CPU time
 * to the next interrupt, and an interrupt costs no event: it lengthens the
 * segment it falls into.
 */
#include "sim/core.h"

#include "base/exactmath.h"

static sim_time until_next(struct sim *sim, struct thread *thread) {
    double wait = -exact_log(stream_uniform(&thread->irq_stream)) / sim->machine->irq_rate;
    return (sim_time)wait + 1;
}

void irq_start(struct sim *sim, struct thread *thread) {
    if (sim->machine->irq_duration != NULL)
        thread->irq_left = until_next(sim, thread);
}

/* Ticks of work that see MANY interrupts: their number is then as good as its mean. */
static double long_time(const struct sim *sim) {
    enum { MANY = 10000 };
    return MANY / sim->machine->irq_rate;
}

sim_time irq_stretch(struct sim *sim, struct thread *thread, sim_time length) {
    if (sim->machine->irq_duration == NULL)
        return length;
    sim_time extra = 0;
    if ((double)length > long_time(sim))
        extra = (sim_time)((double)length * sim->machine->irq_rate *
                           dist_mean(sim->machine->irq_duration));
    else
        thread->irq_left -= length;
    while (thread->irq_left < 0) {
        extra += draw_ticks(sim->machine->irq_duration, &thread->irq_stream);
        thread->irq_left += until_next(sim, thread);
    }
    /* Booked in advance; a segment cut short by preemption has it in its rest. */
    sim->counters.irq += extra;
    sim->counters.run -= extra;
    return length + extra;
}

sim_time irq_residual(struct sim *sim, struct thread *thread, sim_time elapsed) {
    if (sim->machine->irq_duration == NULL)
        return 0;
    if ((double)elapsed > long_time(sim))
        elapsed = (sim_time)long_time(sim);
    while (thread->irq_left < elapsed) {
        elapsed -= thread->irq_left;
        sim_time length = draw_ticks(sim->machine->irq_duration, &thread->irq_stream);
        thread->irq_left = until_next(sim, thread);
        if (length > elapsed)
            return length - elapsed;
        elapsed -= length;
    }
    thread->irq_left -= elapsed;
    return 0;
}
