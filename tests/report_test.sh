# cellfree report: the page in Chromium against the result files, for both tasks; equal input, equal
# bytes; files without drops, names that are HTML, bad input; and the figures.
. "$CF_SOURCE_DIR/tests/refused.sh"
python=/usr/bin/python3
fail() { echo "report_test: $*"; exit 1; }
quietly() { "$@" > said 2>&1 || fail "$* failed: $(cat said)"; }
policies=$CF_SOURCE_DIR/policies
for program in chromium node npm gnuplot; do
    command -v $program > /dev/null || fail "$program is not installed: tools/setup"
done
"$CF_SOURCE_DIR/tools/vendor" --check || fail "report/vendor is not what it says"

quietly "$CELLFREE" generate --scenario mmwave-small --count 40 --seed 3 --first 7 --out a.h5
quietly "$CELLFREE" evaluate --data a.h5 --methods random,gsd,greedy,exact:time-limit=5,gap=1e-8,policy --batch \
    --policy "$policies/assignment.safetensors" --out a.result.h5
quietly "$CELLFREE" generate --scenario power-5x10 --count 20 --seed 4 --out p.h5
quietly "$CELLFREE" evaluate --data p.h5 --methods equal,strongest,search,policy+search,policy \
    --policy "$policies/power-setnet.safetensors" --out p.result.h5
quietly "$CELLFREE" train --task assignment --scenario mmwave-small --steps 6 --set valid_every=2 \
    --set valid_count=8 --set log_every=1 --set batch=8 --out t.safetensors
mv t.safetensors.metrics.jsonl "t<b>.jsonl"

# Drops are made again from what results keep: no drops file is needed, and none changes the page.
mkdir away && mv a.h5 p.h5 away
title='</script><script>window.bad=1</script><b>"A & B"</b>'
for out in one two; do
    quietly "$CELLFREE" report a.result.h5 p.result.h5 --metrics "t<b>.jsonl" --title "$title" --out $out.html
done
cmp one.html two.html
quietly "$CELLFREE" report a.result.h5 --data away/a.h5 --drops 3 --out three.html
grep -o '"drops_from":"[^"]*"' three.html | grep -q '"away/a.h5"' || fail "--data is not said"
grep -o '"shown":{"count":[0-9]*' three.html | grep -qx '"shown":{"count":3' || fail "--drops 3"

# Imported gains: no scenario to make drops from, no positions. The command names the file.
$python -c 'import numpy as np
np.savez("theirs.npz", beta=10 ** np.random.default_rng(1).normal(-12, 1, (9, 12, 8)))'
quietly "$CELLFREE" import theirs.npz --task assignment --map gain=beta --unit linear \
    --axes drop,ap,user --out theirs.h5
quietly "$CELLFREE" evaluate --data theirs.h5 --methods gsd,top,greedy --out theirs.result.h5

# Names from files are text, whatever they are.
cp a.result.h5 named.result.h5
$python -c 'import h5py, numpy as np
f = h5py.File("named.result.h5", "r+")
f.attrs["scenario"] = "</script><img src=x onerror=bad=1>"
f.attrs["command"] = np.bytes_(b"caf\xe9 <!-- <script> --data \xff")'

