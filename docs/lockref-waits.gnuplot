# SPDX-License-Identifier: GPL-3.0-or-later
# The longest wait against the length of the run, from waits.csv; docs/lockref.md says how to make it.
set terminal svg size 760,420 noenhanced background 'white' font 'sans-serif,13'
set output 'docs/lockref-waits.svg'
set datafile separator ','
set datafile columnheaders
set logscale xy
set xlabel 'length of the run, ms'
set ylabel 'longest wait, us'
set xrange [0.9:70]
set yrange [1:200000]
set xtics (1, 2, 4, 8, 16, 32, 64)
set ytics ('1' 1, '10' 10, '100' 100, '1000' 1000, '10000' 1e4, '100000' 1e5)
set grid ytics lt 1 lc rgb '#dddddd'
set border 3
set tics nomirror
set key outside right top reverse Left
ms(text) = real(text[1:strlen(text) - 2])
rows(design) = "< grep -E '^run.duration,|," . design . ",.*,progress,' waits.csv"
plot for [i = 1:4] d = word('rework bounded stock decoupled', i), \
     rows(d) using (ms(strcol('run.duration'))):(column('wait_max') * 1e6) \
     with linespoints lw 2 ps 0.8 pt 2 * i + 3 dt i lc rgb word('#c04000 #408040 #0050a0 #902090', i) title d
