/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_CORE_H
#define SIM_CORE_H

#include "sim/events.h"
#include "sim/lock/lock.h"
#include "sim/random.h"
#include "sim/sim.h"

/* For what is seldom called, so that those who seldom call it save no registers for it. */
#define OUT_OF_LINE __attribute__((noinline))
/* For what has one caller that matters, of several. */
#define IN_LINE inline __attribute__((always_inline))

/*
 * The state of a run, shared by the files of this room alone.
 *
 * thread.state says what a thread does; its event, if it has one, is the end
 * of that. A thread is on a CPU (cpu.current) exactly in the states up to
 * T_SPIN.
 */
enum thread_state {
    T_ENTER,   /* given a CPU, which wakes up or switches; event: it runs */
    T_RUN,     /* executing; event: the segment ends */
    T_SPIN,    /* waiting for a lock on its CPU */
    T_READY,   /* in a run queue */
    T_BLOCKED, /* parked on a lock or waiting for work */
    T_SLEEP,   /* event: it wakes up */
    T_OUTSIDE, /* awake, of a group outside of the CPUs; event: it acts */
    T_GONE     /* not started, finished, or a pooled thread without an arrival */
};

/* How simple a run is; the interpreter has a form for each. */
enum form {
    PLAIN, /* see plain.h; no profile is wanted, and all work is drawn ahead */
    CALM,  /* nothing but interrupts disturbs, costs do not change with time, those of lock_stat are
              0, and no profile is wanted */
    FULL
};

/* One lock held or awaited. */
struct hold {
    struct lock *lock; /* NULL: the slot is free */
    sim_time requested, contended, traced, acquired;
    sim_time held_from, held_to; /* lock_stat's stamps of lock_acquired() and lock_release() */
    uint32_t grants;             /* of the lock when requested, modulo 2^32: who overtook? */
    uint32_t site;
    uint32_t holder_site;
    uint16_t flags; /* enum passage_flags */
    uint8_t mode;
    bool interrupt : 1; /* asked for in an interrupt */
    bool owned : 1;
};

/* More of it, for lock kinds that need it and where lines cost something. */
struct place {
    struct line node; /* of the lock's queue */
    uint64_t memo[LOCK_MEMO / sizeof(uint64_t)];
};

struct thread {
    uint32_t id; /* also its event source */
    uint8_t state;
    uint8_t note;    /* the lock kind's */
    uint8_t irq_off; /* locks held or awaited with interrupts off */
    uint8_t atomic;  /* atomic-context locks held or awaited: no preemption */
    bool need_resched;
    bool user;     /* the segment is user work */
    bool in_delay; /* reads the clock in a loop */
    bool asking;   /* paid for lock_stat's acquire, the request follows */
    uint8_t nowned;
    uint8_t rcu_nesting; /* RCU read sections it is in */
    bool waits;          /* for the lock that it wanted last */
    bool ran;            /* since after time 0: some cache has its data */
    uint32_t cpu;        /* on it, or last on it */
    uint32_t group_index;
    uint32_t batch;      /* items of the last take */
    uint32_t busy_queue; /* instance whose item an any-taker works on, or NO_INDEX */
    const struct op *at; /* the next, or the one that it does */
    const struct program_group *group;
    struct hold *wanted;          /* asked for last */
    sim_time lead;                /* to be spent before the next op takes effect */
    sim_time left;                /* of a preempted segment; of a delay: the time of its end */
    sim_time since;               /* start of the current T_RUN, T_SPIN or T_READY time */
    sim_time vruntime;            /* CFS virtual run time, in ticks, up to moved_at */
    sim_time moved_at;            /* to a CPU, or away from it */
    uint32_t run_left, run_right; /* ids, or NO_INDEX: see run_queue.h */
    union {
        struct thread *wait_prev; /* of one that waits */
        sim_time user_work;       /* of one in a segment: in that, or left of it after preemption */
    };
    struct thread *wait_next;
    struct stream *streams; /* and, if sections may be done again, as they were before */
    uint32_t *regs;
    struct hold *holds;
};

