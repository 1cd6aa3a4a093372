/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/arena.h"
#include "base/units.h"
#include "scenario/loader.h"

#include <string.h>

#define FIELD(field) offsetof(struct measured, field)

/* The columns of lock_stat, the true view, perf's; then what a progress point has, and threads. */
static const char *const field_names[] = {"acquisitions",
                                          "contentions",
                                          "con-bounces",
                                          "acq-bounces",
                                          "waittime-min",
                                          "waittime-max",
                                          "waittime-avg",
                                          "waittime-total",
                                          "holdtime-min",
                                          "holdtime-max",
                                          "holdtime-avg",
                                          "holdtime-total",
                                          "wait-avg",
                                          "wait-max",
                                          "wait-total",
                                          "hold-avg",
                                          "hold-max",
                                          "hold-total",
                                          "perf-contended",
                                          "perf-total-wait",
                                          "perf-max-wait",
                                          "perf-avg-wait",
                                          "rate",
                                          "elapsed",
                                          "speedup",
                                          "cpu",
                                          "user",
                                          "sys",
                                          NULL};
enum { FIELDS = sizeof(field_names) / sizeof(field_names[0]) - 1 };

const char *const *measured_field_names(void) {
    return field_names;
}

static bool is_one_of(const char *name, const char *const *names) {
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

enum measured_subject measured_subject_of(const char *field) {
    static const char *const of_progress[] = {"rate", "elapsed", "speedup", NULL};
    static const char *const of_threads[] = {"cpu", "user", "sys", NULL};
    if (is_one_of(field, of_progress))
        return MEASURED_PROGRESS;
    if (strcmp(field, "profile") == 0)
        return MEASURED_PROFILE;
    return is_one_of(field, of_threads) ? MEASURED_THREADS : MEASURED_LOCK;
}

enum measured_unit measured_unit_of(const char *name) {
    static const char *const counts[] = {"acquisitions", "contentions",    "con-bounces",
                                         "acq-bounces",  "perf-contended", NULL};
    if (strcmp(name, "rate") == 0)
        return MEASURED_RATE;
    if (strcmp(name, "speedup") == 0)
        return MEASURED_RATIO;
    return is_one_of(name, counts) ? MEASURED_COUNT : MEASURED_TIME;
}

static void read_rate(struct loader *l, const struct node *node, double *rate) {
    const char *expected = "a rate such as 3.5k/s";
    if (node->kind == NODE_SCALAR)
        expected = parse_rate(node->text, strlen(node->text), rate);
    if (expected != NULL)
        diag_error(l->diag, node->pos, "expected %s, not %s", expected,
                   node_describe(l->arena, node));
}

static bool read_field(struct loader *l, const struct node *node, struct measured *m) {
    const char *const *name = field_names;
    while (*name != NULL && strcmp(*name, node->key) != 0)
        name++;
    if (*name == NULL)
        return false;
    struct measured_field *field = &m->fields[m->nfields++];
    *field = (struct measured_field){.name = *name, .pos = node->pos};
    switch (measured_unit_of(*name)) {
    case MEASURED_COUNT:
        node_count(l->arena, l->diag, node, &field->value);
        break;
    case MEASURED_TIME:
        node_time(l->arena, l->diag, node, &field->value);
        break;
    case MEASURED_RATE:
        read_rate(l, node, &field->value);
        break;
    case MEASURED_RATIO:
        node_number(l->arena, l->diag, node, &field->value);
        break;
    }
    return true;
}

static struct measured_site *read_sites(struct loader *l, const struct node *node,
                                        const char *example, uint32_t *n) {
    if (!expect(l, node, NODE_MAP, example))
        return NULL;
    struct measured_site *sites = arena_array(l->arena, node->n, sizeof(*sites));
    for (*n = 0; *n < node->n && !diag_full(l->diag); ++*n) {
        const struct node *value = node->items[*n];
        sites[*n].site = (struct name){value->key, value->key_pos};
        node_count(l->arena, l->diag, value, &sites[*n].count);
    }
    return sites;
}

static void read_waiters(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    struct measured *m = field;
    m->waiters = read_sites(l, node, key->example, &m->nwaiters);
}

static void read_holders(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    struct measured *m = field;
    m->holders = read_sites(l, node, key->example, &m->nholders);
}

static void read_profile(struct loader *l, const struct node *node, void *field,
                         const struct key *key) {
    struct measured *m = field;
    if (!expect(l, node, NODE_MAP, key->example))
        return;
    m->profile = arena_array(l->arena, node->n, sizeof(*m->profile));
    for (; m->nprofile < node->n && !diag_full(l->diag); m->nprofile++) {
        const struct node *value = node->items[m->nprofile];
        struct measured_share *share = &m->profile[m->nprofile];
        share->of = (struct name){value->key, value->key_pos};
        node_share(l->arena, l->diag, value, &share->share);
    }
}

static void read_mode(struct loader *l, const struct node *node, void *field,
                      const struct key *key) {
    enum measured_mode *mode = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    *mode = strcmp(node->text, "read") == 0 ? MEASURED_READ : MEASURED_WRITE;
    if (*mode == MEASURED_WRITE && strcmp(node->text, "write") != 0)
        diag_error(l->diag, node->pos, "expected read or write, not %s",
                   node_describe(l->arena, node));
}

static void read_role(struct loader *l, const struct node *node, void *field,
                      const struct key *key) {
    bool *calibrated = field;
    if (!expect(l, node, NODE_SCALAR, key->example))
        return;
    *calibrated = strcmp(node->text, "calibrated") == 0;
    if (!*calibrated && strcmp(node->text, "predicted") != 0)
        diag_error(l->diag, node->pos, "expected calibrated or predicted, not %s",
                   node_describe(l->arena, node));
}

static void read_window(struct loader *l, const struct node *node, void *field,
                        const struct key *key) {
    (void)key;
    node_time(l->arena, l->diag, node, field);
}

static const struct key keys[] = {
    {"design", read_name, FIELD(design), 0, true, "mutex"},
    {"lock", read_name, FIELD(lock), 0, false, "con_mutex"},
    {"progress", read_name, FIELD(progress), 0, false, "message"},
    {"threads", read_name, FIELD(threads), 0, false, "sender"},
    {"profile", read_profile, 0, 0, false, "{osq_lock: 56.56%}"},
    {"mode", read_mode, FIELD(mode), 0, false, "read"},
    {"caller", read_text, FIELD(caller), 0, false, "do_epoll_wait+0x3a8"},
    {"role", read_role, FIELD(calibrated), 0, false, "calibrated"},
    {"window", read_window, FIELD(window), 0, false, "300s"},
    {"source", read_text, FIELD(source), 0, false, "\"lock_stat of a web server\""},
    {"waiters", read_waiters, 0, 0, false, "{ceph_con_send+0x5c: 15962}"},
    {"holders", read_holders, 0, 0, false, "{ceph_con_workfn+0x4f: 1000}"},
    {0}};

static void unknown_field(struct loader *l, const struct node *node) {
    const char *names[FIELDS + sizeof(keys) / sizeof(keys[0])];
    size_t n = 0;
    for (const struct key *key = keys; key->name != NULL; key++)
        names[n++] = key->name;
    for (int i = 0; i < FIELDS; i++)
        names[n++] = field_names[i];
    unknown_name(l, node->key_pos, "key", node->key, " in a measurement", names, n);
}

static void read_entry(struct loader *l, const struct node *node, struct measured *m) {
    m->pos = node->pos;
    if (!expect(l, node, NODE_MAP, "{design: mutex, lock: con_mutex, contentions: 15962}"))
        return;
    m->fields = arena_array(l->arena, node->n, sizeof(*m->fields));
    for (uint32_t i = 0; i < node->n && !diag_full(l->diag); i++)
        if (!read_key(l, node->items[i], keys, m) && !read_field(l, node->items[i], m))
            unknown_field(l, node->items[i]);
    check_required(l, node, "a measurement", keys);
    bool profile = node_get(node, "profile") != NULL;
    int subjects =
        (m->lock.text != NULL) + (m->progress.text != NULL) + (m->threads.text != NULL) + profile;
    if (subjects != 1)
        diag_error(l->diag, m->pos,
                   "a measurement is of one lock (lock: con_mutex), one progress point "
                   "(progress: message), one group of threads (threads: sender) or a profile "
                   "(profile: {osq_lock: 56.56%%})");
}

void read_measured(struct loader *l, const struct node *node, void *field, const struct key *key) {
    struct scenario *scenario = field;
    if (!expect(l, node, NODE_LIST, key->example))
        return;
    scenario->measured = arena_array(l->arena, node->n, sizeof(struct measured));
    for (; scenario->nmeasured < node->n && !diag_full(l->diag); scenario->nmeasured++)
        read_entry(l, node->items[scenario->nmeasured], &scenario->measured[scenario->nmeasured]);
}
