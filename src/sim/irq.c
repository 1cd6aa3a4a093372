/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What takes a CPU away from its thread: interrupts, and stalls of a virtual
 * CPU. Each is a Poisson stream over the time that a CPU does other work. As
 * such a stream has no memory, each thread carries its own countdown of CPU
 * time to the next disturbance, and one costs no event: it lengthens the
 * segment it falls into.
 */
#include "sim/core.h"

#include "base/exactmath.h"

static sim_time until_next(const struct disturbance *d, struct noise *noise) {
    double wait = -exact_log(stream_uniform(&noise->stream)) / d->rate;
    return (sim_time)wait + 1;
}

void irq_start(struct sim *sim, struct thread *thread) {
    if (!sim->machine->disturbed)
        return;
    struct noise *noise = &sim->noise[thread->id];
    for (int i = 0; i < DISTURBANCES; i++) {
        const struct disturbance *d = &sim->machine->disturbances[i];
        if (d->duration != NULL)
            noise->undisturbed[i] = until_next(d, noise);
    }
}

/* Crowded stalls come only while another CPU is busy too. */
static bool is_active(const struct sim *sim, int i) {
    return sim->machine->disturbances[i].duration != NULL &&
           (i != DISTURB_CROWDED || sim->machine->cpus - sim->nidle > 1);
}

/* Ticks of work that see MANY disturbances: their number is then as good as its mean. */
static double long_time(const struct disturbance *d) {
    enum { MANY = 10000 };
    return MANY / d->rate;
}

static sim_time disturb(struct sim *sim, struct thread *thread, int i, sim_time length) {
    struct noise *noise = &sim->noise[thread->id];
    const struct disturbance *d = &sim->machine->disturbances[i];
    sim_time extra = 0;
    if ((double)length > long_time(d))
        extra = (sim_time)((double)length * d->rate * dist_mean(d->duration));
    else
        noise->undisturbed[i] -= length;
    while (noise->undisturbed[i] < 0) {
        extra += draw_ticks(d->duration, &noise->stream);
        noise->undisturbed[i] += until_next(d, noise);
    }
    return extra;
}

/* With interrupts off, those of this time come after irq_enable(); true if they do. */
static bool defer(struct sim *sim, struct thread *thread, int i, sim_time length) {
    if (i != DISTURB_IRQ || thread->irq_off == 0)
        return false;
    sim->noise[thread->id].irq_deferred += disturb(sim, thread, i, length);
    return true;
}

void irq_enable(const struct sim *sim, struct thread *thread) {
    if (sim->machine->disturbed)
        thread->lead +=
            sim->noise[thread->id].irq_deferred > 0; /* so that a segment follows, if of one tick */
}

sim_time irq_disturb(struct sim *sim, struct thread *thread, sim_time length) {
    struct noise *noise = &sim->noise[thread->id];
    sim_time extra = thread->irq_off == 0 ? noise->irq_deferred : 0;
    noise->irq_deferred -= extra;
    for (int i = 0; i < DISTURBANCES; i++)
        if (is_active(sim, i) && !defer(sim, thread, i, length))
            extra += disturb(sim, thread, i, length);
    /* Booked in advance; a segment cut short by preemption has it in its rest. */
    sim->counters.irq += extra;
    sim->counters.run -= extra;
    if (sim->profile != NULL)
        profile_interrupt(sim, thread, extra);
    return length + extra;
}

static sim_time residual(struct sim *sim, struct thread *thread, int i, sim_time elapsed) {
    struct noise *noise = &sim->noise[thread->id];
    const struct disturbance *d = &sim->machine->disturbances[i];
    if ((double)elapsed > long_time(d))
        elapsed = (sim_time)long_time(d);
    while (noise->undisturbed[i] < elapsed) {
        elapsed -= noise->undisturbed[i];
        sim_time length = draw_ticks(d->duration, &noise->stream);
        noise->undisturbed[i] = until_next(d, noise);
        if (length > elapsed)
            return length - elapsed;
        elapsed -= length;
    }
    noise->undisturbed[i] -= elapsed;
    return 0;
}

sim_time irq_rest(struct sim *sim, struct thread *thread, sim_time elapsed) {
    sim_time rest = 0;
    for (int i = 0; i < DISTURBANCES; i++)
        if (is_active(sim, i) && !defer(sim, thread, i, elapsed))
            rest += residual(sim, thread, i, elapsed);
    return rest;
}
