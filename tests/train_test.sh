# Training: a policy and its metrics, the same with any number of threads, interrupted and resumed to
# the same bytes; policies in evaluate, solve, inspect and convert.
python=/usr/bin/python3
fail() { echo "$*"; exit 1; }
train() { "$CELLFREE" train --task assignment --scenario mmwave-small --set valid_count=64 \
    --set valid_every=20 --set batch=32 "$@"; }

"$CELLFREE" train --task assignment --print-config > train.yaml
grep -q "^steps: " train.yaml
"$CELLFREE" inspect train.yaml 2> /dev/null | grep -q "training configuration"
"$CELLFREE" train --task assignment --config train.yaml --print-config | cmp - train.yaml
"$CELLFREE" train --task assignment --scheme lagrangian --architecture hpe --steps 9 --set batch=7 \
    --scenario mmwave-small --scenario mmwave-large --seed 5 --print-config > printed
for line in "scheme: lagrangian" "architecture: hpe" "steps: 9" "batch: 7" "seed: 5" \
    "scenario: .*mmwave-small,mmwave-large"; do
    grep -q "^$line" printed || fail "--print-config has no '$line'"
done

train --steps 60 --threads 1 --out one.safetensors 2> talk
grep -q "^cellfree [0-9.]* train: seed 1, threads 1$" talk
grep -q "of the optimum" talk || fail "no validation is told"
train --steps 60 --threads 2 --out two.safetensors 2> /dev/null
cmp one.safetensors two.safetensors
$python << 'PY'
import json
steps = [json.loads(line) for line in open("one.safetensors.metrics.jsonl")]
for line in steps:
    for key in "step seconds objective violation entropy lambda_c mu_c lambda_d mu_d".split():
        if key in ("objective", "violation", "entropy") and key not in line: continue
        assert key in line, key
valid = [line for line in steps if "valid_of_best" in line]
assert [line["step"] for line in valid] == [20, 40, 60], valid
for key in "valid_objective valid_relaxed valid_violation valid_entropy valid_broken".split():
    assert key in valid[0], key
PY

# Ctrl-C saves, says how to go on, and going on gives the bytes of a run that was never interrupted.
(exec "$CELLFREE" train --task assignment --scenario mmwave-small --set valid_count=64 \
    --set valid_every=20 --set batch=32 --steps 1500 --out "a long.safetensors" 2> interrupted) &
child=$!
tries=0
while ! grep -q "of the optimum" interrupted; do
    sleep 0.1
    tries=$((tries + 1))
    test $tries -lt 600 || fail "training does not begin"
done
kill -INT $child
status=0
wait $child || status=$?
test $status = 1 || fail "interrupted training: exit status $status"
grep -q "^Stopped and saved. To go on: cellfree train .* --out 'a long.safetensors' --resume$" interrupted || fail "does not say how to go on"
test -s "a long.safetensors.checkpoint"
train --steps 1500 --resume --out "a long.safetensors" 2> /dev/null
train --steps 1500 --out whole.safetensors 2> /dev/null
cmp "a long.safetensors" whole.safetensors

"$CELLFREE" generate --scenario mmwave-small --count 100 --seed 9 --out drops.h5 2> /dev/null
for scheme in lagrangian straight-through labels; do
    train --steps 4 --scheme $scheme --architecture hpe --out $scheme.safetensors 2> /dev/null
done
"$CELLFREE" train --task assignment --data drops.h5 --steps 4 --set valid_count=16 \
    --out fixed.safetensors 2> /dev/null

# Policies beside methods.
"$CELLFREE" evaluate --data drops.h5 --methods exact,policy --policy one.safetensors --json > lines 2> /dev/null
"$CELLFREE" evaluate --data drops.h5 --methods exact --policy one.safetensors --policy labels.safetensors \
    --json > two 2> /dev/null
"$CELLFREE" evaluate --data drops.h5 --methods policy:labels:repair=0,exact --policy one.safetensors \
    --policy labels.safetensors --json > three 2> /dev/null
$python << 'PY'
import json
names = lambda f: [json.loads(line)["method"] for line in open(f)]
assert names("lines") == ["exact", "policy"], names("lines")
assert names("two") == ["exact", "policy:one", "policy:labels"], names("two")
assert names("three") == ["policy:labels:repair=0", "exact"], names("three")
PY
"$CELLFREE" solve --data drops.h5 --policy one.safetensors --keep-relaxed --out result.h5 > /dev/null 2>&1
$python << 'PY'
import h5py
group = h5py.File("result.h5")["policy"]
assert group["relaxed"].shape == (100, 5, 4)
assert set(group["broken_before_repair"][:]) <= {0, 1}
assert group["allocation"][:].sum(1).min() >= 2
PY
"$CELLFREE" inspect one.safetensors 2> /dev/null | grep -q "architecture *market"
"$CELLFREE" inspect one.safetensors --json 2> /dev/null | $python -c 'import json, sys
assert json.load(sys.stdin)["metadata"]["scenario"] == "mmwave-small"'
"$CELLFREE" inspect --policy one.safetensors --aps 20 --users 15 2> /dev/null | grep -q "floats an access point sends"
"$CELLFREE" inspect --policy one.safetensors --aps 20 --users 15 --json 2> /dev/null | $python -c 'import json, sys
a = json.load(sys.stdin)
assert a["flops"] > 0 and a["parameters"] > 0 and a["fronthaul_floats"] > 0'

# The authors' weights.
"$CELLFREE" convert "$CF_SOURCE_DIR/tests/vectors/hpe.npz" --architecture hpe --mean-db -111.6 --std-db 4.335 \
    --out theirs.safetensors 2> talk
grep -q "theirs.safetensors: hpe, [0-9]* parameters" talk
"$CELLFREE" evaluate --data drops.h5 --methods policy --policy theirs.safetensors --json 2> /dev/null | grep -q '"method":"policy"'

# Power: the same with other words. One command, setnet; 1 thread or 2, and interrupted by the clock.
power() { "$CELLFREE" train --task power --scenario power-5x10,power-10x10 --set valid_count=16 \
    --set valid_every=10 --set batch=16 --set pool=64 --set label_width=4 "$@"; }
power --steps 20 --threads 1 --out setnet.safetensors 2> talk
grep -q "of the best known" talk || fail "no validation of power is told"
power --steps 20 --threads 2 --out again.safetensors 2> /dev/null
cmp setnet.safetensors again.safetensors
"$CELLFREE" inspect setnet.safetensors 2> /dev/null | grep -q "architecture *setnet"
for architecture in sinrnet unrolled; do
    "$CELLFREE" train --task power --architecture $architecture --scenario power-5x10 --steps 4 \
        --set valid_count=4 --set log_every=2 --out $architecture.safetensors 2> /dev/null
    "$CELLFREE" train --task power --set batch=7 --architecture $architecture --set seed=3 --print-config > train.yaml
    "$CELLFREE" train --task power --config train.yaml --print-config | cmp - train.yaml
    grep -q "^architecture: $architecture" train.yaml && grep -q "^batch: 7" train.yaml
done
$python << 'PY'
import json
lines = [json.loads(line) for line in open("sinrnet.safetensors.metrics.jsonl")]
assert [line["step"] for line in lines] == [2, 4]
for key in "loss objective support kappa valid_objective valid_of_best".split():
    assert key in lines[-1], key
PY
"$CELLFREE" generate --scenario power-5x10 --count 60 --seed 9 --out power.h5 2> /dev/null
"$CELLFREE" train --task power --architecture unrolled --data power.h5 --steps 4 --set valid_count=4 \
    --out fixed.safetensors 2> /dev/null
