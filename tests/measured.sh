#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# `sim validate` and `sim calibrate` from outside: statuses, what is written, and what is refused.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

# refused STATUS WORDS ARGUMENT...: exactly these words begin standard error, and nothing is written.
refused() {
    expected_status=$1
    words=$2
    shift 2
    run "$expected_status" "$@"
    check [ ! -s out ]
    check [ "$(head -n 1 err)" = "$words" ]
}

cat >hidden.yaml <<'EOS'
sim: 1
title: Readers and writers
machine: {profile: server-2s, cpus: 16}
sections: # what they cost is asked
  scan: {cost: exp(4us), origin: assumed, range: 1us..50us, site: scan_table+0x10/0x80} # of readers
  move: {cost: 2us, site: move_entry}
threads:
  reader: {count: 8, steps: [{run: exp(30us)}, {in: scan}, {count: op}]}
  writer: {count: 2, steps: [{run: exp(30us)}, {in: move}, {count: op}]}
designs:
  one: {locks: {l: {kind: rwlock, class: "&table->lock"}}, guard: {scan: {read: l}, move: l}}
  two: {locks: {m: {kind: mutex}}, guard: {scan: m, move: m}}
run: {duration: 20ms, warmup: 1ms, replications: 8}
EOS
sed 's/exp(4us)/exp(2us)/' hidden.yaml >guess.yaml
run 0 run hidden.yaml --seed 7 --format lock_stat -o before.txt

# ---- against a file ----

run 3 validate guess.yaml --lock-stat before.txt --elapsed 20ms
check grep -q '^one, l (read)  *measured  *predicted ' out
check grep -Eq '^  holdtime-avg .* 20%  outside$' out
check grep -Eq '^  acq-bounces .* ok$' out
check grep -Eq '^  waittime-max .* - +not scored$' out
check grep -Eq '^    scan_table .* points  ' out
check [ "$(awk 'length > 100' out | wc -l)" -eq 0 ]
run 0 validate hidden.yaml --lock-stat before.txt --elapsed 20ms
check grep -q '^predicted: [0-9]* ok, 0 outside; 8 not scored$' out
check [ ! -s err ]
run 3 validate hidden.yaml --lock-stat before.txt --elapsed 40ms # not as long as that
run 0 validate hidden.yaml --lock-stat before.txt --elapsed 20ms --class '&table->lock' --table 1
run 3 validate hidden.yaml --lock-stat before.txt --elapsed 20ms --tolerance acquisitions=0.01%
run 0 validate guess.yaml --lock-stat before.txt --elapsed 20ms --tolerance 1000%
run 3 validate hidden.yaml --design two --lock-stat before.txt --elapsed 20ms --class '&table->lock'
check grep -q '^two, m (write) ' out

run 0 validate hidden.yaml --lock-stat before.txt --elapsed 20ms --format json
check grep -q '"verdict": "ok"' out
check grep -q '"not_scored": 8' out
run 0 validate hidden.yaml --lock-stat before.txt --elapsed 20ms --format csv
check [ "$(head -n 1 out | tr ',' '\n' | wc -l)" -eq 14 ]
check [ "$(awk -F, 'NF != 14' out | wc -l)" -eq 0 ]
run 0 validate hidden.yaml --lock-stat before.txt --elapsed 20ms --format markdown -o table.md
check [ "$(grep -c '^| one | l (read) | .* |$' table.md)" -ge 12 ]

# ---- perf: a row of each caller ----

cat >perf.txt <<'EOS'
 contended   total wait     max wait     avg wait         type   caller

      2500      6.25 ms     40.00 us      2.50 us     rwlock:R   scan_table+0x2c
       500      1.25 ms     30.00 us      2.50 us     rwlock:R   scan_table+0x44
       420      1.26 ms     30.00 us      3.00 us     rwlock:W   move_entry+0x10
        17     17.00 us      2.00 us      1.00 us     spinlock   somebody_else+0x10
EOS
run 3 validate hidden.yaml --perf perf.txt --elapsed 20ms
check grep -Eq '^  at scan_table$' out
check grep -Eq '^    perf-contended  *3\.00k ' out
check grep -Eq '^    perf-avg-wait  *2\.50 us ' out
check [ "$(grep -c '^  at ' out)" -eq 2 ]

# ---- against what the scenario states ----

{
    cat guess.yaml
    echo 'measured:'
    echo '  - {design: one, lock: l, mode: read, holdtime-avg: 2us, role: calibrated} # by hand'
    echo '  - {design: two, progress: op, rate: 1k/s}'
} >stated.yaml
run 3 validate stated.yaml
check grep -Eq '^  holdtime-avg .* 20%  fitted$' out
check grep -Eq '^  rate .* outside$' out
check grep -q '^predicted: 0 ok, 1 outside; calibrated: 1 fitted, 0 outside$' out
run 0 validate stated.yaml --design one
check grep -q 'Nothing here is a test' out
run 3 validate stated.yaml --design two

