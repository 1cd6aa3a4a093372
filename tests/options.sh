#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The command line apart from what verbs do: options, usage errors, and `sim check`.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

cat >two.yaml <<'EOS'
sim: 1
title: Two designs
machine: {profile: server-2s, cpus: 4}
sections: {a: {cost: exp(1us)}, b: {cost: {value: exp(1us), origin: assumed, range: 1us..2us}}}
threads:
  t: {count: 8, steps: [{run: exp(10us)}, {in: a, do: [{in: b}]}]}
  u: {count: 8, steps: [{run: exp(10us)}, {in: b, do: [{in: a}]}]}
designs:
  one: {locks: {l: {kind: none}}, guard: {a: l, b: l}}
  two: {locks: {l: {kind: mutex}, m: {kind: mutex}}, guard: {a: l, b: m}}
EOS

refused 'Usage: sim' # no arguments at all
refused 'unknown option --desing; did you mean --design?' check --desing one two.yaml
refused '--jobs needs a value' run two.yaml --jobs
refused 'sim check has no option --jobs' check --jobs 2 two.yaml
refused '--jobs 0: expected a number from 1' run --jobs 0 two.yaml
refused '--jobs many: expected a number from 1' run --jobs many two.yaml
refused '--set machine.cpus: expected PATH=VALUE' check --set machine.cpus two.yaml
refused '--set =3: expected PATH=VALUE' check --set =3 two.yaml
refused 'did you mean json?' run --format jsn two.yaml
refused "two.yaml has no design 'tow'; did you mean 'two'?" check --design tow two.yaml
refused "two.yaml has no design 'mutex'; it has one, two" check --design mutex two.yaml
refused 'expected one scenario file, not 0' check
refused 'expected one scenario file, not 2' check two.yaml two.yaml
refused 'none.yaml: No such file' check none.yaml
refused 'Is a directory' check .

run 0 --help
check grep -q '^  check ' out
check [ "$("$sim" --version)" = "$("$sim" check --version)" ]

run 0 check two.yaml
check grep -q '^  sections.b.cost  *exp(1us)  *assumed, line 4, range 1us..2us$' out
check grep -q '^  machine.smt  *2  *profile server-2s' out
check grep -q '^  run.seed  *1  *default$' out
check grep -q '^  run.warmup  *auto$' out
check grep -q '^design one$' out
check grep -q 'lock order: l -> m -> l$' out
check [ "$(grep -c 'lock order' out)" -eq 1 ] # kind none makes no order
check [ "$(tail -n 1 out)" = ok ]
check grep -q 'warning: no step counts anything' err
run 0 check --quiet two.yaml
check [ ! -s err ]

# Designs come in the scenario's order; numbers given on the command line say so.
run 0 check two.yaml --design two --design one --set machine.smt=1 --seed 7
check [ "$(grep '^design' out | tr '\n' ' ')" = 'design one design two ' ]
check grep -q '^  machine.smt  *1  *unstated, command line$' out
check grep -q '^  run.seed  *7  *unstated, command line$' out
run 0 check two.yaml --design two
check [ "$(grep '^design' out)" = 'design two' ]

# What is wrong on the command line is wrong like the file, and shown.
run 1 check two.yaml --seed x
check grep -q 'run.seed=x' err
run 1 check two.yaml --set sections.b.cost=3
check grep -q 'sections.b.cost=3' err
check [ ! -s out ]

finish
