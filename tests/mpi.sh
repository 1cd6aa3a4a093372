#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# One sweep in several processes by MPI: the output of one, whatever happens to a process.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"

two_designs \
    'title: Two designs' \
    'run: {duration: 2ms, warmup: 0.1ms, replications: 3}' \
    'sweep: {machine.cpus: 1..30+1}' >two.yaml

if [ "${WITH_MPI-}" != yes ]; then
    # Not built with MPI: that is said, instead of computing everything several times.
    status=0
    OMPI_COMM_WORLD_RANK=0 OMPI_COMM_WORLD_SIZE=2 "$sim" sweep two.yaml >out 2>err || status=$?
    check [ $status = 2 ]
    check grep -q 'built without MPI' err
    PMI_RANK=0 PMI_SIZE=1 "$sim" sweep two.yaml >out 2>err || status=$?
    check [ ! -s err ]
    finish
    exit 77
fi

# mpi N ARGUMENT...: as run, in N processes; it tells in status how that ended.
mpi() {
    processes=$1 status=0
    shift
    timeout 100 mpirun --allow-run-as-root --oversubscribe -n "$processes" "$sim" "$@" >out 2>err </dev/null || status=$?
}

run 0 sweep two.yaml --format csv
mv out alone.csv
run 0 sweep two.yaml --format json
sed 's/"wall": .*/"wall": null/' out >alone.json

for processes in 1 2 3; do
    mpi $processes sweep two.yaml --format csv --store store$processes.db
    check [ "mpirun -n $processes: $status" = "mpirun -n $processes: 0" ]
    check cmp alone.csv out
    run 0 results store$processes.db --format csv
    check cmp alone.csv out
    run 0 results store$processes.db --format json
    check cmp alone.json out
done
mpi 2 sweep two.yaml --format csv --jobs 2
check [ "jobs: $status" = "jobs: 0" ]
check cmp alone.csv out
check [ "$(find . -name 'store*.db*' | wc -l)" = 3 ]

# What is wrong is said, and nobody waits for ever.
mpi 2 sweep two.yaml --set machine.cpus=1,0
check [ $status != 0 ]
check grep -q 'it must be at least 1' err
mpi 2 sweep two.yaml --seed 2 --store store1.db
check [ $status != 0 ]
check grep -q 'the seed is another' err
mpi 2 sweep two.yaml --store /dev/full
check [ $status != 0 ]
check grep -q '/dev/full: ' err

# A process is lost: what was done is not.
mpirun --allow-run-as-root --oversubscribe -n 3 "$sim" sweep two.yaml --store lost.db --duration 20ms >out 2>err &
mpirun=$!
points() { "$sim" results lost.db --list --format csv 2>/dev/null | awk 'END { print NR }'; }
while [ "$(points)" -lt 4 ] && kill -0 $mpirun; do sleep 0.02; done
kill -9 "$(pgrep -P $mpirun | tail -n 1)"
status=0
wait $mpirun || status=$?
check [ $status != 0 ]
run 0 results lost.db --list --format csv
check [ "$(wc -l <out)" -lt 31 ]
mpi 2 sweep two.yaml --store lost.db --format csv --duration 20ms
mv out again.csv
run 0 sweep two.yaml --format csv --duration 20ms
check cmp again.csv out

finish
