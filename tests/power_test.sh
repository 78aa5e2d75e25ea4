# Power from a scenario to a table: generate, evaluate, solve, inspect, import; the JSON's fields, what
# the result file holds, recomputed from the channels, and the same answers with any number of threads.
python=/usr/bin/python3
fail() { echo "$*"; exit 1; }

"$CELLFREE" scenario power-5x10 > mine.yaml
"$CELLFREE" scenario mine.yaml | cmp - mine.yaml
"$CELLFREE" generate --scenario mine.yaml --count 60 --seed 7 --threads 1 --out one.h5 2> talk
grep -q "one.h5: 60 drops of power-5x10, 5 APs, 10 users; SNR" talk
"$CELLFREE" generate --scenario power-5x10 --count 60 --seed 7 --threads 2 --out two.h5 2> /dev/null
cmp one.h5 two.h5

# evaluate --json: exactly these fields, one object a method.
methods=random:draws=20,equal,strongest:watts=0.02,multiplicative,lbfgs
"$CELLFREE" evaluate --data one.h5 --methods $methods --json --threads 1 --out result.h5 > lines 2> /dev/null
"$CELLFREE" evaluate --data one.h5 --methods $methods --json --threads 2 --out again.h5 > again 2> /dev/null
$python << 'PY'
import json, h5py, numpy as np
fields = ["method", "task", "objective", "unit", "count", "mean", "ci95", "of_best", "of_best_p1",
          "certified", "feasible", "floor_met", "users_below_floor", "users_on", "watts", "us_per_drop",
          "p50_us", "p99_us", "aps", "users"]
lines = [json.loads(line) for line in open("lines")]
assert [list(line) for line in lines] == [fields] * 5, list(lines[0])
assert [line["method"] for line in lines] == ["random:draws=20", "equal", "strongest:watts=0.02",
                                              "multiplicative", "lbfgs"]
for line in lines:
    assert (line["task"], line["objective"], line["unit"]) == ("power", "ee", "Mbit/J")
    assert line["count"] == 60 and line["aps"] == 5 and line["users"] == 10 and line["feasible"] == 1
    assert 0 < line["of_best_p1"] <= line["of_best"] <= 1 and not line["certified"]
    assert line["floor_met"] is None and line["users_below_floor"] is None
    assert 0 < line["p50_us"] <= line["p99_us"] and line["us_per_drop"] > 0
assert abs(lines[1]["watts"] - 0.5) < 1e-6 and abs(lines[2]["watts"] - 0.2) < 1e-6
assert lines[1]["users_on"] == 10 and lines[4]["users_on"] < 9
assert lines[4]["of_best"] > 0.95 > 0.8 > lines[2]["of_best"] > lines[1]["of_best"]
for a, b in zip(lines, map(json.loads, open("again"))):
    for key in fields:
        assert "us_per_drop" in key or "_us" in key or a[key] == b[key], key

# Everything once more from the channels: gains (A2), objective (A1), mean, interval, best.
drops, result, again = h5py.File("one.h5"), h5py.File("result.h5"), h5py.File("again.h5")
h = drops["channel"][:].astype(complex)
noise = drops["channel"].attrs["noise_w"]
heard = np.einsum("nlka,nlja->nlkj", h.conj(), h)
g = np.abs(heard) ** 2 / (np.abs(h) ** 2).sum(3)[:, :, None, :]
value = {}
for line in lines:
    group, other = result[line["method"]], again[line["method"]]
    for key in ("allocation", "objective", "feasible", "users_on"):
        assert (group[key][:] == other[key][:]).all(), key
    p = group["allocation"][:]
    assert p.shape == (60, 5, 10) and p.dtype == np.float32 and p.min() >= 0
    assert group["allocation"].attrs["unit"] in ("W", b"W")
    assert abs(p.astype(float).sum() / 60 - line["watts"]) < 1e-8
    power = np.einsum("nlkj,nlj->nkj", g, p.astype(float))
    signal = np.einsum("nkk->nk", power)
    rate = np.log2(1 + signal / (noise + power.sum(2) - signal))
    ee = (rate / (4 + p.astype(float).sum(1))).sum(1)
    objective = value[line["method"]] = group["objective"][:]
    if not line["method"].startswith("random"):
        assert abs(objective / ee - 1).max() < 1e-5
        assert abs((rate >= 1e-3).sum(1).mean() - line["users_on"]) < 0.1
    assert abs(objective.mean() - line["mean"]) < 1e-8
    assert abs(1.96 * objective.std(ddof=1) / 60 ** 0.5 - line["ci95"]) < 1e-8
best = np.max([v for name, v in value.items() if not name.startswith("random")], axis=0)
for line in lines:
    ratio = value[line["method"]] / best
    assert abs(ratio.mean() - line["of_best"]) < 1e-8
    assert abs(np.quantile(ratio, 0.01) - line["of_best_p1"]) < 1e-8
PY
"$CELLFREE" evaluate --data one.h5 > table 2> /dev/null
grep -q "Mbit/J" table && grep -q "worst 1 %" table && grep -q "^strongest " table
test "$(grep -c " ± " table)" -ge 7
"$CELLFREE" inspect result.h5 2> /dev/null | grep -q "results of 5 methods for the task power"
"$CELLFREE" inspect result.h5 2> /dev/null | grep -q "^lbfgs .* ± "
"$CELLFREE" inspect result.h5 --json 2> /dev/null | cmp - lines
"$CELLFREE" inspect one.h5 2> /dev/null | grep -q "channel *(60,5,10,5)  complex"
"$CELLFREE" inspect one.h5 --json 2> /dev/null | $python -c 'import json, sys
a = json.load(sys.stdin)
assert a["task"] == "power" and a["objective"] == "ee" and a["limit"] == "none" and a["static_w"] == 4'

