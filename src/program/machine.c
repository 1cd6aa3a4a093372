/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "program/compile.h"

static const struct quantity *field(const struct compiler *c, enum machine_field id) {
    return c->scenario->machine.fields[id];
}

static bool is_written(const struct quantity *q) {
    return q->origin != ORIGIN_PROFILE && q->origin != ORIGIN_DEFAULT;
}

/*
 * Nodes of equal size. But when the scenario states only the CPUs, and fewer
 * than the profile has, they are the first ones of that machine: one node is
 * filled before the next.
 */
static uint32_t cpus_per_node(struct compiler *c, uint32_t cpus) {
    const struct quantity *nodes = field(c, MACHINE_NODES);
    const struct quantity *whole = c->scenario->machine.profile_cpus;
    uint32_t n = (uint32_t)whole_number(c, nodes, 1, LIMIT_CPUS);
    if (!is_written(nodes) && whole != NULL) {
        uint32_t most = (uint32_t)whole_number(c, whole, 1, LIMIT_CPUS);
        return ((most > cpus ? most : cpus) + n - 1) / n;
    }
    if (n > cpus)
        diag_error(c->diag, nodes->pos, "%s is %s: more nodes than the %u CPUs", nodes->path,
                   nodes->text, cpus);
    return (cpus + n - 1) / n;
}

/* What a scenario says of cores must fit its CPUs; what the profile says gives way. */
static void compile_topology(struct compiler *c) {
    struct machine_costs *machine = &c->program->machine;
    const struct quantity *smt = field(c, MACHINE_SMT);
    machine->cpus = (uint32_t)whole_number(c, field(c, MACHINE_CPUS), 1, LIMIT_CPUS);
    machine->cpus_per_node = cpus_per_node(c, machine->cpus);
    machine->smt = (uint32_t)whole_number(c, smt, 1, LIMIT_CPUS);
    if (machine->cpus % machine->smt != 0 && is_written(smt))
        diag_error(c->diag, smt->pos, "%s is %s: it does not divide the %u CPUs", smt->path,
                   smt->text, machine->cpus);
}

static void compile_disturbance(struct compiler *c, struct disturbance *out,
                                enum machine_field share_id, enum machine_field duration_id) {
    const struct quantity *share = field(c, share_id), *duration = field(c, duration_id);
    double taken = plain_number(share);
    const struct dist *dist = time_dist(c, duration);
    if (taken >= 1) {
        diag_error(c->diag, share->pos, "%s is %s: it must leave some CPU time, below 100%%",
                   share->path, share->text);
        return;
    }
    if (taken > 0 && dist == NULL && duration->dist->kind == DIST_CONST && duration->dist->a == 0) {
        diag_error(c->diag, share->pos, "%s is %s, but %s is 0: how long is each?", share->path,
                   share->text, duration->path);
        return;
    }
    if (taken > 0 && dist != NULL) {
        *out = (struct disturbance){taken / (dist_mean(dist) * (1 - taken)), dist};
        c->program->machine.disturbed = true;
    }
}

static void compile_disturbances(struct compiler *c) {
    struct disturbance *d = c->program->machine.disturbances;
    compile_disturbance(c, &d[DISTURB_IRQ], MACHINE_IRQ_SHARE, MACHINE_IRQ_DURATION);
    compile_disturbance(c, &d[DISTURB_STALL], MACHINE_STALL_SHARE, MACHINE_STALL_DURATION);
    compile_disturbance(c, &d[DISTURB_CROWDED], MACHINE_CROWD_SHARE, MACHINE_CROWD_DURATION);
}

/* The loader has made threads of it, if it is as it should be. */
static void check_background(struct compiler *c) {
    const struct quantity *share = field(c, MACHINE_BACKGROUND_SHARE);
    const struct quantity *burst = field(c, MACHINE_BACKGROUND_BURST);
    double taken = plain_number(share);
    if (taken >= 1 || (taken > 0 && dist_mean(burst->dist) == 0))
        diag_error(c->diag, share->pos,
                   "%s is %s and %s is %s: it must be below 100%%, in bursts of some time",
                   share->path, share->text, burst->path, burst->text);
}

