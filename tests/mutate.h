/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef TESTS_MUTATE_H
#define TESTS_MUTATE_H

struct arena;

/* What a mutation needs, and a sample may not be any more. */
enum {
    UNNUMBERED = 1,
    UNQUOTED = 2,  /* without marks or numbers at the begin of lines */
    ONE_HEADER = 4 /* or else it says where a table begins, and what nameless numbers are */
};

/* What happens to a table on its way into a mail or a blog. */
struct mutation {
    const char *name;
    char *(*apply)(struct arena *arena, const char *text);
    unsigned needs;
};

/* Each ends with a NULL name. */
extern const struct mutation any_mutations[];       /* of any table */
extern const struct mutation lock_stat_mutations[]; /* of lock_stat */

#endif
