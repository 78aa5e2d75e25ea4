# cellfree bench: its rows, its JSON and its table, and what it refuses.
python=/usr/bin/python3
mkdir work
cd work
. "$CF_SOURCE_DIR/tests/refused.sh"

"$CELLFREE" bench --list > list
"$CELLFREE" bench --list --json > list.json
"$CELLFREE" bench --list --filter '^hpe-5x4-run-1$' | grep -qx 'hpe-5x4-run-1  *a policy decides one drop a call'
test "$("$CELLFREE" bench --list --filter 'run-1$' | wc -l)" = "$(grep -c 'run-1 ' list)"

"$CELLFREE" bench --json --seconds 0.01 \
    --filter '^(hpe-5x4-(run|train)-|sinrnet-k7|setnet-5x10-run-1$|exact-5x4|sca-5x10|generate-mmwave-small|(read|write)-power-5x10)' \
    > rows 2> talk
grep -q '^cellfree [0-9.]* bench$' talk
$python << 'PY'
import json, math
listed = [json.loads(line) for line in open("list.json")]
names = [row["name"] for row in listed]
assert len(set(names)) == len(names) > 100 and all(row["about"] for row in listed)
assert names == [line.split()[0] for line in open("list")]
fields = ["name", "us_min", "us_median", "drops_per_s", "gflops", "peak_share", "peak_gflops", "bytes", "drops",
          "calls", "call_us_min", "call_us_median", "p50_us", "p99_us", "p999_us"]
rows = [json.loads(line) for line in open("rows")]
assert all(list(row) == fields for row in rows)
assert [row["name"] for row in rows] == [name for name in names if name in {row["name"] for row in rows}]
by_name = {row["name"]: row for row in rows}
assert set(by_name) == {
    "hpe-5x4-run-1", "hpe-5x4-run-64", "hpe-5x4-run-1024", "hpe-5x4-train-512", "sinrnet-k7-run-1",
    "sinrnet-k7-train-512", "setnet-5x10-run-1", "exact-5x4", "sca-5x10", "generate-mmwave-small",
    "write-power-5x10", "read-power-5x10"}, list(by_name)
near = lambda a, b: abs(a - b) <= 1e-6 * abs(b)
for name, row in by_name.items():
    network = "run" in name or "train" in name
    for field in ("us_min", "us_median", "drops_per_s", "call_us_min", "drops", "calls", "peak_gflops"):
        assert math.isfinite(row[field]) and row[field] > 0, (name, field)
    assert row["us_min"] <= row["us_median"] and near(row["call_us_min"], row["us_min"] * row["drops"])
    for field in ("gflops", "peak_share", "bytes"):
        assert (row[field] is not None) == network and (not network or row[field] > 0), (name, field)
    for field in ("p50_us", "p99_us", "p999_us"):
        assert (row[field] is not None) == name.endswith("run-1"), (name, field)
    if network: assert near(row["peak_share"], row["gflops"] / row["peak_gflops"])
flop = lambda name: by_name[name]["gflops"] * by_name[name]["us_min"]  # of a drop
assert near(flop("hpe-5x4-run-64"), flop("hpe-5x4-run-1")) and near(flop("hpe-5x4-train-512"), 3 * flop("hpe-5x4-run-1"))
PY

# The table, and nothing left behind by rows of files.
mkdir temporary
TMPDIR=$PWD/temporary "$CELLFREE" bench --seconds 0.01 --filter '^(gsd-5x4|write-mmwave-small|market-5x4-run-1)$' \
    --threads 2 > table 2> talk
test -z "$(ls -A temporary)"
test "$(wc -l < table)" = 6
grep -q '^row .*us/drop .*of peak' table
grep -q '^gsd-5x4 ' table
tail -1 table | grep -q 'Peak: [0-9]* GFLOP/s'

refused 2 "no row is named like 'hpe-7'" bench --filter hpe-7
refused 2 "no row is named like 'hpe-7'" bench --filter hpe-7 --list
refused 2 "wanted a regular expression" bench --filter '('
refused 2 "seconds is '0'" bench --seconds 0
refused 2 "seconds is 'nan'" bench --seconds nan
refused 2 "seconds is '1e9'" bench --seconds 1e9
refused 2 "threads is '0'" bench --threads 0
refused 2 "'hpe' is not an option" bench hpe
TMPDIR=/no/such refused 1 "read-mmwave-small: .*/no/such" bench --seconds 0.01 --filter read-mmwave-small
