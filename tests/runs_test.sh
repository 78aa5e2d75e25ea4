# What was run: train, evaluate and reproduce are recorded, listed, shown and compared; nothing that a
# command does depends on it.
python=/usr/bin/python3
fail() { echo "runs_test: $*"; exit 1; }
runs() { "$CELLFREE" runs "$@"; }
# newest_is EXPRESSIONS VALUES: of the newest run, r
newest_is() {
    found=$(runs show --json | $python -c "import json, sys; r = json.loads(sys.stdin.read()); print($1)")
    test "$found" = "$2" || fail "the newest run is '$found', wanted '$2'"
}
count() { runs list --json --last 0 2> /dev/null | wc -l; }
evaluate() { "$CELLFREE" evaluate --data "two words.h5" --methods gsd,exact --no-times "$@"; }
export CELLFREE_RUNS="$PWD/state/runs.sqlite"

# Nothing yet: said, and no file made.
runs list > out 2> err
test ! -s out && grep -q "No such run is recorded" err
test ! -e state || fail "list makes a file"

"$CELLFREE" generate --scenario mmwave-small --count 40 --seed 1 --out "two words.h5" 2> /dev/null
"$CELLFREE" generate --scenario mmwave-small --count 40 --seed 2 --out others.h5 2> /dev/null
test ! -e state || fail "generate is recorded"
"$CELLFREE" train --task assignment --scenario mmwave-small --seed 7 --threads 1 --steps 4 --set valid_every=2 \
    --set valid_count=8 --out p.safetensors 2> talk
if grep -q warning talk; then fail "$(cat talk)"; fi
evaluate --policy p.safetensors --seed 3 --threads 2 --out recorded.h5 > recorded
"$CELLFREE" evaluate --data others.h5 --methods gsd,policy --policy p.safetensors > /dev/null 2>&1
"$CELLFREE" reproduce assignment --out reproduced --count 4 --scale 0 > /dev/null 2>&1
runs list --json | $python -c '
import json, os, sys, time
reproduce, other, evaluate, train = map(json.loads, sys.stdin)
for run in (reproduce, other, evaluate, train):
    assert run["state"] == "done" and run["exit_status"] == 0 and run["message"] == "", run
    assert run["folder"] == os.getcwd() and run["version"] and 0 <= run["seconds"] < 600, run
    started = time.strptime(run["started"], "%Y-%m-%dT%H:%M:%SZ")
    assert abs(time.mktime(started) - time.mktime(time.gmtime())) < 7200, run
assert train["command"] == "train" and train["run"] == 1 and train["seed"] == 7 and train["threads"] == 1
assert train["line"].startswith("cellfree train --task assignment") and "--out p.safetensors" in train["line"]
assert train["settings"]["architecture"] == "market" and train["settings"]["steps"] == "4"
assert train["settings"]["scenario"] == "mmwave-small" and train["figures"]["training"]["steps"] == 4
best = max(json.loads(line).get("valid_of_best", 0) for line in open("p.safetensors.metrics.jsonl"))
assert abs(train["figures"]["validation"]["of_best"] - best) < 1e-8, (train, best)
assert [os.path.basename(f["path"]) for f in train["outputs"]] == ["p.safetensors", "p.safetensors.metrics.jsonl"]
assert evaluate["seed"] == 3 and evaluate["threads"] == 2 and evaluate["settings"]["methods"] == "gsd,exact"
data, policy = evaluate["inputs"]
assert data["path"] == os.path.abspath("two words.h5") and len(data["checksum"]) == 16
assert policy["checksum"] == train["outputs"][0]["checksum"]
assert other["inputs"][0]["checksum"] != data["checksum"]
figures = evaluate["figures"]
assert list(figures) == ["gsd", "exact", "policy"] and figures["exact"]["of_best"] == 1
assert set(figures["gsd"]) == {"mean", "ci95", "of_best", "feasible"}, "--no-times"
assert other["figures"]["gsd"]["us_per_drop"] > 0
assert reproduce["command"] == "reproduce" and reproduce["settings"]["count"] == "4"
assert reproduce["figures"]["mmwave-large/exact"]["of_best"] == 1
assert any(f["path"].endswith("assignment.safetensors") for f in reproduce["inputs"])
'
grep "checksum" out > /dev/null 2>&1 || "$CELLFREE" inspect "two words.h5" 2> /dev/null | grep checksum > out
grep -q "$(runs show 2 --json | $python -c 'import json, sys; print(json.loads(sys.stdin.read())["inputs"][0]["checksum"])')" out ||
    fail "the checksum is not the one that inspect says"

