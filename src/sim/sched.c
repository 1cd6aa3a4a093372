/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * CPUs and run queues after CFS (kernel/sched/fair.c, Linux 6.1): a run queue
 * in order of virtual run time; a slice is the scheduling latency shared by
 * the runnable threads, at least the minimum granularity; a woken thread
 * preempts one whose virtual run time leads by the wake-up granularity. An
 * idle CPU pulls work from the longest queue. All threads have equal weight.
 */
#include "sim/run_queue.h"

static inline void mark_idle(struct sim *sim, uint32_t cpu, bool idle) {
    uint64_t bit = (uint64_t)1 << (cpu & 63);
    if (sim->machine->ramp_time != 0)
        ramp_mark(sim, &sim->cpus[cpu], idle);
    if (idle) {
        sim->idle[cpu >> 6] |= bit;
        sim->cpus[cpu].idle_since = sim->now;
        sim->nidle++;
    } else {
        sim->idle[cpu >> 6] &= ~bit;
        sim->nidle--;
    }
}

/* The first idle CPU in [from, to), or NO_INDEX. */
static uint32_t next_idle(const struct sim *sim, uint32_t from, uint32_t to) {
    for (uint32_t cpu = from; cpu < to;) {
        uint64_t word = sim->idle[cpu >> 6] >> (cpu & 63);
        if (word != 0) {
            cpu += (uint32_t)__builtin_ctzll(word);
            return cpu < to ? cpu : NO_INDEX;
        }
        cpu = (cpu | 63) + 1;
    }
    return NO_INDEX;
}

/* An idle CPU of the node, the given one before its neighbours; or NO_INDEX. */
static uint32_t idle_near(const struct sim *sim, uint32_t cpu) {
    uint32_t first = sim->cpus[cpu].node * sim->machine->cpus_per_node;
    uint32_t last = first + sim->machine->cpus_per_node;
    if (last > sim->machine->cpus)
        last = sim->machine->cpus;
    uint32_t found = next_idle(sim, cpu, last);
    return found != NO_INDEX ? found : next_idle(sim, first, cpu);
}

/*
 * Where a woken thread goes: its last CPU, else an idle one that shares a cache
 * with it, else one near the waker, else its last CPU all the same
 * (select_idle_sibling(), wake_affine()).
 */
static uint32_t choose_cpu(const struct sim *sim, const struct thread *thread) {
    uint32_t prev = thread->cpu, cpu;
    if (sim->cpus[prev].current == NULL || !is_movable(thread))
        return prev;
    cpu = idle_near(sim, prev);
    if (cpu == NO_INDEX && sim->actor != NULL && sim->actor != thread &&
        !sim->actor->group->outside)
        cpu = idle_near(sim, sim->actor->cpu);
    return cpu != NO_INDEX ? cpu : prev;
}

static void enqueue(struct sim *sim, struct cpu *cpu, struct thread *thread) {
    thread->cpu = (uint32_t)(cpu - sim->cpus);
    thread->state = T_READY;
    thread->since = sim->now;
    run_queue_add(sim, cpu, thread);
    cpu->nready++;
    sim->nmovable += is_movable(thread);
}

/* It has just been taken out of the run queue. */
static void dequeued(struct sim *sim, struct cpu *cpu, const struct thread *thread) {
    cpu->nready--;
    sim->nmovable -= is_movable(thread);
    times_of(sim, thread)->run_delay += sim->now - thread->since;
}

/* Virtual run times are relative to the CPU's; a migrating thread keeps its lag. */
void sched_move(struct sim *sim, struct thread *thread, uint32_t to) {
    thread->vruntime += sim->cpus[to].min_vruntime - sim->cpus[thread->cpu].min_vruntime;
    thread->cpu = to;
}

/* The slice of the running thread ends, at the earliest, now, on a tick if there are ticks. */
static void set_slice(struct sim *sim, uint32_t cpu_id) {
    const struct cpu *cpu = &sim->cpus[cpu_id];
    uint32_t source = sim->first_cpu_source + cpu_id;
    if (cpu->nready == 0 || cpu->current == NULL || cpu->current->need_resched) {
        events_clear_seldom(&sim->events, source);
        return;
    }
    const struct machine_costs *machine = sim->machine;
    sim_time slice = machine->sched_latency / (cpu->nready + 1);
    if (slice < machine->sched_min)
        slice = machine->sched_min;
    sim_time end = cpu->current->moved_at + slice;
    if (end < sim->now)
        end = sim->now;
    if (machine->tick != 0)
        end = (end + machine->tick - 1) / machine->tick * machine->tick;
    events_set_seldom(&sim->events, source, end);
}

