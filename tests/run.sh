#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `sim run` promises from outside: statuses, streams, files, and equal results.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

cat >two.yaml <<'EOF'
sim: 1
title: Two designs
machine: {cpus: 4}
sections: {a: {cost: {value: exp(1us), origin: assumed, range: 0.5us..2us}}, b: {cost: exp(1us)}}
threads: {t: {count: 8, steps: [{run: exp(10us)}, {in: a}, {in: b}, {count: op}]}}
designs:
  one: {locks: {l: {kind: mutex}}, guard: {a: l, b: l}}
  two: {locks: {l: {kind: mutex}, m: {kind: spinlock}}, guard: {a: l, b: m}}
run: {duration: 10ms, warmup: auto, replications: 4}
EOF
two_orders >deadlock.yaml

# The woken sleeper finds its CPU taken by kernel work for good.
cat >starved.yaml <<'EOF'
sim: 1
title: A hog
machine: {cpus: 2, preemption: none}
sections: {cs: {cost: 10us}}
threads:
  starved: {pin: true, start: 5us, steps: [{in: cs}, {count: op}]}
  lucky: {steps: [{in: cs, do: [{sleep: 5us}]}, {run: 1us}, {count: op}]}
  hog: {pin: true, context: kernel, start: 12us, steps: [{run: 1us}]}
designs: {d: {locks: {l: {kind: mutex}}, guard: {cs: l}}}
run: {duration: 10ms, warmup: 0, replications: 2}
EOF

results() { # of out, without what may differ between equal runs
    grep -v '"wall"' out
}

run 0 run --format json --jobs 1 two.yaml
check [ ! -s err ]
results >alone
for jobs in 2 3 16; do
    run 0 run --format json --jobs $jobs two.yaml
    results >many
    check cmp alone many
done
run 0 --format json two.yaml
results >many
check cmp alone many
run 0 run --format json --seed 2 two.yaml
results >many
check [ "$(cmp -s alone many && echo equal)" = "" ]

run 0 run two.yaml
check grep -q '^two ' out
run 0 run --format csv two.yaml
check [ "$(wc -l <out)" -eq 6 ]
run 0 run --format lock_stat two.yaml
check [ "$(grep -c '^lock_stat version 0.4$' out)" -eq 1 ]
check [ "$(grep -c ' m:' out)" -eq 0 ]
run 0 run --format lock_stat --design two two.yaml
check [ "$(grep -c ' m:' out)" -eq 1 ]
run 2 run --format yaml two.yaml
check grep -q 'text, json, csv' err

run 0 run --sensitivity two.yaml
check grep -q '^sections.a.cost .*L.*H' out
run 0 run --sensitivity --format json two.yaml
check grep -q '"at_high"' out

run 0 run --profile two.yaml
check grep -q '^CPUs busy ' out
check [ "$(awk 'length > 100' out | wc -l)" -eq 0 ]
run 0 run --profile --format json two.yaml
check [ "$(grep -c '"functions": \[' out)" -eq 2 ]
check grep -q '"function": "all"' out
run 2 check --profile two.yaml

run 0 run -o report.json --format json two.yaml
check [ ! -s out ]
grep -v '"wall"' report.json >many
check cmp alone many
check [ "$(find . -name 'report.json*' | wc -l)" -eq 1 ]
run 2 run -o no/such/place two.yaml
check grep -q 'no/such/place' err
if [ -w /dev/full ]; then
    run 2 run -o /dev/full two.yaml
    check [ -s err ]
    status=0
    "$sim" run two.yaml >/dev/full 2>err || status=$?
    check [ $status -eq 2 ]
    check [ "$(cat err)" = 'sim: standard output: No space left on device' ]
    status=0
    "$sim" check --quiet two.yaml >/dev/full 2>err || status=$?
    check [ $status -eq 2 ]
    check [ "$(cat err)" = 'sim: standard output: No space left on device' ]
fi

run 0 run deadlock.yaml
check grep -Eq '^d +DEADLOCK in 2 of 2 replications$' out
check grep -q 'ab/0 waits for' out
run 0 run --format json deadlock.yaml
check grep -q '"outcome": "deadlock"' out
check [ "$(grep -cE '^ +"(acquisitions|contended|waiting|utilization)": \{$' out)" -eq 8 ]
check [ "$(grep -A1 -E '^ +"(acquisitions|contended|waiting|utilization|rate)": \{$' out | grep -c '"mean": null')" -eq 9 ]
run 0 run --format csv deadlock.yaml
check [ "$(cut -d, -f7-18 out | sed 1d | tr -d ',\n')" = '' ] # neither rate nor utilization, of any row
check [ "$(cut -d, -f19-21,27-29 out | sed 1d | tr -d ',\n')" = '' ] # nor a mean wait or hold
run 0 run starved.yaml
check grep -Eq '^d +STARVATION in 2 of 2 replications$' out
check grep -q 'starved/0 waits for l at cs' out
run 1 run --set run.replications=-1 two.yaml
run 2 run no-such-file.yaml

finish
