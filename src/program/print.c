/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/units.h"
#include "program/compile.h"

#include <string.h>

enum { TIME_TEXT = 32 };

static const char *const dist_names[] = {
    [DIST_CONST] = "const",         [DIST_UNIFORM] = "uniform", [DIST_EXP] = "exp",
    [DIST_LOGNORMAL] = "lognormal", [DIST_GAMMA] = "gamma",     [DIST_WEIBULL] = "weibull",
    [DIST_PARETO] = "pareto",       [DIST_MIX] = "mix",         [DIST_EMPIRICAL] = "empirical",
};

static void print_ticks(FILE *out, double ticks) {
    char text[TIME_TEXT];
    fputs(format_time(text, sizeof(text), ticks_to_seconds(ticks)), out);
}

static void print_dist(FILE *out, const struct dist *dist) {
    if (dist->kind == DIST_CONST) {
        print_ticks(out, dist->a);
        return;
    }
    fprintf(out, "%s, mean ", dist_names[dist->kind]);
    print_ticks(out, dist_mean(dist));
    fprintf(out, ", cv %.3g", dist_cv(dist));
}

static const struct design *find_design(const struct program *program) {
    const struct scenario *scenario = program->scenario;
    return &scenario->designs[find_name(NAMES(scenario->designs, scenario->ndesigns, "design"),
                                        program->design)];
}

static bool is_given(const struct lock_decl *decl, const char *param) {
    for (uint32_t i = 0; i < decl->nparams; i++)
        if (strcmp(decl->params[i].name.text, param) == 0)
            return true;
    return false;
}

static void print_param(FILE *out, const struct kind_param *param, double value, bool given) {
    fprintf(out, "      %s: ", param->name);
    switch (param->unit) {
    case PARAM_TIME:
        print_ticks(out, value);
        break;
    case PARAM_COUNT:
    case PARAM_NUMBER:
    case PARAM_LIMIT:
        fprintf(out, "%.0f", value);
        break;
    case PARAM_SHARE:
        fprintf(out, "%.4g%%", 100 * value);
        break;
    case PARAM_FLAG:
        fputs(value != 0 ? "yes" : "no", out);
        break;
    }
    fprintf(out, "%s; %s\n", given ? "" : " (default)", param->doc);
}

static void print_waiting(const struct lock_class *class, bool given, FILE *out) {
    if (class->info->waits == 0)
        return;
    fprintf(out, "      wait: %s", waiting_name(class->waiting));
    if (waiting_is_timed(class->waiting)) {
        fputs("(", out);
        print_ticks(out, (double)class->spin_time);
        fputs(")", out);
    }
    fputs(given ? "\n" : " (default)\n", out);
}

static void print_lines(const struct program *program, FILE *out) {
    for (uint32_t i = 0; i < program->scenario->nlines; i++) {
        const struct line_class *class = &program->lines[i];
        fprintf(out, "  line %s: %u", class->name, class->count);
        if (class->per != NO_INDEX)
            fprintf(out, ", one per %s", program->object_names[class->per]);
        if (class->packed != 1)
            fprintf(out, "s, %u on each", class->packed);
        fputs("\n", out);
    }
}

static void print_locks(const struct program *program, FILE *out) {
    const struct design *design = find_design(program);
    for (uint32_t i = 0; i < program->nlocks; i++) {
        const struct lock_class *class = &program->locks[i];
        const struct kind_param *params = class->info->params;
        fprintf(out, "  lock %s: %s", class->name, class->info->name);
        if (class->per != NO_INDEX)
            fprintf(out, ", %u, one per %s", class->count, program->object_names[class->per]);
        if (strcmp(class->name, class->class_name) != 0)
            fprintf(out, ", class %s", class->class_name);
        if (class->line < program->scenario->nlines)
            fprintf(out, ", on line %s", program->lines[class->line].name);
        fprintf(out, " (%s)\n", class->info->source);
        print_waiting(class, design->locks[i].wait.text != NULL, out);
        for (uint32_t j = 0; params != NULL && params[j].name != NULL; j++)
            print_param(out, &params[j], class->params[j],
                        is_given(&design->locks[i], params[j].name));
    }
}

