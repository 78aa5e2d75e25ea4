# The scripts that compare us with PyTorch are whole; none is needed for this. They compile, their rows are those of
# `cellfree bench`, their random numbers are ours, and the page has a place for what they write.
cp -r "$CF_SOURCE_DIR/bench/peer" "$CF_SOURCE_DIR/docs/benchmarks.md" .
/usr/bin/python3 -m py_compile peer/*.py
cat > check.py << 'PY'
import os, subprocess, sys
sys.path.insert(0, "peer")
import compare, machine, page, philox

listed = subprocess.run([os.environ["CELLFREE"], "bench", "--list"], capture_output=True, text=True, check=True)
missing = set(compare.ROWS) - {line.split()[0] for line in listed.stdout.splitlines()}
assert not missing, missing

# Of the Random123 distribution: counter and key 0.
kat = (0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8)
wanted = [((kat[i] >> 5 << 26) + (kat[i + 1] >> 6)) / 2 ** 53 for i in (0, 2)]
assert list(philox.uniform(0, 0, 0, 2)) == wanted

about = machine.describe(os.environ["CELLFREE"], dict(os.environ), "none") | {"load_after": 0}
form = {"us_min": 3e4, "us_median": 4e4, "peak_mb": 20}
row = {"row": "hpe-5x4-train-512", "cellfree": {"us_min": 1500, "bytes": 5e6, "peak_share": 0.5}} | {f: form for f in page.FORMS}
for _ in range(2): page.write("benchmarks.md", about, [row])
assert open("benchmarks.md").read().count("| hpe-5x4-train-512 | 1.5 ms | 50 % | 30 ms |") == 1
PY
/usr/bin/python3 check.py
