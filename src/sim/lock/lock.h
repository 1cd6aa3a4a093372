/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_LOCK_H
#define SIM_LOCK_LOCK_H

#include "base/ticks.h"
#include "program/program.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * What a lock kind is, and what it may do.
 *
 * A kind decides who gets the lock, and when; it never sees clock, event set
 * or statistics. The engine calls the kind's functions; the kind answers with
 * the verbs below. Every waiting thread is exactly one of: spinning (on its
 * CPU), parked (off it), or on its way back to a CPU after lock_wake(),
 * lock_yield() or preemption, whereupon the engine calls running().
 */
struct thread;
struct sim;

/* Who waits for a grace period, in a list of those; a call when it is over. */
struct rcu_head {
    struct rcu_head *next;
    void (*over)(struct sim *sim, void *self);
    void *self;
};

/*
 * A cache line: whose it is, and until when it is on its way to whoever asked
 * last. Requests for a line are served one after another, as they come.
 */
struct line {
    uint32_t cpu;              /* wrote it last; NO_INDEX: nobody has had it yet */
    uint32_t reader;           /* got a copy last, since it was written; cpu: nobody */
    sim_time free_at;          /* the last request is served */
    struct named_line *shared; /* with others, under this name; NULL: it is the lock's alone */
};

/* What spinning waiters do to the lock word. */
enum polling {
    POLL_FIRST, /* the first of them reads it, if there are several they have lines of their own */
    POLL_ALL,   /* all read it */
    POLL_WRITE  /* all write it */
};

/* The common part of every lock instance; a kind's own state follows it. */
struct lock {
    struct sim *sim;
    const struct lock_kind *kind;
    const struct lock_class *class;
    struct lock_account *account; /* of its class */
    struct passage_batch *batch;  /* of its class */
    const double *params;
    uint32_t lock_class; /* index of the class */
    uint32_t instance;   /* within the class */
    uint32_t last_cpu;   /* acquired last here, as lockdep's lock->cpu */
    uint32_t last_site;  /* ... and at this call site, as lock->ip */
    uint8_t waiting;     /* enum waiting */
    /* By enum lock_mode, of the kind: are waiters in atomic context, are holders, does anybody wait
     * for them? */
    bool atomic_waiting[2], atomic_held[2], excludes[2];
    bool free_lines;       /* cost nothing on this machine: no need to follow them */
    sim_time spin_time;    /* of a timed one */
    struct thread *holder; /* who acquired last and has not released; one of several readers */
    struct thread *owner;  /* of kinds that have one: whose it is, even if he does not know yet */
    uint32_t nwaiting;     /* threads that wait for it, in whatever state */
    bool by_word;          /* it is of such a kind, and its word is on no named line */
    uint64_t grants;
    struct line word;          /* the cache line of the lock word */
    struct lock *next_on_line; /* another that is on the same named line */
    uint32_t spinning;         /* waiters on their CPUs */
    struct rcu_head rcu_head;
    /* Where no kind is asked (sim/plain.h): who waits, the last only if there is a first, and the
     * enum passage_flags of those who come behind another who waits. */
    struct thread *first, *last;
    uint16_t in_line;
};

/*
 * Is a release, on a machine whose cache lines cost nothing, the same instant
 * as the grant to the first of those who spin, in order of arrival, and does
 * every wait begin with lock_contended()? Such a kind has no memos on such a
 * machine, and the lines of its nodes are all the same.
 */
enum leaf {
    LEAF_NO,
    LEAF,
    LEAF_TRACED_IN_LINE /* and with lock_traced(), if others wait already */
};

struct lock_kind {
    struct kind_info info;
    enum leaf leaf;
    /*
     * To take a lock that has no owner is a lock_touch() of its word, to
     * release one for which nobody waits is another, and neither leaves
     * anything behind but the owner: the engine may do so itself.
     */
    bool by_word;
    size_t size; /* of the instance, struct lock first */
    enum polling polling;
    /* A running thread asks: answer with lock_grant(), lock_spin(), lock_park() or lock_yield(). */
    void (*acquire)(struct lock *lock, struct thread *thread, enum lock_mode mode);
    /* The owner releases; it is running. */
    void (*release)(struct lock *lock, struct thread *thread, enum lock_mode mode);
    /* Was what the thread did in vain, and must it do it again, from acquire() on? NULL: never. */
    bool (*retry)(struct lock *lock, struct thread *thread, enum lock_mode mode);
    /* A waiter is on a CPU again: answer as to acquire(). */
    void (*running)(struct lock *lock, struct thread *thread);
    /* A spinning waiter must give up its CPU (need_resched); NULL: it is preempted as it spins. */
    void (*resched)(struct lock *lock, struct thread *thread);
    /* The owner has gone off its CPU while holding; NULL: nobody cares. */
    void (*owner_off)(struct lock *lock);
    /* A waiter's timer is over, and it still spins or is parked: answer as to acquire(), or wake
     * it, or leave it as it is. */
    void (*timeout)(struct lock *lock, struct thread *thread);
    /* What lock_grace_period() waited for is over; nobody pays for what is done now. */
    void (*grace_period)(struct lock *lock);
    /* Spinners of whom only the first looks at the lock, the others at lines of their own until
     * their turn comes; for profiles. NULL: there is no such queue. */
    const struct wait_list *(*queue)(const struct lock *lock);
};

extern const struct lock_kind *const lock_kinds[];
extern const struct kind_info *const lock_kind_infos[];
extern const uint32_t lock_kind_count;
/* Of the kind of this name, or NULL. */
const struct kind_info *lock_kind_info(const char *name);

