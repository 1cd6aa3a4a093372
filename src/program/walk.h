/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PROGRAM_WALK_H
#define PROGRAM_WALK_H

#include "program/compile.h"
#include "program/purpose.h"

/*
 * The walk over the steps of one group, which emits its ops. What is true at a
 * step, whatever path led there, is its struct path: the locks held and the
 * registers filled.
 *
 * Registers. pick and take fill a register with an object; it is named by `as`
 * or else as the class. Threads of a group `per: C` have register C filled
 * from the start. A lock `per: C` is chosen by the register of class C that
 * was filled last, in the order in which the steps are written.
 */
struct object_register {
    const char *name;
    uint32_t class;
    uint16_t number; /* in the thread's registers */
};

/*
 * One lock held, or a section entered that nothing guards (lock NO_INDEX), an
 * RCU read section among them: it too must be left as it was entered.
 */
struct held {
    const struct step *step;
    const char *label; /* the section or lock that the step names */
    uint32_t lock;
    uint16_t reg;    /* of the pick that names the instance */
    uint16_t source; /* where the op finds it: another when instances are ordered */
    uint32_t frame;  /* of its lock */
    uint8_t slot;
    uint8_t mode;
    bool interrupt; /* what is done is done in an interrupt */
    bool retries;   /* only work, as it may be done again ... */
    uint32_t begin; /* ... from this op */
    bool rcu;       /* an RCU read section without a lock of the design */
};

struct path {
    struct held held[LIMIT_HELD];
    uint32_t nheld;
    uint32_t filled[LIMIT_REGISTERS]; /* when, by object_register; 0: not on every path */
    bool taken;                       /* a work item, or all that were there ... */
    bool some;                        /* ... and there was one */
};

/* What a hold slot is for. */
struct slot_key {
    uint32_t lock;
    uint16_t reg;
};

enum { SLOTS = UINT8_MAX };

/* Where the smaller and the larger of two picks are put, to be locked in order. */
struct ordered_pair {
    uint16_t of[2];
    uint16_t low; /* and low + 1 */
};

struct walk {
    struct compiler *c;
    struct program_group *group;
    const struct thread_group *source;
    struct path path;
    struct object_register regs[LIMIT_REGISTERS];
    uint32_t nregs;
    uint32_t fills; /* counts them, for path.filled */
    uint16_t loops[LIMIT_LOOPS];
    uint32_t nloops, depth;
    struct ordered_pair *pairs;
    uint32_t npairs;
    struct slot_key slots[SLOTS];
    uint64_t *purposes; /* by stream */
    struct tally tally;
    uint64_t purpose; /* of the step at hand */
    uint32_t frame;   /* that it is in */
    bool passes_time; /* some step may take time */
};

void walk_steps(struct walk *w, const struct step_list *list); /* steps.c */
uint32_t emit(struct walk *w, struct op op, struct pos pos);
void emit_cost(struct walk *w, const struct section_plan *plan, const struct step *step);

/* Every op that draws has its own; those that do not name stream 0 and leave it alone. */
uint16_t new_stream(struct walk *w, bool draws);

/* branches.c */
void walk_choose(struct walk *w, const struct step *step);
void walk_repeat(struct walk *w, const struct step *step);

/* frames.c */
uint32_t group_frame(struct compiler *c, const struct program_group *group);
uint32_t section_frame(struct compiler *c, uint32_t parent, uint32_t section);
uint32_t lock_frame(struct compiler *c, uint32_t parent, const struct guarded *guarded);

/* registers.c; NO_INDEX after an error */
uint32_t add_register(struct walk *w, const char *name, uint32_t class, struct pos pos);
void fill_register(struct walk *w, uint32_t reg, struct pos pos);
uint32_t find_register(const struct walk *w, const char *name); /* filled or not; no error */
uint32_t use_register(struct walk *w, struct name name);        /* it must be filled */
uint32_t last_of_class(const struct walk *w, uint32_t class);   /* no error */
uint16_t new_loop_register(struct walk *w, struct pos pos);
/* The first of two registers for the smaller and the larger of these picks. */
uint16_t order_registers(struct walk *w, uint16_t a, uint16_t b);
/* Of all registers of the group, for those who read a program; a loop's has none. */
const char **register_names(const struct walk *w);

/* An instance of a lock: the pick that names it, and the register that the op reads it from. */
struct instance {
    uint16_t reg, source;
    uint32_t order; /* the OP_ORDER that sets source, or 0 */
};

/*
 * instances.c: those that the guard says, or else the one picked last; how many they are, 0 after
 * an error. There is room for two.
 */
uint32_t choose_instances(struct walk *w, const struct step *step, const struct guarded *guarded,
                          struct instance *instances);

/* held.c */
void take_section(struct walk *w, const struct step *step, uint32_t section);
void take_lock(struct walk *w, const struct step *step);    /* STEP_LOCK */
void release_step(struct walk *w, const struct step *step); /* STEP_UNLOCK */
void release_to(struct walk *w, uint32_t nheld, struct pos pos);
/*
 * Is work done here user work? In a group of context user, with nothing of the kernel held: unless
 * something is, or only under a lock of user space.
 */
bool is_user_work(const struct walk *w, bool unless_kernel);
/* An error if what the step does cannot be done again, and must be. */
void check_may_repeat(struct walk *w, const struct step *step, const char *what);
void check_may_sleep(struct walk *w, const struct step *step, const char *what);
/* Is what is held the same as before? Else an error that blames `what`. */
void check_balance(struct walk *w, const struct path *before, struct pos pos, const char *what);
void check_all_released(struct walk *w);

void enter_rcu(struct walk *w, const struct step *step);

/* rcu.c */
void walk_rcu_read(struct walk *w, const struct step *step);
void walk_synchronize(struct walk *w, const struct step *step);
void walk_call_rcu(struct walk *w, const struct step *step);
/* An update under a lock of a kind of RCU has been released. */
void end_update(struct walk *w, uint32_t lock, const struct step *step);

/* lines.c */
void walk_touch(struct walk *w, const struct step *step); /* STEP_READ, STEP_WRITE */
void emit_touches(struct walk *w, const struct section_plan *plan, const struct step *step);

/* queues.c */
void walk_post(struct walk *w, const struct step *step);
void walk_take(struct walk *w, const struct step *step);
void post_to(struct walk *w, const struct step *step, struct op op); /* any op that posts */
void walk_complete(struct walk *w, const struct step *step);
void walk_wait_for(struct walk *w, const struct step *step);

#endif
