# Policies of the task power on the command line: evaluate, solve, inspect, the names of results, the
# refusals.
python=/usr/bin/python3
. "$CF_SOURCE_DIR/tests/refused.sh"
mkdir work
cd work
$python "$CF_SOURCE_DIR/tests/power_policies.py"
"$CELLFREE" generate --scenario power-5x10 --count 40 --seed 3 --out power.h5 2> /dev/null
"$CELLFREE" generate --scenario mmwave-small --count 4 --seed 3 --out assignment.h5 2> /dev/null

# What the two say, what goes on from there, and under which names.
methods=equal:watts=0.018315639,strongest:watts=0.02,policy:near:refits=0,policy,policy+1,policy+50,policy+lbfgs
methods=$methods,policy+search,policy+search:near:samples=1,threshold=1e-9,policy+beam:flat:width=4
"$CELLFREE" evaluate --data power.h5 --methods $methods --policy near.safetensors --policy flat.safetensors --seed 5 \
    --threads 1 --json --out result.h5 > lines 2> /dev/null
"$CELLFREE" evaluate --data power.h5 --methods $methods --policy near.safetensors --policy flat.safetensors --seed 5 \
    --threads 2 --json --no-times > again 2> /dev/null
$python << 'PY'
import json, h5py, numpy as np
lines, again = ({line["method"]: line for line in map(json.loads, open(f))} for f in ("lines", "again"))
assert list(lines) == ["equal:watts=0.018315639", "strongest:watts=0.02", "policy:near:refits=0", "policy:near", "policy:flat",
    "policy+1:near", "policy+1:flat", "policy+50:near", "policy+50:flat", "policy+lbfgs:near", "policy+lbfgs:flat",
    "policy+search:near", "policy+search:flat", "policy+search:near:samples=1,threshold=1e-9", "policy+beam:flat:width=4"], list(lines)
result = h5py.File("result.h5")
assert sorted(result) == sorted(lines)
allocation = {name: result[name]["allocation"][:] for name in lines}
def mean(name): return lines[name]["mean"]
for name in lines:
    assert lines[name]["feasible"] == 1 and lines[name]["us_per_drop"] > 0 and again[name]["us_per_drop"] is None
    assert lines[name]["mean"] == again[name]["mean"] and lines[name]["watts"] == again[name]["watts"], name
near, strongest = allocation["policy:near:refits=0"], allocation["strongest:watts=0.02"]
assert ((near > 0) == (strongest > 0)).all() and abs(near[near > 0] / 0.02 - 1).max() < 0.01
assert abs(allocation["policy:flat"] / np.exp(-4) - 1).max() < 1e-5
assert abs(mean("policy:flat") / mean("equal:watts=0.018315639") - 1) < 1e-5
assert mean("policy:near") > mean("policy:near:refits=0") * 1.1
for stem in "near", "flat":
    assert mean("policy+1:" + stem) < mean("policy+50:" + stem) < mean("policy+lbfgs:" + stem) * 1.01
    assert mean("policy+search:" + stem) > mean("policy+50:" + stem) * 0.99
assert mean("policy+search:near:samples=1,threshold=1e-9") < mean("policy+search:near")
PY

# One policy only: no stem. At the end where no method names it.
"$CELLFREE" evaluate --data power.h5 --methods policy+50,sca --policy near.safetensors --json 2> /dev/null |
    grep -o '"method":"[^"]*"' | tr '\n' ' ' | grep -qx '"method":"policy+50" "method":"sca" '
"$CELLFREE" evaluate --data power.h5 --methods sca --policy near.safetensors --json 2> /dev/null |
    grep -o '"method":"[^"]*"' | tr '\n' ' ' | grep -qx '"method":"sca" "method":"policy" '
"$CELLFREE" solve --data power.h5 --method policy+50 --policy near.safetensors --json --out solved.h5 2> /dev/null > lines
test "$(wc -l < lines)" = 40
"$CELLFREE" inspect solved.h5 2> /dev/null | grep -q "^policy+50 .* ± "
"$CELLFREE" solve --data power.h5 --policy near.safetensors --out solved.h5 > /dev/null 2>&1
"$CELLFREE" inspect solved.h5 2> /dev/null | grep -q "^policy .* ± "

# Under a limit per access point: the network's answer projected, or steps that keep it.
"$CELLFREE" scenario power-5x10 | sed 's/limit: none/limit: ap\n  limit_w: 0.02/' > ap.yaml
"$CELLFREE" generate --scenario ap.yaml --count 10 --out ap.h5 2> /dev/null
"$CELLFREE" evaluate --data ap.h5 --methods policy,policy+20,policy+lbfgs --policy flat.safetensors --json 2> /dev/null |
    grep -c '"feasible":1,' | grep -qx 3

# inspect.
"$CELLFREE" inspect --policy near.safetensors 2> /dev/null | grep -q "policy for the task power"
"$CELLFREE" inspect near.safetensors --json 2> /dev/null | grep -q '"task":"power","architecture":"setnet","parameters":'
"$CELLFREE" inspect --policy near.safetensors --aps 5 --users 10 2> /dev/null > plan
grep -q "plan for 5 access points, 10 users" plan && grep -q "floats an access point sends" plan
"$CELLFREE" inspect --policy flat.safetensors --aps 5 --users 10 --json 2> /dev/null | grep -q '"kind":"plan","architecture":"sinrnet"'
"$CELLFREE" inspect --methods --task power | grep -q "^policy+N "

# Refusals.
assignment=$CF_SOURCE_DIR/policies/assignment.safetensors
refused 2 "policy: the policy is for the task assignment (architecture market), wanted one for power" \
    evaluate --data power.h5 --policy "$assignment"
refused 2 "policy+N: the policy is for the task assignment" \
    evaluate --data power.h5 --methods policy+50 --policy "$assignment"
refused 2 "policy: the policy is for the task power (architecture setnet), wanted one for assignment" \
    evaluate --data assignment.h5 --policy near.safetensors
refused 2 "'policy+search' is for the task power; for assignment there are" \
    evaluate --data assignment.h5 --methods policy+search --policy "$assignment"
refused 2 "policy+N: N is '0', wanted 1 to 100000" evaluate --data power.h5 --methods policy+0 --policy near.safetensors
refused 2 "unknown method 'policy+fast'; there are .*policy+N" \
    evaluate --data power.h5 --methods policy+fast --policy near.safetensors
refused 2 "method policy+50 needs --policy" evaluate --data power.h5 --methods policy+50
refused 2 "method policy+50:far: no --policy file" evaluate --data power.h5 --methods policy+50:far --policy near.safetensors
refused 2 "(sinrnet) gives no chances" evaluate --data power.h5 --methods policy+search:samples=2 --policy flat.safetensors
refused 2 "policy+search serves .* only" evaluate --data ap.h5 --methods policy+search --policy near.safetensors
refused 1 "wrong.safetensors: it is for task \"assignment\", wanted power" \
    evaluate --data power.h5 --policy wrong.safetensors
refused 2 "squared" inspect --policy flat.safetensors --aps 1000 --users 2000
