#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Reads the sources with the tools of `make lint`; arguments are compiler flags.
set -u
cd "${top_srcdir:-.}" || exit

c_files=$(find src tests bench fuzz validation -name '*.[ch]' | sort)
units=$(find src bench fuzz validation -name '*.c' ! -name profiles.c | sort)
scripts="run .ci/run $(find tests bench -name '*.sh')"
status=0
# What is for MPI is read where MPI is.
mpi=$(pkg-config --cflags ompi-c 2>/dev/null) || units=$(echo "$units" | grep -v '/cluster/mpi.c$')

part() {
    echo "lint: $1"
    shift
    "$@" || status=1
}

licences() {
    # shellcheck disable=SC2086
    ! grep -L 'SPDX-License-Identifier: GPL-3.0-or-later' $c_files $scripts | grep .
}

# Standard error only counts the warnings in system headers.
tidy() {
    echo "$units" | xargs -P "$(nproc)" -n 1 sh -c '
        flags=$1
        shift
        exec clang-tidy --quiet "$@" -- $flags 2>/dev/null' sh "$*"
}

# cppcheck does not know that snprintf(NULL, 0, ...) measures.
# Word splitting is wanted: these are lists of files.
# shellcheck disable=SC2086
{
    part layers sh tests/layers.sh
    part licences licences
    part format clang-format --dry-run -Werror $c_files
    part shellcheck shellcheck -S warning $scripts
    part cppcheck cppcheck -q --error-exitcode=1 --inline-suppr --std=c11 \
        --enable=warning,performance,portability --suppress=uninitvar -Isrc -I. $units
    part clang-tidy tidy "$@" $mpi
}
exit $status
