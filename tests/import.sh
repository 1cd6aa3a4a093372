#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# sim import from outside: whole files of the kernel and of perf read row by row by awk as well, and
# what options, lists and files promise.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
data=$top_srcdir/tests/data

# rows: of JSON on standard input, "name mode line number number ..." in a line each.
rows() {
    awk '
        /^   "name": / {
            name = $0
            gsub(/^   "name": "|",$/, "", name)
            gsub(/\\"/, "\"", name)
            gsub(/\\\\/, "\\", name)
        }
        /^   "mode": / { mode = $2; gsub(/[",]/, "", mode) }
        /^   "line": / { line = $2 + 0; row = "" }
        /^   "[a-z_]*": [0-9.e-]*,?$/ && !/"(line|table)"/ { row = row sprintf(" %.2f", $2) }
        /^   "waiters": / { print name "|" mode "|" line "|" row }'
}

# The kernel writes "name:", "name-W:" or "name-R:" and twelve numbers in a line.
kernel_rows() {
    awk '
        NF > 12 && $(NF - 12) ~ /:$/ && $NF ~ /^[0-9]+\.[0-9][0-9]$/ {
            name = $0
            sub(/^ */, "", name)
            row = ""
            for (i = NF - 11; i <= NF; i++) row = row sprintf(" %.2f", $i)
            match(name, /: +[0-9]+ +[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9]+ +[0-9]+ +[0-9.]+ +[0-9.]+ +[0-9.]+ +[0-9.]+$/)
            name = substr(name, 1, RSTART - 1)
            mode = ""
            if (name ~ /-[RW]$/) {
                mode = substr(name, length(name))
                name = substr(name, 1, length(name) - 2)
            }
            sub(/ +$/, "", name) # "&(({ do { const void *__vpp_verify = " is cut at a blank
            print name "|" mode "|" NR "|" row
        }' "$1"
}

whole_file() {
    run 0 import --list --format json "$data/lock_stat/$1"
    check [ ! -s err ]
    rows <out >found
    kernel_rows "$data/lock_stat/$1" >wanted
    check [ "$(wc -l <wanted)" -eq "$2" ]
    check cmp wanted found
}
whole_file 30_full_boot_6.1.lock_stat 455
whole_file 31_full_netns_1creator_6.1.lock_stat 219
whole_file 32_full_netns_2creators_6.1.lock_stat 219
whole_file 33_full_epoll_shared_2threads_6.1.lock_stat 132

# perf: count, three times with units, type, caller
run 0 import --list --format json "$data/perf_lock/host_netns_2loops.txt"
rows <out >found
awk 'BEGIN { in_us["ns"] = 0.001; in_us["us"] = 1; in_us["ms"] = 1000; in_us["s"] = 1000000 }
    NF == 9 && $1 ~ /^[0-9]+$/ {
        mode = $8
        if (!sub(/.*:/, "", mode)) mode = ""
        printf "%s|%s|%d| %.2f %.2f %.2f %.2f\n", $9, mode, NR, $1, $4 * in_us[$5], $2 * in_us[$3], $6 * in_us[$7]
    }' "$data/perf_lock/host_netns_2loops.txt" >wanted
check [ "$(wc -l <wanted)" -eq 387 ]
check cmp wanted found

# What sim run writes in lock_stat's format can be read, and is the table that it writes.
cat >own.yaml <<'EOS'
sim: 1
title: A lock of two modes and another one
machine: {cpus: 4}
sections: {look: {cost: exp(1us)}, change: {cost: exp(2us)}, add: {cost: exp(1us)}}
threads: {t: {count: 8, steps: [{run: exp(5us)}, {in: look}, {in: change}, {in: add}]}}
designs:
  d: {locks: {l: {kind: rwsem, class: "&a->b[c, d]#2"}, m: {kind: spinlock}}, guard: {look: {read: l}, change: l, add: m}}
run: {duration: 10ms, warmup: 0, replications: 2}
EOS
run 0 run --quiet --format lock_stat -o own.txt own.yaml
run 0 import --list --format json own.txt
rows <out >found
kernel_rows own.txt >wanted
check [ "$(wc -l <wanted)" -eq 3 ]
check cmp wanted found
check grep -q '"site": "look+0x0/0x0"' out

# The list: worst first, shares of the time observed, tables apart.
ceph=$data/lock_stat/40_ceph_messenger_2026_collapsed_before_after.txt
run 0 import "$ceph" --list --elapsed 300s
check [ "$(awk '{ print $NF }' out | xargs)" = 'class &con->mutex &con->out_lock &con->mutex' ]
check grep -qE '^ +7.85 s +2.62% +16.0k +492 us +34.0M +446 s +13.1 us +1 &con->mutex$' out
check grep -qE '^ +211 ms +0.07.*% .* 2 &con->out_lock$' out
run 0 import "$ceph" --list --table 1
check [ "$(awk '{ print $NF }' out | xargs)" = 'class &con->mutex' ]
run 0 import "$ceph" --list --table 2
check [ "$(awk '{ print $NF }' out | xargs)" = 'class &con->out_lock &con->mutex' ]
run 1 import "$ceph" --list --table 3
check grep -qF -- '--table 3: there are only 2' err
run 0 import "$ceph" --list --class '&con->out_lock'
check grep -qE '^ +42.0k +waited +ceph_con_send\+0x64/0x1a0$' out
check grep -qE '^ +34.1k +held +ceph_con_v1_try_write\+0x2d8/0x768$' out
check [ "$(wc -l <out)" -eq 10 ]
run 1 import "$ceph" --list --class '&con->muetx'
check grep -qF "no class '&con->muetx', did you mean '&con->mutex'?" err
run 1 import "$ceph" --list --class nope
check grep -qF "no class 'nope'; there are '&con->mutex', '&con->out_lock'" err
run 1 import "$data/lock_stat/30_full_boot_6.1.lock_stat" --class nope
check grep -q "'i8042_lock' and 404 others: --list shows them$" err

# Several files, one that is none of these, one that cannot be read, rows that cannot be read.
run 0 import --list --format json "$ceph" "$data/perf_lock/perf_samples_web.txt"
check [ "$(grep -c '"file": ' out)" -eq 44 ]
run 1 import --list "$ceph" "$top_srcdir/README.md"
check grep -qF 'README.md: error: this is no output of lock_stat, perf lock, klockstat or mutrace' err
check [ ! -s out ]
run 2 import --list no-such-file.txt
printf 'a: 1 2 0.50\nb: 1 2 0.50 1.50 2.00 1.00 3\nc: 1 2 0.50 1.50 2.00 1.00 3 4 0.10 0.70 1.00 0.25\n' >damaged.txt
run 0 import --list damaged.txt
check grep -qF 'damaged.txt:2:1: warning: a row with 7 numbers' err
check grep -qF 'damaged.txt: 1 rows read, 1 not' err
run 0 import --list --quiet damaged.txt
check [ ! -s err ]
run 0 import --list "$data/lock_stat/15_disabled_warning_v04.txt"
check grep -qF 'lockdep had turned itself off' err

# A scenario from a table: it runs, says what is assumed, and carries the table.
sed -e 's/cpus: 4/cpus: 8/' -e 's/{in: look}, {in: change}, //' -e 's/10ms/50ms/' own.yaml >one.yaml
run 0 run --quiet --format lock_stat -o one.txt one.yaml
run 0 import one.txt --class m --elapsed 50ms -o back.yaml
check grep -qE '^sim: m, a spinlock\. Simulated by measured: acquisitions 1\.00, ' err
check grep -q 'spinlock, .*class: "m"} # a guess; --kind says otherwise' back.yaml
check grep -qx '    role: calibrated' back.yaml
check [ "$(grep -c '^    holdtime-avg: ' back.yaml)" -eq 1 ]
run 0 check back.yaml
run 0 validate --tolerance 20% back.yaml
run 0 import one.txt --class m --kind mcs -o back.yaml
check grep -q 'm: {kind: mcs, ' back.yaml
check grep -q 'sim: --elapsed is not given: rates are those of' err
check grep -q '^# How long was measured is not known' back.yaml
run 2 import own.txt --kind mcss
check grep -q -- '--kind mcss: did you mean mcs? There are none, ' err
cp own.txt again.txt
run 2 import again.txt --elapsed 10s -o again.txt
check grep -qF -- '-o again.txt: that would overwrite what is read, again.txt' err
check cmp own.txt again.txt
run 1 import own.txt --class n
run 1 import "$ceph" --class '&con->out_lock'
check grep -qF "the class '&con->out_lock' is in another table: --table 2" err
printf 'a: 0 0 0.00 0.00 0.00 0.00 0 0 0.00 0.00 0.00 0.00\n' >zeros.txt
run 1 import zeros.txt
check grep -q "'a': neither holds nor waits have taken any time" err
run 1 import "$top_srcdir/README.md" -o none.yaml
check [ ! -e none.yaml ]

run 0 import --list --tool lock_stat "$ceph"
run 1 import --list --tool perf "$ceph"
check grep -qF 'this is no output of perf' err
run 2 import --list --tool dtrace "$ceph"
check grep -qF -- '--tool dtrace: did you mean mutrace? There are lock_stat, perf, klockstat, mutrace, lockstat' err
run 0 import --list --format json -o list.json "$ceph"
check [ "$(grep -c '"name"' list.json)" -eq 3 ]
run 2 import --list
run 2 import --list --format csv "$ceph"
check grep -qF 'sim import writes no csv' err
run 2 import --list --elapsed 300 "$ceph"
check grep -qF -- '--elapsed 300: expected a time with a unit' err
run 2 import --list --elapsed 0s "$ceph"
run 2 run --list own.yaml

finish