static void compile_wake(struct compiler *c) {
    struct machine_costs *machine = &c->program->machine;
    machine->wake_call = time_dist(c, field(c, MACHINE_WAKE_CALL));
    machine->wake_latency = time_dist(c, field(c, MACHINE_WAKE_LATENCY));
    machine->deep_halfway = plain_time(c, field(c, MACHINE_WAKE_DEEP_HALFWAY));
    machine->deep_call = time_dist(c, field(c, MACHINE_WAKE_DEEP_CALL));
    machine->deep_latency = time_dist(c, field(c, MACHINE_WAKE_DEEP_LATENCY));
    machine->wake_queued = machine->wake_call;
    if (field(c, MACHINE_WAKE_QUEUED)->origin != ORIGIN_DEFAULT)
        machine->wake_queued = time_dist(c, field(c, MACHINE_WAKE_QUEUED));
    machine->wake_awake = plain_time(c, field(c, MACHINE_WAKE_AWAKE));
}

/* How many times as long something takes. */
static double slowdown(struct compiler *c, enum machine_field id) {
    const struct quantity *factor = field(c, id);
    double times = plain_number(factor);
    if (!(times >= 1 && times <= 1000))
        diag_error(c->diag, factor->pos, "%s is %s: the range is 1 to 1000", factor->path,
                   factor->text);
    return times;
}

void compile_machine(struct compiler *c) {
    struct machine_costs *machine = &c->program->machine;
    const struct quantity *shortest = field(c, MACHINE_SCHED_MIN);
    compile_topology(c);
    compile_disturbances(c);
    compile_wake(c);
    check_background(c);
    machine->preemption = c->scenario->machine.preemption;
    machine->atomic = plain_time(c, field(c, MACHINE_ATOMIC));
    machine->line_smt = plain_time(c, field(c, MACHINE_LINE_SMT));
    machine->line_node = plain_time(c, field(c, MACHINE_LINE_NODE));
    machine->line_remote = plain_time(c, field(c, MACHINE_LINE_REMOTE));
    machine->spin_notice = plain_time(c, field(c, MACHINE_SPIN_NOTICE));
    machine->syscall = plain_time(c, field(c, MACHINE_SYSCALL));
    machine->context_switch = plain_time(c, field(c, MACHINE_SWITCH));
    machine->sched_latency = plain_time(c, field(c, MACHINE_SCHED_LATENCY));
    machine->sched_min = plain_time(c, shortest);
    if (machine->sched_min == 0)
        diag_error(c->diag, shortest->pos, "%s is %s: a slice must take some time", shortest->path,
                   shortest->text);
    machine->sched_wakeup = plain_time(c, field(c, MACHINE_SCHED_WAKEUP));
    machine->migration_cost = plain_time(c, field(c, MACHINE_MIGRATION_COST));
    machine->grace[RCU_NORMAL] = time_dist(c, field(c, MACHINE_RCU_GRACE));
    machine->grace[RCU_EXPEDITED] = time_dist(c, field(c, MACHINE_RCU_EXPEDITED));
    machine->tick = plain_time(c, field(c, MACHINE_TICK));
    machine->clock_read = plain_time(c, field(c, MACHINE_CLOCK_READ));
    machine->clock_shared = plain_time(c, field(c, MACHINE_CLOCK_SHARED));
    machine->cold_halfway = plain_time(c, field(c, MACHINE_COLD_HALFWAY));
    machine->cold_factor = slowdown(c, MACHINE_COLD_FACTOR);
    machine->ramp_time = plain_time(c, field(c, MACHINE_RAMP_TIME));
    machine->ramp_factor = slowdown(c, MACHINE_RAMP_FACTOR);
    machine->sleep_slack = time_dist(c, field(c, MACHINE_SLEEP_SLACK));
    machine->stat_acquire = plain_time(c, field(c, MACHINE_STAT_ACQUIRE));
    machine->stat_contended = plain_time(c, field(c, MACHINE_STAT_CONTENDED));
    machine->stat_acquired = plain_time(c, field(c, MACHINE_STAT_ACQUIRED));
    machine->stat_release = plain_time(c, field(c, MACHINE_STAT_RELEASE));
}