/* Gives the CPU to a thread, which runs after the switch and the given latency. */
static inline void enter(struct sim *sim, uint32_t cpu_id, struct thread *thread,
                         sim_time latency) {
    struct cpu *cpu = &sim->cpus[cpu_id];
    cpu->current = thread;
    if (cpu->last != thread)
        latency += sim->machine->context_switch;
    if (thread->vruntime > cpu->min_vruntime)
        cpu->min_vruntime = thread->vruntime;
    thread->cpu = cpu_id;
    thread->state = T_ENTER;
    thread->since = thread->moved_at = sim->now;
    thread->ran = sim->now != 0;
    if (sim->profile != NULL)
        profile_enter(sim, thread);
    events_set_often(&sim->events, thread->id, sim->now + latency);
    if (cpu->nready != 0)
        set_slice(sim, cpu_id);
}

/* For a CPU without work: the next of the longest queue, its own node first. */
static struct thread *pull(struct sim *sim, uint32_t cpu_id) {
    struct cpu *busiest = NULL;
    uint32_t best = 0;
    for (uint32_t i = 0; i < sim->machine->cpus; i++) {
        struct cpu *other = &sim->cpus[i];
        uint32_t score = 2 * other->nready;
        if (other->nready != 0 && other->node == sim->cpus[cpu_id].node)
            score++;
        if (score > best) {
            best = score;
            busiest = other;
        }
    }
    if (busiest == NULL)
        return NULL;
    struct thread *thread = run_queue_take_cold(sim, busiest);
    if (thread == NULL)
        return NULL;
    dequeued(sim, busiest, thread);
    if (busiest->nready == 0)
        set_slice(sim, (uint32_t)(busiest - sim->cpus));
    sched_move(sim, thread, cpu_id);
    return thread;
}

static inline void run_next(struct sim *sim, uint32_t cpu_id) {
    struct cpu *cpu = &sim->cpus[cpu_id];
    struct thread *next = NULL;
    if (cpu->nready != 0) {
        next = run_queue_take(sim, cpu);
        dequeued(sim, cpu, next);
        if (cpu->nready == 0)
            events_clear_seldom(&sim->events, sim->first_cpu_source + cpu_id);
    } else if (sim->nmovable != 0) {
        next = pull(sim, cpu_id);
    }
    if (next != NULL) {
        enter(sim, cpu_id, next, 0);
        return;
    }
    sim->counters.occupied += sim->now - cpu->busy_since;
    mark_idle(sim, cpu_id, true);
}

static void leave_outside(struct sim *sim, struct thread *thread, enum thread_state state) {
    thread->state = (uint8_t)state;
    events_give_up(&sim->events, thread->id);
}

void sched_leave(struct sim *sim, struct thread *thread, enum thread_state state) {
    if (thread->group->outside) {
        leave_outside(sim, thread, state);
        return;
    }
    uint32_t cpu_id = thread->cpu;
    struct cpu *cpu = &sim->cpus[cpu_id];
    sched_account(sim, thread);
    if (thread->state == T_SPIN)
        thread->wanted->lock->spinning--;
    thread->vruntime += sim->now - thread->moved_at;
    thread->moved_at = sim->now;
    thread->need_resched = false;
    thread->state = (uint8_t)state;
    if (state == T_GONE || (state == T_BLOCKED && !thread->waits))
        events_give_up(&sim->events, thread->id);
    else if (state != T_SLEEP) /* to which there is an end, set next */
        events_clear(&sim->events, thread->id);
    cpu->current = NULL;
    cpu->last = thread;
    thread->in_delay = thread->in_delay && state == T_READY;
    if (state == T_READY)
        enqueue(sim, cpu, thread);
    else
        sim->counters.sleeps++;
    run_next(sim, cpu_id);
    /* It may have been the one to run next. */
    if (thread->nowned != 0 && !on_cpu(thread))
        locking_off_cpu(thread);
}

bool sched_may_preempt(const struct sim *sim, const struct thread *thread) {
    return thread->atomic == 0 && (sim->machine->preemption == PREEMPT_FULL || thread->user);
}

void sched_yield_cpu(struct sim *sim, struct thread *thread) {
    sim->counters.preemptions++;
    sched_leave(sim, thread, T_READY);
}

/*
 * The running thread should make way: at once if it may be preempted, else
 * when it can. One that is between two ops makes way before the next.
 */
static void request_resched(struct sim *sim, struct thread *thread) {
    thread->need_resched = true;
    events_clear_seldom(&sim->events, sim->first_cpu_source + thread->cpu);
    if (thread == sim->actor)
        return;
    if (thread->state == T_RUN && sched_may_preempt(sim, thread)) {
        sim_time end = events_time(&sim->events, thread->id);
        thread->user_work = user_work_ahead(sim, thread);
        times_of(sim, thread)->user -= thread->user_work;
        thread->left = thread->in_delay && end != sim->now ? end : end - sim->now;
        if (sim->profile != NULL)
            profile_preempted(sim, thread);
        sched_yield_cpu(sim, thread);
    } else if (thread->state == T_SPIN) {
        locking_resched(sim, thread);
    }
}

