/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Cache lines, after the MESI protocol without its details: a line is with the
 * CPU that wrote it last, and with all that have read it since. A write moves
 * it away from all of them, a read takes a copy; each costs a transfer by the
 * distance to whoever wrote last, or, for the writer itself, to the last
 * reader. Requests for a line are served one after another, as they come.
 */
#include "sim/lines.h"

#include "base/arena.h"

#include <string.h>

static struct line *place(struct line *line) {
    return line->shared == NULL ? line : &line->shared->line;
}

static size_t copy_words(const struct sim *sim) {
    return (sim->machine->cpus + 63) / 64;
}

static OUT_OF_LINE sim_time own_named(struct sim *sim, struct named_line *named, uint32_t cpu,
                                      sim_time work) {
    memset(named->copies, 0, copy_words(sim) * sizeof(uint64_t));
    return line_own(sim, &named->line, cpu, work);
}

/* Of a line that may be on a named one, too. */
static inline sim_time own(struct sim *sim, struct line *line, uint32_t cpu, sim_time work) {
    return line->shared != NULL ? own_named(sim, line->shared, cpu, work)
                                : line_own(sim, line, cpu, work);
}

static bool has_copy(const struct line *line, uint32_t cpu) {
    if (line->cpu == cpu || line->reader == cpu || line->cpu == NO_INDEX)
        return true;
    return line->shared != NULL && (line->shared->copies[cpu / 64] >> (cpu % 64) & 1) != 0;
}

static sim_time copy(struct sim *sim, struct line *line, uint32_t cpu) {
    if (has_copy(line, cpu))
        return 0;
    line->free_at = line_start(sim, line) + line_transfer(sim, line->cpu, cpu);
    line->reader = cpu;
    if (line->shared != NULL)
        line->shared->copies[cpu / 64] |= (uint64_t)1 << (cpu % 64);
    return line->free_at - sim->now;
}

sim_time lock_touch(struct lock *lock, struct line *line, const struct thread *thread) {
    if (lock->free_lines)
        return 0;
    return own(lock->sim, line, thread->cpu, lock->sim->machine->atomic);
}

sim_time lock_store(struct lock *lock, struct line *line, const struct thread *thread) {
    if (lock->free_lines)
        return 0;
    return own(lock->sim, line, thread->cpu, 0);
}

sim_time lock_load(struct lock *lock, struct line *line, const struct thread *thread) {
    if (lock->free_lines)
        return 0;
    return copy(lock->sim, place(line), thread->cpu);
}

void lock_moved(struct lock *lock, struct line *line, const struct thread *thread) {
    own(lock->sim, line, thread->cpu, 0);
    place(line)->free_at = lock->sim->now;
}

void lock_share(struct lock *lock, struct line *line, const struct thread *thread) {
    (void)lock;
    place(line)->reader = thread->cpu;
}

static void storm(const struct sim *sim, struct line *line, uint32_t n, sim_time work) {
    line->free_at = line_start(sim, line) + (sim_time)n * (sim->mean_transfer + work);
}

sim_time lock_storm(struct lock *lock, struct line *line, uint32_t n) {
    sim_time before = line_start(lock->sim, place(line));
    storm(lock->sim, place(line), n, lock->sim->machine->atomic);
    return place(line)->free_at - before;
}

void lock_keep(struct lock *lock, struct line *line, sim_time delay) {
    line = place(line);
    if (line->free_at < lock->sim->now + delay)
        line->free_at = lock->sim->now + delay;
}

sim_time lock_transit(const struct lock *lock, const struct line *line) {
    if (line->shared != NULL)
        line = &line->shared->line;
    return line_start(lock->sim, line) - lock->sim->now;
}

/* Waiters that spin on a lock of this line: how many read it, how many write it. */
static void count_pollers(const struct named_line *named, uint32_t *readers, uint32_t *writers) {
    *readers = *writers = 0;
    for (const struct lock *lock = named->locks; lock != NULL; lock = lock->next_on_line)
        if (lock->kind->polling == POLL_WRITE)
            *writers += lock->spinning;
        else
            *readers += lock->kind->polling == POLL_ALL ? lock->spinning : lock->spinning > 0;
}

/*
 * Waiters that poll the line have it between any two writes: those who read it
 * fetch it again after a write, those who write it before.
 */
static sim_time write(struct sim *sim, struct named_line *named, uint32_t cpu) {
    uint32_t readers, writers;
    struct line *line = &named->line;
    count_pollers(named, &readers, &writers);
    storm(sim, line, writers, sim->machine->atomic);
    sim_time polled = readers + writers > 0 && line->cpu == cpu ? sim->mean_transfer : 0;
    sim_time time = own(sim, line, cpu, polled);
    storm(sim, line, readers, 0);
    return time;
}

void lines_touch(struct sim *sim, struct thread *thread, const struct op *op) {
    const struct line_class *class = &sim->program->lines[op->index];
    uint32_t object = op->reg == NO_REG ? 0 : thread->regs[op->reg];
    struct named_line *named = &sim->lines[class->first + object / class->packed];
    if (op->mode == MODE_READ)
        thread->lead += copy(sim, &named->line, thread->cpu);
    else
        thread->lead += write(sim, named, thread->cpu);
}

static void place_locks(struct sim *sim, const struct lock_class *locks) {
    const struct line_class *class = &sim->program->lines[locks->line];
    for (uint32_t i = 0; i < locks->count; i++) {
        struct lock *lock = sim->locks[locks->first + i];
        uint32_t line = class->per == NO_INDEX ? 0 : i / class->packed;
        lock->word.shared = &sim->lines[class->first + line];
        lock->by_word = false;
        lock->next_on_line = lock->word.shared->locks;
        lock->word.shared->locks = lock;
    }
}

void lines_make(struct sim *sim, struct arena *arena) {
    const struct program *program = sim->program;
    size_t words = copy_words(sim), n = program->nline_instances;
    uint64_t *copies = arena_array(arena, n * words, sizeof(*copies));
    sim->lines = arena_array(arena, n, sizeof(*sim->lines));
    for (size_t i = 0; i < n; i++)
        sim->lines[i] = (struct named_line){.line = {.cpu = NO_INDEX, .shared = &sim->lines[i]},
                                            .copies = copies + i * words};
    for (uint32_t i = 0; i < program->nlocks; i++)
        if (program->locks[i].line != NO_INDEX)
            place_locks(sim, &program->locks[i]);
}
