#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `sim sweep` promises from outside: statuses, streams, formats, pictures.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

two_designs \
    "title: \"Two designs: 'quotes', \`id\`, \\\"more\\\" and \$(id)\"" \
    'run: {duration: 1ms, warmup: 0.1ms, replications: 3}' \
    'sweep: {machine.cpus: 1..8}' \
    'measured: [{design: one, progress: op, rate: 300k/s}]' >two.yaml
a_job 'run: {replications: 3}' >job.yaml
two_orders >orders.yaml

usage() {
    words=$1
    shift
    refused "$words" sweep "$@"
}

usage 'sweeps nothing of its own' orders.yaml
usage 'sweeps nothing of its own' two.yaml --set machine.cpus=3
usage 'must begin above 0' two.yaml --set machine.cpus=0..8
usage 'the range descends' two.yaml --set machine.cpus=8..1
usage 'more than 10000 points' two.yaml --set machine.cpus=1..200+1 --set run.seed=1..200+1
usage 'sim sweep writes no lock_stat' two.yaml --format lock_stat
usage 'NAME.svg, NAME.png, or -' two.yaml --plot picture.pdf
usage '--knee 2: expected a share' two.yaml --knee 2
usage "no design 'three'" two.yaml --design three
run 2 check two.yaml --knee 10%

run 0 check two.yaml
check grep -q '^  sweep machine.cpus  *1, 2, 4, 8$' out

# What is wrong at one point is found before any is run.
run 1 sweep two.yaml --set machine.cpus=1,0
check grep -q '^sim: at machine.cpus=0:$' err
check grep -q 'machine.cpus is 0: it must be at least 1' err
check [ ! -s out ]

run 0 sweep two.yaml
check [ ! -s err ]
check grep -q '^8 .*op/s\|^8 ' out
check grep -q '^two is ahead of one from .* CPUs\{0,1\} on$' out
check grep -q '^one: knee at .* CPU' out
check grep -q '^  limited by the CPUs .*; lock l ' out
check grep -q '^  USL.*: sigma ' out
run 0 sweep two.yaml --set machine.cpus=1,2 --design two --knee 99%
check grep -q '99% of what each brings at 1 CPU' out
check [ "$(grep -c 'one' out)" -eq 0 ]

# Records: one for each progress point and lock of each design at each point.
run 0 sweep two.yaml --format csv --jobs 1
cp out alone
check [ "$(wc -l <out)" -eq $((1 + 4 * (2 + 3))) ]
check [ "$(awk -F, '{ print NF }' out | sort -u | wc -l)" -eq 1 ]
check [ "$(head -n 1 out | cut -d, -f1-3)" = machine.cpus,design,outcome ]
for jobs in 2 7; do
    run 0 sweep two.yaml --format csv --jobs $jobs
    check cmp alone out
done
run 0 sweep two.yaml --format json
check grep -q '"along": "machine.cpus"' out
for key in $(grep -o '"[a-z_0-9]*":' out | tr -d '":' | sort -u); do
    case $key in op) continue ;; esac # named by the scenario
    check grep -qE "[\`.]${key}[\`.]" "$top_srcdir/docs/json.md"
done
run 0 sweep two.yaml -o report.json --format json
check [ ! -s out ]
check [ "$(find . -name 'report.json*' | wc -l)" -eq 1 ]

# A job has an elapsed time; settings without numbers are points side by side.
run 0 sweep job.yaml --set machine.cpus=1..4
check grep -q '^ *elapsed ' out
check grep -q '^one: .*fastest at' out
run 0 sweep two.yaml --set designs.one.locks.l.kind=mutex,spinlock
check grep -q '^spinlock ' out
run 0 sweep two.yaml --set machine.cpus=2 --set 'sections.a.cost=exp(1us),exp(2us)' --format csv
check [ "$(grep -c '^exp(2us),one,' out)" -eq 2 ]

