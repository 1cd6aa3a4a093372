/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_LOADER_H
#define SCENARIO_LOADER_H

#include "scenario/node.h"
#include "scenario/scenario.h"

/*
 * From the tree to the records. Every reader reports what is wrong and leaves
 * something harmless behind, so that one pass finds all errors.
 */
struct loader {
    struct arena *arena;
    struct diag *diag;
    struct scenario *scenario;
    uint32_t quantities_room;
    bool profile; /* a machine profile is read, whose numbers may yet be overridden */
};

enum unit {
    UNIT_COUNT,
    UNIT_TIME,
    UNIT_SHARE,
    UNIT_WEIGHT,
    UNIT_NUMBER,
    UNIT_DIST,       /* of a time */
    UNIT_COUNT_DIST, /* of a count */
    UNIT_POISSON,    /* poisson(rate) */
    UNIT_PERIODIC,   /* periodic(time) */
    UNIT_ANY         /* a number, a time, a rate, or a distribution of a time */
};

/*
 * One key that a map may have: how its value is read, and into which field of
 * a record. Tables of keys end in a NULL name.
 */
struct key {
    const char *name;
    void (*read)(struct loader *l, const struct node *node, void *field, const struct key *key);
    size_t offset;
    int unit;
    bool required;
    const char *example; /* of the value; needed when required */
};

typedef void key_reader(struct loader *l, const struct node *node, void *field,
                        const struct key *key);

/* Readers for tables. The field is: */
key_reader read_quantity; /* struct quantity *, of key->unit */
key_reader read_name;     /* struct name: letters, digits, _ and - */
key_reader read_text;     /* struct name: any text */
key_reader read_string;   /* const char * */
key_reader read_flag;     /* bool */
key_reader read_nothing;  /* a key that is read elsewhere */

/* Reads a map into a record; what names the map in messages: "a section". */
void read_map(struct loader *l, const struct node *map, const char *what, const struct key *keys,
              void *record);
/* For maps with other keys too: reads those of the table, returns whether it was one. */
bool read_key(struct loader *l, const struct node *value, const struct key *keys, void *record);
void check_required(struct loader *l, const struct node *map, const char *what,
                    const struct key *keys);

/*
 * Reads a map from names to records into an array, which it returns. A record
 * starts with its struct name.
 */
typedef void entry_reader(struct loader *l, const struct node *node, void *record);
void *read_entries(struct loader *l, const struct node *map, const char *example, size_t size,
                   entry_reader *read, uint32_t *n);

/* True if the node has the kind, else an error that shows the example. */
bool expect(struct loader *l, const struct node *node, enum node_kind kind, const char *example);
/*
 * An error "unknown key 'word' in a section", from what ("key") and where
 * (" in a section", or ""); it names the nearest of the names, or them all.
 */
void unknown_name(struct loader *l, struct pos pos, const char *what, const char *word,
                  const char *where, const char *const *names, size_t n);
bool valid_name(const char *text, size_t n);

/*
 * A quantity that may share one origin and range with its section: they stand
 * beside it in the map, not in the quantity.
 */
void read_origin_beside(struct loader *l, const struct node *map, struct quantity *quantity,
                        enum unit unit);
/* A quantity that was not written, from a text that is ours. */
struct quantity *default_quantity(struct loader *l, const char *path, struct pos pos,
                                  const char *text, enum unit unit);

/*
 * Replaces every ${...} in the tree, once the settings are applied. False after
 * an error.
 */
bool compute_values(struct loader *l, struct node *root);

/* Puts it into the scenario's list. */
void register_quantity(struct loader *l, struct quantity *quantity);

/* The parts of a scenario. */
void read_step_list(struct loader *l, const struct node *node, struct step_list *list);
void read_section(struct loader *l, const struct node *node, void *section);
key_reader read_names;    /* struct name_list: one name or a list of them */
key_reader read_guards;   /* struct design */
key_reader read_lines;    /* struct scenario */
key_reader read_threads;  /* struct scenario */
key_reader read_designs;  /* struct scenario */
key_reader read_machine;  /* struct scenario */
key_reader read_measured; /* struct scenario */
key_reader read_run;      /* struct scenario */
key_reader read_sweep;    /* struct scenario */
void complete_machine(struct loader *l);
void add_background(
    struct loader *l); /* after complete_machine(); src/program checks its numbers */
void complete_run(struct loader *l);

/*
 * The tree of the machine profile that a scalar names, one of ours or a file;
 * NULL after an error.
 */
const struct node *profile_tree(struct loader *l, const struct node *node);

/* What a number of the machine is by default, "0" for "line.node"; NULL if it has no such number.
 */
const char *machine_default(const char *path);
/* The paths of all its numbers, at most so many; returns how many. */
size_t machine_paths(const char **paths, size_t most);

/* Machine profiles that are part of the program; ends with a NULL name. */
struct profile {
    const char *name, *text;
};
extern const struct profile machine_profiles[];

#endif
