#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what README.md and docs/ show, as CONTRIBUTING.md says under "Examples in the docs".
# UPDATE=1 writes the real outputs into the documents.
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
top_builddir=$(cd "${top_builddir:-.}" && pwd)
PATH=$top_builddir:$PATH

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tree"
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
# scenarios in the text to files; with TASK render, prints the document with
# fresh outputs: of the exact blocks, or of all of them when updating.
walk() {
    awk -v task="$1" -v scratch="$scratch" -v all="${UPDATE:-0}" '
        function show(line) { if (task == "render") print line }
        function output(number,    line, file) {
            file = scratch "/out." number
            while ((getline line < file) > 0) print line
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
            if (/^\$ sim /) {
                kind = "commands"
                fresh = task == "render" && (all || tag ~ / exact$/)
            } else if (tag == "```yaml" && /^sim: 1/) {
                kind = "scenario"
                file = sprintf("%s/tree/example-%d.yaml", scratch, ++scenarios)
                commands++
                if (task == "list") print commands, 0, "sim check " file
            }
        }
        kind == "commands" && /^\$ / { show($0); command($0); next }
        kind == "commands" && fresh { next }
        kind == "scenario" && task == "list" { print > file }
        { show($0) }
    ' "$2"
}

checks=0 failures=0
for document in README.md $(cd "$top_srcdir" && ls docs/*.md); do
    walk list "$top_srcdir/$document" >"$scratch/list"
    run_commands "$scratch/list"
    walk render "$top_srcdir/$document" >"$scratch/rendered"
    cmp -s "$top_srcdir/$document" "$scratch/rendered" && continue
    if [ "${UPDATE:-0}" = 1 ]; then
        cat "$scratch/rendered" >"$top_srcdir/$document"
        echo "$document: updated"
    else
        echo "$document: the output shown is not what the commands print"
        diff -u "$top_srcdir/$document" "$scratch/rendered" || failures=$((failures + 1))
    fi
done

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ] && [ "$checks" -gt 0 ]
