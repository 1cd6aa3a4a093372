#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Runs what README.md and docs/ show, as CONTRIBUTING.md says under "Examples in the docs".
# UPDATE=1 writes the real outputs into the documents, UPDATE=long also those of long commands and
# the pictures that commands write; DOCUMENTS="docs/ceph.md" runs these alone.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
PATH=$top_builddir:$PATH

mkdir "$scratch/tree" "$scratch/bin" "$scratch/short"
printf '#!/bin/sh\nexec %s -s --no-print-directory -C "%s" "$@"\n' "$(command -v make)" "$top_builddir" >"$scratch/bin/make"

# Commands that take long run shortened: once, for 20 ms or 300 thousand events, whatever comes first.
short='--replications 1 --duration 20ms --set run.warmup=1ms --set run.budget=300k'
cat >"$scratch/short/sim" <<EOF
#!/bin/sh
exec "$top_builddir/sim" "\$@" --quiet $short
EOF
cat >"$scratch/short/make" <<EOF
#!/bin/sh
case \$1 in
validate | validate-host) set -- "\$1" VALIDATE_FLAGS='--replications 1 --set run.duration=20ms --set run.warmup=1ms' ;;
bench-long) set -- "\$1" BENCH_FLAGS=--brief ;;
coverage) set -- "\$1" SEEDS=1 COVERAGE_OPTIONS='$short' ;;
bench-sweeps) set -- "\$1" SWEEP_CPUS=1,2 SWEEP_OPTIONS='$short' ;;
*) echo "make \$1: not known how to shorten it" && exit 2 ;;
esac
exec "$scratch/bin/make" "\$@"
EOF
chmod +x "$scratch/bin/make" "$scratch"/short/*
PATH=$scratch/bin:$PATH
(cd "$top_srcdir" && cp -R README.md docs scenarios "$scratch/tree")
mkdir "$scratch/tree/tests"
cp -R "$top_srcdir/tests/data" "$scratch/tree/tests"
chmod -R u+w "$scratch/tree"

# labels FILE: the words that begin its lines.
labels() {
    grep -oE '^[A-Za-z_][^ :]* ' "$1" | LC_ALL=C sort -u
}

# same_shape COMMAND FILE-SHOWN FILE-PRINTED: if something is shown, something is printed, and
# every label shown is there.
same_shape() {
    labels "$3" >"$scratch/labels"
    missing=$(labels "$2" | LC_ALL=C comm -23 - "$scratch/labels" | tr '\n' ' ')
    [ -z "$missing" ] && { [ ! -s "$2" ] || [ -s "$3" ]; } && return
    fail "$document: \$ $1: prints nothing, or no line that begins with: $missing"
    cat "$3"
}

# run_commands LIST: the output of each command of the list and its exit status go to
# numbered files. A line of the list is "number path-prefix expected-status command".
run_commands() {
    while read -r number prefix expected command; do
        checks=$((checks + 1))
        status=0
        (cd "$scratch/tree" && PATH=$scratch/$prefix:$PATH sh -c "$command") \
            </dev/null >"$scratch/out.$number" 2>&1 || status=$?
        if [ "$status" != "$expected" ]; then
            fail "$document: \$ $command: exit status $status, expected $expected"
            cat "$scratch/out.$number"
        elif [ -z "${UPDATE-}" ] && [ -f "$scratch/shown.$number" ]; then
            same_shape "$command" "$scratch/shown.$number" "$scratch/out.$number"
        fi
        rm -f "$scratch/shown.$number"
    done <"$1"
}

# walk TASK DOCUMENT: with TASK list, prints the list of commands and writes the outputs shown,
# and the scenarios and sources in the text, to files; with TASK render, prints the document with
# fresh outputs: of the exact blocks, or of all of them when updating, but for shortened ones.
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
            shown = tag ~ / exact$/ ? "/dev/null" : scratch "/shown." commands
            if (task == "list") {
                print commands, prefix, expected, substr(text, 3)
                printf "" > shown
            } else if (fresh) output(commands)
        }
        /^```/ && kind != "" { kind = ""; fresh = 0; show($0); next }
        /^```/ { kind = "start"; tag = $0; show($0); next }
        kind == "start" {
            kind = "other"
            if (/^\$ (sim|make) / && tag !~ / adding$/) {
                kind = "commands"
                prefix = tag ~ / long$/ && update != "long" ? "short" : "bin"
                fresh = task == "render" && prefix == "bin" && (update || tag ~ / exact$/)
            } else if (tag == "```yaml" && /^sim: 1/) {
                kind = "scenario"
                file = sprintf("%s/tree/example-%d.yaml", scratch, ++scenarios)
                commands++
                if (task == "list") print commands, "bin", 0, "sim check " file
            } else if (tag == "```c" && /^\/\* src\//) {
                kind = "source"
                file = sprintf("%s/tree/example-%d.c", scratch, ++sources)
                commands++
                if (task == "list") print commands, "bin", 0, compile " " file
            }
        }
        kind == "commands" && /^\$ / { show($0); command($0); next }
        kind == "commands" && task == "list" { print > shown }
        kind == "commands" && fresh { next }
        (kind == "scenario" || kind == "source") && task == "list" { print > file }
        { show($0) }
    ' "$2"
}

for document in ${DOCUMENTS:-README.md $(cd "$top_srcdir" && ls docs/*.md)}; do
    walk list "$top_srcdir/$document" >"$scratch/list"
    run_commands "$scratch/list"
    walk render "$top_srcdir/$document" >"$scratch/rendered"
    cmp -s "$top_srcdir/$document" "$scratch/rendered" && continue
    if [ -n "${UPDATE-}" ]; then
        cat "$scratch/rendered" >"$top_srcdir/$document"
        echo "$document: updated"
    else
        fail "$document: the output shown is not what the commands print"
        diff -u "$top_srcdir/$document" "$scratch/rendered" || true
    fi
done

if [ "${UPDATE-}" = long ]; then
    for picture in $(cd "$scratch/tree" && find docs -name '*.svg'); do
        cmp -s "$scratch/tree/$picture" "$top_srcdir/$picture" && continue
        cp "$scratch/tree/$picture" "$top_srcdir/$picture"
        echo "$picture: updated"
    done
fi

# has_heading FILE ANCHOR: as GitHub names them.
has_heading() {
    sed -n 's/^##* //p' "$1" | tr '[:upper:]' '[:lower:]' | sed 's/[^a-z0-9 _-]//g; s/ /-/g' | grep -qxF -- "$2"
}

# Links within the tree, pictures among them, lead somewhere, and to a heading if they name one.
check_links() {
    for link in $(grep -oE '\]\([^): ]+' "$top_srcdir/$1" | cut -c3-); do
        file=$top_srcdir/$1
        case $link in
        '#'*) ;;
        *) file=$top_srcdir/$(dirname "$1")/${link%%#*} ;;
        esac
        must "$1: there is no $link" [ -e "$file" ]
        case $link in
        *'#'*) must "$1: there is no heading $link" has_heading "$file" "${link#*#}" ;;
        esac
    done
}

for document in README.md CONTRIBUTING.md NEWS.md $(cd "$top_srcdir" && ls docs/*.md); do
    check_links "$document"
done

# told DOCUMENT TEXT: the document has it. For what the program knows and a user must.
told() {
    must "docs/$1 does not have: $2" grep -qF -- "$2" "$top_srcdir/docs/$1"
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
for profile in "$top_srcdir"/machines/*.yaml; do
    told scenario-format.md "\`$(basename "$profile" .yaml)\`"
done
for kind in $(sed -n 's/^KIND(\(.*\))$/\1/p' "$top_srcdir/src/sim/lock/kinds.def" | tr _ -); do
    told locks.md "## $kind"
done

finish