# ---- calibration ----

run 0 calibrate guess.yaml --lock-stat before.txt --elapsed 20ms -o fitted.yaml
check grep -Eq '^sections.scan.cost +2us +[34]\.' out
check [ "$(awk 'length > 100' out | wc -l)" -eq 0 ]
diff guess.yaml fitted.yaml >changes || true
check [ "$(grep -c '^[<>]' changes)" -eq 5 ] # one line for another, and what it was fitted to
check grep -q '^> .*cost: exp([34].*us), origin: calibrated, range: 1us..50us, .*} # of readers$' changes
check [ "$(grep -c '^>   - {design: one, .*role: calibrated' changes)" -eq 2 ]
run 0 check fitted.yaml
run 0 validate fitted.yaml --lock-stat before.txt --elapsed 20ms
check grep -q '^predicted: 0 ok, 0 outside; calibrated: ' out
cp fitted.yaml first.yaml
run 0 calibrate guess.yaml --lock-stat before.txt --elapsed 20ms --jobs 1 -o fitted.yaml
check cmp first.yaml fitted.yaml
check [ "$(find . -name 'fitted.yaml*' | wc -l)" -eq 1 ]
run 0 calibrate fitted.yaml --vary sections.scan.cost=0.5us..50us -o again.yaml # what it states
check [ "$(grep -c 'role: calibrated' again.yaml)" -eq 2 ]
run 0 calibrate guess.yaml --lock-stat before.txt --elapsed 20ms --format json
check grep -q '"verdict": "calibrated"' out
run 0 calibrate guess.yaml --lock-stat before.txt --elapsed 20ms --tolerance holdtime-avg=1% \
    --tolerance con-bounces=10% --set machine.cpus=12 -o twelve.yaml
check grep -Eq '^  con-bounces .* 1[0-9.]*% ' out
run 0 calibrate guess.yaml --lock-stat before.txt --elapsed 20ms --tolerance waittime-max=1% \
    --set machine.cpus=12 -o twelve.yaml
check grep -Eq '^  waittime-max .* -$' out # extremes are not fitted, whatever is asked
check grep -q '^sim: twelve.yaml does not say machine.cpus=12, which it was fitted with$' err

# ---- what is refused ----

refused 2 'sim: before.txt does not say how long it was measured: give --elapsed 300s' \
    validate guess.yaml --lock-stat before.txt
refused 2 'sim: --lock-stat and --perf are two measurements: one at a time' \
    validate guess.yaml --lock-stat before.txt --perf perf.txt --elapsed 1s
refused 2 'sim: before.txt is measured of one design: name it with --design' \
    validate guess.yaml --lock-stat before.txt --elapsed 1s --design one --design two
refused 2 'sim: --elapsed is about a file: give --lock-stat or --perf' \
    validate stated.yaml --elapsed 1s
refused 2 'sim: none.txt: No such file or directory' \
    validate guess.yaml --lock-stat none.txt --elapsed 1s
refused 2 'sim: --tolerance rate: expected FIELD=SHARE, as in rate=5%' \
    validate stated.yaml --tolerance rate
refused 2 'sim: --tolerance contention: no such field, did you mean contentions?' \
    validate stated.yaml --tolerance contention=5%
refused 2 'sim: --table 0: expected a number from 1' validate stated.yaml --table 0
refused 2 'sim: sim validate has no option --vary' validate stated.yaml --vary a
refused 2 'sim: sim validate writes no lock_stat' validate stated.yaml --format lock_stat
refused 2 'sim: sim calibrate writes no csv' calibrate stated.yaml --format csv
refused 2 'sim: sim run writes no markdown' run stated.yaml --format markdown
refused 1 'sim: guess.yaml states nothing that was measured: give --lock-stat or --perf' \
    validate guess.yaml
refused 1 "before.txt: error: none of 2 rows is of a lock of the design 'two': its classes are 'm'" \
    validate guess.yaml --lock-stat before.txt --elapsed 1s --design two
refused 1 "before.txt: error: there is no class '&other->lock' in it" \
    calibrate guess.yaml --lock-stat before.txt --elapsed 1s --class '&other->lock'
refused 1 'before.txt: error: there is no table 2 in it: it has 1' \
    calibrate guess.yaml --lock-stat before.txt --elapsed 1s --table 2
refused 1 '--vary:1:1: error: sections.move.cost: has no range: give one, sections.move.cost=0.5us..8us' \
    calibrate stated.yaml --vary sections.move.cost
run 1 validate guess.yaml --lock-stat guess.yaml --elapsed 1s # no lock_stat
check [ ! -s out ]

finish