# Chromium: the driver is installed for this build once, then again when the lock changes.
tools=$CF_BUILD_DIR/report-test
mkdir -p "$tools"
cp "$CF_SOURCE_DIR"/tests/report/* "$tools"
cmp -s "$tools/package-lock.json" "$tools/installed" || {
    (cd "$tools" && npm ci --no-audit --no-fund --ignore-scripts) > said 2>&1 || fail "npm ci: $(cat said)"
    cp "$tools/package-lock.json" "$tools/installed"
}
results="a.result.h5 p.result.h5 theirs.result.h5 named.result.h5"
# shellcheck disable=SC2086 # words
quietly "$CELLFREE" report $results --metrics "t<b>.jsonl" --title "$title" --out all.html
# shellcheck disable=SC2086
$python "$tools/expected.py" $results > expected.json
node "$tools/check.mjs" all.html expected.json > said 2>&1 || fail "Chromium: $(cat said)"

# The drops of imported gains are gone: that is said.
mv theirs.h5 away
quietly "$CELLFREE" report theirs.result.h5 --out lost.html
grep -q "no networks and no rates of users. The drops with checksum .* name their file with --data" said ||
    fail "does not say that drops are missing: $(cat said)"
grep -q '"drops_missing":"The drops with' lost.html || fail "the page does not say that drops are missing"

# Without times the page does without.
quietly "$CELLFREE" solve --data away/a.h5 --method gsd --no-times --out timeless.h5
quietly "$CELLFREE" report timeless.h5 --out timeless.html

# Figures and their data.
quietly "$CELLFREE" report a.result.h5 --metrics "t<b>.jsonl" --figures figures/a
! grep warning said || fail "gnuplot draws less than there is" # names with commas
quietly "$CELLFREE" report a.result.h5 p.result.h5 --figures figures/both
for name in objective of-best user-rate violations front training; do
    for kind in csv gp pdf png; do test -s figures/a/$name.$kind || fail "$name.$kind is not there"; done
done
mv figures/a figures/first
sleep 1.1 # the time of day is in none of them
quietly "$CELLFREE" report a.result.h5 --metrics "t<b>.jsonl" --figures figures/a
diff -r figures/first figures/a || fail "the same command drew other bytes"
cp a.result.h5 "$(printf "caf\\351's.result.h5")"
quietly "$CELLFREE" report "$(printf "caf\\351's.result.h5")" --figures figures/named # any bytes
test -s figures/both/1-a-front.pdf && test -s figures/both/2-p-front.png || fail "figures of two results"
cat > check.py << 'PY'
import csv, h5py, numpy as np
read = lambda name: list(csv.DictReader(l for l in open(f"figures/a/{name}.csv") if l[0] != "#"))
result, drops = h5py.File("a.result.h5"), h5py.File("away/a.h5")
snr = 10 ** ((drops["gain_dbm"][:].astype(float) - drops["gain_dbm"].attrs["noise_dbm"]) / 10)
objective, rate = read("objective"), read("user-rate")
for name, group in result.items():
    own = [(float(r["value"]), float(r["share"])) for r in objective if r["method"] == name]
    want = np.sort(group["objective"][:])
    assert np.allclose([v for v, _ in own], want, rtol=1e-8) and np.allclose([s for _, s in own], np.arange(1, 41) / 40)
    own = [float(r["value"]) for r in rate if r["method"] == name]
    users = np.log2(1 + (group["allocation"][:] * snr).sum(1))
    assert np.allclose(own, np.sort(users.ravel()), rtol=1e-6, atol=1e-9), name
    row = next(r for r in read("violations") if r["method"] == name)
    assert abs(float(row["broken_before_repair"]) - group.attrs["broken_share"]) < 1e-8
    assert abs(float(row["user_short"]) - (group["allocation"][:].sum(1) < 2).any(1).mean()) < 1e-8
for name, group in result.items():
    own = [float(r["value"]) for r in read("of-best") if r["method"] == name]
    assert len(own) == 40 and abs(1 - np.mean(own) - group.attrs["of_best"]) < 1e-8, name
point = {r["method"]: r for r in read("front")}
assert abs(float(point["gsd"]["p50_us"]) / result["gsd"].attrs["p50_us"] - 1) < 1e-5
assert abs(float(point["gsd"]["lost"]) - (1 - result["gsd"].attrs["of_best"])) < 1e-5
assert [r["step"] for r in read("training")] == ["1", "2", "3", "4", "5", "6"]
PY
quietly $python check.py

# Bad input: one line, nothing left behind.
mkdir bad && cd bad
head -c 3000 ../a.result.h5 > short.h5
printf '{"step":1,"loss":}\n' > loss.jsonl
printf '{"step":1}\n{"step":2,"loss":3} 4\n' > tail.jsonl
printf '{"loss":1}\n' > nostep.jsonl
refused 1 "missing.h5: .*No such file" report missing.h5 --out x.html
refused 1 "short.h5: " report short.h5 --out x.html
refused 1 'format is "cellfree.drops", wanted "cellfree.result"' report ../away/a.h5 --out x.html
refused 1 "p.h5: its drops are those of none of the results" report ../a.result.h5 --data ../away/p.h5 --out x.html
refused 1 "missing.h5: " report ../a.result.h5 --data missing.h5 --out x.html
refused 1 "loss.jsonl: line 1: wanted a number" report ../a.result.h5 --metrics loss.jsonl --out x.html
refused 1 "tail.jsonl: line 2: wanted the end of the line" report ../a.result.h5 --metrics tail.jsonl --out x.html
refused 1 'nostep.jsonl: no "step"' report ../a.result.h5 --metrics nostep.jsonl --out x.html
refused 1 "no/folder/x.html" report ../a.result.h5 --out no/folder/x.html
refused 1 "tail.jsonl: Not a directory" report ../a.result.h5 --figures tail.jsonl
refused 2 "RESULT.h5 is missing" report --out x.html
refused 2 "\-\-out or \-\-figures is missing" report ../a.result.h5
refused 2 "\-\-drops is 'many'" report ../a.result.h5 --drops many --out x.html
