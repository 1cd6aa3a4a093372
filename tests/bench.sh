#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# What `make bench` times must run, and must answer what is exact. Nothing is timed here.
set -u
exec "${top_builddir:=.}/bench/bench" --check "$top_builddir/sim" "$top_builddir" "${top_srcdir:-.}"
