/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPU time by what it is spent for. Each thread on a CPU does one thing, from
 * some time on perhaps a second: a segment is what the last operation charged,
 * then work. Its time is booked when it turns to something else, so that at any
 * time all that is booked is all the time that CPUs were occupied.
 */
#include "sim/core.h"

#include "base/arena.h"

struct activity {
    uint32_t frame;
    enum profile_slot slot;
};

/* One thing, and another from a time on, which may be TIME_NEVER. */
struct course {
    struct activity now, then;
    sim_time turn;
};

struct account {
    struct activity charged; /* the last operation, for whose costs the thread has yet to pay */
    struct course course;
    struct course preempted; /* turn: how far away it was */
    sim_time booked;         /* until then */
};

struct profile {
    struct profile_cell *cells;
    struct account *accounts; /* by thread */
};

static struct account *account_of(const struct sim *sim, const struct thread *thread) {
    return &sim->profile->accounts[thread->id];
}

static int64_t *cell_of(const struct sim *sim, struct activity activity) {
    return &sim->profile->cells[activity.frame].ticks[activity.slot];
}

void profile_book(struct sim *sim, const struct thread *thread) {
    struct account *account = account_of(sim, thread);
    const struct course *course = &account->course;
    sim_time turn = course->turn < account->booked ? account->booked : course->turn;
    if (turn > sim->now)
        turn = sim->now;
    *cell_of(sim, course->now) += turn - account->booked;
    *cell_of(sim, course->then) += sim->now - turn;
    account->booked = sim->now;
}

/* From now on it does one thing. */
static void turn_to(struct sim *sim, const struct thread *thread, struct activity activity) {
    profile_book(sim, thread);
    account_of(sim, thread)->course = (struct course){activity, activity, TIME_NEVER};
}

void profile_enter(struct sim *sim, const struct thread *thread) {
    account_of(sim, thread)->booked = sim->now;
    turn_to(sim, thread, (struct activity){FRAME_OF_SWITCHES, PROFILE_SELF});
}

void profile_op(struct sim *sim, const struct thread *thread, const struct op *op) {
    account_of(sim, thread)->charged =
        (struct activity){sim->program->op_frames[op - sim->ops],
                          op->code == OP_UNLOCK ? PROFILE_RELEASE : PROFILE_SELF};
}

void profile_segment(struct sim *sim, const struct thread *thread, sim_time lead, sim_time work) {
    struct account *account = account_of(sim, thread);
    turn_to(sim, thread, account->charged);
    if (work == 0)
        return;
    account->course.then =
        (struct activity){sim->program->op_frames[thread->at - sim->ops], PROFILE_SELF};
    account->course.turn = sim->now + lead;
}

/* Booked in advance, as in the counters: the segment it lengthens is the shorter for it. */
void profile_interrupt(struct sim *sim, const struct thread *thread, sim_time length) {
    sim->profile->cells[FRAME_OF_INTERRUPTS].ticks[PROFILE_SELF] += length;
    *cell_of(sim, account_of(sim, thread)->course.then) -= length;
}

void profile_preempted(struct sim *sim, const struct thread *thread) {
    struct account *account = account_of(sim, thread);
    account->preempted = account->course;
    if (account->course.turn != TIME_NEVER)
        account->preempted.turn -= sim->now;
}

void profile_resumed(struct sim *sim, const struct thread *thread) {
    struct account *account = account_of(sim, thread);
    profile_book(sim, thread);
    account->course = account->preempted;
    if (account->course.turn != TIME_NEVER)
        account->course.turn += sim->now;
}

/* In the queue: behind others. */
static bool is_queued(const struct lock *lock, const struct thread *thread) {
    const struct wait_list *queue = lock->kind->queue != NULL ? lock->kind->queue(lock) : NULL;
    return queue != NULL && queue->tail == thread && queue->head != thread;
}

void profile_spin(struct sim *sim, const struct lock *lock, const struct thread *thread) {
    uint32_t frame = account_of(sim, thread)->charged.frame;
    turn_to(sim, thread,
            (struct activity){frame, is_queued(lock, thread) ? PROFILE_QUEUED : PROFILE_FIRST});
}

void profile_settle(struct sim *sim, const struct lock *lock) {
    const struct wait_list *queue = lock->kind->queue != NULL ? lock->kind->queue(lock) : NULL;
    if (queue == NULL || queue->head == NULL || queue->head->state != T_SPIN)
        return;
    struct activity activity = account_of(sim, queue->head)->course.now;
    if (activity.slot != PROFILE_QUEUED)
        return;
    activity.slot = PROFILE_FIRST;
    turn_to(sim, queue->head, activity);
}

void sim_profile_begin(struct sim *sim) {
    const struct program *program = sim->program;
    struct profile *profile = arena_alloc(sim->arena, sizeof(*profile));
    profile->cells = arena_array(sim->arena, program->nframes, sizeof(*profile->cells));
    profile->accounts = arena_array(sim->arena, program->nthreads, sizeof(*profile->accounts));
    sim->profile = profile;
    sim_take_general_way(sim);
    sim->form = FULL;
}

const struct profile_cell *sim_profile(struct sim *sim) {
    if (sim->profile == NULL)
        return NULL;
    for (uint32_t i = 0; i < sim->machine->cpus; i++)
        if (sim->cpus[i].current != NULL)
            profile_book(sim, sim->cpus[i].current);
    return sim->profile->cells;
}
