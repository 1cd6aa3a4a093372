# SPDX-License-Identifier: GPL-3.0-or-later
# For the tests of the command line, which source it with $sim set: counts checks and failures.
# shellcheck shell=sh disable=SC2154
checks=0 failures=0

check() {
    checks=$((checks + 1))
    "$@" && return
    echo "failed: $*"
    failures=$((failures + 1))
}

# run STATUS ARGUMENT...: leaves what was printed in out and err.
run() {
    expected=$1 status=0
    shift
    "$sim" "$@" >out 2>err </dev/null || status=$?
    check [ "sim $* : $status" = "sim $* : $expected" ]
}
