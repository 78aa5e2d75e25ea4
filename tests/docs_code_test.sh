# The code of the pages works as it stands there: tests/docs_code.py runs it, with what is installed.
fail() {
    echo "docs_code_test: $*" >&2
    exit 1
}
DESTDIR='' cmake --install "$CF_BUILD_DIR" --prefix "$PWD/prefix" >install.log || fail "$(cat install.log)"
libdir=$(dirname "$(find "$PWD/prefix" -name libcellfree.so)")
mkdir bin
ln -s /usr/bin/python3 bin/python3 # Debian's, which has NumPy
export PATH="$PWD/bin:$PWD/prefix/bin:$PATH" PKG_CONFIG_PATH="$libdir/pkgconfig"
export LD_LIBRARY_PATH="$libdir" CELLFREE_LIBRARY="$libdir/libcellfree.so"
export PYTHONPATH="$CF_SOURCE_DIR/python" PYTHONDONTWRITEBYTECODE=1 OMP_NUM_THREADS=1
cd "$CF_SOURCE_DIR" || exit
CF_PAGES=${CF_PAGES:-$(echo README.md CONTRIBUTING.md docs/*.md)}
cd "$OLDPWD" || exit
# shellcheck disable=SC2086 # words
python3 "$CF_SOURCE_DIR/tests/docs_code.py" $CF_PAGES

# What does not work there is found, in every language.
bad() {
    rm -rf bad
    printf '%s\n' "$@" >bad.md
    python3 "$CF_SOURCE_DIR/tests/docs_code.py" "$PWD/bad.md" >said 2>&1 && fail "taken: $*"
    grep -q "bad.md:" said || fail "$* is not named: $(cat said)"
}
# shellcheck disable=SC2016 # no commands to be run here
bad '```sh' 'cellfree inspect nothing.h5' '```'
bad '    cellfree inspect nothing.h5' '    true'
bad '```python' 'import cellfree' 'cellfree.Drops.load("nothing.h5")' '```'
bad '```c' '/* bad.c: no such function */' 'int main(void) { return cf_nothing(); }' '```'
bad '```octave' "load('nothing.mat');" '```'
bad '```yaml' 'users: {many: 4}' '```'
bad '```sh' 'echo "3 drops"' '```' '```text' '4 users' '```'
bad '```fortran' 'end' '```'
