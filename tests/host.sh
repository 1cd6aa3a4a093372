#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Locks of user space against what was measured of them: those in order of arrival collapse when
# threads outnumber CPUs, and glibc's mutexes have the throughput that they have.
# shellcheck disable=SC2016 # the conditions are for awk
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
sim=$top_builddir/validation/validate

replay() {
    run 0 --template "$top_srcdir/validation/host_lockbench.yaml" --name host "$@" \
        "$top_srcdir/tests/data/host_lockbench.csv"
}

# holds WHAT CONDITION: the awk condition over the fields of the first line of the output that matches WHAT.
holds() {
    checks=$((checks + 1))
    awk -v what="$1" "\$0 ~ what { good = $2; exit } END { exit !good }" out && return
    fail "not so: '$1' $2"
    cat out
}

# Threads that think for longer collapse sooner in one run and later in the next: they are left out.
replay --replications 64 --only 'kind=ticket|mcs' --only 'threads=4|8' --only 'think_ns=0|1000'
holds '^ticket and mcs, more' '$8 >= 12 && $15 <= 2 && $19 == $8'

replay --replications 4 --only 'kind=mutex|adaptive' --only 'threads=2|8' --only 'hold_ns=1000|10000'
holds '^host     mutex' '$3 >= 12 && $4 <= 10'
holds '^host     adaptive' '$3 >= 6 && $4 <= 10'

finish
