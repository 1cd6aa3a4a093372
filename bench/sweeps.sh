#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The sweeps of the five scenarios of kernel locks over 1 to 128 CPUs, at a precision of 2 %: how long each
# takes, and each point and design that did not end well or is not within it. SWEEP_JOBS=2 SWEEP_PRECISION=2%
# SWEEP_CPUS=1..128; SWEEP_OPTIONS are more options, as to make it short.
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
sim=$(cd "${top_builddir:-.}" && pwd)/sim
jobs=${SWEEP_JOBS:-2}
precision=${SWEEP_PRECISION:-2%}
cpus=${SWEEP_CPUS:-1..128}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$top_srcdir"

now() {
    date +%s%N
}

seconds() {
    awk -v from="$1" -v to="$2" 'BEGIN { printf "%.1f", (to - from) / 1e9 }'
}

# CPU time of programs between two files that `times` wrote, in the shell itself: others start at 0.
cpu() {
    awk -F '[ms ]+' 'FNR == 2 { all = 60 * $1 + $2 + 60 * $3 + $4; used = all - last; last = all }
        END { printf "%.1f", used }' "$@"
}

# The first record of each design at each point, by the names of the columns.
# shellcheck disable=SC2016  # awk's
designs='
    NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; axis = $1; next }
    { where = axis "=" $1; key = where "," $at["design"] }
    key in seen { next }
    { seen[key]; n++; points[where] }'

# sweep REPLICATIONS NAME SCENARIO OPTION...: so many replications of a design, at most
sweep() {
    most=$1 name=$2
    shift 2
    times >"$scratch/before"
    from=$(now)
    # shellcheck disable=SC2086 # words
    "$sim" sweep "$@" --set machine.cpus="$cpus" --precision "$precision" --replications "$most" --jobs "$jobs" \
        --quiet --format csv -o "$scratch/csv" ${SWEEP_OPTIONS-}
    took=$(seconds "$from" "$(now)")
    times >"$scratch/after"
    used=$(cpu "$scratch/before" "$scratch/after")
    awk -F, -v name="$name" -v took="$took" -v used="$used" "$designs"'
        { most = $at["replications"] > most ? $at["replications"] : most }
        $at["outcome"] != "ok" { bad++ }
        $at["outcome"] == "ok" && !$at["precise"] { vague++ }
        END {
            for (i in points)
                npoints++
            printf "%-18s %7d %9d %9d %13d %11d %9s %9s\n", name, npoints, n, bad, most, vague, took, used
        }' "$scratch/csv"
    awk -F, -v name="$name" "$designs"'
        $at["outcome"] == "ok" && $at["precise"] { next }
        { what = $at["outcome"] }
        what == "ok" { what = $at["precision"] ? sprintf("+-%.2g%%", 100 * $at["precision"]) : "not known" }
        { line = where == before ? line ", " : (before ? line "\n" : "") name ", " where ": " }
        { line = line $at["design"] " " what; before = where }
        END { if (before) print line }' "$scratch/csv" >>"$scratch/list"
}

printf '%-18s %7s %9s %9s %13s %11s %9s %9s\n' '' points designs bad replications "not $precision" s 'CPU s'
begin=$(now)
sweep 10000 nginx scenarios/nginx.yaml
sweep 10000 netns scenarios/netns.yaml
sweep 10000 ploop scenarios/ploop.yaml
sweep 10000 lockref scenarios/lockref.yaml
sweep 10000 ceph scenarios/ceph.yaml
printf 'All five took %s s.\n' "$(seconds "$begin" "$(now)")"
# As many creators as fit: what is rare there, no number of replications here makes precise.
# shellcheck disable=SC2016  # the program expands it
sweep 400 'netns, creators' scenarios/netns.yaml \
    --set 'threads.creator.count=${max(1, floor(machine.cpus / 1.5))}'
echo
cat "$scratch/list"
