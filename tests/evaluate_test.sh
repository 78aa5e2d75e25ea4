# From a scenario to a table: scenario, generate, evaluate, solve, inspect; the JSON's fields, what the
# result file holds, and the same answers with any number of threads.
python=/usr/bin/python3
fail() { echo "$*"; exit 1; }

# A scenario that is printed is a scenario; drops do not depend on threads or count.
"$CELLFREE" scenario | grep -q "^mmwave-small "
"$CELLFREE" scenario --json | $python -c 'import json, sys
names = [json.loads(line)["name"] for line in sys.stdin]
assert "mmwave-small" in names and "mmwave-large" in names, names'
"$CELLFREE" scenario mmwave-small > mine.yaml
"$CELLFREE" scenario mine.yaml | cmp - mine.yaml
"$CELLFREE" generate --scenario mine.yaml --count 60 --seed 7 --threads 1 --out one.h5 2> talk
grep -q "^cellfree [0-9.]* generate: seed 7, threads 1$" talk || fail "no version, seed, threads"
"$CELLFREE" generate --scenario mine.yaml --count 60 --seed 7 --threads 2 --out two.h5 2> /dev/null
cmp one.h5 two.h5
"$CELLFREE" generate --scenario mmwave-small --count 20 --first 40 --seed 7 --out tail.h5 2> /dev/null
"$CELLFREE" generate --scenario mmwave-large --count 20 --out large.h5 2> /dev/null
$python << 'PY'
import h5py, numpy as np
one, tail = h5py.File("one.h5"), h5py.File("tail.h5")
assert (one["gain_dbm"][40:] == tail["gain_dbm"][:]).all()
assert one["gain_dbm"].shape == (60, 5, 4) and one["gain_dbm"].dtype == np.float32
PY

# evaluate --json: exactly these fields, one object a method.
"$CELLFREE" evaluate --data one.h5 --methods random,gsd,exact:node-limit=1000,time-limit=5,greedy,top \
    --batch --json --threads 1 --out result.h5 > lines 2> talk
"$CELLFREE" evaluate --data one.h5 --methods random,gsd,exact:node-limit=1000,time-limit=5,greedy,top \
    --json --threads 2 --out again.h5 > again 2> /dev/null
cat > check.py << 'PY'
import json, h5py, numpy as np
fields = ["method", "task", "count", "mean", "ci95", "of_best", "certified", "feasible", "us_per_drop",
          "p50_us", "p99_us", "batch_us_per_drop", "aps", "users"]
lines = [json.loads(line) for line in open("lines")]
assert [list(line) for line in lines] == [fields] * 5
assert [line["method"] for line in lines] == ["random", "gsd", "exact:node-limit=1000,time-limit=5", "greedy", "top"]
for line in lines:
    assert line["task"] == "assignment" and line["count"] == 60 and line["certified"] is True
    assert line["aps"] == 5 and line["users"] == 4 and line["feasible"] == 1
    assert 0 < line["of_best"] <= 1 and line["us_per_drop"] > 0 and line["batch_us_per_drop"] > 0
    assert line["p50_us"] <= line["p99_us"]
assert lines[2]["of_best"] == 1
for a, b in zip(lines, map(json.loads, open("again"))):
    for key in ("mean", "ci95", "of_best", "feasible", "certified"): assert a[key] == b[key], key
    assert b["batch_us_per_drop"] is None

# The result file: recompute the objective, the mean and its interval from what it holds.
drops, result, again = h5py.File("one.h5"), h5py.File("result.h5"), h5py.File("again.h5")
snr = 10 ** ((drops["gain_dbm"][:].astype(float) - drops["gain_dbm"].attrs["noise_dbm"]) / 10)
for line in lines:
    group, other = result[line["method"]], again[line["method"]]
    for key in ("allocation", "objective", "feasible"):
        assert (group[key][:] == other[key][:]).all(), key
    x = group["allocation"][:]
    assert x.shape == (60, 5, 4) and x.dtype == np.uint8 and x.max() <= 1 and x.sum(2).max() <= 2
    objective = group["objective"][:]
    if line["method"] != "random":
        rate = np.log2(1 + (x * snr).sum(1)).sum(1)
        assert abs(objective - rate).max() < 1e-9 and x.sum(1).min() >= 2
    assert abs(objective.mean() - line["mean"]) < 1e-8
    assert abs(1.96 * objective.std(ddof=1) / 60 ** 0.5 - line["ci95"]) < 1e-8
exact = result["exact:node-limit=1000,time-limit=5"]["objective"][:]
gsd = result["gsd"]["objective"][:]
assert abs((gsd / exact).mean() - lines[1]["of_best"]) < 1e-8
PY
$python check.py
"$CELLFREE" evaluate --data one.h5 > table 2> /dev/null
grep -q "of optimum" table
test "$(grep -c " ± " table)" -ge 6
"$CELLFREE" evaluate --data large.h5 --methods gsd,top > table 2> /dev/null
grep -q "of best" table && grep -q "No method of this call proves" table
"$CELLFREE" evaluate --data large.h5 --methods gsd,relaxation 2> /dev/null | grep -q "of bound"

