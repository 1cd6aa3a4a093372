/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/unfair.h"

/*
 * PTHREAD_MUTEX_ADAPTIVE_NP (nptl/pthread_mutex_lock.c): turns of the spinning
 * loop, counted in the note above those of waiting.h, in bursts of 1, 2, 4, 8,
 * 16, 16 ... turns and as many at random, with a look at the lock after each.
 */
enum { POLLS = 0x80, TURNS = 0x7f, LEAST_TURNS = 10, MOST_TURNS = 100, LONGEST_BURST = 16 };

static void own(struct unfair_lock *unfair, struct thread *thread) {
    struct lock *lock = &unfair->lock;
    unfair->lock.owner = thread;
    lock_grant(lock, thread, lock_touch(lock, &lock->word, thread));
}

static void go_to_sleep(struct unfair_lock *unfair, struct thread *thread) {
    struct lock *lock = &unfair->lock;
    unfair->contended = true;
    waiting_sleep(lock, thread);
    if (lock_note(thread) == WAITING_SLEEPS)
        wait_push(&unfair->sleepers, thread);
}

/* Who has slept, or wanted to, takes the lock as one that others may sleep for. */
static void own_or_sleep(struct unfair_lock *unfair, struct thread *thread) {
    if (unfair->lock.owner != NULL) {
        lock_set_note(thread, WAITING_FRESH);
        go_to_sleep(unfair, thread);
        return;
    }
    unfair->contended = true;
    own(unfair, thread);
}

/* After that many turns the waiter sleeps. */
static uint32_t most_turns(const struct unfair_lock *unfair) {
    uint32_t most = (uint32_t)unfair->spins * 2 + LEAST_TURNS;
    return most < MOST_TURNS ? most : MOST_TURNS;
}

/* The bursts before this one had 1, 2 to 3, 4 to 7, 8 to 15 turns ... */
static uint32_t burst_after(uint32_t turns) {
    uint32_t burst = 1;
    while (burst < LONGEST_BURST && turns >= 2 * burst - 1)
        burst *= 2;
    return burst;
}

static void learn(struct unfair_lock *unfair, uint32_t turns) {
    unfair->spins += ((int32_t)turns - unfair->spins) / 8;
}

/* The next burst, or sleep. */
static void poll(struct unfair_lock *unfair, struct thread *thread) {
    struct lock *lock = &unfair->lock;
    uint32_t turns = lock_note(thread) & TURNS;
    uint32_t burst = burst_after(turns);
    burst += lock_random(lock, burst);
    turns += burst;
    if (turns >= most_turns(unfair)) {
        learn(unfair, turns);
        lock_set_note(thread, WAITING_FRESH);
        go_to_sleep(unfair, thread);
        return;
    }
    lock_set_note(thread, (uint8_t)(POLLS | turns));
    lock_spin(lock, thread);
    if (lock_on_cpu(thread))
        lock_timer(lock, thread, burst * lock_pause(lock));
}

static void look(struct unfair_lock *unfair, struct thread *thread) {
    if (unfair->lock.owner != NULL) {
        poll(unfair, thread);
        return;
    }
    learn(unfair, lock_note(thread) & TURNS);
    own(unfair, thread);
}

static void wait(struct unfair_lock *unfair, struct thread *thread) {
    struct lock *lock = &unfair->lock;
    if (!waiting_spins(lock, thread)) {
        go_to_sleep(unfair, thread);
    } else if (lock->waiting == WAIT_ADAPTIVE) {
        poll(unfair, thread);
    } else {
        wait_push(&unfair->waiters, thread);
        waiting_spin(lock, thread);
    }
}

void unfair_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    if (unfair->lock.owner == NULL) {
        own(unfair, thread);
        return;
    }
    if (lock->kind->polling != POLL_WRITE) /* else attempts count when it is released */
        lock_touch(lock, &lock->word, thread);
    lock_contended(lock, thread);
    wait(unfair, thread);
}

static void give_up(struct unfair_lock *unfair, struct thread *thread) {
    wait_remove(&unfair->waiters, thread);
    go_to_sleep(unfair, thread);
}

void unfair_running(struct lock *lock, struct thread *thread) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    uint8_t note = lock_note(thread);
    if ((note & POLLS) != 0) {
        look(unfair, thread);
    } else if (note != WAITING_SPINS) {
        own_or_sleep(unfair, thread);
    } else if (unfair->lock.owner == NULL) {
        wait_remove(&unfair->waiters, thread);
        own(unfair, thread);
    } else if (waiting_spins(lock, thread)) {
        waiting_spin(lock, thread);
    } else {
        give_up(unfair, thread);
    }
}

/* The kernel has looked at the lock word. */
static void sleep_or_leave(struct unfair_lock *unfair, struct thread *thread) {
    if (unfair->lock.owner != NULL && unfair->contended)
        go_to_sleep(unfair, thread);
    else
        waiting_leave(&unfair->lock, thread);
}

void unfair_timeout(struct lock *lock, struct thread *thread) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    uint8_t note = lock_note(thread);
    if ((note & POLLS) != 0)
        look(unfair, thread);
    else if (note == WAITING_SPINS)
        give_up(unfair, thread);
    else if (note == WAITING_ENTERS)
        sleep_or_leave(unfair, thread);
    else
        own_or_sleep(unfair, thread);
}

void unfair_resched(struct lock *lock, struct thread *thread) {
    if (waiting_gives_up(lock, thread))
        give_up((struct unfair_lock *)lock, thread);
    else
        lock_preempt(lock, thread);
}

void unfair_owner_off(struct lock *lock) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    for (struct thread *next, *t = unfair->waiters.head; t != NULL; t = next) {
        next = wait_after(t);
        if (waiting_gives_up(lock, t))
            give_up(unfair, t);
    }
}

void unfair_hand_over(struct lock *lock) {
    struct unfair_lock *unfair = (struct unfair_lock *)lock;
    struct thread *winner = wait_take_running(&unfair->waiters, lock);
    bool contended = unfair->contended;
    unfair->contended = false;
    unfair->lock.owner = NULL;
    if (winner != NULL)
        own(unfair, winner);
    if (!contended)
        return;
    struct thread *sleeper = wait_pop(&unfair->sleepers);
    if (sleeper != NULL)
        lock_wake(lock, sleeper);
    else
        lock_charge(lock, lock_syscall(lock));
}

void unfair_release(struct lock *lock, struct thread *thread, enum lock_mode mode) {
    (void)mode;
    const struct wait_list *readers = &((struct unfair_lock *)lock)->waiters;
    if (readers->n > 0 && lock_transit(lock, &lock->word) == 0)
        lock_share(lock, &lock->word, readers->head);
    lock_charge(lock, lock_touch(lock, &lock->word, thread));
    unfair_hand_over(lock);
}
