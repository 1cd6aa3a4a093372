# SPDX-License-Identifier: GPL-3.0-or-later
# Turns machine profiles (files given as arguments) into C. The text is an
# array of characters because ISO C bounds the length of string literals.
BEGIN {
    n = 0 # an unset n would be the index "", not 0
}
function flush() {
    if (n > 0)
        print "0};"
}
FNR == 1 {
    flush()
    name = FILENAME
    sub(/.*\//, "", name)
    sub(/\.yaml$/, "", name)
    if (n == 0)
        print "#include \"scenario/loader.h\"\n"
    names[n] = name
    print "static const char text_" n++ "[] = {"
}
{
    line = ""
    for (i = 1; i <= length($0); i++) {
        c = substr($0, i, 1)
        line = line "'" (c == "'" || c == "\\" ? "\\" c : c) "',"
    }
    print line "'\\n',"
}
END {
    flush()
    print "\nconst struct profile machine_profiles[] = {"
    for (i = 0; i < n; i++)
        print "    {\"" names[i] "\", text_" i "},"
    print "    {0}};"
}
