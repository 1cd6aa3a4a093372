/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bench/child.h"

#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double seconds(struct timeval t) {
    return (double)t.tv_sec + (double)t.tv_usec * 1e-6;
}

static void become(const char *const *argv, FILE *output, enum child_errors errors) {
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(fileno(output), STDOUT_FILENO);
    if (errors != ERRORS_PASS)
        dup2(errors == ERRORS_KEPT ? fileno(output) : null, STDERR_FILENO);
    execvp(argv[0], (char *const *)(uintptr_t)argv);
    _exit(127);
}

struct child child_run(const char *const *argv, enum child_errors errors) {
    struct child child = {.output = tmpfile(), .status = -1};
    struct rusage usage;
    int status = 0;
    if (child.output == NULL) {
        perror("bench: no temporary file");
        exit(1);
    }
    double start = now();
    pid_t pid = fork();
    if (pid == 0)
        become(argv, child.output, errors);
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        perror("bench: cannot run a program");
        exit(1);
    }
    child.elapsed = now() - start;
    child.cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    child.peak_kib = (double)usage.ru_maxrss;
    if (WIFEXITED(status))
        child.status = WEXITSTATUS(status);
    rewind(child.output);
    return child;
}

void child_free(struct child *child) {
    fclose(child->output);
}