# Without times the same command gives the same bytes, on any number of threads.
for threads in 1 2; do
    "$CELLFREE" evaluate --data one.h5 --methods random,gsd,relaxation,exact --keep-relaxed --no-times \
        --threads $threads --json --out timeless.h5 > lines.$threads 2> /dev/null
    mv timeless.h5 timeless.$threads.h5
    "$CELLFREE" solve --data one.h5 --method local --no-times --threads $threads --json \
        --out timeless.h5 > drops.$threads 2> /dev/null
    mv timeless.h5 solved.$threads.h5
done
cmp timeless.1.h5 timeless.2.h5
cmp solved.1.h5 solved.2.h5
cmp lines.1 lines.2
cmp drops.1 drops.2
$python << 'PY'
import h5py, json, numpy as np
timed, timeless = h5py.File("result.h5"), h5py.File("timeless.1.h5")
assert "seconds" in timed["gsd"] and "seconds_note" in timed.attrs
assert "seconds" not in timeless["gsd"] and "seconds_note" not in timeless.attrs
for name, value in timeless["gsd"].attrs.items():
    assert np.isnan(value) == (name.endswith("_us") or "us_per_drop" in name), name
assert json.loads(open("lines.1").readline())["us_per_drop"] is None
assert json.loads(open("drops.1").readline())["us"] is None
PY
"$CELLFREE" inspect timeless.1.h5 2> /dev/null | grep -q "results of 4 methods"
status=0
"$CELLFREE" evaluate --data one.h5 --batch --no-times > /dev/null 2>&1 || status=$?
test "$status" = 2 || fail "--batch with --no-times: exit status $status"

# solve keeps one method's decisions; relaxed ones where asked.
"$CELLFREE" solve --data one.h5 --method relaxation --keep-relaxed --out solved.h5 --json > lines 2> /dev/null
$python << 'PY'
import json, h5py
lines = [json.loads(line) for line in open("lines")]
assert [line["drop"] for line in lines] == list(range(60))
group = h5py.File("solved.h5")["relaxation"]
relaxed = group["relaxed"][:]
assert relaxed.shape == (60, 5, 4) and 0 <= relaxed.min() and relaxed.max() <= 1
assert all(a["objective"] <= a["bound"] + 1e-9 for a in lines)
PY
"$CELLFREE" solve --data one.h5 --method relaxation --out solved.h5 > /dev/null 2>&1
$python -c 'import h5py; assert "relaxed" not in h5py.File("solved.h5")["relaxation"]'

# inspect says what a file holds.
"$CELLFREE" inspect one.h5 2> /dev/null | grep -q "gain_dbm *(60,5,4)  dBm"
"$CELLFREE" inspect one.h5 --json 2> /dev/null | $python -c 'import json, sys
a = json.load(sys.stdin)
assert a["kind"] == "drops" and a["count"] == 60 and a["seed"] == 7'
"$CELLFREE" inspect result.h5 2> /dev/null | grep -q "results of 5 methods"
"$CELLFREE" inspect result.h5 --json 2> /dev/null | $python -c 'import json, sys
assert len([json.loads(line) for line in sys.stdin]) == 5'
"$CELLFREE" inspect mine.yaml 2> /dev/null | grep -q "mine.yaml: scenario"
"$CELLFREE" inspect --methods | grep -q "^exact "
"$CELLFREE" inspect --methods --json | $python -c 'import json, sys
assert "policy" in [json.loads(line)["name"] for line in sys.stdin]'

# Somebody else's gains: 50 drops, 64 access points, 40 users, linear, and every method on them.
$python << 'PY'
import numpy as np
rng = np.random.default_rng(1)
beta = 10 ** (rng.normal(-12, 1, (50, 64, 40)))
np.savez("theirs.npz", beta=beta, other=np.arange(3))
PY
"$CELLFREE" import theirs.npz --task assignment --map gain=beta --unit linear --axes drop,ap,user \
    --out theirs.h5 2> talk
grep -q "axis 0 is drop (50)" talk && grep -q "linear" talk || fail "import does not say what it took"
"$CELLFREE" evaluate --data theirs.h5 --methods random,gsd,greedy,top,local,relaxation,exact --json \
    > lines 2> /dev/null
$python << 'PY'
import json, h5py, numpy as np
lines = [json.loads(line) for line in open("lines")]
assert len(lines) == 7 and all(line["certified"] and line["feasible"] == 1 for line in lines)
gain = h5py.File("theirs.h5")["gain_dbm"][:]
beta = np.load("theirs.npz")["beta"]
assert abs(gain - (10 * np.log10(beta) + 30)).max() < 1e-4
PY
"$CELLFREE" import theirs.npz --task assignment --map gain=beta --unit linear --axes user,drop,ap \
    --tx-power-dbm 20 --noise-dbm -100 --max-users 8 --min-aps 1 --out other.h5 2> /dev/null
"$CELLFREE" inspect other.h5 --json 2> /dev/null | $python -c 'import json, sys
a = json.load(sys.stdin)
assert (a["count"], a["aps"], a["users"], a["noise_dbm"]) == (64, 40, 50, -100), a'