/* Sections that the design leaves unguarded. */
static void print_unguarded(const struct program *program, FILE *out) {
    const struct design *design = find_design(program);
    const char *before = "  unguarded: ";
    for (uint32_t i = 0; i < program->scenario->nsections; i++) {
        const char *name = program->scenario->sections[i].name.text;
        bool guarded = false;
        for (uint32_t j = 0; j < design->nguards; j++)
            guarded = guarded || strcmp(design->guards[j].section.text, name) == 0;
        if (guarded)
            continue;
        fprintf(out, "%s%s", before, name);
        before = ", ";
    }
    if (*before == ',')
        fputs("\n", out);
}

static void print_group(const struct program *program, const struct program_group *group,
                        FILE *out) {
    fprintf(out, "  group %s: ", group->name);
    if (group->arrivals == ARRIVAL_CLOSED) {
        fprintf(out, "%u thread%s", group->nthreads, group->nthreads == 1 ? "" : "s");
    } else {
        fprintf(out, "%u %s source%s, one arrival in ", group->nsources,
                group->arrivals == ARRIVAL_POISSON ? "poisson" : "periodic",
                group->nsources == 1 ? "" : "s");
        print_ticks(out, group->interarrival);
        fprintf(out, ", at most %u in the system", group->nthreads);
    }
    if (group->per != NO_INDEX)
        fprintf(out, ", %u per %s", group->threads_per_object, program->object_names[group->per]);
    if (group->iterations != 0)
        fprintf(out, ", %llu iterations", (unsigned long long)group->iterations);
    if (group->start != NULL) {
        fputs(", start after ", out);
        print_dist(out, group->start);
    }
    static const char *const pins[] = {
        [PIN_NO] = "", [PIN_CPU] = ", pinned", [PIN_POSTED] = ", pinned where posted"};
    fprintf(out, "%s\n", pins[group->pin]);
}

static void print_register(const struct program_group *group, uint16_t reg, FILE *out) {
    if (reg != NO_REG)
        fprintf(out, "[%s]", group->registers[reg]);
}

static void print_lock_op(const struct program *program, const struct program_group *group,
                          const struct op *op, FILE *out) {
    bool lock = op->code == OP_LOCK;
    fprintf(out, "%-8s %s", lock ? "lock" : "unlock", program->locks[op->index].name);
    print_register(group, op->reg, out);
    if (lock)
        fprintf(out, "%s%s at %s", op->mode == MODE_READ ? " for reading" : "",
                op->interrupt ? " in an interrupt" : "", program->sites[op->site]);
}

static void print_pick(const struct program *program, const struct program_group *group,
                       const struct op *op, FILE *out) {
    static const char *const by[] = {
        [PICK_UNIFORM] = "uniform", [PICK_ZIPF] = "zipf", [PICK_ROUND_ROBIN] = "round-robin"};
    fprintf(out, "%-8s %s", "pick", program->object_names[op->index]);
    print_register(group, op->reg, out);
    fprintf(out, ", %s of %u", by[op->mode], program->object_counts[op->index]);
    if (op->other != NO_REG)
        fprintf(out, ", not %s", group->registers[op->other]);
}

static void print_work(const struct program *program, const struct program_group *group,
                       const struct op *op, FILE *out) {
    static const char *const batch[] = {[TAKE_ONCE] = "pending",
                                        [TAKE_ONE] = "one item",
                                        [TAKE_ALL] = "all items",
                                        [TAKE_PENDING] = "what is there, without waiting"};
    fprintf(out, "%-8s %s", op->code == OP_POST ? "post" : "take", program->queues[op->index].name);
    print_register(group, op->reg, out);
    if (op->code == OP_TAKE)
        fprintf(out, ", %s%s", batch[op->mode], op->any ? " of any" : "");
}

