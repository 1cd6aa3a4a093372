#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every tests/bad/NAME.yaml must be refused by `sim check` with exactly the text
# of NAME.err. A first line "# options: ..." gives options for the command.
set -u
sim=${top_builddir:-$PWD}/sim
cd "${top_srcdir:-.}/tests/bad" || exit 2
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
checks=0 failures=0

fail() {
    failures=$((failures + 1))
    echo "$1"
}

for file in *.yaml; do
    checks=$((checks + 1))
    name=${file%.yaml}
    options=$(sed -n '1s/^# options: //p' "$file")
    # Options are words without spaces of their own.
    # shellcheck disable=SC2086
    "$sim" check "$file" $options >"$out/stdout" 2>"$out/stderr"
    status=$?
    [ $status = 1 ] || fail "$name: exit status $status, not 1"
    [ ! -s "$out/stdout" ] || fail "$name: writes to standard output"
    diff -u "$name.err" "$out/stderr" || fail "$name: says something else"
done
for file in *.err; do
    [ -f "${file%.err}.yaml" ] || fail "$file: has no scenario"
done

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ $failures = 0 ] && [ $checks -ge 30 ]
