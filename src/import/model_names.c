/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the name of a lock class says about the lock. */
#include "base/arena.h"
#include "import/model.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* ---- names of our own ---- */

/* Letters, digits and underscores, as names in a scenario must be. */
static char *identifier(struct arena *arena, const char *text, size_t n) {
    enum { LONGEST = 60 };
    char *out = arena_alloc(arena, LONGEST + 3);
    size_t k = 0;
    for (size_t i = 0; i < n && k < LONGEST; i++) {
        bool good = isalnum((unsigned char)text[i]) || text[i] == '_';
        if (k == 0 && isdigit((unsigned char)text[i]))
            out[k++] = '_';
        if (good)
            out[k++] = text[i];
        else if (k > 0 && out[k - 1] != '_')
            out[k++] = '_';
    }
    while (k > 0 && out[k - 1] == '_')
        k--;
    out[k] = '\0';
    return k > 0 ? out : arena_strndup(arena, "lock", 4);
}

/* "con" of "&con->mutex", "wb" of "&(&wb->list_lock)->rlock": what has such a lock. */
static const char *structure(struct arena *arena, const char *name) {
    const char *from = name + strspn(name, "&(");
    size_t n = strcspn(from, "-.)[ ");
    bool member = from > name && n > 0 && (strncmp(from + n, "->", 2) == 0 || from[n] == '.');
    return member ? identifier(arena, from, n) : NULL;
}

void model_names(struct arena *arena, struct model *model, const char *class_name) {
    model->class_name = class_name;
    model->lock = identifier(arena, class_name, strlen(class_name));
    const char *object = structure(arena, class_name);
    model->member = object != NULL;
    model->object = object != NULL ? object : "lock";
}

/* ---- kinds ---- */

struct hint {
    const char *word; /* in the name, or the tool's type */
    const char *kind;
};

/* lock_type_table[] of tools/perf/builtin-lock.c, and what others call them */
static const struct hint types[] = {{"mutex", "mutex"},           {"spinlock", "spinlock"},
                                    {"rwlock", "rwlock"},         {"rwsem", "rwsem"},
                                    {"rt-mutex", "mutex"},        {"rwlock-rt", "rwsem"},
                                    {"pcpu-sem", "percpu-rwsem"}, {"percpu-rwsem", "percpu-rwsem"},
                                    {"semaphore", "semaphore"}};

/* The first that is found; i_mutex_key is i_rwsem since 4.7, and mmap_lock was mmap_sem. */
static const struct hint names[] = {{"i_mutex_dir_key", "rwsem"},
                                    {"i_mutex_key", "rwsem"},
                                    {"s_umount", "rwsem"},
                                    {"mmap_lock", "rwsem"},
                                    {"i_mmap_rwsem", "rwsem"},
                                    {"sb_writers", "percpu-rwsem"},
                                    {"cpu_hotplug", "percpu-rwsem"},
                                    {"seqcount", "seqlock"},
                                    {"seqlock", "seqlock"},
                                    {"mutex", "mutex"},
                                    {"mtx", "mutex"},
                                    {"sem", "rwsem"}};

enum { TYPES = sizeof(types) / sizeof(types[0]), NAMES = sizeof(names) / sizeof(names[0]) };

static bool guess_by(struct model *model, const struct hint *hint, const char *reason) {
    model->kind = hint->kind;
    model->kind_reason = reason;
    return true;
}

static bool guess_by_name(struct model *model) {
    for (int i = 0; i < NAMES; i++)
        if (strstr(model->class_name, names[i].word) != NULL)
            return guess_by(model, &names[i], names[i].word);
    return false;
}

bool model_parks(const char *kind) {
    static const char *const parking[] = {"rwsem", "percpu-rwsem", "semaphore", "futex",
                                          "adaptive"};
    for (size_t i = 0; i < sizeof(parking) / sizeof(parking[0]); i++)
        if (strcmp(kind, parking[i]) == 0)
            return true;
    return false;
}

void model_guess_kind(struct model *model, const char *type, bool readers) {
    static const struct hint shared = {"-R", "rwlock"}, other = {"its name", "spinlock"};
    for (int i = 0; type != NULL && i < TYPES; i++)
        if (strcmp(type, types[i].word) == 0) {
            guess_by(model, &types[i], "type");
            return;
        }
    if (guess_by_name(model) && (!readers || strcmp(model->kind, "mutex") != 0))
        return;
    guess_by(model, readers ? &shared : &other, readers ? "-R" : "");
}
