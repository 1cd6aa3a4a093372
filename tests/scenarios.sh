#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Every scenario that we ship is good, and a short run of it reports throughput.
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
sim=${top_builddir:-.}/sim
checks=0 failures=0

# expect SCENARIO PATTERN COMMAND...: the command succeeds and prints a line like the pattern.
expect() {
    name=$1 pattern=$2
    shift 2
    checks=$((checks + 1))
    output=$("$@" 2>&1) && echo "$output" | grep -qE "$pattern" && return
    echo "$name: $*:"
    echo "$output"
    failures=$((failures + 1))
}

for file in $(cd "$top_srcdir" && find scenarios bench -name '*.yaml' | sort); do
    expect "$file" . "$sim" check "$top_srcdir/$file"
    expect "$file" '"outcome": "ok"' "$sim" run --quiet --format json \
        --duration 20ms --replications 2 --set run.warmup=5ms "$top_srcdir/$file"
done

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ] && [ "$checks" -gt 0 ]
