#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and `sim --help` name the same options and verbs; the page is well formed.
set -eu

top_srcdir=$(cd "${top_srcdir:-.}" && pwd)
page=$top_srcdir/man/sim.1
sim=${top_builddir:-.}/sim
checks=0 failures=0

same() {
    checks=$((checks + 1))
    [ -n "$2" ] && [ "$2" = "$3" ] && return
    echo "$1 of sim --help: $2"
    echo "$1 of man/sim.1:  $3"
    failures=$((failures + 1))
}

help_options=$("$sim" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort | xargs)
page_options=$(sed 's/\\-/-/g' "$page" | grep -oE '^\\fB.*--[a-z-]+' | sed 's/.*--/--/' | sort | xargs)
same options "$help_options" "$page_options"

help_verbs=$("$sim" --help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' | sort | xargs)
page_verbs=$(awk '/^\.SH/ { on = $2 == "VERBS" } on && /^\.B / { print $2 }' "$page" | sort | xargs)
same verbs "$help_verbs" "$page_verbs"

if command -v mandoc >/dev/null; then
    checks=$((checks + 1))
    mandoc -Tlint -W warning "$page" || failures=$((failures + 1))
fi

echo "Checks: $checks, Failures: $failures, Errors: 0"
[ "$failures" = 0 ]
