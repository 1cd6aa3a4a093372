/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REPORT_MEASURED_LABELS_H
#define REPORT_MEASURED_LABELS_H

#include "report/cells.h"

/* How measured lines are named in tables that have a line for each. */

/* "con_mutex (read)", "CPU time", "all measured locks" */
const char *label_subject(struct arena *arena, const struct measured_line *line);
/* "waiters ceph_con_send" */
const char *label_field(struct arena *arena, const struct measured_line *line);
/* The same, indented, under a heading of its own. */
const char *label_line(struct arena *arena, const struct measured_line *line);
/* Of shares it is the difference that counts. */
struct cell label_ratio(const struct measured_line *line);

/* Where in such a table a line stands, and what headings come before it: NULL for none. */
struct headings {
    const struct measured_line *last;
    const char *group; /* of the last */
    const char *table_heading, *group_heading;
};

void headings_next(struct arena *arena, struct headings *at, const struct measured_line *line);

#endif