# The same bytes with and without; --no-record and the environment leave a run out.
before=$(count)
evaluate --policy p.safetensors --seed 3 --threads 2 --out not.h5 --no-record > not 2> err
cmp recorded.h5 not.h5
cmp recorded not
CELLFREE_RECORD=0 evaluate > /dev/null 2>&1
"$CELLFREE" train --task assignment --print-config > /dev/null
test "$(count)" = "$before" || fail "what is not to be recorded is"
CELLFREE_RECORD=1 evaluate > /dev/null 2>&1
test "$(count)" = $((before + 1))

# list: the newest first, as asked for.
runs list > out
sed -n 1p out | grep -q "^run  *started  *command  *state  *took  *of best  *arguments$"
test "$(sed -n '3,$p' out | awk '{ print $1 }' | tr '\n' ' ')" = "5 4 3 2 1 "
grep -q "^ *2 .* evaluate  *done .* policy [01]\.[0-9]*, gsd 0\.[0-9]*, exact 1\.00000  *--data 'two words.h5' --methods gsd," out ||
    fail "list says: $(cat out)"
test "$(runs list --command train --json | wc -l)" = 1
test "$(runs list --grep others.h5 --json | wc -l)" = 1
runs list --last 2 > out 2> err
test "$(wc -l < out)" = 4 && grep -q "Older ones are not shown" err

# show: everything, and the command that does it again.
runs show 2 > out
for line in "run 2: evaluate, done" "  seed  *3" "  threads  *2" "  methods  *gsd,exact" \
    "  $PWD/two words.h5  checksum [0-9a-f]\{16\}" "  $PWD/recorded.h5" "gsd  *mean  *[01]\.[0-9]*"; do
    grep -q "^$line" out || fail "show has no '$line': $(cat out)"
done
cp recorded.h5 kept.h5
rm recorded.h5
mkdir bin
ln -s "$CELLFREE" bin/cellfree
(cd / && sed -n '/^Again$/,/^Configuration$/p' "$OLDPWD/out" | sed '1d;$d' > "$OLDPWD/again" &&
    PATH=$OLDPWD/bin:$PATH sh -eu "$OLDPWD/again" > /dev/null 2>&1) || fail "cannot be run again: $(cat again)"
cmp recorded.h5 kept.h5

# compare: what differs, figures with their differences; runs of different kinds.
runs compare 2 3 > out
for line in "configuration  *run 2  *run 3" "input 1  *two words.h5 [0-9a-f]*  *others.h5 [0-9a-f]*" \
    "gsd mean  *[01]\.[0-9]*  *[01]\.[0-9]* ([+-][0-9.e-]*)" "exact mean  *[01]\.[0-9]*  *-" \
    "Runs 2 and 3 are over different drops"; do
    grep -q "^$line" out || fail "compare has no '$line': $(cat out)"
done
if grep -q "^scenario" out; then fail "compare tells what is the same"; fi
runs compare 1 2 5 > out
grep -q "^command  *train  *evaluate  *evaluate$" out
grep -q "What only one of these commands has is left out" out
runs compare 1 2 | grep -q "These runs have no figure in common"
runs compare 2 5 --json | $python -c '
import json, sys
rows = [json.loads(line) for line in sys.stdin]
assert {"setting": "seed", "runs": {"2": "3", "5": "0"}} in rows, rows
assert [r for r in rows if r.get("of") == "exact" and r["figure"] == "of_best"][0]["runs"] == {"2": 1, "5": 1}'
runs compare | grep -q "run 6  *run 5$" || fail "compare alone does not take the newest"

# What went wrong: failed, with its message; wrong usage is no run.
before=$(count)
status=0
"$CELLFREE" evaluate --data missing.h5 > /dev/null 2>&1 || status=$?
test $status = 1
newest_is 'r["state"], r["exit_status"], r["threads"] > 0, r["message"]' \
    "failed 1 True missing.h5: No such file or directory"
"$CELLFREE" evaluate --data others.h5 --methods nonsense > /dev/null 2>&1 || status=$?
"$CELLFREE" evaluate --data others.h5 --methods policy > /dev/null 2>&1 || status=$?
test $status = 2 && test "$(count)" = $((before + 1)) || fail "wrong usage is recorded"

# Ctrl-C in training, and a kill.
begin_training() {
    (exec "$CELLFREE" train --task assignment --scenario mmwave-small --set valid_count=8 --set valid_every=1 \
        --steps 100000 --out "$1" 2> "$1.talk") &
    child=$! tries=0
    while ! grep -qs "of the optimum" "$1.talk"; do
        sleep 0.1
        tries=$((tries + 1))
        test $tries -lt 600 || fail "training does not begin"
    done
}
begin_training stopped
newest_is 'r["state"], r["seconds"], r["settings"]["steps"]' "running None 100000"
kill -INT $child
wait $child || true
newest_is 'r["state"], r["exit_status"], r["seconds"] > 0, r["figures"]["training"]["steps"] > 0' "interrupted 1 True True"
begin_training killed
kill -KILL $child
wait $child 2> /dev/null || true
newest_is 'r["state"], r["seconds"]' "interrupted None"

