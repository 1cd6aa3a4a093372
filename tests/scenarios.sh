#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every scenario that we ship is good, and a short run of it reports throughput. Every lock kind has
# one of its own; those of the tutorial are numbered, and at most 30 lines long.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

# expect SCENARIO PATTERN COMMAND...: the command succeeds and prints a line like the pattern.
expect() {
    name=$1 pattern=$2
    shift 2
    checks=$((checks + 1))
    output=$("$@" 2>&1) && echo "$output" | grep -qE "$pattern" && return
    fail "$name: $*:"
    echo "$output"
}

for file in $(cd "$top_srcdir" && find scenarios bench -name '*.yaml' | sort); do
    expect "$file" . "$sim" check "$top_srcdir/$file"
    expect "$file" '"outcome": "ok"' "$sim" run --quiet --format json \
        --duration 20ms --replications 2 --set run.warmup=5ms "$top_srcdir/$file"
done

# Each system says itself what is swept.
for system in ceph lockref netns nginx ploop; do
    expect "$system" '^  sweep ' "$sim" check "$top_srcdir/scenarios/$system.yaml"
done

for kind in $(sed -n 's/^KIND(\(.*\))$/\1/p' "$top_srcdir/src/sim/lock/kinds.def" | tr _ -); do
    file=scenarios/locks/$kind.yaml
    must "$file: no design has a lock of kind $kind" grep -q "kind: ${kind}[,}]" "$top_srcdir/$file"
done
for file in "$top_srcdir"/scenarios/locks/*.yaml; do
    must "$file: does not say what to look at" grep -q '^# .*Look at: ' "$file"
done

number=0
for file in "$top_srcdir"/scenarios/tutorial/*.yaml; do
    number=$((number + 1))
    name=$(basename "$file")
    must "$name: number $number is missing" [ "${name%%-*}" = "$(printf %02d $number)" ]
    must "$name: has more than 30 lines" [ "$(wc -l <"$file")" -le 30 ]
    must "$name: does not say what to look at" grep -q '^# Look at: ' "$file"
    must "$name: has nothing to check by hand" grep -q '^# By hand' "$file"
    must "docs/tutorial.md does not have $name" grep -qF "scenarios/tutorial/$name" "$top_srcdir/docs/tutorial.md"
done

finish
