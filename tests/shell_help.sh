# SPDX-License-Identifier: GPL-3.0-or-later
# Sourced by the scripts beside it that are tests: where things are; a directory to work in, which is
# gone at the end; a count of checks and failures, which `finish` tells; scenarios of several of them.
# shellcheck shell=sh
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
sim=$top_builddir/sim
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
checks=0 failures=0

fail() {
    failures=$((failures + 1))
    echo "$1"
}

# must WHAT COMMAND...: a check, which says WHAT when the command fails.
must() {
    what=$1
    shift
    checks=$((checks + 1))
    "$@" && return
    fail "$what"
}

check() {
    must "failed: $*" "$@"
}

# run STATUS ARGUMENT...: runs sim, and leaves what was printed in out and err.
run() {
    expected=$1 status=0
    shift
    "$sim" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null || status=$?
    check [ "sim $* : $status" = "sim $* : $expected" ]
}

# refused WORDS ARGUMENT...: with status 2, with these words, and nothing on standard output.
refused() {
    words=$1
    shift
    run 2 "$@"
    check [ ! -s out ]
    check grep -qF -- "$words" err
}

# two_designs LINE..., a_job LINE...: scenarios that end with these lines; their `run` is among them.
two_designs() {
    cat <<'EOS'
sim: 1
machine: {profile: server-2s, cpus: 4}
sections: {a: {cost: exp(1us)}, b: {cost: exp(1us)}}
threads: {t: {count: "${machine.cpus}", steps: [{run: exp(5us)}, {in: a}, {in: b}, {count: op}]}}
designs:
  one: {locks: {l: {kind: mutex}}, guard: {a: l, b: l}}
  two: {locks: {l: {kind: mutex}, m: {kind: spinlock}}, guard: {a: l, b: m}}
EOS
    printf '%s\n' "$@"
}

a_job() {
    cat <<'EOS'
sim: 1
title: A job
machine: {cpus: 4}
sections: {a: {cost: exp(1us)}}
threads: {t: {count: "${machine.cpus}", iterations: "${ceil(64 / machine.cpus)}", steps: [{run: exp(5us)}, {in: a}]}}
designs: {one: {locks: {l: {kind: mutex}}, guard: {a: l}}}
EOS
    printf '%s\n' "$@"
}

two_orders() {
    cat <<'EOS'
sim: 1
title: Two orders
machine: {cpus: 2}
sections: {a: {cost: exp(10us)}, b: {cost: exp(10us)}}
threads:
  ab: {steps: [{in: a, do: [{in: b}]}, {count: op}]}
  ba: {steps: [{in: b, do: [{in: a}]}, {count: op}]}
designs: {d: {locks: {l: {kind: mutex}, m: {kind: mutex}}, guard: {a: l, b: m}}}
run: {duration: 10ms, warmup: 0, replications: 2}
EOS
}

# The last command of a script: its status is that of the test.
finish() {
    echo "Checks: $checks, Failures: $failures, Errors: 0"
    [ "$failures" = 0 ] && [ "$checks" -gt 0 ]
}
