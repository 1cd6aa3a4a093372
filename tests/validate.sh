#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The harness that replays measured locks: what it prints, and what it says of bad tables.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
sim=$top_builddir/validation/validate

data=$top_srcdir/tests/data
names=kind,threads,pinned,hold_ns,hold_dist,think_ns,think_dist,read_pct,throughput_per_s,mean_wait_ns
good=mutex,2,1,5000,exp,10000,exp,0,99710,2602
template="--template $top_srcdir/validation/lkbench.yaml"

# A few rows of each table: the last line has the form that is promised.
for table in nols lockstat; do
    sed -n '1p;2p;20p;40p' "$data/lkbench_${table}_main.csv" >"$table.csv"
done
# shellcheck disable=SC2086
run 0 $template --set run.duration=50ms --replications 2 nols.csv lockstat.csv --csv rows.csv
check [ "$(grep -c . rows.csv)" = 7 ]
tail -n 1 out >last
check grep -qE '^all: rows 6 throughput median [0-9.]+ % p90 [0-9.]+ % wait median ([0-9.]+|nan) %$' last

# The same whatever the number of threads; columns in another order; a kind without a model.
cp out two
# shellcheck disable=SC2086
run 0 $template --set run.duration=50ms --replications 2 --jobs 1 nols.csv lockstat.csv
check cmp -s out two
printf '%s\n' "mean_wait_ns,extra,$names" | sed 's/,mean_wait_ns$//' >order.csv
printf '%s\n' "2602,x,${good%,*}" '100,y,bit,1,1,0,const,0,const,0,4352733' >>order.csv
# shellcheck disable=SC2086
run 0 $template order.csv
check grep -q "^not modelled: 1 rows of 2: nols bit: no model of kind 'bit'" out
check grep -q '^all: rows 1 ' out

# wrong PLACE-AND-TEXT LINE...: the table is refused, with its place.
wrong() {
    place=$1
    shift
    printf '%s\n' "$@" >bad.csv
    # shellcheck disable=SC2086
    run 1 $template bad.csv
    check grep -qF "bad.csv:$place" err
    check [ ! -s out ]
}
wrong "1:1: error: there is no column 'think_ns'" "$(echo $names | sed s/think_ns/thinkns/)" $good
wrong "1:6: error: a second column 'kind'" "kind,$names" "mutex,$good"
wrong "1:1: error: expected a line" ''
wrong "3:1: error: 9 cells, but 10 columns have names" $names $good "${good%,*}"
wrong "2:7: error: threads is '2.5', expected a whole number" $names "$(echo $good | sed s/2/2.5/)"
wrong "2:11: error: hold_ns is '5us', expected a number" $names "$(echo $good | sed s/5000/5us/)"
wrong "2:16: error: hold_dist is 'gauss'" $names "$(echo $good | sed s/exp/gauss/)"
wrong "2:32: error: throughput_per_s is '-1'" $names "$(echo $good | sed s/99710/-1/)"
wrong "2:38: error: mean_wait_ns is ''" $names "${good%2602}"
run 2 no.csv
run 2
# shellcheck disable=SC2086
run 1 $template --set machine.cpsu=2 nols.csv
check grep -q "did you mean 'cpus'" err
# shellcheck disable=SC2086
run 2 $template --only colour=red nols.csv
# shellcheck disable=SC2086
run 1 $template --only kind=ticket nols.csv

# A profile with one number to fit: in its range, the same when it is fitted again, not the same as
# before; rows that are predicted are not fitted to.
sed -n '1p;2p' "$data/lkbench_nols_main.csv" >one.csv
sed -n '1p;/^mutex,8,/p' "$data/lkbench_nols_main.csv" >eight.csv
fit='fit 1 to wait of kind=mutex threads=1'
printf 'cpus: 2\nkinds:\n  mutex: {acquire: {value: 7ns, origin: calibrated, range: 20ns..400ns, source: "%s"}}\n' "$fit" >p.yaml
# shellcheck disable=SC2086
run 0 $template --set run.duration=10ms --fit p.yaml one.csv nols.csv
cp out p2.yaml
check grep -qE 'value: (9[5-9]|1[01][0-9])[.0-9]*ns, origin: calibrated, range: 20ns..400ns' p2.yaml
check [ "$(sed 's/value: [0-9.]*ns/value: 7ns/' p2.yaml | cksum)" = "$(cksum <p.yaml)" ]
# shellcheck disable=SC2086
run 0 $template --set run.duration=10ms --jobs 1 --fit p2.yaml one.csv nols.csv
check cmp -s out p2.yaml

# wrong_fit PLACE-AND-TEXT SED-EXPRESSION
wrong_fit() {
    sed "$2" p.yaml >bad.yaml
    # shellcheck disable=SC2086
    run 1 $template --fit bad.yaml one.csv eight.csv
    check grep -qF "$1" err
    check [ ! -s out ]
}
wrong_fit 'bad.yaml:3:28: error: machine.kinds.mutex.acquire: no row of these tables' 's/threads=1/threads=8/'
wrong_fit 'expected the number of the fit' 's/fit 1/fit x/'
wrong_fit 'expected what to fit to' 's/to wait/to weight/'
wrong_fit 'there is no such column' 's/kind=/king=/'
wrong_fit 'needs a range' 's/range: 20ns/range: 0ns/'
wrong_fit "did you mean 'cpus'" 's/cpus/cpsu/'

finish
