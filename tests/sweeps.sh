#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# bench/sweeps.sh, short and coarse: its table has a row for each sweep, with all points and designs, and what
# the row counts is listed below it.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

must 'bench/sweeps.sh fails' env SWEEP_CPUS=2,8 SWEEP_PRECISION=25% \
    SWEEP_OPTIONS='--replications 6 --duration 5ms --set run.warmup=1ms --set run.budget=50k' \
    sh "$top_srcdir/bench/sweeps.sh" >out

designs() {
    awk '/^[a-z]/ { within = $1 == "designs:" } within && /^  [a-z_]+:/ { n++ } END { print n }' \
        "$top_srcdir/scenarios/$1.yaml"
}

# row NAME SCENARIO: what stands in the columns of the row adds up.
row() {
    sed -n "s/^$1  *\([0-9]\)/\1/p" out >row
    sed -n "s/^$1, machine.cpus=[28]: //p" out | tr , '\n' >list
    must "$1: not one row" [ "$(wc -l <row)" = 1 ]
    read -r points n bad most vague seconds cpu <row || return 0
    must "$1: $points points" [ "$points" = 2 ]
    must "$1: $n designs" [ "$n" = $((2 * $(designs "$2"))) ]
    must "$1: at most $most replications" [ "$most" -ge 1 ]
    must "$1: $bad bad, $vague vague, but others in the list" [ "${bad:-x} ${vague:-x}" = "$(
        awk '/ (\+-|not known)/ { vague++; next } { bad++ } END { print bad + 0, vague + 0 }' list
    )" ]
    must "$1: took $seconds s, $cpu s" expr "$seconds $cpu" : '[0-9.]* [0-9.]*$' >log
}

for scenario in nginx netns ploop lockref ceph; do
    row $scenario $scenario
done
row 'netns, creators' netns
must 'no design is vague: the list is not tested' grep -q ': .*not known' out
must 'no design ends badly: the list is not tested' grep -q ': .*budget' out
must 'no sum' grep -qE '^All five took [0-9.]+ s\.$' out
finish
