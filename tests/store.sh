#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `sim sweep --store` and `sim results` promise from outside.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

two_designs \
    'title: Two designs' \
    'run: {duration: 1ms, warmup: 0.1ms, replications: 3}' \
    'sweep: {machine.cpus: 1..8}' \
    'measured: [{design: one, progress: op, rate: 300k/s}]' >two.yaml
two_orders >orders.yaml
a_job 'run: {replications: 1}' >job.yaml

# In every format, with what ended badly and what is not known: read is what was computed.
for sweep in 'two.yaml' 'orders.yaml --set machine.cpus=1..2' 'job.yaml --set machine.cpus=1..4' \
    'two.yaml --set machine.cpus=2,1 --set designs.one.locks.l.kind=mutex,spinlock --precision 9%'; do
    rm -f first.db
    # shellcheck disable=SC2086 # words
    run 0 sweep $sweep --format csv
    mv out plain.csv
    # shellcheck disable=SC2086
    run 0 sweep $sweep --store first.db --format csv --jobs 3
    check cmp plain.csv out
    run 0 results first.db --format csv
    check cmp plain.csv out
    for format in json text; do
        # shellcheck disable=SC2086
        run 0 sweep $sweep --format $format
        tr -s '\n ' ' ' <out | sed 's/"wall": [0-9.e-]*/"wall": null/; s/acquisitions in [^;]*/acquisitions/' >plain
        run 0 results first.db --format $format
        tr -s '\n ' ' ' <out >stored
        check cmp plain stored
    done
done

# A stored sweep is not computed again: what is in the store is what is said.
run 0 sweep two.yaml --store two.db --format csv
mv out two.csv
check [ "$(find . -name 'two.db*' | wc -l)" = 1 ]
run 0 sweep two.yaml --store two.db --format csv --jobs 1
check cmp two.csv out

# Of another origin: refused, saying what differs; comments and layout do not matter.
sed 's/^title/# a comment\ntitle/; s/{kind: mutex}/{ kind:   mutex }/' two.yaml >same.yaml
run 0 sweep same.yaml --store two.db --format csv
check cmp two.csv out
refused 'the seed is another: there 1, here 2' sweep two.yaml --store two.db --seed 2
refused 'the designs are others: there one, two, here two' sweep two.yaml --store two.db --design two
refused "there 'sections.a.cost: exp(1us)', here 'sections.a.cost: 2us'" sweep two.yaml --store two.db --set sections.a.cost=2us
refused 'there machine.cpus=1,2,4,8, here machine.cpus=1,2' sweep two.yaml --store two.db --set machine.cpus=1,2
refused "there 'run.replications: 3', here 'run.replications: 4'" sweep two.yaml --store two.db --replications 4
run 0 results two.db --format csv
check cmp two.csv out

# What is no store is left alone.
: >empty
cp two.yaml text
refused 'it is no store' results empty
refused 'it is no store' results text
refused 'it is no store' sweep two.yaml --store text
check cmp two.yaml text
refused 'No such file' results none.db
check [ ! -e none.db ]
refused 'No such file' sweep two.yaml --store no/such/place.db
head -c 4096 two.db >torn.db
refused 'torn.db: ' results torn.db

# A file that may not grow, as on a full disk: an error, and a store that is whole.
for blocks in 8 32 64 100; do
    rm -f small.db
    status=0
    (ulimit -f $blocks && "$sim" sweep two.yaml --store small.db --set machine.cpus=1..20+1 >out 2>err) || status=$?
    check [ $status = 2 ]
    check grep -q '^sim: small.db: ' err
    check [ ! -s out ]
    run 0 sweep two.yaml --store small.db --set machine.cpus=1..20+1 --format csv
    mv out small.csv
    run 0 sweep two.yaml --set machine.cpus=1..20+1 --format csv
    check cmp out small.csv
done

# One writer at a time; who reads meanwhile sees whole points.
"$sim" sweep two.yaml --store busy.db --duration 1s >/dev/null &
while [ ! -s busy.db ]; do sleep 0.02; done
refused 'another process is writing to it' sweep two.yaml --store busy.db --duration 1s
run 0 results busy.db --list
kill -9 $!
wait $! 2>/dev/null || true

# Parts, put together in any order.
for part in 3 1 2; do
    run 0 sweep two.yaml --store part$part.db --part $part/3
    check grep -q "^part$part.db: [12] of 4 points$" out
done
refused '--part needs a --store' sweep two.yaml --part 1/3
refused '--part 4/3' sweep two.yaml --part 4/3 --store part4.db
run 0 results part1.db
check grep -q '^- 2 of 4 points are missing' out
run 0 results part1.db part3.db part2.db --format csv
check cmp two.csv out
run 0 results part2.db part1.db --store all.db
run 0 results part3.db part2.db --store all.db
run 0 results all.db --format csv
check cmp two.csv out
run 0 sweep two.yaml --store other.db --seed 2
refused 'it does not go with two.db: the seed is another' results two.db other.db
refused 'the seed is another' results two.db --store other.db

# Filters.
run 0 results two.db --where machine.cpus=2..4 --design two --format csv
{ head -n 1 two.csv && grep -E '^[24],two,' two.csv; } >expected
check cmp expected out
run 0 results two.db --where machine.cpus=8,1 --format csv
{ head -n 1 two.csv && grep -E '^[18],' two.csv; } >expected
check cmp expected out
refused 'there is no 3; there are 1,2,4,8' results two.db --where machine.cpus=3
refused 'none is within' results two.db --where machine.cpus=9..20
refused 'that is not swept, but machine.cpus' results two.db --where machine.cpu=3
refused 'did you mean two' results two.db --design tow
refused 'expected PATH=VALUE' results two.db --where machine.cpus
refused 'expected a store' results
refused 'computes nothing' results two.db --seed 2
refused 'sim results writes no lock_stat' results two.db --format lock_stat
refused 'different tasks' results two.db --list --compare two.db

run 0 results two.db --list
check [ "$(grep -c '^machine.cpus=.* [0-9a-f]\{16\}  *3 ' out)" = 4 ]
run 0 results two.db --list --format csv
check [ "$(wc -l <out)" = 5 ]
run 0 results two.db --list --format json
check [ "$(grep -c '"digest"' out)" = 5 ]

# What moved: nothing against itself, little by other random numbers, much by another cost.
run 0 results two.db --compare two.db --format csv
check [ "$(tail -n +2 out | grep -vc ',same,')" = 0 ]
run 0 results two.db --compare other.db --format csv
check [ "$(grep -c ',moved,' out)" -le 8 ]
check [ "$(grep -c ',within,' out)" -ge 40 ]
run 0 sweep two.yaml --store dear.db --set sections.a.cost='exp(3us)' --set machine.cpus=1,2,8,16
run 0 results two.db --compare dear.db --format csv
check grep -q '^8,one,op,rate,moved,' out
check [ "$(grep -c '^4,' out)" = 0 ]
run 0 results two.db --compare dear.db
check grep -q '1 points in the first alone, 1 in the second' out
check grep -q '^machine.cpus=8  *one op rate  .* -[0-9.]*%$' out
run 0 results two.db --compare dear.db --format json
check grep -q '"quantity": "utilization"' out
run 0 sweep orders.yaml --set machine.cpus=1,2 --store orders.db
run 0 sweep orders.yaml --set machine.cpus=1,2 --set threads.ba.steps='[{in: a}, {count: op}]' --store good.db
run 0 results orders.db --compare good.db --format csv
check grep -q '^2,d,,outcome,moved,deadlock,,,ok,,$' out

finish
