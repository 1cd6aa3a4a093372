/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/arena.h"
#include "scenario/loader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_LIMIT = 256 * 1024, PROFILES_MAX = 64 };

/* Reads at most FILE_LIMIT bytes of a regular file; NULL with errno set when it cannot. */
static const char *read_file(struct arena *arena, const char *path, size_t *length) {
    struct stat stat;
    char *text = NULL;
    /* Nonblocking: opening a pipe must not wait for its writer. */
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &stat) == 0 && S_ISREG(stat.st_mode) && stat.st_size <= FILE_LIMIT) {
        text = arena_alloc(arena, FILE_LIMIT);
        ssize_t n = read(fd, text, FILE_LIMIT);
        *length = n > 0 ? (size_t)n : 0;
        text = n < 0 ? NULL : text;
    } else {
        errno = EINVAL;
    }
    int error = errno;
    close(fd);
    errno = error;
    return text;
}

/* A path in a scenario is relative to the scenario's file. */
static const char *beside(struct loader *l, const char *path) {
    const char *file = l->scenario->file, *slash = strrchr(file, '/');
    if (path[0] == '/' || slash == NULL)
        return path;
    return arena_printf(l->arena, "%.*s%s", (int)(slash + 1 - file), file, path);
}

static bool is_path(const char *text) {
    size_t n = strlen(text);
    return strchr(text, '/') != NULL || (n > 5 && strcmp(text + n - 5, ".yaml") == 0);
}

static const char *find_text(struct loader *l, const struct node *node, size_t *length,
                             const char **file) {
    const char *names[PROFILES_MAX];
    size_t n = 0;
    if (is_path(node->text)) {
        *file = beside(l, node->text);
        const char *text = read_file(l->arena, *file, length);
        if (text == NULL)
            diag_error(l->diag, node->pos, "machine profile '%s' cannot be read: %s",
                       clip(l->arena, *file), strerror(errno));
        return text;
    }
    for (const struct profile *p = machine_profiles; p->name != NULL && n < PROFILES_MAX; p++) {
        names[n++] = p->name;
        if (strcmp(p->name, node->text) != 0)
            continue;
        *file = arena_printf(l->arena, "machine profile %s", p->name);
        *length = strlen(p->text);
        return p->text;
    }
    unknown_name(l, node->pos, "machine profile", node->text, "", names, n);
    return NULL;
}

const struct node *profile_tree(struct loader *l, const struct node *node) {
    size_t length = 0;
    const char *file;
    if (!expect(l, node, NODE_SCALAR, "server-2s"))
        return NULL;
    const char *text = find_text(l, node, &length, &file);
    if (text == NULL)
        return NULL;
    return tree_read(l->arena, l->diag, diag_source(l->diag, file, text, length), 0, text, length);
}
