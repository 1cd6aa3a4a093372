/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Work items. A post makes an item pending and wakes a taker, who takes it
 * when he runs: posts in between join it, as with queue_work(). An any-taker
 * takes the instance posted first, and works on it until it takes of any again
 * or ends; no instance is worked on by two at a time.
 */
#include "sim/core.h"

static struct queue *queue_at(struct sim *sim, uint32_t instance) {
    return &sim->queues[instance];
}

static inline struct queue *instance_of(const struct queue_class *class,
                                        const struct thread *thread, const struct op *op) {
    return &class->instances[op->reg == NO_REG ? 0 : thread->regs[op->reg]];
}

static void line_up(struct sim *sim, struct queue_class *class, struct queue *queue) {
    uint32_t instance = (uint32_t)(queue - sim->queues);
    if (queue->queued || queue->busy || queue->pending == 0)
        return;
    queue->queued = true;
    queue->next = NO_INDEX;
    if (class->head == NO_INDEX)
        class->head = instance;
    else
        queue_at(sim, class->tail)->next = instance;
    class->tail = instance;
}

/* A work item of a bound workqueue runs on the CPU that queued it (__queue_work(), Linux 6.1). */
static void wake_taker(struct sim *sim, struct thread *poster, struct wait_list *takers) {
    struct thread *taker = takers->head;
    if (taker != NULL && taker->group->pin == PIN_POSTED && !poster->group->outside)
        sched_move(sim, taker, poster->cpu);
    work_wake(sim, poster, takers);
}

void work_wake(struct sim *sim, struct thread *waker, struct wait_list *takers) {
    struct thread *taker = wait_pop(takers);
    if (taker == NULL)
        return;
    sim_time call = sched_wake(sim, taker);
    if (!waker->group->outside)
        waker->lead += call;
}

struct queue *queue_of(struct sim *sim, const struct thread *thread, const struct op *op) {
    return instance_of(&sim->queue_classes[op->index], thread, op);
}

void work_post(struct sim *sim, struct thread *thread, const struct op *op) {
    struct queue_class *class = &sim->queue_classes[op->index];
    struct queue *queue = instance_of(class, thread, op);
    if (queue->pending >= class->most)
        return;
    queue->pending++;
    if (!class->any) {
        wake_taker(sim, thread, &queue->takers);
        return;
    }
    line_up(sim, class, queue);
    if (queue->queued)
        wake_taker(sim, thread, &class->takers);
}

static void take_from(struct thread *thread, struct queue *queue, enum take_batch batch) {
    thread->batch = batch >= TAKE_ALL ? queue->pending : 1;
    queue->pending -= thread->batch;
}

/* The class whose instance is free again and has posts, or NO_INDEX. */
static uint32_t release(struct sim *sim, struct thread *thread) {
    uint32_t instance = thread->busy_queue;
    if (instance == NO_INDEX)
        return NO_INDEX;
    struct queue *queue = queue_at(sim, instance);
    thread->busy_queue = NO_INDEX;
    queue->busy = false;
    line_up(sim, &sim->queue_classes[queue->class], queue);
    return queue->queued ? queue->class : NO_INDEX;
}

void work_done(struct sim *sim, struct thread *thread) {
    uint32_t class = release(sim, thread);
    if (class != NO_INDEX)
        work_wake(sim, thread, &sim->queue_classes[class].takers);
}

OUT_OF_LINE bool work_wait(struct sim *sim, struct thread *thread, struct wait_list *takers) {
    wait_push(takers, thread);
    sched_leave(sim, thread, T_BLOCKED);
    return false;
}

static OUT_OF_LINE bool take_any(struct sim *sim, struct thread *thread, const struct op *op) {
    struct queue_class *class = &sim->queue_classes[op->index];
    uint32_t released = release(sim, thread);
    if (released != NO_INDEX && released != op->index)
        work_wake(sim, thread, &sim->queue_classes[released].takers);
    uint32_t instance = class->head;
    if (instance == NO_INDEX)
        return work_wait(sim, thread, &class->takers);
    struct queue *queue = queue_at(sim, instance);
    class->head = queue->next;
    queue->queued = false;
    queue->busy = true;
    thread->busy_queue = instance;
    if (op->reg != NO_REG)
        thread->regs[op->reg] = (uint32_t)(queue - class->instances);
    take_from(thread, queue, (enum take_batch)op->mode);
    return true;
}

bool work_take(struct sim *sim, struct thread *thread, const struct op *op) {
    if (op->any)
        return take_any(sim, thread, op);
    struct queue *queue = queue_of(sim, thread, op);
    if (op->mode != TAKE_PENDING && queue->pending == 0)
        return work_wait(sim, thread, &queue->takers);
    take_from(thread, queue, (enum take_batch)op->mode);
    return true;
}