/* More of a thread, on machines where something happens by chance or code gets cold. */
struct noise {
    struct stream stream;
    sim_time undisturbed[DISTURBANCES]; /* own CPU time until the next one */
    sim_time irq_deferred;              /* by interrupts that came while they were off */
    double cold;                        /* factor on the costs of the lock operation at hand */
};

/* More of a thread, where there is RCU. */
struct rcu_thread {
    uint32_t since[RCU_FLAVORS]; /* grace.number as it entered */
    struct rcu_head head;
};

struct cpu {
    _Alignas(64) struct thread *current; /* on a line with what else is used most */
    struct thread *last;                 /* ran last: coming back costs no switch */
    uint32_t ready;                      /* the root of its run queue, as thread.run_left */
    uint32_t nready;
    uint32_t core, node;
    sim_time min_vruntime;
    sim_time busy_since;
    sim_time idle_since;
    sim_time code_at; /* last ran lock code */
    double used;      /* share of the time lately in which it was busy, as of used_at */
    sim_time used_at;
};

/* A queue instance: posts not taken, threads that wait for them. */
struct queue {
    uint32_t pending;
    bool queued; /* in its class's list of instances that any taker may take */
    bool busy;   /* an any-taker works on its item */
    uint32_t class;
    uint32_t next;
    struct wait_list takers;
};

/* Items to come into a queue, of the running grace period or of the next. */
struct deferred {
    struct rcu_head head;
    uint32_t n;
    struct queue *queue;
};

struct queue_class {
    struct queue *instances;
    uint32_t most; /* posts not taken, of an instance; more are lost */
    /* For takers of any instance. */
    bool any;            /* that is what its takers take */
    uint32_t head, tail; /* instances with posts, in order of posting */
    struct wait_list takers;
};

struct source {
    const struct program_group *group;
    uint32_t index; /* in its group */
    uint32_t object;
    struct stream stream;
    uint64_t owner; /* of the streams of those who arrive */
    uint64_t arrivals;
    double due; /* fraction of a tick not yet waited */
};

/* Grace periods of one flavor: the one that runs, if one does, and what waits for the next. */
struct grace {
    bool running;
    bool due; /* it is old enough and waits for readers */
    uint32_t number;
    uint32_t before, after; /* readers inside, by whether they entered before it began */
    struct rcu_head *first[2], *last[2]; /* who waits for the end of it, and of the next */
};

/* A named line, with what is on it. */
struct named_line {
    struct line line;
    uint64_t *copies;   /* bitmap of the CPUs that have one */
    struct lock *locks; /* whose words are on it */
};

struct lock_account {
    uint64_t requests, grants, releases;
    /* sums of time stamps, modulo 2^64; differences of them are exact */
    uint64_t request_times, grant_times, release_times;
};

