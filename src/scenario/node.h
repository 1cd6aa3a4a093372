/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SCENARIO_NODE_H
#define SCENARIO_NODE_H

#include "base/diag.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The YAML text as a tree, every node with its place. Aliases are expanded
 * into copies, so that a node has one parent and one path. Keys of a map are
 * plain names without repetition, in the order of the text.
 */
struct arena;

enum node_kind { NODE_SCALAR, NODE_MAP, NODE_LIST };

struct node {
    enum node_kind kind;
    bool quoted;    /* scalar */
    bool in_line;   /* scalar: text is a stretch of the source line, col + i is its character i */
    bool block;     /* scalar: indented text behind | or > */
    bool flow;      /* map or list: in braces or brackets */
    struct pos pos; /* scalar: of the first character of text */
    size_t begin, end; /* characters of the text that was read: an anchor and quotes are within;
                          of a map or list without brackets, end is of no use */
    size_t alias_end;  /* an alias stands here, up to there; begin and end are of its anchor */
    bool computing;    /* scalar: its ${...} are being replaced, */
    bool failed;       /* or that has failed */
    bool used;         /* the path of a ${...} leads here */
    const char *text;  /* scalar: no control characters but line breaks and tabs */
    const char *expression; /* scalar: the text as written, if it had a ${...}, else NULL */
    const char *key;        /* in a map, else NULL */
    struct pos key_pos;
    size_t key_begin;    /* as begin */
    struct node *parent; /* NULL for the root */
    struct node **items; /* values of a map, members of a list */
    uint32_t n;
    uint32_t index; /* among the items of the parent */
};

/* The value of a key, or NULL. Any kind of node may be asked. */
struct node *node_get(const struct node *node, const char *key);
/* The item that one step of a path names: a key, or the number of a list's member; or NULL. */
struct node *node_item(const struct node *node, const char *step);
/* Length of a path's first step: up to a dot, unless the map has a key with dots in it. */
size_t node_step(const struct node *node, const char *path);
/* An unquoted scalar without text, as `key:` alone gives. */
bool node_is_empty(const struct node *node);
/* Where the node is, in the form of --set: "threads.sender.steps.0.sleep". */
const char *node_path(struct arena *arena, const struct node *node);
/* The place of byte i of a scalar. */
struct pos node_at(const struct node *node, size_t i);
/* What the node is, for messages: "a map", "a list", "nothing", "'text'". */
const char *node_describe(struct arena *arena, const struct node *node);

/*
 * Scalars as numbers. A map {value: ..., origin: ...} is read by its value.
 * On failure an error is reported and false returned.
 */
bool node_time(struct arena *arena, struct diag *diag, const struct node *node, double *seconds);
bool node_share(struct arena *arena, struct diag *diag, const struct node *node, double *share);
bool node_number(struct arena *arena, struct diag *diag, const struct node *node, double *number);
bool node_count(struct arena *arena, struct diag *diag, const struct node *node, double *count);
/* yes, no, true, false, on, off */
bool node_flag(struct arena *arena, struct diag *diag, const struct node *node, bool *flag);

/* At most 40 characters of a text, for messages. */
const char *clip(struct arena *arena, const char *text);

/*
 * Reads a text into a tree; NULL after an error. Positions name the given
 * source; those of the first line are shifted right by shift columns, for a
 * text that is only the end of what the source shows.
 */
struct node *tree_read(struct arena *arena, struct diag *diag, uint16_t source, uint16_t shift,
                       const char *text, size_t length);

struct setting;
/* Changes the tree as one --set says; false after an error. */
bool tree_set(struct arena *arena, struct diag *diag, struct node *root,
              const struct setting *setting);

#endif
