# The package for Python: from the source tree with this build's library, and as a wheel that knows
# of neither. The tests themselves are in python/tests.
fail() {
    echo "python_test: $*" >&2
    exit 1
}
export PYTHONDONTWRITEBYTECODE=1 OMP_WAIT_POLICY=passive
CELLFREE_LIBRARY=$CF_BUILD_DIR/libcellfree.so PYTHONPATH=$CF_SOURCE_DIR/python \
    /usr/bin/python3 -m pytest -q -p no:cacheprovider --basetemp=tests \
    "$CF_SOURCE_DIR/python/tests" >said 2>&1 || fail "$(cat said)"

# The wheel is built from a copy: setuptools leaves folders where it works.
mkdir source
cp -r "$CF_SOURCE_DIR/python" "$CF_SOURCE_DIR/policies" "$CF_SOURCE_DIR/CMakeLists.txt" source
CELLFREE_LIBRARY=$CF_BUILD_DIR/libcellfree.so /usr/bin/python3 -m pip wheel -q \
    --no-build-isolation --no-deps --no-index --wheel-dir wheels source/python \
    >said 2>&1 || fail "$(cat said)"
/usr/bin/python3 -m pip install -q --no-deps --no-index --target site wheels/cellfree-*.whl \
    >said 2>&1 || fail "$(cat said)"
rm -r source
for example in assignment power; do
    PYTHONPATH=site /usr/bin/python3 "$CF_SOURCE_DIR/examples/python/$example.py" >said 2>&1 ||
        fail "examples/python/$example.py from the wheel: $(cat said)"
done
PYTHONPATH=site /usr/bin/python3 -c 'import cellfree; print(cellfree.__version__)' >version
"$CELLFREE" --version | grep -qF "$(cat version)" || fail "versions differ: $(cat version)"
ls wheels | grep -q "^cellfree-$(cat version)-py3-none-linux_" || fail "wheel: $(ls wheels)"

# Where there is no library, that is said.
CELLFREE_LIBRARY=/nowhere/libcellfree.so PYTHONPATH=site /usr/bin/python3 -c 'import cellfree' \
    2>said && fail "imports without a library"
grep -q "ImportError: cellfree: /nowhere/libcellfree.so.*CELLFREE_LIBRARY" said ||
    fail "$(cat said)"
