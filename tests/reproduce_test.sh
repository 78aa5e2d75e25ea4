# reproduce assignment: every table and figure with its provenance, figures where gnuplot is, a clear
# word where it is not.
fail() { echo "$*"; exit 1; }
mkdir policies
"$CELLFREE" train --task assignment --scenario mmwave-small --steps 4 --set valid_count=16 \
    --out policies/assignment.safetensors 2> /dev/null
"$CELLFREE" reproduce assignment --out made/here --count 12 --seed 3 --scale 0.0001 \
    --policies policies > table 2> talk
grep -q "assignment-hpe-small.safetensors is not there" talk
grep -q "^exact .* 1.15 " table || fail "the paper's figure is not beside ours"
cd made/here
for file in table2.txt table2.csv table2.md figure5.gp figure6.csv figure7.csv figure8.csv reproduce.md \
    figure5-mmwave-small-links.csv figure5-mmwave-large-nodes.csv; do
    head -1 $file | grep -q "cellfree [0-9.]*, seed 3: cellfree reproduce assignment --count 12 --seed 3" ||
        fail "$file does not say what made it: $(head -1 $file)"
done
head -1 figure6.csv | grep -q "^# "
sed -n 2p figure6.csv | grep -qx "iteration,train,test"
test "$(grep -c '^mmwave-small,' table2.csv)" = 9
test "$(grep -c '^mmwave-large,' table2.csv)" = 8
grep -q "every one of the 12 drops has a proven optimum" reproduce.md
grep -q "Exhaustive search over all assignments agrees" reproduce.md
for scenario in mmwave-small mmwave-large; do
    "$CELLFREE" inspect $scenario.h5 2> /dev/null | grep -q "drops  *12"
    "$CELLFREE" inspect $scenario.result.h5 2> /dev/null | grep -q "policy:assignment"
done
if command -v gnuplot > /dev/null; then
    for figure in 5 6 7 8; do
        head -c 4 figure$figure.pdf | grep -q "%PDF" || fail "figure$figure.pdf is none"
        head -c 4 figure$figure.png | grep -q "PNG" || fail "figure$figure.png is none"
    done
fi
cd ../..

# Without gnuplot.
mkdir bin
PATH=$PWD/bin "$CELLFREE" reproduce assignment --out bare --count 4 --scale 0 --policies policies \
    > /dev/null 2> talk
grep -q "gnuplot is not installed" talk
test -s bare/figure5.gp && test ! -e bare/figure5.png
grep -q "gnuplot was not installed" bare/reproduce.md
