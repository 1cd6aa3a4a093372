/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sim/lane.h"
#include "sim/plain.h"

#include "base/arena.h"

enum { OWNER_LOCKS = 1, OWNER_WAKES, OWNER_RCU };

static void note_modes(struct lock *lock, const struct kind_info *kind) {
    for (enum lock_mode mode = MODE_WRITE; mode <= MODE_READ; mode++) {
        bool over = mode == MODE_READ && kind->read_holds_nothing; /* once acquired */
        lock->atomic_waiting[mode] = atomic_in(kind, mode);
        lock->atomic_held[mode] = atomic_in(kind, mode) && !over;
        lock->excludes[mode] = !holds_nothing(kind, mode);
    }
    lock->in_line = lock->kind->leaf == LEAF_TRACED_IN_LINE ? PASSAGE_TRACED : 0;
}

static void make_locks(struct sim *sim, struct arena *arena) {
    const struct program *program = sim->program;
    sim->accounts = arena_array(arena, program->nlocks, sizeof(*sim->accounts));
    sim->batches = arena_array(arena, program->nlocks, sizeof(*sim->batches));
    sim->locks = arena_array(arena, program->ninstances, sizeof(*sim->locks));
    sim->class_locks = arena_array(arena, program->nlocks, sizeof(*sim->class_locks));
    for (uint32_t c = 0; c < program->nlocks; c++) {
        sim->class_locks[c] = sim->locks + program->locks[c].first;
        const struct lock_class *class = &program->locks[c];
        const struct lock_kind *kind = lock_kinds[class->kind];
        for (uint32_t i = 0; i < class->count; i++) {
            struct lock *lock = arena_alloc(arena, kind->size);
            *lock = (struct lock){.sim = sim,
                                  .kind = kind,
                                  .class = class,
                                  .account = &sim->accounts[c],
                                  .batch = &sim->batches[c],
                                  .params = class->params,
                                  .waiting = class->waiting,
                                  .free_lines = sim->free_lines,
                                  .by_word = kind->by_word,
                                  .spin_time = class->spin_time,
                                  .lock_class = c,
                                  .instance = i,
                                  .last_cpu = NO_INDEX,
                                  .word = {.cpu = NO_INDEX}};
            note_modes(lock, &kind->info);
            sim->locks[class->first + i] = lock;
        }
    }
}

static void make_queues(struct sim *sim, struct arena *arena) {
    const struct program *program = sim->program;
    sim->queues = arena_array(arena, program->nqueue_instances, sizeof(*sim->queues));
    sim->queue_classes = arena_array(arena, program->nqueues, sizeof(*sim->queue_classes));
    for (uint32_t i = 0; i < program->nqueues; i++) {
        const struct work_queue *queue = &program->queues[i];
        sim->queue_classes[i] =
            (struct queue_class){.instances = sim->queues + queue->first,
                                 .most = queue->batch == TAKE_ONCE ? 1 : UINT32_MAX,
                                 .head = NO_INDEX,
                                 .tail = NO_INDEX};
        for (uint32_t j = 0; j < queue->count; j++)
            sim->queues[queue->first + j].class = i;
    }
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == OP_TAKE && program->ops[i].any)
            sim->queue_classes[program->ops[i].index].any = true;
}

/* Kinds that can take the short way have no use for places where lines cost nothing. */
static bool wants_places(const struct sim *sim) {
    bool wanted = !sim->free_lines;
    for (uint32_t i = 0; i < sim->program->nlocks; i++)
        wanted |= lock_kinds[sim->program->locks[i].kind]->leaf == LEAF_NO;
    return wanted;
}

static bool wants_noise(const struct sim *sim) {
    const struct machine_costs *machine = sim->machine;
    return machine->disturbed || sim->cold_code || machine->sleep_slack != NULL ||
           machine->clock_read != 0 || machine->clock_shared != 0;
}

/* With its event, a stream and a register a thread takes 256 bytes. */
_Static_assert(sizeof(struct thread) + sizeof(struct hold) <= 216, "a million threads fit");

/* What not every program and machine needs: a million threads are to fit into memory. */
static void make_parts(struct sim *sim, struct arena *arena) {
    const struct program *program = sim->program;
    uint32_t n = program->nthreads;
    size_t nholds = 0;
    for (uint32_t g = 0; g < program->ngroups; g++)
        nholds += (size_t)program->groups[g].nthreads * program->groups[g].nslots;
    sim->holds = arena_array(arena, nholds, sizeof(*sim->holds));
    if (wants_places(sim))
        sim->places = arena_array(arena, nholds, sizeof(*sim->places));
    if (wants_noise(sim))
        sim->noise = arena_array(arena, n, sizeof(*sim->noise));
    if (program->finite)
        sim->iterations = arena_array(arena, n, sizeof(*sim->iterations));
}

