/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * W2 in SimGrid: w2_simgrid ACQUISITIONS PLATFORM prints rate and wait; status 77
 * if there is no SimGrid. A second of its time is a us.
 */
#include "config.h"

#ifdef HAVE_SIMGRID
#include <math.h>
#include <simgrid/actor.h>
#include <simgrid/engine.h>
#include <simgrid/host.h>
#include <simgrid/mutex.h>
#include <stdio.h>
#include <stdlib.h>

static long most, done;
static double waiting;
static sg_mutex_t lock;

static double draw(double mean) {
    return -mean * log(1.0 - drand48());
}

static void thread(int argc, char **argv) {
    (void)argc;
    (void)argv;
    while (done < most) {
        sg_actor_sleep_for(draw(10.0));
        double asked = simgrid_get_clock();
        sg_mutex_lock(lock);
        waiting += simgrid_get_clock() - asked;
        sg_actor_sleep_for(draw(1.0));
        sg_mutex_unlock(lock);
        done++;
    }
}

int main(int argc, char **argv) {
    simgrid_init(&argc, argv);
    if (argc != 3)
        return 2;
    most = atol(argv[1]);
    simgrid_load_platform(argv[2]);
    lock = sg_mutex_init();
    for (int i = 0; i < 64; i++)
        sg_actor_create("thread", sg_host_by_name("host"), thread, 0, NULL);
    simgrid_run();
    printf("%.6f %.6f\n", (double)done / simgrid_get_clock(), waiting / (double)done);
    return 0;
}
#else
int main(void) {
    return 77;
}
#endif
