/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/gnuplot.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char missing[] = "pictures need gnuplot (Debian: gnuplot-nox)";

/* Runs gnuplot with these as standard input and output; -1 when it cannot be run. */
static int run(char *const arguments[], int in, int out) {
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return -1;
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    int error = posix_spawnp(&child, arguments[0], &actions, NULL, arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    while (error == 0 && waitpid(child, &status, 0) < 0)
        error = errno == EINTR ? 0 : errno;
    return error == 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

const char *gnuplot_check(void) {
    char *arguments[] = {"gnuplot", "--version", NULL};
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return strerror(errno);
    int status = run(arguments, null, null);
    close(null);
    return status == 0 ? NULL : missing;
}

const char *gnuplot_run(FILE *script, FILE *out) {
    /* Nobody's own settings. */
    char *arguments[] = {"gnuplot", "--default-settings", "-", NULL};
    if (fflush(script) != 0 || fflush(out) != 0 || lseek(fileno(script), 0, SEEK_SET) != 0)
        return strerror(errno);
    int status = run(arguments, fileno(script), fileno(out));
    return status == 0 ? NULL : status < 0 || status == 127 ? missing : "gnuplot failed";
}

void gnuplot_quote(FILE *script, const char *text) {
    fputc('\'', script);
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            fputc('\'', script);
        fputc((unsigned char)*text < ' ' ? ' ' : *text, script);
    }
    fputc('\'', script);
}
