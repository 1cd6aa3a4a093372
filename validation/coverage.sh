#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# How often the 95 % interval of a mean wait holds the exact one: of all runs, and of those without a note
# that it is not to be relied on. SEEDS=40 runs of each row; the limits of src/experiment/doubt.c were fitted
# to seeds 1 to 40, these are others. COVERAGE_OPTIONS are more options, as to make it short.
set -eu

sim=$(cd "${top_builddir:-.}" && pwd)/sim
seeds=${SEEDS:-40}
first=101
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# scenario CPUS COST THREADS: one lock, held for that long.
scenario() {
    cat >"$scratch/scenario.yaml" <<END
sim: 1
title: A queue with an exact answer
machine: {cpus: $1}
sections: {s: {cost: $2}}
threads: {t: {$3}}
designs: {one: {locks: {l: {kind: spinlock}}, guard: {s: l}}}
END
}

# judged EXACT: of each report on standard input a line, "covered noted".
judged() {
    awk -v exact="$1" '
        /^   "locks": / { inside = 1 }
        inside && /^     "wait": / { inside = 2 }
        inside == 2 { gsub(/[",:]/, " ") }
        inside == 2 && $1 == "lo" { lo = $2 }
        inside == 2 && $1 == "hi" { hi = $2; inside = 0 }
        /outside its interval more often/ { noted = 1 }
        /^}/ { print (lo <= exact && exact <= hi), noted + 0; inside = noted = 0 }'
}

# row NAME EXACT DURATION OPTION...
row() {
    name=$1 exact=$2 run=$3
    shift 3
    for seed in $(seq $first $((first + seeds - 1))); do
        # shellcheck disable=SC2086  # options
        "$sim" run "$scratch/scenario.yaml" --quiet --format json --seed "$seed" --duration "$run" "$@" \
            ${COVERAGE_OPTIONS-}
    done | judged "$exact" | awk -v name="$name" -v run="$run${1+, $*}" '
        { all++; covered += $1; noted += $2; if (!$2) { trusted++; good += $1 } }
        END { printf "%-26s %-39s %7s %6s %17s\n", name, run, covered "/" all, noted "/" all,
            (trusted ? good "/" trusted : "-") }'
}

# exact M/G/1: held for MEAN us with CV, LOAD: Pollaczek and Khinchine.
mg1() {
    awk -v mean="$1" -v cv="$2" -v load="$3" 'BEGIN { print mean * 1e-6 * (1 + cv * cv) / 2 * load / (1 - load) }'
}

# N threads that think for Z us and hold for 1 us, both exponential: machine repairman.
repairman() {
    awk -v n="$1" -v z="$2" 'BEGIN {
        for (i = all = p = 1; i <= n; i++) all += p *= (n - i + 1) / z
        print (n / (1 - 1 / all) - z - 1) * 1e-6
    }'
}

# queue NAME LOAD COST MEAN CV LENGTH...: open arrivals
queue() {
    rate=$(awk -v load="$2" -v mean="$4" 'BEGIN { printf "%.0f", load / mean * 1e6 }')
    scenario 4096 "$3" "arrivals: poisson($rate/s), limit: 100000, steps: [{in: s}, {count: op}]"
    subject="$1, held $2" answer=$(mg1 "$4" "$5" "$2")
    shift 5
    for time in "$@"; do
        row "$subject" "$answer" "$time"
    done
}

# closed N Z LENGTH...
closed() {
    scenario "$1" "exp(1us)" "count: $1, steps: [{run: exp($2us)}, {in: s}, {count: op}]"
    subject="$1 threads, think $2 us" answer=$(repairman "$1" "$2")
    shift 2
    for time in "$@"; do
        row "$subject" "$answer" "$time"
    done
}

printf '%-26s %-39s %7s %6s %17s\n' 'lock' 'replications of' 'covered' 'noted' 'of others covered'
queue M/M/1 0.5 'exp(1us)' 1 1 1ms 20ms
queue M/M/1 0.8 'exp(1us)' 1 1 2ms 20ms
queue M/M/1 0.9 'exp(1us)' 1 1 5ms 50ms
queue M/M/1 0.95 'exp(1us)' 1 1 5ms 10ms 20ms 100ms
row "$subject" "$answer" 10ms --replications 200 --precision 5%
row "$subject" "$answer" 100ms --replications 200 --precision 5%
queue 'gamma, cv 3' 0.78 'gamma(mean=13us, cv=3)' 13 3 30ms 300ms
queue 'lognormal, cv 8' 0.39 'lognormal(mean=13us, cv=8)' 13 8 1s 10s
closed 20 20 0.5ms 5ms
closed 20 40 0.5ms 5ms