static void print_completion(const struct program *program, const struct program_group *group,
                             const struct op *op, FILE *out) {
    bool waits = op->code == OP_WAIT_FOR;
    fprintf(out, "%-8s %s", waits ? "wait for" : "complete", program->queues[op->index].name);
    print_register(group, op->reg, out);
    if (op->all)
        fputs(", for all", out);
}

static void print_choices(const struct program *program, const struct op *op, FILE *out) {
    double before = 0;
    fprintf(out, "%-8s", "choose");
    for (uint32_t i = 0; i < op->target; i++) {
        const struct choice *choice = &program->choices[op->index + i];
        fprintf(out, "%s %.4g to %u", i == 0 ? "" : ",", choice->p - before, choice->target);
        before = choice->p;
    }
}

static void print_repeat(const struct op *op, FILE *out) {
    fprintf(out, "%-8s ", "repeat");
    if (op->dist == NULL)
        fputs("once for each item", out);
    else if (op->dist->kind == DIST_CONST)
        fprintf(out, "%.0f times", op->dist->a);
    else
        fprintf(out, "%s, mean %.4g times", dist_names[op->dist->kind], dist_mean(op->dist));
    fprintf(out, ", then to %u", op->target);
}

static void print_op(const struct program *program, const struct program_group *group,
                     const struct op *op, FILE *out) {
    switch ((enum op_code)op->code) {
    case OP_RUN:
    case OP_SLEEP:
        fprintf(out, "%-8s ", op->code == OP_SLEEP ? "sleep" : op->clock ? "delay" : "run");
        print_dist(out, op->dist);
        break;
    case OP_LOCK:
    case OP_UNLOCK:
        print_lock_op(program, group, op, out);
        break;
    case OP_PICK:
        print_pick(program, group, op, out);
        break;
    case OP_ORDER:
        fprintf(out, "%-8s %s and %s", "order", group->registers[op->other],
                group->registers[op->index]);
        break;
    case OP_POST:
    case OP_TAKE:
        print_work(program, group, op, out);
        break;
    case OP_COMPLETE:
    case OP_WAIT_FOR:
        print_completion(program, group, op, out);
        break;
    case OP_RCU_LOCK:
        fputs("rcu_read_lock", out);
        break;
    case OP_RCU_UNLOCK:
        fputs("rcu_read_unlock", out);
        break;
    case OP_CALL_RCU:
        fprintf(out, "call_rcu %s", program->queues[op->index].name);
        break;
    case OP_SYNCHRONIZE:
        fprintf(out, "synchronize_rcu%s", op->mode == RCU_EXPEDITED ? "_expedited" : "");
        break;
    case OP_TOUCH:
        fprintf(out, "%-8s %s", op->mode == MODE_READ ? "read" : "write",
                program->lines[op->index].name);
        print_register(group, op->reg, out);
        break;
    case OP_COUNT:
        fprintf(out, "%-8s %s", "count", program->progress[op->index]);
        break;
    case OP_CHOOSE:
        print_choices(program, op, out);
        break;
    case OP_REPEAT:
        print_repeat(op, out);
        break;
    case OP_NEXT:
    case OP_JUMP:
        fprintf(out, "%-8s %u", op->code == OP_NEXT ? "next" : "go to", op->target);
        break;
    case OP_END:
        fputs("end", out);
        break;
    }
}

void program_print(const struct program *program, FILE *out) {
    fprintf(out, "design %s\n", program->design);
    print_lines(program, out);
    print_locks(program, out);
    print_unguarded(program, out);
    for (uint32_t i = 0; i < program->ngroups; i++) {
        const struct program_group *group = &program->groups[i];
        uint32_t end = i + 1 < program->ngroups ? group[1].first_op : program->nops;
        print_group(program, group, out);
        for (uint32_t j = group->first_op; j < end; j++) {
            fprintf(out, "    %5u  ", j);
            print_op(program, group, &program->ops[j], out);
            fputs("\n", out);
        }
    }
}
