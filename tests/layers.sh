#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Holds the direction between the rooms of src/: a file includes from its own
# room and from rooms to the left of it, by path from src/, and nothing else.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

# src/sim stands right of its lock kinds: the engine drives them, they know
# nothing of clock, events or threads. Others see only sim/lock/lock.h.
ROOMS="base scenario program sim/lock sim stats import experiment store cluster report cli"

# includes DIR: one line "file included" for every #include "..." below DIR.
includes() {
    (cd "$1" && find . -name '*.[ch]' -o -name '*.def' | sort | xargs awk '
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, part, "\"")
            print substr(FILENAME, 3), part[2]
        }')
}

# Every include goes to its own room or to the left.
check_direction() {
    includes "$1" | awk -v rooms="$ROOMS" '
        function room(path) { sub(/\/[^\/]*$/, "", path); return path }
        BEGIN { n = split(rooms, name, " "); for (i = 1; i <= n; i++) rank[name[i]] = i }
        $2 == "config.h" { next }
        {
            from = room($1); to = room($2)
            if (!(from in rank)) why = "is in a room that tests/layers.sh does not know"
            else if (!(to in rank)) why = "includes \"" $2 "\", which names no room"
            else if (rank[to] > rank[from]) why = from " must not include " to ": \"" $2 "\""
            else if (to == "sim/lock" && from != to && $2 != "sim/lock/lock.h")
                why = "only sim/lock/lock.h is for others: \"" $2 "\""
            else next
            print "src/" $1 ": " why
            bad = 1
        }
        END { exit bad }'
}

check_cycles() {
    if ! includes "$1" | awk '$2 ~ /\.h$/ && $1 ~ /\.h$/ && $1 != $2' | tsort >/dev/null; then
        echo "headers include each other in a circle"
        return 1
    fi
}

# check_words DIR REGEX REASON OPTION...: no such word in the C code that grep finds.
check_words() {
    dir=$1 words=$2 reason=$3
    shift 3
    (cd "$dir" && grep -rnE --include='*.[ch]' "$@" "\\b($words)" .) || return 0
    echo "$reason"
    return 1
}

check_tree() {
    bad=0
    check_direction "$1" || bad=1
    check_cycles "$1" || bad=1
    # The arena ends the process when there is no memory.
    check_words "$1" '(_?exit|_Exit|quick_exit)\(' "only src/cli ends the process" \
        --exclude-dir=cli --exclude=arena.c || bad=1
    check_words "$1" 'argv|getenv' "only src/cli reads arguments and environment" \
        --exclude-dir=cli || bad=1
    check_words "$1/sim" '(time|clock|clock_gettime|gettimeofday|s?rand|drand48)\(' \
        "a result depends on program, seed and replication alone" || bad=1
    return $bad
}

# planted FILE TEXT: the check must find this fault in an otherwise good tree.
planted() {
    checks=$((checks + 1))
    mkdir -p "$scratch/src/$(dirname "$1")"
    echo "$2" >"$scratch/src/$1"
    if check_tree "$scratch/src" >/dev/null 2>&1; then
        fail "not found when planted: $1: $2"
    fi
    rm "$scratch/src/$1"
}

check check_tree "$top_srcdir/src"

mkdir -p "$scratch/src/sim/lock" "$scratch/src/cli"
printf '#include "%s"\n' sim/lock/lock.h sim/wait.h >"$scratch/src/sim/core.h"
echo 'int main(int argc, char **argv) { exit(0); }' >"$scratch/src/cli/main.c"
check check_tree "$scratch/src"
planted base/a.c '#include "scenario/scenario.h"'
planted sim/lock/a.c '#include "sim/core.h"'
planted stats/a.c '#include "sim/lock/mcs.h"'
planted sim/a.c '#include "core.h"'
planted attic/a.c '#include "base/arena.h"'
planted sim/wait.h '#include "sim/core.h"'
planted report/a.c 'void f(void) { exit(1); }'
planted sim/a.c 'double f(void) { return rand(); }'
planted stats/a.c 'char *f(void) { return getenv("HOME"); }'

finish
