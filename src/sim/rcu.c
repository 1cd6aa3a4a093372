/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Grace periods (kernel/rcu/tree.c, Linux 6.1). One runs at a time, for all
 * who want one: whoever asks while one runs waits for the whole of the next,
 * as readers that began before he asked may be unknown to the one that runs
 * (rcu_seq_snap()). A grace period takes its time and does not end before the
 * readers that were inside as it began have left. Expedited ones run beside
 * the normal ones, likewise.
 */
#include "sim/core.h"

#include "base/arena.h"

enum { RUNNING, NEXT };

static void begin(struct sim *sim, struct grace *grace) {
    const struct dist *length = sim->machine->grace[grace - sim->grace];
    grace->running = true;
    grace->number++;
    grace->before = grace->after;
    grace->after = 0;
    events_set_seldom(&sim->events, rcu_source(sim, grace),
                      sim->now + (length == NULL ? 0 : draw_ticks(length, &sim->rcu_stream)));
}

static void end(struct sim *sim, struct grace *grace) {
    struct rcu_head *head = grace->first[RUNNING];
    grace->running = grace->due = false;
    grace->first[RUNNING] = grace->first[NEXT];
    grace->last[RUNNING] = grace->last[NEXT];
    grace->first[NEXT] = NULL;
    if (grace->first[RUNNING] != NULL)
        begin(sim, grace);
    while (head != NULL) {
        struct rcu_head *next = head->next;
        head->over(sim, head->self);
        head = next;
    }
}

/* Its time is over, or the last reader that held it up has left. */
void rcu_event(struct sim *sim, uint32_t event) {
    struct grace *grace = &sim->grace[event - sim->first_rcu_source];
    events_clear_seldom(&sim->events, event);
    grace->due = true;
    if (grace->before == 0)
        end(sim, grace);
}

static void when_over(struct sim *sim, struct grace *grace, struct rcu_head head,
                      struct rcu_head *place) {
    int which = grace->running ? NEXT : RUNNING;
    *place = head;
    if (grace->first[which] == NULL)
        grace->first[which] = place;
    else
        grace->last[which]->next = place;
    grace->last[which] = place;
    if (!grace->running)
        begin(sim, grace);
}

static struct rcu_thread *rcu_of(struct sim *sim, const struct thread *thread) {
    if (sim->rcu_threads == NULL)
        sim->rcu_threads =
            arena_array(sim->arena, sim->program->nthreads, sizeof(*sim->rcu_threads));
    return &sim->rcu_threads[thread->id];
}

static void wake(struct sim *sim, void *self) {
    sched_wake(sim, self);
}

void rcu_synchronize(struct sim *sim, struct thread *thread, enum rcu_flavor flavor) {
    struct rcu_head head = {.over = wake, .self = thread};
    when_over(sim, &sim->grace[flavor], head, &rcu_of(sim, thread)->head);
    sched_leave(sim, thread, T_BLOCKED);
}

static void tell_kind(struct sim *sim, void *self) {
    (void)sim;
    struct lock *lock = self;
    lock->kind->grace_period(lock);
}

void lock_grace_period(struct lock *lock) {
    struct rcu_head head = {.over = tell_kind, .self = lock};
    when_over(lock->sim, &lock->sim->grace[RCU_NORMAL], head, &lock->rcu_head);
}

static void deliver(struct sim *sim, void *self) {
    struct deferred *deferred = self;
    struct queue *queue = deferred->queue;
    queue->pending += deferred->n;
    deferred->n = 0;
    struct thread *taker = wait_pop(&queue->takers);
    if (taker != NULL)
        sched_wake(sim, taker);
}

static struct deferred *deferred_of(struct sim *sim, const struct queue *queue) {
    if (sim->deferred == NULL)
        sim->deferred =
            arena_array(sim->arena, sim->program->nqueue_instances, sizeof(*sim->deferred));
    return sim->deferred[queue - sim->queues];
}

void rcu_call(struct sim *sim, struct queue *queue) {
    struct grace *grace = &sim->grace[RCU_NORMAL];
    struct deferred *deferred = &deferred_of(sim, queue)[(grace->number + 1) & 1];
    struct rcu_head head = {.over = deliver, .self = deferred};
    deferred->queue = queue;
    if (deferred->n++ == 0)
        when_over(sim, grace, head, &deferred->head);
}

/* Sections may be nested; the outermost counts. */
void rcu_enter(struct sim *sim, struct thread *thread) {
    if (sim->machine->preemption != PREEMPT_FULL)
        thread->atomic++;
    if (thread->rcu_nesting++ != 0)
        return;
    struct rcu_thread *rcu = rcu_of(sim, thread);
    for (int i = 0; i < RCU_FLAVORS; i++) {
        rcu->since[i] = sim->grace[i].number;
        sim->grace[i].after++;
    }
}

void rcu_exit(struct sim *sim, struct thread *thread) {
    if (sim->machine->preemption != PREEMPT_FULL)
        thread->atomic--;
    if (--thread->rcu_nesting != 0)
        return;
    const struct rcu_thread *rcu = rcu_of(sim, thread);
    for (int i = 0; i < RCU_FLAVORS; i++) {
        struct grace *grace = &sim->grace[i];
        if (rcu->since[i] == grace->number)
            grace->after--;
        else if (--grace->before == 0 && grace->due)
            events_set_seldom(&sim->events, rcu_source(sim, grace), sim->now);
    }
}

void lock_rcu_enter(struct lock *lock, struct thread *thread) {
    rcu_enter(lock->sim, thread);
}

void lock_rcu_exit(struct lock *lock, struct thread *thread) {
    rcu_exit(lock->sim, thread);
}
