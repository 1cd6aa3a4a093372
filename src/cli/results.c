/* SPDX-License-Identifier: GPL-3.0-or-later */
/* sim results: what is in stores of sweeps. */
#include "cli/compute.h"
#include "cli/sweep_report.h"
#include "cli/verbs.h"

#include "base/arena.h"
#include "base/units.h"
#include "experiment/select.h"
#include "report/stored.h"
#include "store/store.h"

#include <math.h>
#include <string.h>

/* A sweep as it was stored, in one file or in parts. */
struct stored {
    struct arena *arena;
    const char *file; /* the first */
    struct provenance provenance;
    struct sweep *sweep;
};

/* ---- reading ---- */

static int begin_reading(struct stored *stored, const struct store *store) {
    struct diag *diag = diag_new();
    stored->provenance = *store_provenance(store);
    bool good = provenance_load(stored->arena, diag, &stored->provenance);
    if (good)
        stored->sweep = sweep_new(stored->arena, &stored->provenance.plan);
    else
        diag_print(diag, stderr);
    diag_free(diag);
    return good ? EXIT_GOOD
                : file_error(stored->file, "this version does not take the scenario that is in it");
}

static int read_store(struct stored *stored, const char *file) {
    const char *error;
    int status = EXIT_GOOD;
    struct store *store = store_open(stored->arena, file, &error);
    if (store == NULL)
        return file_error(file, error);
    if (stored->sweep == NULL)
        status = begin_reading(stored, store);
    else
        error = provenance_difference(stored->arena, store_provenance(store), &stored->provenance);
    if (error != NULL)
        error = arena_printf(stored->arena, "it does not go with %s: %s", stored->file, error);
    else if (status == EXIT_GOOD)
        error = store_load(store, stored->arena, stored->sweep);
    store_close(store);
    return error == NULL ? status : file_error(file, error);
}

static int read_stores(struct stored *stored, const char *const *files, size_t n) {
    int status = EXIT_GOOD;
    stored->file = files[0];
    for (size_t i = 0; i < n && status == EXIT_GOOD; i++)
        status = read_store(stored, files[i]);
    return status;
}

/* ---- filters ---- */

static int choose_designs(struct selection *selection, const struct options *options,
                          const struct sweep *sweep) {
    memset(selection->designs, options->ndesigns == 0, sweep->ndesigns);
    for (size_t i = 0; i < options->ndesigns; i++) {
        const char *name = options->designs[i];
        uint32_t d = 0;
        while (d < sweep->ndesigns && strcmp(sweep->designs[d], name) != 0)
            d++;
        if (d == sweep->ndesigns) {
            const char *nearest = nearest_name(name, sweep->designs, sweep->ndesigns);
            return usage_error("--design %s: there is none in the store%s%s", name,
                               nearest != NULL ? "; did you mean " : "",
                               nearest != NULL ? nearest : "");
        }
        selection->designs[d] = true;
    }
    return EXIT_GOOD;
}

static int choose(struct stored *stored, const struct options *options) {
    struct selection selection = selection_new(stored->arena, stored->sweep);
    for (size_t i = 0; i < options->nwhere; i++) {
        const struct setting *where = &options->where[i];
        const char *error =
            selection_narrow(stored->arena, &selection, stored->sweep, where->path, where->value);
        if (error != NULL)
            return usage_error("--where %s=%s: %s", where->path, where->value, error);
    }
    int status = choose_designs(&selection, options, stored->sweep);
    stored->sweep = sweep_select(stored->arena, stored->sweep, &selection);
    return status;
}

/* ---- what is done with it ---- */

static int merge(const struct stored *stored, const struct options *options) {
    const char *error;
    struct store *store =
        store_begin(stored->arena, options->store, &stored->provenance, stored->sweep, &error);
    if (store == NULL)
        return file_error(options->store, error);
    struct sweep *there = sweep_new(stored->arena, &stored->provenance.plan);
    error = store_load(store, stored->arena, there);
    for (uint32_t i = 0; i < there->npoints && error == NULL; i++)
        if (sweep_has(&stored->sweep->points[i]) && !sweep_has(&there->points[i]))
            error = store_put(store, stored->sweep, i);
    store_close(store);
    return error == NULL ? EXIT_GOOD : file_error(options->store, error);
}

static int written(const struct options *options, const char *error) {
    const char *file = options->output;
    return error == NULL ? EXIT_GOOD : file_error(file != NULL ? file : "standard output", error);
}

static struct stored_list list_of(const struct stored *stored) {
    return (struct stored_list){stored->file, &stored->provenance, stored->sweep};
}

static int compare(const struct stored *stored, const struct options *options) {
    struct stored other = {.arena = stored->arena};
    int status = read_stores(&other, &options->compare, 1);
    if (status == EXIT_GOOD)
        status = choose(&other, options);
    if (status != EXIT_GOOD)
        return status;
    const struct stored_moves moves = {list_of(stored), list_of(&other),
                                       moved_new(stored->arena, stored->sweep, other.sweep)};
    return written(options,
                   stored_write_moves(stored->arena, &moves, options->format, options->output));
}

static int results(struct stored *stored, const struct options *options) {
    int status = read_stores(stored, options->args, options->nargs);
    if (status == EXIT_GOOD && options->store != NULL)
        return merge(stored, options);
    if (status == EXIT_GOOD)
        status = choose(stored, options);
    if (status != EXIT_GOOD)
        return status;
    if (options->compare != NULL)
        return compare(stored, options);
    const struct stored_list list = list_of(stored);
    if (options->list)
        return written(options,
                       stored_write_list(stored->arena, &list, options->format, options->output));
    if (count_points(stored->sweep) == 0)
        return file_error(stored->file, "there are no points in it");
    sweep_fill(stored->arena, stored->sweep);
    return write_report(stored->arena, options, stored->sweep, NAN);
}

/* What is done with the stores is one thing. */
static int check_task(const struct options *options) {
    bool chosen = options->nwhere + options->ndesigns > 0;
    if (options->nargs == 0)
        return usage_error("expected a store, as sim sweep --store writes it");
    if (options->nsettings > 0)
        return usage_error("sim results computes nothing: it has no --set, --seed, ...");
    if ((options->store != NULL) + (options->compare != NULL) + options->list > 1)
        return usage_error("--list, --compare and --store are different tasks");
    if (options->store != NULL && chosen)
        return usage_error("--store merges all that there is: no --where, no --design");
    return check_report(options, "results");
}

int verb_results(const struct options *options) {
    int status = check_task(options);
    if (status != EXIT_GOOD)
        return status;
    struct stored stored = {.arena = arena_new()};
    status = results(&stored, options);
    arena_free(stored.arena);
    return status;
}
