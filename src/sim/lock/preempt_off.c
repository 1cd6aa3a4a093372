/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * No lock, but preemption is off while it is held, as between get_cpu() and
 * put_cpu(): what a CPU does with data of its own. With `irq: off`,
 * local_irq_save() and local_irq_restore().
 */
#include "sim/lock/none.h"

static const struct kind_param preempt_off_params[] = {{0}};

const struct lock_kind lock_kind_preempt_off = {
    .info = {.name = "preempt-off",
             .source = "include/linux/preempt.h, Linux 6.1",
             .atomic_context = true,
             .has_readers = true,
             .never_waits = true,
             .params = preempt_off_params},
    .size = sizeof(struct lock),
    .acquire = none_acquire,
    .release = none_release,
};