struct sim {
    sim_time now;
    struct events events;
    const struct op *ops;
    struct thread *threads;
    struct hold *holds;             /* of all threads */
    struct place *places;           /* of each of them, or NULL */
    struct place nowhere;           /* instead */
    struct noise *noise;            /* of each thread, or NULL */
    uint64_t *iterations;           /* of each thread, left of a finite job; or NULL */
    struct rcu_thread *rcu_threads; /* of each thread, or NULL: none has had to do with it yet */
    struct cpu *cpus;
    const struct program *program;
    const struct machine_costs *machine;
    uint64_t *idle; /* bitmap of CPUs without a thread */
    uint32_t nidle;
    bool cold_code;         /* that of locks gets cold, and then costs more */
    bool free_lines;        /* what is done to a line costs nothing: whose it is does not matter */
    sim_time mean_transfer; /* of a line between two CPUs taken at random */
    uint32_t first_cpu_source, first_arrival_source, first_rcu_source;
    struct lock **locks;
    struct lock ***class_locks; /* by lock class: its part of them */
    struct lock_account *accounts;
    struct named_line *lines;
    struct stream lock_stream, wake_stream, rcu_stream;
    struct grace grace[RCU_FLAVORS];
    struct queue *queues;
    struct queue_class *queue_classes;
    /* Of each queue, by whether the number of the grace period is odd; or NULL: none so far. */
    struct deferred (*deferred)[2];
    struct source *sources;
    struct thread **pool; /* per group: list of free pooled threads, by wait_next */
    uint64_t *progress;
    struct group_time *group_times;
    uint32_t *round_robin; /* per object class */
    uint32_t unfinished;   /* threads of finite groups that go on */
    struct lane *lane;     /* NULL: the run takes the general way */
    bool in_lane;
    bool stop; /* all finite groups are done, or there is an outcome */
    enum form form;
    uint32_t ahead; /* each thread's streams are followed, from here on, by what they give next; 0:
                       not yet */
    uint64_t limit; /* events with keys from here on are not handled yet; 0 once stopped */
    uint64_t events_done, last_advance; /* events; and when the clock last moved */
    struct thread *asker;               /* the thread inside a lock kind's acquire() or running() */
    struct thread *actor;               /* the thread whose event is being handled, or NULL */
    uint32_t nmovable;                  /* in run queues, and may go to another CPU */
    struct sim_counters counters;
    struct passage_batch *batches; /* by lock class */
    struct observer observer;
    struct profile *profile; /* NULL: not wanted, and nothing of profile.c is called */
    uint64_t seed;
    uint32_t replication;
    enum sim_outcome outcome;
    struct arena *arena;
    const char *detail;
};

/* exec.c: the interpreter */
void exec_advance(struct sim *sim, struct thread *thread); /* runs ops until one takes time */
/* What the last op charged, then the work of the op that it is at. */
void exec_segment(struct sim *sim, struct thread *thread, sim_time lead, sim_time work);
void exec_granted(struct sim *sim, struct thread *thread, sim_time delay);
void exec_run(struct sim *sim, uint64_t limit); /* handles all events with keys below the limit */

/* start.c: how threads come, and where those of open groups wait */
void start_thread(struct sim *sim, struct thread *thread, uint32_t index);
void start_source(struct sim *sim, struct source *source, uint32_t index);
void start_arrival(struct sim *sim, uint32_t event);
void start_to_pool(struct sim *sim, struct thread *thread);

/* From now on threads draw ahead. */
void start_ahead(struct sim *sim);

/* pick.c: objects */
uint32_t pick_object(struct sim *sim, struct thread *thread, const struct op *op);
void pick_order(struct thread *thread, const struct op *op); /* OP_ORDER */

/* work.c: work items */
struct queue *queue_of(struct sim *sim, const struct thread *thread, const struct op *op);
/* The running thread wakes the first taker, if there is one, and pays for the call. */
void work_wake(struct sim *sim, struct thread *waker, struct wait_list *takers);
void work_post(struct sim *sim, struct thread *thread, const struct op *op);
bool work_take(struct sim *sim, struct thread *thread, const struct op *op); /* false: waits */
/* The thread sleeps until somebody wakes it as a taker; false. */
bool work_wait(struct sim *sim, struct thread *thread, struct wait_list *takers);
void work_done(struct sim *sim, struct thread *thread); /* with the item of an any-take, if any */

/* completion.c */
void completion_complete(struct sim *sim, struct thread *thread, const struct op *op);
bool completion_wait(struct sim *sim, struct thread *thread,
                     const struct op *op); /* false: waits */

/* rcu.c: grace periods */
void rcu_enter(struct sim *sim, struct thread *thread);
void rcu_exit(struct sim *sim, struct thread *thread);
/* The thread sleeps until a grace period that begins now or later is over. */
void rcu_synchronize(struct sim *sim, struct thread *thread, enum rcu_flavor flavor);
/* After a grace period the queue gets an item. */
void rcu_call(struct sim *sim, struct queue *queue);
void rcu_event(struct sim *sim, uint32_t event);

