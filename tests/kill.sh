#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# A sweep into a store is killed with -9 at random instants and started again, KILLS times in all:
# no point is lost, and in the end its reports are those of an undisturbed one, byte for byte.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
kills=${KILLS:-4}

# So short that many of the instants are within the writing of a point.
two_designs \
    'title: Two designs' \
    'run: {duration: 1ms, warmup: 0.1ms, replications: 20, precision: 8%}' \
    'sweep: {machine.cpus: 1..40+1}' >short.yaml

# Up to half as long as all of it takes: most instants are in the middle.
instant() {
    od -An -N2 -tu2 /dev/urandom | awk -v longest="$1" '{ print $1 / 65535 * longest }'
}

points() {
    "$sim" results "$1" --list --format csv 2>/dev/null | awk 'END { print (NR > 0 ? NR - 1 : 0) }'
}

before=$(date +%s%N)
run 0 sweep short.yaml --store whole.db --format csv
longest=$(($(date +%s%N) - before))
longest=$(echo "$longest" | awk '{ print $1 / 2e9 }')
for format in text json csv; do
    run 0 results whole.db --format $format
    mv out whole.$format
done

# same STORE: it says what the undisturbed one says.
same() {
    for format in text json csv; do
        run 0 results "$1" --format $format
        check cmp whole.$format out
    done
}

killed=0 begun=0
while [ $killed -lt "$kills" ]; do
    begun=$((begun + 1))
    there=0
    while [ $killed -lt "$kills" ]; do
        "$sim" sweep short.yaml --store killed.$begun.db --quiet >/dev/null &
        sleep "$(instant "$longest")"
        kill -9 $! 2>/dev/null || true
        status=0
        wait $! 2>/dev/null || status=$?
        [ $status -ne 0 ] || break
        check [ $status -eq 137 ]
        killed=$((killed + 1))
        now=$(points killed.$begun.db)
        check [ "$now" -ge "$there" ]
        there=$now
    done
    run 0 sweep short.yaml --store killed.$begun.db
    same killed.$begun.db
done

echo "$killed kills, $begun sweeps"
finish