/* The lock is the thread's, delay ticks from now. */
void lock_grant(struct lock *lock, struct thread *thread, sim_time delay);
/* Wait on the CPU. */
void lock_spin(struct lock *lock, struct thread *thread);
/* Wait off the CPU, until lock_wake(). */
void lock_park(struct lock *lock, struct thread *thread);
/* Let others run first, then running() is called. */
void lock_yield(struct lock *lock, struct thread *thread);
/* The same, of a thread that knows nothing of it: it is preempted as it spins. */
void lock_preempt(struct lock *lock, struct thread *thread);
/*
 * A waiter that has just begun to spin or to park gets timeout() after the
 * delay, unless it stops before, be it for preemption. One timer per waiter.
 */
void lock_timer(struct lock *lock, struct thread *thread, sim_time delay);
/* The running thread wakes a waiter, and pays for the call; it need not be parked any more. */
void lock_wake(struct lock *lock, struct thread *waiter);
/* The running thread spends this time before its next step. */
void lock_charge(struct lock *lock, sim_time cost);
/*
 * Cache lines. Each call is a request that is served after those before it;
 * what comes back is the time from now until it is done.
 */
/* An atomic read-modify-write by the thread's CPU, or a store at the price of one. */
sim_time lock_touch(struct lock *lock, struct line *line, const struct thread *thread);
/* A plain store: the line moves to the thread's CPU. */
sim_time lock_store(struct lock *lock, struct line *line, const struct thread *thread);
/* A load: the thread's CPU has a copy until another writes; nothing if it has one already. */
sim_time lock_load(struct lock *lock, struct line *line, const struct thread *thread);
/* The thread's CPU got a copy while nobody waited for the line: it costs nobody anything. */
void lock_share(struct lock *lock, struct line *line, const struct thread *thread);
/* The thread's CPU has the line, at a cost that the kind has seen to itself. */
void lock_moved(struct lock *lock, struct line *line, const struct thread *thread);
/* n other CPUs fetch the line, one after another: how long that keeps it. */
sim_time lock_storm(struct lock *lock, struct line *line, uint32_t n);
/* No later request is served before delay ticks from now. */
void lock_keep(struct lock *lock, struct line *line, sim_time delay);
/* How long until all requests so far are served. */
sim_time lock_transit(const struct lock *lock, const struct line *line);
/* The line of the thread's queue node for this lock, from its request to its release. */
struct line *lock_node(const struct lock *lock, struct thread *thread);

/* An RCU read section of the running thread. */
void lock_rcu_enter(struct lock *lock, struct thread *thread);
void lock_rcu_exit(struct lock *lock, struct thread *thread);
/* After an RCU grace period, grace_period() is called; not to be asked again before. */
void lock_grace_period(struct lock *lock);

/* The instrumentation points of the kernel; see struct passage in observer.h. */
void lock_contended(struct lock *lock, struct thread *thread); /* lockdep's lock_contended() */
void lock_traced(struct lock *lock, struct thread *thread);    /* contention_begin, first counts */

bool lock_in_interrupt(const struct thread *thread); /* in_interrupt(), of a waiter or asker */
bool lock_on_cpu(const struct thread *thread);       /* task_struct.on_cpu */
bool lock_need_resched(const struct thread *thread);
/*
 * Has the thread been in line, since lock_traced(), for longer than the limit,
 * by a clock that advances with the timer tick only (jiffies)?
 */
bool lock_overdue(const struct lock *lock, const struct thread *thread, sim_time limit);
bool lock_parked(const struct thread *thread);
/* For kinds that read a clock themselves: local_clock(). */
sim_time lock_clock(const struct lock *lock);
/* Of the thread's CPU. */
uint32_t lock_numa_node(const struct lock *lock, const struct thread *thread);
/* A system call that neither sleeps nor wakes. */
sim_time lock_syscall(const struct lock *lock);
/* One turn of a spinning loop, with its pause. */
sim_time lock_pause(const struct lock *lock);
/* A line's way from one CPU to another, of all the machine's the mean, with what is done to it. */
sim_time lock_transfer(const struct lock *lock);
/* A number below n from the lock's own random stream. */
uint32_t lock_random(struct lock *lock, uint32_t n);
/* An exponential time, from the same stream. */
sim_time lock_random_time(struct lock *lock, double mean);

/* One byte per waiting thread for the kind's own use; zero when a wait begins. */
uint8_t lock_note(const struct thread *thread);
void lock_set_note(struct thread *thread, uint8_t note);

/* Room for what a kind must know of a thread from its request to its release; zero at first. */
enum { LOCK_MEMO = 16 };
void *lock_memo(const struct lock *lock, struct thread *thread);

/* A FIFO of waiting threads; a thread is in at most one. */
struct wait_list {
    struct thread *head, *tail; /* NULL: it is empty */
    uint32_t n;
};

void wait_push(struct wait_list *list, struct thread *thread);
struct thread *wait_pop(struct wait_list *list); /* NULL when empty */
void wait_remove(struct wait_list *list, struct thread *thread);
struct thread *wait_after(const struct thread *thread); /* NULL: it is the last */
/* How many of them are on a CPU. */
uint32_t wait_running(const struct wait_list *list);
/* Takes out one of those on a CPU, any as likely as another; NULL if there is none. */
struct thread *wait_take_running(struct wait_list *list, struct lock *lock);

#endif