/* sched.c: CPUs and run queues */
void sched_init(struct sim *sim);
/* Wakes the thread; what the call costs the waker. */
sim_time sched_wake(struct sim *sim, struct thread *thread);
/* The CPU on which a thread that sleeps is deemed to have run last. */
void sched_move(struct sim *sim, struct thread *thread, uint32_t cpu);
/* The thread leaves its CPU for the given state; the CPU goes on with another. */
void sched_leave(struct sim *sim, struct thread *thread, enum thread_state state);
void sched_entered(struct sim *sim, struct thread *thread); /* T_ENTER is over */
void sched_slice_end(struct sim *sim, uint32_t cpu);
bool sched_may_preempt(const struct sim *sim, const struct thread *thread);
void sched_yield_cpu(struct sim *sim, struct thread *thread);

/* lines.c: cache lines */
void lines_make(struct sim *sim, struct arena *arena); /* after the locks */
void lines_touch(struct sim *sim, struct thread *thread, const struct op *op);

/* ramp.c: CPUs that are slow after idle time, on machines that have such */
void ramp_mark(const struct sim *sim, struct cpu *cpu, bool busy); /* it was so up to now */
sim_time ramp_slow(const struct sim *sim, struct cpu *cpu, sim_time work);

/* irq.c: interrupts */
void irq_start(struct sim *sim, struct thread *thread);
sim_time irq_disturb(struct sim *sim, struct thread *thread, sim_time length);
sim_time irq_rest(struct sim *sim, struct thread *thread, sim_time elapsed);
void irq_enable(const struct sim *sim,
                struct thread *thread); /* what was deferred comes with the next segment */

/* locking.c: requests, grants, releases */
void locking_flush_class(struct sim *sim, uint32_t lock_class);
void locking_request(struct sim *sim, struct thread *thread, const struct op *op);
void locking_release(struct sim *sim, struct thread *thread, const struct op *op);
void locking_running(struct sim *sim, struct thread *thread);
void locking_resched(struct sim *sim, struct thread *thread);
void locking_timeout(struct sim *sim, struct thread *thread);
void locking_off_cpu(struct thread *thread);
void locking_flush(struct sim *sim);

/* profile.c: what CPU time is spent for */
void profile_enter(struct sim *sim, const struct thread *thread); /* has been given a CPU */
void profile_book(struct sim *sim, const struct thread *thread);  /* it is about to leave it, ... */
/* It does an operation that may cost time, which it has yet to spend. */
void profile_op(struct sim *sim, const struct thread *thread, const struct op *op);
/* It begins to spend what the last operation costs, then works as its next one says. */
void profile_segment(struct sim *sim, const struct thread *thread, sim_time lead, sim_time work);
void profile_interrupt(struct sim *sim, const struct thread *thread, sim_time length);
void profile_preempted(struct sim *sim, const struct thread *thread); /* within a segment */
void profile_resumed(struct sim *sim, const struct thread *thread);
void profile_spin(struct sim *sim, const struct lock *lock, const struct thread *thread);
/* Another spinner may be the first. */
void profile_settle(struct sim *sim, const struct lock *lock);

/* outcome.c: what went wrong */
void outcome_set(struct sim *sim, enum sim_outcome outcome, const char *detail);
void outcome_check_cycle(struct sim *sim, struct thread *thread);
void outcome_no_events(struct sim *sim);
void outcome_overload(struct sim *sim, const struct program_group *group);

/* After the step at hand nothing happens any more. */
static inline void sim_stop(struct sim *sim) {
    sim->stop = true;
    sim->limit = 0;
}

static inline bool group_is_open(const struct program_group *group) {
    return group->arrivals != ARRIVAL_CLOSED;
}

