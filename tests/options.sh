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
refused 'none.yaml: No such file' none.yaml
refused 'no verb and no file calibrat: did you mean calibrate? There are run, check, ' calibrat two.yaml
refused 'no verb and no file xyzzy: there are run, check, ' xyzzy two.yaml
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
check grep -q '^--seed:1:10: error: expected a whole number such as 64 or 10k, not .x.$' err
check grep -qx '  run.seed=x' err
run 1 check two.yaml --set sections.b.cost=3
check grep -q 'sections.b.cost=3' err
check [ ! -s out ]
for option in '--replications 0' '--precision -1%' '--seed -1' '--duration 100'; do
    # Options are words without spaces of their own.
    # shellcheck disable=SC2086
    run 1 check two.yaml $option
    check grep -q -- "^${option% *}:1:[0-9]*: error: .*${option#* }" err
    check grep -qx -- "  run.$(echo "$option" | sed 's,^--,,; s, ,=,')" err
done

# A seed is what was given, or refused.
run 0 check two.yaml --seed 9007199254740991
check grep -q '^  run.seed  *9007199254740991  ' out
for seed in 9007199254740992 9007199254740993 18446744073709551615 1e30; do
    run 1 check two.yaml --seed "$seed"
    check grep -qF -- "--seed:1:10: error: expected a whole number of at most 9007199254740991, not '$seed'" err
done
sed 's/^title.*/run: {seed: 9007199254740993}/' two.yaml >seed.yaml
run 1 check seed.yaml
check grep -q '^seed.yaml:2:13: error: expected a whole number of at most 9007199254740991' err

# A byte order mark is no part of the text.
{ printf '\357\273\277' && cat two.yaml; } >mark.yaml
run 0 check mark.yaml
sed 's/kind: none/kind: noen/' mark.yaml >wrong.yaml
run 1 check wrong.yaml
check grep -q '^wrong.yaml:9:27: error: unknown lock kind' err

# What is read is not written to, by whatever name.
cp two.yaml three.yaml
ln -s three.yaml link.yaml
refused '-o link.yaml: that would overwrite what is read, three.yaml' run three.yaml -o link.yaml
refused '--plot link.yaml: that would overwrite' sweep three.yaml --plot link.yaml
refused '-o three.yaml: that would overwrite what is read, three.yaml' validate two.yaml --perf three.yaml -o three.yaml
check cmp two.yaml three.yaml

finish
