/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef SIM_LOCK_NONE_H
#define SIM_LOCK_NONE_H

#include "sim/lock/lock.h"

/* Every request is granted at once, and nothing is paid. */
void none_acquire(struct lock *lock, struct thread *thread, enum lock_mode mode);
void none_release(struct lock *lock, struct thread *thread, enum lock_mode mode);

#endif