/*
 * The work of an op was drawn when its last began, so that nothing waits for a
 * random number: work_of() says from which stream work_ahead() is to draw the
 * next, at the latest before the op is done again; NULL: from none.
 */
static inline sim_time work_of(const struct sim *sim, const struct thread *thread,
                               const struct op *op, enum form form, struct stream **next) {
    struct stream *stream = &thread->streams[op->stream];
    bool ahead = form == PLAIN || (op->drawn && sim->ahead != 0);
    *next = ahead ? stream : NULL;
    return ahead ? (sim_time)stream[sim->ahead].state : draw_ticks(op->dist, stream);
}

static inline void work_ahead(const struct sim *sim, const struct op *op, struct stream *next) {
    if (next != NULL)
        next[sim->ahead].state = (uint64_t)draw_ticks(op->dist, next);
}

/* Of a thread, with what is drawn ahead. */
static inline size_t stream_words(const struct sim *sim, const struct thread *thread) {
    bool ahead = sim->ahead != 0 && !group_is_open(thread->group);
    return ahead ? 2 * (size_t)sim->ahead : thread->group->nstreams;
}

static inline struct lock *waits_for(const struct thread *thread) {
    return thread->waits ? thread->wanted->lock : NULL;
}

static inline struct group_time *times_of(struct sim *sim, const struct thread *thread) {
    return &sim->group_times[thread->group_index];
}

/* User work is booked as it begins. */
static inline void begin_user_work(struct sim *sim, struct thread *thread, sim_time work) {
    times_of(sim, thread)->user += work;
    thread->user_work = work;
}

/* What a running thread has yet to do of it: what else the segment costs comes first. */
static inline sim_time user_work_ahead(const struct sim *sim, const struct thread *thread) {
    sim_time end = events_time(&sim->events, thread->id), rest = end - sim->now;
    if (!thread->user || thread->asking || end == TIME_NEVER)
        return 0;
    return rest < thread->user_work ? rest : thread->user_work;
}

static inline bool on_cpu(const struct thread *thread) {
    return thread->state <= T_SPIN;
}

/* How far a time is on the way to for ever: half of it after halfway, not 0. */
static inline double saturation(sim_time time, sim_time halfway) {
    return (double)time / (double)(time + halfway);
}

/* A segment as long as disturbances make it. */
static inline sim_time irq_stretch(struct sim *sim, struct thread *thread, sim_time length,
                                   bool calm) {
    if (!sim->machine->disturbed)
        return length;
    struct noise *noise = &sim->noise[thread->id];
    if (!calm || length > noise->undisturbed[DISTURB_IRQ] || noise->irq_deferred != 0)
        return irq_disturb(sim, thread, length);
    noise->undisturbed[DISTURB_IRQ] -= length;
    return length;
}

/* What is left, after so long, of a disturbance that began in the meantime. */
static inline sim_time irq_residual(struct sim *sim, struct thread *thread, sim_time elapsed) {
    return sim->machine->disturbed ? irq_rest(sim, thread, elapsed) : 0;
}

static inline sim_time ramp_stretch(const struct sim *sim, const struct thread *thread,
                                    sim_time work) {
    return sim->machine->ramp_time == 0 ? work : ramp_slow(sim, &sim->cpus[thread->cpu], work);
}

/* Its time on the CPU so far is booked, by state. */
static inline void sched_account(struct sim *sim, struct thread *thread) {
    if (sim->profile != NULL)
        profile_book(sim, thread);
    int64_t elapsed = sim->now - thread->since;
    thread->since = sim->now;
    if (thread->state == T_ENTER) {
        sim->counters.switching += elapsed;
        return;
    }
    times_of(sim, thread)->cpu += elapsed;
    *(thread->state == T_RUN ? &sim->counters.run : &sim->counters.spin) += elapsed;
}

static inline uint32_t rcu_source(const struct sim *sim, const struct grace *grace) {
    return sim->first_rcu_source + (uint32_t)(grace - sim->grace);
}

#endif