# Every profile takes any number of CPUs.
for profile in "$top_srcdir"/machines/*.yaml; do
    run 0 sweep two.yaml --set "machine.profile=$(basename "$profile" .yaml)" --design two \
        --set machine.cpus=1..9+1,17,33,57,100,113,128 --duration 20us --replications 1 --format csv
    check [ "$(grep -c ',progress,' out)" = 15 ]
done

# What ends badly is marked where it did.
run 0 sweep orders.yaml --set machine.cpus=1..2
check grep -q '^2 .*deadlock' out
check grep -q '^- d, machine.cpus=2: deadlock in 2 of 2 replications: ' out
run 0 sweep orders.yaml --set machine.cpus=1..2 --format json
check grep -q '"outcome": "deadlock"' out
run 0 sweep orders.yaml --set machine.cpus=2,3 --format csv
check [ "$(grep -c ',deadlock,2,,1,progress,op,,,,,,' out)" = 2 ]

# Without gnuplot there is nothing to draw with, and that is said at once.
mkdir empty
status=0
PATH=$scratch/empty "$sim" sweep two.yaml --plot x.svg >out 2>err || status=$?
check [ $status = 2 ]
check grep -q 'gnuplot-nox' err
check [ ! -s out ]

if command -v gnuplot >/dev/null; then
    run 0 sweep two.yaml --plot picture.svg -o text
    check grep -q '</svg>' picture.svg
    check grep -q '>two<' picture.svg
    check grep -q '>measured<' picture.svg
    check grep -q '>limited by<' picture.svg
    check grep -q '>the CPUs<' picture.svg
    check grep -q '>lock l<' picture.svg
    check grep -q '>bound by lock l<' picture.svg
    check grep -qE '>one, knee [248]<' picture.svg
    check [ "$(grep -c 'uid=' picture.svg)" = 0 ]
    check [ ! -s err ]
    check [ "$(find . -name 'picture.svg*' | wc -l)" -eq 1 ]
    run 0 sweep two.yaml --plot again.svg --jobs 3 -o text
    check cmp picture.svg again.svg
    run 0 sweep two.yaml --plot fitted.svg --set measured.0.role=calibrated -o text
    check grep -q '>measured, fitted<' fitted.svg
    run 0 sweep two.yaml --plot picture.png -o text
    check [ "$(head -c 4 picture.png | tail -c 3)" = PNG ]
    run 0 sweep job.yaml --set machine.cpus=1..4 --plot - -o text
    check grep -q 'elapsed' out
    run 2 sweep orders.yaml --set machine.cpus=2,3 --plot none.svg
    check grep -q 'nothing to draw' err
    check [ ! -e none.svg ]
    run 2 sweep two.yaml --set designs.one.locks.l.kind=mutex,spinlock --plot none.svg
    check [ ! -e none.svg ]
    run 2 sweep two.yaml --plot no/such/place.svg -o text
    check grep -q 'no/such/place.svg' err
fi

# What is swept may replace an expression of what is then computed from it.
cat >follow.yaml <<'EOS'
sim: 1
title: CPUs by threads, or threads by CPUs
machine: {cpus: "${2 * threads.t.count}"}
sections: {a: {cost: exp(1us)}}
threads:
  t: {count: 1, steps: [{run: exp(5us)}, {in: a}, {count: op}]}
  rare: {arrivals: poisson(20/s), steps: [{run: 1us}]}
designs: {one: {locks: {l: {kind: mutex}}, guard: {a: l}}, two: {locks: {l: {kind: mcs}}, guard: {a: l}}}
run: {duration: 10ms, warmup: 0, replications: 2}
EOS
# shellcheck disable=SC2016  # the program expands it
by_cpus='threads.t.count=${machine.cpus}'
run 0 sweep follow.yaml --set machine.cpus=1..4 --set "$by_cpus" --format csv --store follow.db
mv out follow.csv
run 0 results follow.db --format csv
check cmp -s out follow.csv
run 1 sweep follow.yaml --set machine.cpus=1,nothing --set "$by_cpus"
check grep -qF 'nothing' err

# Of what comes twenty times a second a hundred runs of 10 ms see enough, twenty do not.
run 0 sweep follow.yaml --set threads.t.count=1,2 --precision 90% --replications 100
check grep -qF ', 56 replications' out
check sh -c '! grep -q "not reached" out'
run 0 sweep follow.yaml --set threads.t.count=1,2 --precision 90% --replications 20
check grep -qF 'threads.t.count=2: the wanted precision was not reached by one (not known), two (not known).' out
run 0 sweep follow.yaml --set threads.t.count=1,2 --set threads.rare.count=0 --precision 90%
check sh -c '! grep -q "not reached" out'

finish