static void make_threads(struct sim *sim, struct arena *arena) {
    const struct program *program = sim->program;
    struct hold *holds = sim->holds;
    sim->threads = arena_array(arena, program->nthreads, sizeof(*sim->threads));
    sim->pool = arena_array(arena, program->ngroups, sizeof(struct thread *));
    for (uint32_t g = 0; g < program->ngroups; g++) {
        const struct program_group *group = &program->groups[g];
        size_t n = group->nthreads;
        size_t nstreams = group->retries ? 2 * group->nstreams : group->nstreams;
        struct stream *streams = arena_array(arena, n * nstreams, sizeof(*streams));
        uint32_t *regs = arena_array(arena, n * group->nregs, sizeof(*regs));
        for (uint32_t i = 0; i < group->nthreads; i++) {
            struct thread *thread = &sim->threads[group->first_thread + i];
            thread->id = group->first_thread + i;
            thread->group = group;
            thread->group_index = g;
            thread->streams = streams + i * nstreams;
            thread->regs = regs + (size_t)i * group->nregs;
            thread->wanted = thread->holds = holds;
            holds += group->nslots;
            thread->busy_queue = NO_INDEX;
            thread->cpu = (group->pin == PIN_CPU ? i : thread->id) % sim->machine->cpus;
            start_thread(sim, thread, i);
        }
    }
}

static void make_sources(struct sim *sim, struct arena *arena, uint32_t nsources) {
    const struct program *program = sim->program;
    sim->sources = arena_array(arena, nsources, sizeof(*sim->sources));
    struct source *source = sim->sources;
    for (uint32_t g = 0; g < program->ngroups; g++) {
        const struct program_group *group = &program->groups[g];
        for (uint32_t i = 0; i < group->nsources; i++, source++) {
            source->group = group;
            source->index = i;
            source->object = group->per == NO_INDEX ? 0 : i / group->threads_per_object;
            start_source(sim, source, i);
        }
    }
}

/* Ordered pairs of different CPUs within groups of the size, of which the last may be smaller. */
static double pairs(uint32_t cpus, uint32_t size) {
    uint32_t whole = cpus / size;
    double rest = cpus % size;
    return whole * (size * (size - 1.0)) + rest * (rest - 1);
}

static sim_time mean_transfer(const struct machine_costs *machine) {
    uint32_t cpus = machine->cpus;
    if (cpus == 1)
        return 0;
    double smt = pairs(cpus, machine->smt), node = pairs(cpus, machine->cpus_per_node) - smt;
    double all = pairs(cpus, cpus), remote = all - node - smt;
    return (sim_time)((smt * (double)machine->line_smt + node * (double)machine->line_node +
                       remote * (double)machine->line_remote) /
                      all);
}

/* Only who waits for grace periods needs their events, each of which makes all others slower. */
static uint32_t rcu_sources(const struct program *program) {
    for (uint32_t i = 0; i < program->nops; i++)
        if (program->ops[i].code == OP_SYNCHRONIZE || program->ops[i].code == OP_CALL_RCU)
            return RCU_FLAVORS;
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (lock_kinds[program->locks[i].kind]->grace_period != NULL)
            return RCU_FLAVORS;
    return 0;
}

/* All others are in reserve for those who arrive. */
static uint32_t closed_threads(const struct program *program) {
    uint32_t n = 0;
    for (uint32_t g = 0; g < program->ngroups; g++)
        if (program->groups[g].arrivals == ARRIVAL_CLOSED)
            n += program->groups[g].nthreads;
    return n;
}

static bool is_calm(const struct machine_costs *machine) {
    return machine->disturbances[DISTURB_STALL].duration == NULL &&
           machine->disturbances[DISTURB_CROWDED].duration == NULL && machine->ramp_time == 0 &&
           machine->cold_halfway == 0 && machine->stat_acquire == 0 &&
           machine->stat_contended == 0 && machine->stat_acquired == 0 &&
           machine->stat_release == 0;
}

