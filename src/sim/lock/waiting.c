/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lock/waiting.h"

static bool always(const struct lock *lock, const struct thread *thread) {
    (void)lock, (void)thread;
    return true;
}

static bool never(const struct lock *lock, const struct thread *thread) {
    (void)lock, (void)thread;
    return false;
}

/* Whoever was preempted as it spun has lost more time than any spinning is worth. */
static bool once(const struct lock *lock, const struct thread *thread) {
    (void)lock;
    return lock_note(thread) == WAITING_FRESH;
}

static bool while_owner_runs(const struct lock *lock, const struct thread *thread) {
    return !lock_need_resched(thread) && (lock->holder == NULL || lock_on_cpu(lock->holder));
}

static const struct policy {
    bool (*spins)(const struct lock *lock, const struct thread *thread);
    bool timed;
    bool watches; /* the owner and its own CPU's other threads */
} policies[WAITINGS] = {
    [WAIT_SPIN] = {.spins = always},
    [WAIT_PARK] = {.spins = never},
    [WAIT_SPIN_THEN_PARK] = {.spins = once, .timed = true},
    [WAIT_OPTIMISTIC] = {.spins = while_owner_runs, .watches = true},
    [WAIT_ADAPTIVE] = {.spins = once},
};

bool waiting_spins(const struct lock *lock, const struct thread *thread) {
    return policies[lock->waiting].spins(lock, thread);
}

static void set_timer(struct lock *lock, struct thread *thread, sim_time delay) {
    if (lock_on_cpu(thread)) /* else it had to make way at once */
        lock_timer(lock, thread, delay);
}

void waiting_spin(struct lock *lock, struct thread *thread) {
    lock_set_note(thread, WAITING_SPINS);
    lock_spin(lock, thread);
    if (policies[lock->waiting].timed)
        set_timer(lock, thread, lock->spin_time);
}

static void in_call(struct lock *lock, struct thread *thread, uint8_t note) {
    lock_set_note(thread, note);
    lock_spin(lock, thread);
    set_timer(lock, thread, lock_syscall(lock) / 2);
}

void waiting_sleep(struct lock *lock, struct thread *thread) {
    if (lock_note(thread) != WAITING_ENTERS && lock_syscall(lock) != 0) {
        in_call(lock, thread, WAITING_ENTERS);
        return;
    }
    lock_set_note(thread, WAITING_SLEEPS);
    lock_park(lock, thread);
}

void waiting_leave(struct lock *lock, struct thread *thread) {
    in_call(lock, thread, WAITING_LEAVES);
}

bool waiting_gives_up(const struct lock *lock, const struct thread *thread) {
    return policies[lock->waiting].watches && lock_note(thread) == WAITING_SPINS &&
           lock_on_cpu(thread);
}

void waiting_grant(struct lock *lock, struct thread *thread, sim_time delay) {
    bool asleep = lock_parked(thread);
    lock_grant(lock, thread, delay);
    if (asleep)
        lock_wake(lock, thread);
}

void waiting_begin(struct lock *lock, struct thread *thread) {
    if (waiting_spins(lock, thread))
        waiting_spin(lock, thread);
    else
        waiting_sleep(lock, thread);
}

void waiting_running(struct lock *lock, struct thread *thread) {
    if (lock_note(thread) == WAITING_SPINS)
        waiting_begin(lock, thread);
    else
        waiting_sleep(lock, thread);
}

void waiting_resched(struct lock *lock, struct thread *thread) {
    if (waiting_gives_up(lock, thread))
        waiting_sleep(lock, thread);
    else
        lock_preempt(lock, thread);
}

void waiting_timeout(struct lock *lock, struct thread *thread) {
    waiting_sleep(lock, thread);
}

void waiting_owner_off(struct lock *lock, const struct wait_list *waiters) {
    if (!policies[lock->waiting].watches)
        return;
    for (struct thread *t = waiters->head; t != NULL; t = wait_after(t))
        if (waiting_gives_up(lock, t))
            waiting_sleep(lock, t);
}
