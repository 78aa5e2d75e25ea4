# To be sourced. do_it ARGUMENT...: cellfree must succeed; what it says goes to out and err.
fail() { echo "$*"; test ! -s err || cat err; exit 1; }
do_it() { "$CELLFREE" "$@" > out 2> err || fail "cellfree $*: exit status $?"; }
