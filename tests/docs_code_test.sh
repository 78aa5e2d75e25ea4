# The code of the pages works as it stands there: tests/docs_code.py runs it, with what is installed.
fail() {
    echo "docs_code_test: $*" >&2
    exit 1
}
DESTDIR='' cmake --install "$CF_BUILD_DIR" --prefix "$PWD/prefix" >install.log || fail "$(cat install.log)"
libdir=$(dirname "$(find "$PWD/prefix" -name libcellfree.so)")
mkdir own bin
(cd own && /usr/bin/python3 "$CF_SOURCE_DIR/tests/data_files.py") || fail "no files of a reader's own"
ln -s /usr/bin/python3 bin/python3 # Debian's, which has NumPy
export PATH="$PWD/bin:$PWD/prefix/bin:$PATH" PKG_CONFIG_PATH="$libdir/pkgconfig"
export LD_LIBRARY_PATH="$libdir" CELLFREE_LIBRARY="$libdir/libcellfree.so"
export PYTHONPATH="$CF_SOURCE_DIR/python" PYTHONDONTWRITEBYTECODE=1 OMP_WAIT_POLICY=passive
cd "$CF_SOURCE_DIR"
[ -n "${CF_PAGES:-}" ] || CF_PAGES=$(echo README.md CONTRIBUTING.md docs/*.md)
cd "$OLDPWD"
python3 "$CF_SOURCE_DIR/tests/docs_code.py" $CF_PAGES
