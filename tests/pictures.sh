#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# The pictures in docs/ are what the documents' commands draw, byte for byte. PICTURES="netns ploop" are drawn
# again, `all` of them by `make check-pictures`: that takes most of a minute of CPU time.
# shellcheck source=tests/shell_help.sh
. "${top_srcdir:-.}/tests/shell_help.sh"
PICTURES=${PICTURES:-netns}
PATH=$top_builddir:$PATH

gnuplot=$(gnuplot --version 2>&1) || gnuplot=none
cp -R "$top_srcdir/docs" "$top_srcdir/scenarios" .
chmod -R u+w docs scenarios

# command_of NAME: that of the documents which draws it.
command_of() {
    sed -nE 's/^\$ (sim .*)/\1/p' docs/*.md | grep -E -- "(--plot docs/$1\.svg|gnuplot docs/$1\.gnuplot)( |\$)"
}

# Another gnuplot draws other bytes.
drawn_by() {
    sed -n 's/^<desc>Produced by GNUPLOT \(.*[^ ]\) *<\/desc>$/gnuplot \1/p' "$1"
}

left=
for picture in docs/*.svg; do
    name=$(basename "$picture" .svg)
    command_of "$name" >draw || true
    must "no document has the command that draws $picture" [ -s draw ]
    case " $PICTURES " in
    *" $name "* | ' all ') ;;
    *) left="$left $name" && continue ;;
    esac
    if [ "$gnuplot" != "$(drawn_by "$picture")" ]; then
        left="$left $name"
        continue
    fi
    rm "$picture"
    sh draw >log 2>&1 || cat log
    must "$picture is not what its command draws: UPDATE=long tests/docs.sh renews it" \
        cmp "$picture" "$top_srcdir/$picture"
done
[ -z "$left" ] || echo "Not drawn again:$left"
finish
