# To be sourced, in a folder whose parent may hold three more files.
# refused STATUS PATTERN ARGUMENT...
refused() {
    want=$1 pattern=$2
    shift 2
    ls -A > before
    status=0
    timeout 60 "$CELLFREE" "$@" > ../refused.out 2> ../refused.err || status=$?
    sed '/^cellfree [0-9.]* [a-z]*\(: seed [0-9]*, threads [0-9]*\)\{0,1\}$/d
         /^gain: \|^unit: \|^received power: \|^SNR: \|^limits: /d' ../refused.err > ../refused.lines
    fail=
    test "$status" = "$want" || fail="exit status $status, wanted $want"
    test ! -s ../refused.out || fail="talks on stdout"
    test "$(wc -l < ../refused.lines)" = 1 || fail="not one line"
    grep -q -- "$pattern" ../refused.lines || fail="does not say '$pattern'"
    ls -A | cmp -s before - || fail="leaves files: $(ls -A)"
    test -z "$fail" || { echo "cellfree $*: $fail:"; cat ../refused.err; exit 1; }
}
