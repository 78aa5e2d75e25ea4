# --help, --version, completion and man pages of every command, and wrong usage of the program.
commands="scenario generate import export train evaluate solve convert inspect reproduce runs bench completion"

"$CELLFREE" --help > all
for c in $commands; do
    grep -q "^  $c " all || { echo "--help does not list $c"; exit 1; }
    "$CELLFREE" "$c" --help > help || { echo "$c --help failed"; exit 1; }
    grep -q "^Usage: cellfree $c" help || { echo "$c --help has no usage line"; exit 1; }
    grep -q "^Examples\{0,1\}:" help || { echo "$c --help has no example"; exit 1; }
    grep -q "cellfree $c" help
    test "$("$CELLFREE" "$c" --version)" = "$("$CELLFREE" --version)"
done
for c in generate train evaluate import convert reproduce bench; do
    "$CELLFREE" "$c" --help | grep -q "(default" || { echo "$c --help has no defaults"; exit 1; }
done
"$CELLFREE" --version | grep -Eq '^cellfree [0-9]+\.[0-9]+\.[0-9]+$'

# One clear line and exit status 2.
wrong() {
    status=0
    "$CELLFREE" "$@" > out 2> err || status=$?
    test "$status" = 2 || { echo "cellfree $*: exit status $status, wanted 2"; exit 1; }
    test ! -s out || { echo "cellfree $*: talks on stdout"; exit 1; }
    test -s err || { echo "cellfree $*: says nothing"; exit 1; }
}
wrong
wrong bogus
grep -q "unknown command 'bogus'; there are scenario, generate" err
test "$(wc -l < err)" = 1
for c in $commands; do
    wrong "$c" --no-such-option
    test "$(wc -l < err)" = 1 || { echo "cellfree $c --no-such-option: not one line"; exit 1; }
done
wrong completion
wrong completion fish
wrong man bogus

# The completion script is bash, and it completes.
"$CELLFREE" completion bash > completion
bash -n completion
complete() {
    bash -c '. ./completion; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cellfree
             printf "%s\n" "${COMPREPLY[@]}"' bash "$@"
}
complete cellfree ev | grep -qx evaluate
complete cellfree generate --sc | grep -qx -- --scenario
complete cellfree generate --scenario mmwave-s | grep -qx mmwave-small
complete cellfree import --unit li | grep -qx linear
complete cellfree train --scheme str | grep -qx straight-through
complete cellfree train --architecture unr | grep -qx unrolled
complete cellfree evaluate --methods gsd,exa | grep -qx gsd,exact
complete cellfree generate --scenario = mmwave-s | grep -qx mmwave-small
complete cellfree scenario mmwave-l | grep -qx mmwave-large
complete cellfree evaluate --methods sca,strong | grep -qx sca,strongest
complete cellfree generate --scenario power-5x10- | grep -qx power-5x10-table2
complete cellfree import --objective min | grep -qx min-rate
complete cellfree inspect --task po | grep -qx power
complete cellfree runs co | grep -qx compare
complete cellfree runs list --command ev | grep -qx evaluate
touch some.h5 "two words.h5"
complete cellfree evaluate --data so | grep -qx some.h5
complete cellfree evaluate --data two | grep -qx "two words.h5"
complete cellfree inspect two | grep -qx "two words.h5"
for c in $commands; do
    "$CELLFREE" "$c" --help | grep -oE '^ {6}--[a-z-]+' | while read -r option; do
        test "$option" = --usage || grep -q "$c:\*).*$option " completion || { echo "$c $option is not completed"; exit 1; }
    done
done

# Man pages: one for each command and one for all; groff finds nothing to complain of.
mkdir man
"$CELLFREE" man --all man
test "$(ls man | wc -l)" = 14
for page in man/*.1; do
    for section in NAME SYNOPSIS DESCRIPTION "EXIT STATUS"; do
        grep -q "^.SH $section" "$page" || { echo "$page has no $section"; exit 1; }
    done
    if command -v groff > /dev/null; then
        groff -man -Tascii -ww "$page" > rendered 2> complaints
        test ! -s complaints || { echo "$page: $(head -1 complaints)"; exit 1; }
    fi
done
"$CELLFREE" man evaluate | cmp - man/cellfree-evaluate.1
grep -q 'exact:time\\-limit=1' man/cellfree-evaluate.1
status=0
"$CELLFREE" man --all no/such/folder 2> err || status=$?
test "$status" = 1 && test "$(wc -l < err)" = 1

# A full standard output is a failure.
if test -e /dev/full; then
    status=0
    "$CELLFREE" scenario mmwave-small > /dev/full 2> err || status=$?
    test "$status" = 1 || { echo "full stdout: exit status $status"; exit 1; }
fi
