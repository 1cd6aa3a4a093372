#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The manual page and `sim --help` name the same options and verbs; the page is well formed.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
page=$top_srcdir/man/sim.1

same() {
    checks=$((checks + 1))
    [ -n "$2" ] && [ "$2" = "$3" ] && return
    fail "$1 of sim --help: $2"
    echo "$1 of man/sim.1:  $3"
}

help_options=$("$sim" --help | grep -oE '^  --[a-z-]+' | tr -d ' ' | sort | xargs)
page_options=$(sed 's/\\-/-/g' "$page" | grep -oE '^\\fB.*--[a-z-]+' | sed 's/.*--/--/' | sort | xargs)
same options "$help_options" "$page_options"

help_verbs=$("$sim" --help | awk '/^Verbs:/ { on = 1; next } /^$/ { on = 0 } on { print $1 }' | sort | xargs)
page_verbs=$(awk '/^\.SH/ { on = $2 == "VERBS" } on && /^\.B / { print $2 }' "$page" | sort | xargs)
same verbs "$help_verbs" "$page_verbs"

if command -v mandoc >/dev/null; then
    check mandoc -Tlint -W warning "$page"
fi

finish
