/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "report/file.h"

#include "base/arena.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

static const char *write_beside(struct arena *arena, const char *file, file_writer *write,
                                void *self) {
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
    const char *error = write(self, out), *late = finish(out, true);
    error = error != NULL ? error : late;
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

const char *file_write(struct arena *arena, const char *file, file_writer *write, void *self) {
    if (file != NULL && !is_special(file))
        return write_beside(arena, file, write, self);
    FILE *out = file != NULL ? fopen(file, "w") : stdout;
    if (out == NULL)
        return strerror(errno);
    const char *error = write(self, out), *late = finish(out, file != NULL);
    return error != NULL ? error : late;
}
