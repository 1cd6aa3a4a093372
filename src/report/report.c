/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/report.h"

#include "base/arena.h"
#include "report/writers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct writer writers[] = {{"text", write_text},
                                 {"json", write_json},
                                 {"csv", write_csv},
                                 {"lock_stat", write_lock_stat},
                                 {NULL, NULL}};

/* What stdio has kept to itself about failed writes comes out here. */
static const char *finish(FILE *out, bool close) {
    errno = 0;
    bool failed = fflush(out) != 0 || ferror(out);
    int error = errno;
    if (close)
        failed = fclose(out) != 0 || failed;
    if (!failed)
        return NULL;
    return error != 0 ? strerror(error) : "cannot write";
}

static const char *write_beside(struct arena *arena, const struct report *report,
                                const struct writer *writer, const char *file) {
    char *name = arena_printf(arena, "%s.XXXXXX", file);
    int fd = mkstemp(name);
    if (fd < 0)
        return strerror(errno);
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    FILE *out = fdopen(fd, "w");
    if (out == NULL)
        return strerror(errno);
    writer->write(arena, report, out);
    const char *error = finish(out, true);
    if (error == NULL && rename(name, file) != 0)
        error = strerror(errno);
    if (error != NULL)
        unlink(name);
    return error;
}

static bool is_special(const char *file) {
    struct stat at;
    return stat(file, &at) == 0 && !S_ISREG(at.st_mode);
}

const char *report_write(struct arena *arena, const struct report *report,
                         const struct writer *writer, const char *file) {
    if (file != NULL && !is_special(file))
        return write_beside(arena, report, writer, file);
    FILE *out = file != NULL ? fopen(file, "w") : stdout;
    if (out == NULL)
        return strerror(errno);
    writer->write(arena, report, out);
    return finish(out, file != NULL);
}