# Programs at the same time: no row is lost.
before=$(count)
pids=
for i in 1 2 3 4; do
    evaluate > /dev/null 2> talk.$i &
    pids="$pids $!"
done
for pid in $pids; do wait "$pid"; done
test "$(count)" = $((before + 4)) || fail "of 4 runs at the same time, $(($(count) - before)) are there: $(cat talk.*)"

# Where nothing can be recorded, the command does what it does, with one line more on stderr.
evaluate --no-record > wanted 2> /dev/null
warned() {
    said=$1
    shift
    "$@" > out 2> err || fail "with no record ($said): exit status $?: $(cat err)"
    cmp out wanted
    test "$(grep -c "^cellfree evaluate: warning: .* not recorded: .*$said" err)" = 1 || fail "wanted '$said': $(cat err)"
    test "$(wc -l < err)" = 2 || fail "more than a warning: $(cat err)"
}
at() { path=$1 && shift && CELLFREE_RUNS=$path evaluate "$@"; }
nowhere() { (unset CELLFREE_RUNS XDG_STATE_HOME HOME && evaluate "$@"); }
little_disk() { (ulimit -f 8 && evaluate "$@"); }
warned "disk I/O error\|full" at /dev/full
warned "/proc/none" at /proc/none/runs.sqlite
warned "HOME are not set" nowhere
head -c 20000 /dev/urandom > damaged
cp damaged damaged.sqlite
warned "not a file of runs" at "$PWD/damaged.sqlite"
cmp damaged damaged.sqlite
cp "$CELLFREE_RUNS" newer.sqlite
$python -c 'import sqlite3; sqlite3.connect("newer.sqlite").execute("PRAGMA user_version = 2").connection.commit()'
warned "version 2, written by a newer cellfree" at "$PWD/newer.sqlite"
before=$(count)
warned "disk I/O error\|full" little_disk
test "$(count)" = "$before" || fail "a full disk takes runs away"
$python -c '
import os, sqlite3, sys, time
other = sqlite3.connect(sys.argv[1])
other.execute("BEGIN EXCLUSIVE")
open("locked", "w").close()
while not os.path.exists("enough"): time.sleep(0.05)' "$CELLFREE_RUNS" &
child=$!
while ! test -e locked; do sleep 0.1; done
warned "database is locked" evaluate
touch enough
wait $child

# The file's place by the standard.
(unset CELLFREE_RUNS && XDG_STATE_HOME=$PWD/xdg evaluate > /dev/null 2>&1)
test -s xdg/cellfree/runs.sqlite
(unset CELLFREE_RUNS XDG_STATE_HOME && HOME=$PWD/home evaluate > /dev/null 2>&1)
test -s home/.local/state/cellfree/runs.sqlite

# Names of files are any bytes; JSON is UTF-8.
cp others.h5 "$(printf 'caf\351 \303\251.h5')"
"$CELLFREE" evaluate --data "$(printf 'caf\351 \303\251.h5')" --methods gsd > /dev/null 2>&1
newest_is 'r["inputs"][0]["path"].split("/")[-1].encode("unicode_escape").decode()' 'caf\ufffd \xe9.h5'

# forget, and what is refused.
runs forget 2 3
runs show 2 > out 2> err && fail "a forgotten run is there"
grep -q "there is no run 2 in $CELLFREE_RUNS" err
refused() {
    want=$1 pattern=$2 status=0
    shift 2
    runs "$@" > out 2> err || status=$?
    test $status = "$want" && test ! -s out && test "$(wc -l < err)" = 1 && grep -q -- "$pattern" err ||
        fail "runs $*: exit status $status: $(cat out err)"
}
refused 2 "what to do .* is missing"
refused 2 "'lst' is not a thing to do" lst
refused 2 "wanted an integer" show twelve
refused 2 "there is no run 99999" show 99999
refused 2 "there is no run 99999" compare 1 99999
refused 2 "there is no run 99999" forget 1 99999
refused 2 "two runs or more" compare 1
refused 2 "show takes one run" show 1 2
refused 2 "list takes no number" list 1
refused 2 "are missing" forget
refused 2 "unknown command 'nonsense'" list --command nonsense
refused 2 "go with list" show 1 --last 3
runs show 1 > /dev/null || fail "forget takes out the ones that are there"
CELLFREE_RUNS=$PWD/damaged.sqlite refused 1 "not a file of runs" list
CELLFREE_RUNS=$PWD/newer.sqlite refused 1 "newer cellfree" show 1
CELLFREE_RUNS=$PWD/none.sqlite refused 1 "0 runs are recorded, too few to show" show
