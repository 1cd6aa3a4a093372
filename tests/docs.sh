#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what README.md and docs/ show, as CONTRIBUTING.md says under "Examples in the docs".
# UPDATE=1 writes the real outputs into the documents, UPDATE=long also those of long commands;
# DOCUMENTS="docs/ceph.md" runs these alone.
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
PATH=$top_builddir:$PATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tree" "$scratch/bin"
printf '#!/bin/sh\nexec %s -s --no-print-directory -C "%s" "$@"\n' "$(command -v make)" "$top_builddir" >"$scratch/bin/make"
chmod +x "$scratch/bin/make"
PATH=$scratch/bin:$PATH
(cd "$top_srcdir" && cp -R README.md docs scenarios "$scratch/tree")
chmod -R u+w "$scratch/tree"

# run_commands LIST: the output of each command of the list and its exit status go to
# numbered files. A line of the list is "number expected-status command".
run_commands() {
    while read -r number expected command; do
        checks=$((checks + 1))
        status=0
        (cd "$scratch/tree" && sh -c "$command") </dev/null >"$scratch/out.$number" 2>&1 || status=$?
        [ "$status" = "$expected" ] && continue
        echo "$document: \$ $command: exit status $status, expected $expected"
        cat "$scratch/out.$number"
        failures=$((failures + 1))
    done <"$1"
}

# walk TASK DOCUMENT: with TASK list, prints the list of commands and writes the
# scenarios and sources in the text to files; with TASK render, prints the document with
# fresh outputs: of the exact blocks, or of all of them when updating.
walk() {
    awk -v task="$1" -v compile="${CC:-cc} -std=c11 -Wall -Werror -fsyntax-only -I$top_srcdir/src" \
        -v scratch="$scratch" -v update="${UPDATE-}" '
        function show(line) { if (task == "render") print line }
        function output(number,    line, file, blank) { # without blank lines at its end
            file = scratch "/out." number
            while ((getline line < file) > 0) {
                if (line != "") {
                    printf "%s%s\n", blank, line
                    blank = ""
                } else blank = blank "\n"
            }
        }
        function command(text,    expected) {
            commands++
            expected = 0
            if (match(text, / # exit [0-9]+$/)) expected = substr(text, RSTART + 8)
            if (task == "list") print commands, expected, substr(text, 3)
            else if (fresh) output(commands)
        }
        /^```/ && kind != "" { kind = ""; fresh = 0; show($0); next }
        /^```/ { kind = "start"; tag = $0; show($0); next }
        kind == "start" {
            kind = "other"
            if (/^\$ (sim|make) / && (tag !~ / long$/ || update == "long")) {
                kind = "commands"
                fresh = task == "render" && (update || tag ~ / exact$/)
            } else if (tag == "```yaml" && /^sim: 1/) {
                kind = "scenario"
                file = sprintf("%s/tree/example-%d.yaml", scratch, ++scenarios)
                commands++
                if (task == "list") print commands, 0, "sim check " file
            } else if (tag == "```c" && /^\/\* src\//) {
                kind = "source"
                file = sprintf("%s/tree/example-%d.c", scratch, ++sources)
                commands++
                if (task == "list") print commands, 0, compile " " file
            }
        }
        kind == "commands" && /^\$ / { show($0); command($0); next }
        kind == "commands" && fresh { next }
        (kind == "scenario" || kind == "source") && task == "list" { print > file }
        { show($0) }
    ' "$2"
}

checks=0 failures=0
for document in ${DOCUMENTS:-README.md $(cd "$top_srcdir" && ls docs/*.md)}; do
    walk list "$top_srcdir/$document" >"$scratch/list"
    run_commands "$scratch/list"
    walk render "$top_srcdir/$document" >"$scratch/rendered"
    cmp -s "$top_srcdir/$document" "$scratch/rendered" && continue
    if [ -n "${UPDATE-}" ]; then
        cat "$scratch/rendered" >"$top_srcdir/$document"
        echo "$document: updated"
    else
        echo "$document: the output shown is not what the commands print"
        diff -u "$top_srcdir/$document" "$scratch/rendered" || failures=$((failures + 1))
    fi
done

# Links within the tree lead somewhere.
check_links() {
    for link in $(grep -oE '\]\([^):# ]+' "$top_srcdir/$1" | cut -c3-); do
        checks=$((checks + 1))
        [ -e "$top_srcdir/$(dirname "$1")/$link" ] && continue
        echo "$1: there is no $link"
        failures=$((failures + 1))
    done
}

for document in README.md CONTRIBUTING.md NEWS.md $(cd "$top_srcdir" && ls docs/*.md); do
    check_links "$document"
done

# told DOCUMENT TEXT: the document has it. For what the program knows and a user must.
told() {
    checks=$((checks + 1))
    grep -qF -- "$2" "$top_srcdir/docs/$1" && return
    echo "docs/$1 does not have: $2"
    failures=$((failures + 1))
}

sed -nE 's/^MACHINE\([A-Z_]+, ("[^"]*"), ([A-Z]+), ("[^"]*"), ("[^"]*")\)/\1 \2 \3 \4/p' \
    "$top_srcdir/src/scenario/machine.def" |
    sed 's/" DIST "/" distribution "/; s/" [A-Z]* "/\L&/; s/^"\([^"]*\)" \([a-z]*\) "\([^"]*\)" "\(.*\)"$/| `\1` | \2 | \3 | \4 |/' \
        >"$scratch/machine"
while read -r row; do
    told scenario-format.md "$row"
done <"$scratch/machine"
for key in $(grep -ohE '\{"[a-z_-]+", (read_|0)' "$top_srcdir"/src/scenario/*.c | cut -d'"' -f2 | sort -u); do
    told scenario-format.md "\`$key"
done
for kind in $(sed -n 's/^KIND(\(.*\))$/\1/p' "$top_srcdir/src/sim/lock/kinds.def" | tr _ -); do
    told locks.md "## $kind"
done

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ] && [ "$checks" -gt 0 ]