struct sim *sim_new(struct arena *arena, const struct program *program, uint64_t seed,
                    uint32_t replication, const struct observer *observer) {
    random_init();
    struct sim *sim = arena_alloc(arena, sizeof(*sim));
    const struct machine_costs *machine = &program->machine;
    sim->arena = arena;
    sim->program = program;
    sim->machine = machine;
    sim->ops = program->ops;
    sim->seed = seed;
    sim->replication = replication;
    if (observer != NULL)
        sim->observer = *observer;
    uint32_t nsources = 0;
    for (uint32_t g = 0; g < program->ngroups; g++)
        nsources += program->groups[g].nsources;
    sim->first_cpu_source = program->nthreads;
    sim->first_arrival_source = program->nthreads + machine->cpus;
    sim->first_rcu_source = sim->first_arrival_source + nsources;
    events_init(&sim->events, arena, closed_threads(program), program->nthreads,
                sim->first_rcu_source + rcu_sources(program));
    sim->cold_code = machine->cold_halfway != 0;
    sim->mean_transfer = mean_transfer(machine);
    sim->free_lines = machine->atomic == 0 && machine->line_smt == 0 && machine->line_node == 0 &&
                      machine->line_remote == 0;
    sim->cpus = arena_array(arena, machine->cpus, sizeof(*sim->cpus));
    sim->idle = arena_array(arena, machine->cpus / 64 + 1, sizeof(*sim->idle));
    sim->progress = arena_array(arena, program->nprogress, sizeof(*sim->progress));
    sim->group_times = arena_array(arena, program->ngroups, sizeof(*sim->group_times));
    sim->round_robin = arena_array(arena, program->nobjects, sizeof(*sim->round_robin));
    sim->lock_stream = stream_new(seed, replication, 0, OWNER_LOCKS);
    sim->wake_stream = stream_new(seed, replication, 0, OWNER_WAKES);
    sim->rcu_stream = stream_new(seed, replication, 0, OWNER_RCU);
    sched_init(sim);
    make_locks(sim, arena);
    lines_make(sim, arena);
    make_queues(sim, arena);
    make_parts(sim, arena);
    make_threads(sim, arena);
    make_sources(sim, arena, nsources);
    sim->stop = sim_done(sim);
    sim->form = !is_calm(machine) ? FULL : plain_is(sim) ? PLAIN : CALM;
    sim->lane = sim->form == PLAIN ? lane_new(sim) : NULL;
    if (sim->lane != NULL)
        sim->form = FULL; /* what it notes of passages, and how a run begins that cannot take it */
    else
        start_ahead(sim);
    if (sim->lane == NULL && sim->form != PLAIN)
        events_allow_row(&sim->events);
    return sim;
}

bool sim_done(const struct sim *sim) {
    return sim->program->finite && sim->unfinished == 0;
}

/* After the start of the threads, at time 0, it shows which way a run can take. */
static void find_lane(struct sim *sim) {
    exec_run(sim, events_key_after(&sim->events, 0));
    sim->in_lane = !sim->stop && lane_enter(sim);
    if (sim->in_lane)
        return;
    sim->lane = NULL;
    start_ahead(sim);
}

enum sim_outcome sim_run_until(struct sim *sim, sim_time end) {
    uint64_t limit = events_key_after(&sim->events, end);
    if (sim->lane != NULL && !sim->in_lane)
        find_lane(sim);
    if (sim->in_lane)
        lane_run(sim, limit);
    else
        exec_run(sim, limit);
    if (!sim->stop)
        sim->now = end;
    if (sim->in_lane)
        lane_settle(sim, limit);
    locking_flush(sim);
    return sim->outcome;
}

void sim_take_general_way(struct sim *sim) {
    if (sim->lane == NULL)
        return;
    sim->lane = NULL;
    sim->form = PLAIN;
    start_ahead(sim);
}

sim_time sim_now(const struct sim *sim) {
    return sim->now;
}

const char *sim_detail(const struct sim *sim) {
    return sim->detail == NULL ? "" : sim->detail;
}

uint64_t sim_progress(const struct sim *sim, uint32_t point) {
    return sim->progress[point];
}

static sim_time user_work_of(const struct sim *sim, const struct thread *thread) {
    if (sim->in_lane)
        return lane_user_work_ahead(sim, thread);
    return sim->form == PLAIN ? plain_user_work_ahead(sim, thread) : user_work_ahead(sim, thread);
}

/* What has not ended is not booked yet; but user work is, all of it. */
static void add_open(const struct sim *sim, const struct thread *thread, struct group_time *time) {
    sim_time elapsed = sim->now - thread->since;
    if (thread->state == T_RUN || thread->state == T_SPIN)
        time->cpu += elapsed;
    else if (thread->state == T_READY)
        time->run_delay += elapsed;
    if (thread->state == T_RUN)
        time->user -= user_work_of(sim, thread);
}

struct group_time sim_group_time(const struct sim *sim, uint32_t index) {
    struct group_time time = sim->group_times[index];
    const struct program_group *group = &sim->program->groups[index];
    for (uint32_t i = 0; i < group->nthreads; i++)
        add_open(sim, &sim->threads[group->first_thread + i], &time);
    return time;
}

uint64_t sim_group_inside(const struct sim *sim, uint32_t group) {
    return sim->group_times[group].arrivals - sim->group_times[group].departures;
}

void sim_counters(const struct sim *sim, struct sim_counters *counters) {
    *counters = sim->counters;
    counters->now = sim->now;
    counters->events = sim->events_done;
    for (uint32_t i = 0; i < sim->machine->cpus; i++) {
        const struct thread *thread = sim->cpus[i].current;
        if (thread == NULL)
            continue;
        int64_t elapsed = sim->now - thread->since;
        counters->run += thread->state == T_RUN ? elapsed : 0;
        counters->spin += thread->state == T_SPIN ? elapsed : 0;
        counters->switching += thread->state == T_ENTER ? elapsed : 0;
        counters->occupied += sim->now - sim->cpus[i].busy_since;
    }
    if (sim->form == PLAIN) {
        int64_t spun = plain_spun(sim);
        counters->run += counters->spin - spun;
        counters->spin = spun;
    }
}
