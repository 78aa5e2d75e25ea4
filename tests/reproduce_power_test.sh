# reproduce power: table, figures and words with their provenance; the numbers are those of evaluate;
# policies that are there are run, those that are missing are left out.
fail() { echo "$*"; exit 1; }
mkdir policies
for policy in sinrnet-5x10:sinrnet setnet:setnet; do
    "$CELLFREE" train --task power --architecture ${policy#*:} --scheme objective --scenario power-5x10 \
        --steps 2 --set valid_count=2 --set pool=64 --threads 1 \
        --out policies/power-${policy%:*}.safetensors 2> /dev/null
done
"$CELLFREE" reproduce power --out made/here --count 6 --seed 3 --scale 0.0001 --scenario power-5x10 \
    --policies policies > table 2> talk
for stem in sinrnet-10x10 sinrnet-15x15 unrolled; do
    test "$(grep -c "power-$stem.safetensors is not there" talk)" = 1 || fail "$stem: not said once"
done
test "$(grep -c '^sca .* 4.79 ' table)" = 2 || fail "the paper's figure is not beside ours"
test "$(grep -c "is not there" talk)" = 3
grep -q "^policy:power-sinrnet-5x10 .* 5.67 " table || fail "the paper's GNN is not beside ours"
cd made/here
for file in table2.txt table2.csv table2.md figure4.csv figure4.gp figure5.csv front.csv \
    front-table2.gp cdf-power-10x10-table2.csv reproduce.md; do
    head -1 $file | grep -q "cellfree [0-9.]*, seed 3: cellfree reproduce power --count 6 --seed 3" ||
        fail "$file does not say what made it: $(head -1 $file)"
done
for scenario in power-5x10 power-10x10 power-15x15; do
    methods=18
    test $scenario != power-5x10 || methods=20
    for kind in "" -table2; do
        test "$(grep -c "^$scenario$kind," table2.csv)" = $methods
        "$CELLFREE" inspect $scenario$kind.h5 2> /dev/null | grep -q "drops  *6"
        test "$(wc -l < cdf-$scenario$kind.csv)" = 8
    done
done
grep -q "policy is not there: sinrnet, sinrnet + 50 steps, unrolled, unrolled + 10 steps\." reproduce.md
grep -q "standardised input does worst" reproduce.md
if command -v gnuplot > /dev/null; then
    for figure in figure4 figure5 front front-table2 cdf cdf-table2; do
        head -c 4 $figure.pdf | grep -q "%PDF" || fail "$figure.pdf is none"
        head -c 4 $figure.png | grep -q "PNG" || fail "$figure.png is none"
    done
fi

# The table against a run of evaluate on the same drops, and what is made of it.
"$CELLFREE" evaluate --data power-10x10.h5 --json --threads 1 --seed 3 --methods \
    random,equal,strongest,multiplicative,lbfgs,sca,multistart:starts=10,search,beam:width=8,beam:width=32,iterated:kicks=30,best,policy,policy+search:samples=1,policy+search,policy+search:samples=8,policy+beam,policy+beam:width=32 \
    --policy ../../policies/power-setnet.safetensors > lines 2> /dev/null
/usr/bin/python3 << 'PY'
import csv, json, math
def rows(name): return list(csv.DictReader(line for line in open(name) if not line.startswith("#")))
table = {(r["scenario"], r["method"]): r for r in rows("table2.csv")}
for line in map(json.loads, open("lines")):
    name, colon, rest = line["method"].partition(":")
    if name.startswith("policy"): line["method"] = f"{name}:power-setnet{colon}{rest}"
    row = table["power-10x10", line["method"]]
    for ours, theirs in [("mean_mbit_j", "mean"), ("ci95", "ci95"), ("of_best", "of_best"),
                         ("of_best_p1", "of_best_p1"), ("users_on", "users_on"), ("watts", "watts")]:
        assert math.isclose(float(row[ours]), line[theirs], rel_tol=1e-8), (line["method"], ours)
    assert 0 < float(row["p50_us"]) <= float(row["p99_us"]) and float(row["us_per_drop"]) > 0
printed = {k: float(r["paper"]) for k, r in table.items() if r["paper"]}
assert len(printed) == 8 and printed["power-15x15-table2", "sca"] == 6.29

# On the front: nobody else is as fast and as good.
front = rows("front.csv")
assert {r["method"] for r in front} == {m for _, m in table} - {"random", "best"}
for r in front:
    beaten = any(o["scenario"] == r["scenario"] and o is not r
                 and float(o["p50_us"]) <= float(r["p50_us"])
                 and float(o["lost"]) <= float(r["lost"]) for o in front)
    assert r["on_front"] == str(int(not beaten)), r
    of_best = float(table[r["scenario"], r["method"]]["of_best"])
    assert math.isclose(float(r["lost"]), max(1e-6, 1 - of_best), rel_tol=1e-4), r

# A distribution's mean is the table's.
for name in ["power-5x10", "power-15x15-table2"]:
    drops = rows(f"cdf-{name}.csv")
    assert [float(r["share"]) for r in drops] == [round((i + 1) / 6, 6) for i in range(6)]
    for label, method in [("sca", "sca"), ("beam 32", "beam:width=32")]:
        values = [float(r[label + " [Mbit/J]"]) for r in drops]
        assert values == sorted(values)
        assert abs(sum(values) / 6 - float(table[name, method]["mean_mbit_j"])) < 1e-4
        lost = [float(r[label + " lost"]) for r in drops]
        assert abs(1 - sum(lost) / 6 - float(table[name, method]["of_best"])) < 1e-4

bars = {(r["panel"], r["size"], r["scheme"]): r for r in rows("figure5.csv")}
assert [r["network"] for r in front if "policy" in r["method"]] == ["1"] * 40
assert len(bars) == 36 and bars["table2", "5x10", "sinrnet"]["paper"] == "5.67"
assert bars["literal", "5x10", "best"]["mean_mbit_j"] == table["power-5x10", "best"]["mean_mbit_j"]
curves = rows("figure4.csv")
assert [c for c in curves[-1]] == ["iteration", "db-1", "db-0.5", "db-0.1", "linear-1", "linear-0.1",
                                   "linear-0.01"]
assert curves[-1]["iteration"] == "12" and all(float(v) > 0 for v in curves[-1].values())
PY
cd ../..

# Without gnuplot, and without figure 4.
mkdir bin
PATH=$PWD/bin "$CELLFREE" reproduce power --out bare --count 2 --scale 0 --policies policies \
    > /dev/null 2> talk
grep -q "gnuplot is not installed" talk
test -s bare/front.gp && test ! -e bare/front.png && test ! -e bare/figure4.csv
grep -q "gnuplot was not installed" bare/reproduce.md
grep -q "Figure 4: left out" bare/reproduce.md

status=0
"$CELLFREE" reproduce assignment --scenario power-5x10 --out bad 2> err || status=$?
test $status = 2 && grep -q "is for power" err && test ! -e bad
