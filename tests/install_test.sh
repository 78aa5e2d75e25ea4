# What is installed is complete and works from where it lies: program, manual, completion, policies,
# and the example built against it in every way that users build.
prefix=$PWD/prefix
DESTDIR='' cmake --install "$CF_BUILD_DIR" --prefix "$prefix" >install.log
fail() {
    echo "install_test: $*" >&2
    exit 1
}

"$prefix/bin/cellfree" --version >version
grep -q '[0-9]\.[0-9]' version || fail "the installed program does not say its version"
for file in share/man/man1/cellfree.1 share/man/man1/cellfree-evaluate.1 \
    share/bash-completion/completions/cellfree share/doc/cellfree/LICENSE \
    share/cellfree/policies/assignment.safetensors \
    share/cellfree/policies/assignment-hpe-small.safetensors; do
    [ -s "$prefix/$file" ] || fail "$file is not installed"
done
bash -n "$prefix/share/bash-completion/completions/cellfree"

# pkg-config, shared and static, for both libraries.
libdir=$(dirname "$(find "$prefix" -name libcellfree.so)")
export PKG_CONFIG_PATH="$libdir/pkgconfig"
example=$CF_SOURCE_DIR/examples/decide.c
# shellcheck disable=SC2046 # words
${CC:-cc} -o decide_shared "$example" $(pkg-config --cflags --libs cellfree-run) "-Wl,-rpath,$libdir"
# shellcheck disable=SC2046
${CC:-cc} -o decide_static "$example" $(pkg-config --cflags cellfree-run) "$libdir/libcellfree-run.a" -lm
cat >version.c <<'END'
#include <stdio.h>

#include <cellfree/cellfree.h>

int main(void)
{
    return cf_method_count() > 0 && cf_scenario_count() > 0 && puts(cf_version()) >= 0 ? 0 : 1;
}
END
# shellcheck disable=SC2046
${CC:-cc} -o version_shared version.c $(pkg-config --cflags --libs cellfree) "-Wl,-rpath,$libdir"
# shellcheck disable=SC2046
${CC:-cc} -o version_static version.c $(pkg-config --cflags cellfree) "$libdir/libcellfree.a" \
    $(pkg-config --static --libs cellfree | sed 's/-lcellfree\b//')
[ "$(./version_shared)" = "$(pkg-config --modversion cellfree)" ] || fail "versions differ"
[ "$(./version_static)" = "$(pkg-config --modversion cellfree)" ] || fail "versions differ"
if command -v "${CXX:-c++}" >/dev/null; then # the headers serve C++ too
    cp version.c version.cpp
    # shellcheck disable=SC2046
    ${CXX:-c++} -Wall -Wextra -pedantic -Werror -o version_cpp version.cpp \
        $(pkg-config --cflags --libs cellfree) "-Wl,-rpath,$libdir"
    [ "$(./version_cpp)" = "$(pkg-config --modversion cellfree)" ] || fail "versions differ"
fi
for library in libcellfree libcellfree-run; do
    stray=$(nm -g --defined-only "$libdir/$library.a" | awk 'NF == 3 && $3 !~ /^(cf_|\.gomp_critical)/ { print $3 }')
    [ -z "$stray" ] || fail "$library.a shows" $stray
done

# The CMake package.
cmake -S "$CF_SOURCE_DIR/examples" -B cmake "-DCMAKE_PREFIX_PATH=$prefix" >cmake.log
cmake --build cmake >>cmake.log

# The example: at most two users an access point, at least two access points a user, and the rate
# is that of the matrix printed; the same from a file and from every build.
policy=$prefix/share/cellfree/policies/assignment.safetensors
printf '5 4\n9 4 1 .5\n7 6 .8 .3\n5 8 .6 .2\n3 2 .9 .7\n6 1 .4 .35\n' >snr.txt
./decide_shared "$policy" >decided
awk 'NR == FNR { if (FNR > 1) for (k = 1; k <= 4; k++) s[FNR - 1, k] = $k; next }
     FNR <= 5 { n = 0; for (k = 1; k <= 4; k++) { n += $k; m[k] += $k; g[k] += $k * s[FNR, k] }
                if (n > 2) exit bad = 1; next }
     { rate = $1; lines = FNR }
     END { for (k = 1; k <= 4; k++) { if (m[k] < 2) bad = 1; r += log(1 + g[k]) / log(2) }
           exit bad || lines != 6 || (r - rate) ^ 2 > 1e-10 }' snr.txt decided ||
    fail "the example's answer is wrong: $(cat decided)"
for build in ./decide_static cmake/decide; do
    $build "$policy" snr.txt | cmp - decided
done

# Its twin for power has no use for that policy, and says so.
cmake/allocate "$policy" >out 2>err && fail "a policy of assignment allocates power"
grep -q "allocate: the policy is for the task assignment" err || fail "allocate says: $(cat err)"

# Bad input of decide: one line, and the exit status that goes with it.
refused() {
    status=$1
    shift
    got=0
    ./decide_shared "$@" >out 2>err || got=$?
    [ "$got" -eq "$status" ] || fail "decide $* ended with $got, not $status"
    [ "$(wc -l <err)" -eq 1 ] && [ ! -s out ] || fail "decide $* said: $(cat err out)"
}
head -c 1000 "$policy" >truncated.safetensors
printf '2 2\n1 nan\n1 1\n' >nan.txt
printf '1 3\n1 1 1\n' >impossible.txt
printf '5 4\n1 2 3\n' >short.txt
refused 2
refused 1 missing.safetensors
refused 1 truncated.safetensors
refused 1 "$policy" nan.txt
refused 1 "$policy" impossible.txt
refused 2 "$policy" short.txt
refused 2 "$policy" missing.txt
