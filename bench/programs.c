/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bench/programs.h"

#define W2B(n)                                                                                     \
    .file = "bench/w2b.yaml", .options = {"--set", "parameters.n=" #n},                            \
    .model = {n, (n) / 0.9, 1, 1, 0}

/* clang-format off */
const struct program programs[] = {
    {"w2", .file = "bench/w2.yaml", .model = {64, 10, 1, 1, 0},
     .duration = "10s", .brief = {"50ms", "150ms"}},
    {"w2-general", .file = "bench/w2.yaml", .options = {"--general"}, .model = {64, 10, 1, 1, 0},
     .duration = "10s", .brief = {"50ms", "150ms"}},
    {"w2b-64", W2B(64), .duration = "5s", .brief = {"50ms", "150ms"}},
    {"w2b-1024", W2B(1024), .duration = "5s", .brief = {"50ms", "150ms"}},
    {"w2b-65536", W2B(65536), .duration = "5s", .brief = {"20ms", "80ms"}},
    /* The whole of an operation's holds are one of the outer lock, which is never idle. */
    {"nested", .file = "bench/nested.yaml", .model = {64, 10, 1, 1, 0},
     .duration = "5s", .brief = {"25ms", "75ms"}},
    {"locks16", .file = "bench/locks16.yaml", .model = {64, 10, 1, 16, 0},
     .duration = "1s", .brief = {"10ms", "30ms"}},
    {"zipf", .file = "bench/zipf.yaml", .model = {64, 10, 1, 64, 1},
     .duration = "1s", .brief = {"10ms", "30ms"}},
    {"mutex", .file = "bench/mutex.yaml", .duration = "2s", .brief = {"50ms", "250ms"}},
    {"nginx", .file = "scenarios/nginx.yaml", .options = {"--design", "epmutex"},
     .duration = "500ms", .brief = {"10ms", "60ms"}},
    {"million", .file = "bench/million.yaml", .model = {1 << 20, (1 << 20) / 0.9, 1, 1, 0},
     .duration = "2s", .once = true},
    {"ceph", .file = "scenarios/ceph.yaml",
     .options = {"--design", "mutex", "--design", "out_lock"},
     .duration = "300s", .brief = {"500ms", "2s"}, .once = true, .if_long = true},
};
/* clang-format on */

const unsigned nprograms = sizeof(programs) / sizeof(programs[0]);
