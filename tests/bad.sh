#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every tests/bad/NAME.yaml must be refused by `sim check` with exactly the text
# of NAME.err. A first line "# options: ..." gives options for the command.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
cd "$top_srcdir/tests/bad"

for file in *.yaml; do
    name=${file%.yaml}
    options=$(sed -n '1s/^# options: //p' "$file")
    # Options are words without spaces of their own.
    # shellcheck disable=SC2086
    run 1 check "$file" $options
    must "$name: writes to standard output" [ ! -s "$scratch/out" ]
    must "$name: says something else" diff -u "$name.err" "$scratch/err"
done
for file in *.err; do
    must "$file: has no scenario" [ -f "${file%.err}.yaml" ]
done

must "there are few of them" [ "$checks" -ge 120 ]
finish
