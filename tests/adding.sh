#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Does what docs/adding-a-lock.md says: adds its lock to the program, runs its scenario, compares the
# output shown, and runs the tests of the contract over the new kind. Only what is new is compiled;
# the rest is the library that was built. With the argument `whole` the files of the tree are
# copied, the lines put into them, and all is built from them.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
page=$top_srcdir/docs/adding-a-lock.md
tree=$scratch/tree

# block TAG [FIRST]: the first block with that tag whose first line begins so, without its fences.
block() {
    awk -v tag="\`\`\`$1" -v first="${2-}" '
        /^```$/ && inside { exit }
        inside { print }
        previous == tag && index($0, first) == 1 { inside = 1; print }
        { previous = $0 }
    ' "$page"
}

# line TEXT: the line indented by four spaces that begins so.
line() {
    sed -n "s/^    \($1.*\)/\1/p" "$page"
}

# expect WHAT COMMAND...: the command succeeds.
expect() {
    what=$1
    checks=$((checks + 1))
    shift
    "$@" >"$scratch/log" 2>&1 && return
    fail "$what"
    cat "$scratch/log"
}

# The new kind alone is in kinds.def, so that the contract is not run over all others again.
compile_new() {
    flags="-std=c11 ${CFLAGS-} ${DEPS_CFLAGS-} ${CHECK_CFLAGS-}"
    printf '%s\n' "$(line KIND)" >"$tree/src/sim/lock/only.def"
    for def in kinds only; do
        mkdir -p "$scratch/$def/sim/lock"
        cp "$tree/src/sim/lock/$def.def" "$scratch/$def/sim/lock/kinds.def"
        # The flags are words.
        # shellcheck disable=SC2086
        ${CC:-cc} $flags -I"$scratch/$def" -I"$top_srcdir/src" -c -o "$scratch/$def.o" \
            "$top_srcdir/src/sim/lock/lock.c" || return
    done
    # shellcheck disable=SC2086
    ${CC:-cc} $flags -Wall -Wextra -Werror -I"$top_srcdir/src" -c -o "$scratch/lifo.o" \
        "$tree/src/sim/lock/lifo.c" || return
    # shellcheck disable=SC2086
    ${CC:-cc} $flags -I"$top_srcdir/src" -I"$top_builddir" -o "$scratch/sim" \
        "$top_srcdir/src/cli/main.c" "$scratch/lifo.o" "$scratch/kinds.o" \
        "$top_builddir/libsim.a" ${LIBS-} || return
    # shellcheck disable=SC2086
    ${CC:-cc} $flags -I"$top_srcdir/src" -I"$top_builddir" -o "$scratch/contract" \
        "$top_srcdir/tests/test_contract.c" "$top_srcdir/tests/trial.c" "$scratch/lifo.o" \
        "$scratch/only.o" "$top_builddir/libsim.a" ${CHECK_LIBS-} ${LIBS-}
}

compile_whole() {
    (cd "$tree" && autoreconf -fi && ./configure -q && make -s -j2 sim tests/test_contract) || return
    mv "$tree/sim" "$scratch/sim" && mv "$tree/tests/test_contract" "$scratch/contract"
}

mkdir -p "$tree/src/sim/lock" "$tree/scenarios/locks"
if [ "${1-}" = whole ]; then
    (cd "$top_srcdir" && git ls-files -z | xargs -0 cp --parents -t "$tree")
else
    cp "$top_srcdir/src/sim/lock/kinds.def" "$tree/src/sim/lock"
    cp "$top_srcdir/Makefile.am" "$tree"
    chmod -R u+w "$tree"
fi
block c '/* src/sim/lock/lifo.c */' >"$tree/src/sim/lock/lifo.c"
line 'KIND(' >>"$tree/src/sim/lock/kinds.def"
source=$(line 'libsim_a_SOURCES')
sed -i "s|^libsim_a_SOURCES += src/sim/lock/kinds.def\$|&\\n$source|" "$tree/Makefile.am"
block 'yaml scenario' >"$tree/scenarios/locks/lifo.yaml"
block 'console adding' '$ sim' >"$scratch/shown"
sed -n '1s/^\$ //p' "$scratch/shown" >"$scratch/command"

expect "Makefile.am lists the file once" \
    [ "$(grep -c 'src/sim/lock/lifo\.c' "$tree/Makefile.am")" = 1 ]
if [ "${1-}" = whole ]; then
    expect "the tree does not build" compile_whole
else
    expect "the new file does not compile" compile_new
fi

checks=$((checks + 1))
{
    sed -n 1p "$scratch/shown"
    (cd "$tree" && PATH=$scratch:$PATH sh "$scratch/command")
} >"$scratch/run" 2>&1 || fail "the scenario does not run"
if [ -n "${UPDATE-}" ]; then
    awk -v run="$scratch/run" '
        /^```$/ { inside = 0 }
        !inside { print }
        previous == "```console adding" { inside = 1; while ((getline line < run) > 0) if (++n > 1) print line }
        { previous = $0 }
    ' "$page" >"$scratch/page"
    cat "$scratch/page" >"$page"
elif ! diff -u "$scratch/shown" "$scratch/run"; then
    fail "docs/adding-a-lock.md: the output shown is not what the scenario prints"
fi

expect "the new kind does not keep the contract" "$scratch/contract"
finish