# solve keeps one method's powers.
"$CELLFREE" solve --data one.h5 --method lbfgs --out solved.h5 --json > solved 2> /dev/null
$python << 'PY'
import json, h5py
lines = [json.loads(line) for line in open("solved")]
assert [line["drop"] for line in lines] == list(range(60))
assert list(lines[0]) == ["drop", "objective", "bound", "proven", "feasible", "users_on",
                          "users_below_floor", "watts", "us"], list(lines[0])
a, b = h5py.File("solved.h5")["lbfgs"], h5py.File("result.h5")["lbfgs"]
assert (a["allocation"][:] == b["allocation"][:]).all()
assert all(line["objective"] == round(v, 8) or abs(line["objective"] - v) < 1e-8
           for line, v in zip(lines, a["objective"][:]))
PY

# A limit, a rate floor, other objectives: kept, reported, and refused by methods that serve them not.
sed -e 's/limit: none/limit: ap\n  limit_w: 0.02/' -e 's/rate_floor: 0/rate_floor: 0.5/' mine.yaml > ap.yaml
"$CELLFREE" generate --scenario ap.yaml --count 20 --out ap.h5 2> /dev/null
"$CELLFREE" evaluate --data ap.h5 --methods equal,multiplicative --json --out ap-result.h5 > lines 2> /dev/null
$python << 'PY'
import json, h5py
lines = [json.loads(line) for line in open("lines")]
for line in lines:
    p = h5py.File("ap-result.h5")[line["method"]]["allocation"][:]
    assert p.astype(float).sum(2).max() <= 0.02 * (1 + 1e-6) and line["feasible"] == 1
    assert 0 <= line["floor_met"] <= 1 and 0 < line["users_below_floor"] < 1
PY
"$CELLFREE" evaluate --data ap.h5 2> /dev/null > table
grep -q "At most 0.02 W an access point; the rate floor, 0.5" table && grep -q "drops at floor" table
grep -q "^multiplicative " table && ! grep -q "^search " table || fail "not the methods that serve a limit"
for goal in sum-rate:bit/s/Hz min-rate:bit/s/Hz "proportional:ln(bit/s/Hz)"; do
    sed "s/objective: ee/objective: ${goal%%:*}/" ap.yaml > goal.yaml
    "$CELLFREE" generate --scenario goal.yaml --count 5 --out goal.h5 2> /dev/null
    "$CELLFREE" evaluate --data goal.h5 --methods equal,strongest,lbfgs --json 2> /dev/null > lines
    grep -c "\"objective\":\"${goal%%:*}\",\"unit\":\"${goal#*:}\"" lines | grep -qx 3 || fail "$goal: $(cat lines)"
done

# Methods by task.
"$CELLFREE" inspect --methods > all
"$CELLFREE" inspect --methods --task power > power
"$CELLFREE" inspect --methods --task assignment > assignment
grep -q "^Task assignment:$" all && grep -q "^Task power:$" all
grep -q "^lbfgs " power && grep -q "^gsd " assignment
! grep -q "^gsd " power || fail "gsd allocates power"
! grep -q "^lbfgs " assignment || fail "lbfgs assigns"
"$CELLFREE" inspect --methods --json | $python -c 'import json, sys
lines = [json.loads(line) for line in sys.stdin]
assert {line["task"] for line in lines} == {"assignment", "power"}
assert {"task": "power", "name": "equal"}.items() <= next(a for a in lines if a["name"] == "equal").items()'

# An interference network, L = 1, and imported gains of several access points: 180 kHz, noise 1.
$python << 'PY'
import numpy as np
rng = np.random.default_rng(1)
pairs = rng.exponential(1, (30, 6, 6)) + 5 * np.eye(6)
np.savez("pairs.npz", H=pairs, G=rng.exponential(3, (30, 4, 5, 5)))
PY
"$CELLFREE" import pairs.npz --task power --map gain=H --noise-w 1 --mu 4 --static-w 1 --bandwidth-hz 180e3 \
    --out pairs.h5 2> talk
"$CELLFREE" inspect pairs.h5 --json 2> /dev/null | $python -c 'import json, sys
a = json.load(sys.stdin)
assert (a["count"], a["aps"], a["users"], a["mu"], a["noise_w"]) == (30, 1, 6, 4, 1), a'
"$CELLFREE" import pairs.npz --task power --map gain=G --noise-w 1 --static-w 1 --limit link --limit-w 0.5 \
    --objective sum-rate --out four.h5 2> talk
for file in pairs four; do
    "$CELLFREE" evaluate --data $file.h5 --methods equal,multiplicative,lbfgs --json --out $file-result.h5 > $file.lines 2> /dev/null
done
$python << 'PY'
import json, h5py, numpy as np
arrays = np.load("pairs.npz")
for line in map(json.loads, open("pairs.lines")):
    p = h5py.File("pairs-result.h5")[line["method"]]["allocation"][:, 0].astype(float)
    power = arrays["H"].astype(np.float32) * p[:, None, :]
    signal = np.einsum("nkk->nk", power)
    rate = np.log2(1 + signal / (1 + power.sum(2) - signal))
    assert abs((0.18 * rate / (4 * p + 1)).sum(1).mean() - line["mean"]) < 1e-6, line
for line in map(json.loads, open("four.lines")):
    assert line["objective"] == "sum-rate" and line["feasible"] == 1 and line["aps"] == 4
PY