static inline sim_time wake_cost(struct sim *sim, const struct dist *dist) {
    return dist == NULL ? 0 : draw_ticks(dist, &sim->wake_stream);
}

/* A cost of waking an idle CPU, which grows on its way into deep idle. */
static inline sim_time idle_cost(struct sim *sim, const struct cpu *cpu, const struct dist *shallow,
                                 const struct dist *deep) {
    sim_time cost = wake_cost(sim, shallow), halfway = sim->machine->deep_halfway;
    if (halfway == 0)
        return cost;
    double depth = saturation(sim->now - cpu->idle_since, halfway);
    return cost + (sim_time)(depth * (double)(wake_cost(sim, deep) - cost));
}

/* It acts once whoever wakes it is done with its own step. */
static sim_time wake_outside(struct sim *sim, struct thread *thread) {
    thread->state = T_OUTSIDE;
    events_set_often(&sim->events, thread->id, sim->now);
    return 0;
}

sim_time sched_wake(struct sim *sim, struct thread *thread) {
    if (thread->group->outside)
        return wake_outside(sim, thread);
    uint32_t cpu_id = choose_cpu(sim, thread);
    struct cpu *cpu = &sim->cpus[cpu_id];
    if (cpu_id != thread->cpu)
        sched_move(sim, thread, cpu_id);
    /* Who slept gets some credit for it; who is new gets none, and owes nothing. */
    sim_time floor = cpu->min_vruntime;
    bool is_new = thread->state == T_GONE;
    if (!is_new)
        floor -= sim->machine->sched_latency / 2;
    if (is_new || thread->vruntime < floor)
        thread->vruntime = floor;
    if (cpu->current == NULL) {
        const struct machine_costs *machine = sim->machine;
        sim_time call = idle_cost(sim, cpu, machine->wake_call, machine->deep_call);
        sim_time latency = idle_cost(sim, cpu, machine->wake_latency, machine->deep_latency);
        /* The call comes after what the waker owes already, other calls above all. */
        if (sim->actor != NULL && sim->actor != thread)
            latency += sim->actor->lead;
        mark_idle(sim, cpu_id, false);
        cpu->busy_since = sim->now;
        enter(sim, cpu_id, thread, latency);
        return call;
    }
    struct thread *current = cpu->current;
    enqueue(sim, cpu, thread);
    events_clear(&sim->events, thread->id);
    set_slice(sim, cpu_id);
    sim_time lead = current->vruntime + (sim->now - current->moved_at) - thread->vruntime;
    if (lead > sim->machine->sched_wakeup && !current->need_resched)
        request_resched(sim, current);
    return wake_cost(sim, sim->machine->wake_queued);
}

/* A busy CPU's tick makes an idle one, if there is any, look for work again (nohz_balancer_kick()).
 */
static void kick_idle(struct sim *sim) {
    uint32_t idle = next_idle(sim, 0, sim->machine->cpus);
    struct thread *thread = idle == NO_INDEX ? NULL : pull(sim, idle);
    if (thread == NULL)
        return;
    mark_idle(sim, idle, false);
    sim->cpus[idle].busy_since = sim->now;
    enter(sim, idle, thread, wake_cost(sim, sim->machine->wake_latency));
}

void sched_slice_end(struct sim *sim, uint32_t cpu_id) {
    kick_idle(sim);
    if (sim->cpus[cpu_id].nready != 0)
        request_resched(sim, sim->cpus[cpu_id].current);
}

void sched_entered(struct sim *sim, struct thread *thread) {
    sched_account(sim, thread);
    thread->state = T_RUN;
    if (thread->waits) {
        locking_running(sim, thread);
    } else if (thread->left != 0) {
        if (thread->need_resched && sched_may_preempt(sim, thread)) {
            sched_yield_cpu(sim, thread);
            return;
        }
        if (thread->in_delay)
            thread->left = thread->left > sim->now ? thread->left - sim->now : 0;
        events_set_often(&sim->events, thread->id, sim->now + thread->left);
        if (thread->user)
            begin_user_work(sim, thread,
                            thread->left < thread->user_work ? thread->left : thread->user_work);
        thread->left = 0;
        if (sim->profile != NULL)
            profile_resumed(sim, thread);
    } else {
        exec_advance(sim, thread);
    }
}

void sched_init(struct sim *sim) {
    for (uint32_t i = 0; i < sim->machine->cpus; i++) {
        sim->cpus[i].ready = NO_INDEX;
        sim->cpus[i].core = i / sim->machine->smt;
        sim->cpus[i].node = i / sim->machine->cpus_per_node;
        mark_idle(sim, i, true);
    }
}
