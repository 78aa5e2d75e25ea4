# Bad input of the task power: one clear line, exit status 1 (the world) or 2 (wrong usage), nothing on
# stdout, no half-written file; and odd input that is none: one user, one access point, users nobody
# may serve.
python=/usr/bin/python3
. "$CF_SOURCE_DIR/tests/refused.sh"
mkdir work
cd work
touch before
"$CELLFREE" generate --scenario power-5x10 --count 8 --out power.h5 2> /dev/null
"$CELLFREE" generate --scenario mmwave-small --count 8 --out assignment.h5 2> /dev/null

# A file of one task to methods and commands of the other.
refused 2 "'gsd' is for the task assignment; for power there are equal" evaluate --data power.h5 --methods gsd
refused 2 "'exact' is for the task assignment" evaluate --data power.h5 --methods equal,exact:node-limit=5
refused 2 "'lbfgs' is for the task power; for assignment there are random, gsd" evaluate --data assignment.h5 --methods gsd,lbfgs
refused 2 "'strongest' is for the task power" solve --data assignment.h5 --method strongest:watts=1 --out x.h5
refused 2 "'greedy' is for the task assignment" solve --data power.h5 --method greedy --out x.h5
refused 2 "unknown method 'magic'; there are equal" evaluate --data power.h5 --methods magic
refused 2 "drops: the task is power" train --task assignment --data power.h5 --set valid_count=4 --out x.safetensors
refused 2 "power-5x10: the task is power" train --task assignment --scenario power-5x10 --out x.safetensors
refused 2 "mmwave-small: the task is assignment" train --task power --scenario mmwave-small --out x.safetensors
refused 2 "scenario or --data" train --task power --out x.safetensors
refused 2 "task is power, but the architecture is one of assignment" train --task power --architecture hpe \
    --scenario power-5x10 --out x.safetensors
refused 2 "task is assignment, but the architecture is one of power" train --task assignment --architecture setnet \
    --scenario mmwave-small --out x.safetensors
refused 2 "sinrnet is not trained by the scheme labels" train --task power --architecture sinrnet --scheme labels \
    --scenario power-5x10 --out x.safetensors
refused 2 "networks is 1" train --task power --architecture sinrnet --set networks=1 --scenario power-5x10 --out x.safetensors
refused 2 "not used with architecture: setnet" train --task power --set messages=2 --scenario power-5x10 --out x.safetensors
refused 2 "pool" train --task power --set pool=-1 --scenario power-5x10 --out x.safetensors
refused 2 "2 scenarios" train --task power --architecture sinrnet --scenario power-5x10 --scenario power-10x10 \
    --out x.safetensors
refused 2 "drops: the task is assignment" train --task power --data assignment.h5 --out x.safetensors
"$CELLFREE" scenario power-5x10 2> /dev/null | sed 's/objective: ee/objective: sum-rate/' > rate.yaml
refused 2 "energy efficiency only" train --task power --scenario rate.yaml --set pool=4 --out x.safetensors
refused 2 "no relaxed answer" evaluate --data power.h5 --methods equal --keep-relaxed
refused 2 "no batch" evaluate --data power.h5 --methods equal --batch
refused 2 "watts" evaluate --data power.h5 --methods strongest:watts=none
refused 2 "watts=1e300" evaluate --data power.h5 --methods equal:watts=1e300
refused 2 "task goes with" inspect power.h5 --task power
refused 2 "task is 'all'" inspect --methods --task all
refused 1 "no/such" solve --data power.h5 --method equal --out no/such/x.h5

# Scenarios: no static power, no noise, a limit of nothing.
"$CELLFREE" scenario power-5x10 > good.yaml
yaml() {
    sed "$1" good.yaml > bad.yaml
    ! cmp -s good.yaml bad.yaml || { echo "$1 changes nothing"; exit 1; }
    refused 2 "$2" generate --scenario bad.yaml --count 2 --out x.h5
}
yaml 's/static_w: 4/static_w: 0/' "static_w"
yaml 's/static_w: 4/static_w: .nan/' "bad.yaml:.*static_w"
yaml 's/mu: 1 /mu: -1 /' "bad.yaml:.*mu"
yaml 's/objective: ee/objective: fame/' "bad.yaml:.*fame"
yaml 's/limit: none/limit: ap/' "limit_w"
yaml 's/limit: none/limit: ap\n  limit_w: 0/' "limit_w"
yaml 's/bandwidth_hz: 1000000/bandwidth_hz: 1e300/' "bandwidth_hz"
yaml 's/task: power/task: fame/' "fame"
sed 's/objective: ee/objective: sum-rate/' good.yaml > endless.yaml
"$CELLFREE" generate --scenario endless.yaml --count 2 --out endless.h5 2> /dev/null
refused 2 "lbfgs" evaluate --data endless.h5 --methods lbfgs
refused 2 "search" evaluate --data endless.h5 --methods search

# Other people's gains.
cat > arrays.py << 'PY'
import numpy as np
g = np.random.default_rng(1).exponential(1, (3, 4, 5, 5))
silent = g.copy()
silent[1, :, 2, 2] = 0
for name, a in dict(good=g, one_user=g[:, :, :1, :1], one_ap=g[:, :1], negative=-g, silent=silent,
                    nan=np.where(g > 2, np.nan, g), inf=g * np.inf, huge=g * 1e31, large=g * 1e29,
                    complex=g * 1j, odd=g[..., :4], flat=g[0, 0, 0]).items():
    np.savez(name + ".npz", g=a)
PY
$python arrays.py
take() { refused "$1" "$2" import "$3.npz" --task power --map gain=g --noise-w 1 --static-w 1 --out x.h5; }
take 2 "negative power gain" negative
take 1 "not a finite number" nan
take 1 "not a finite number" inf
take 2 "above 1e30" huge
take 2 "drop 1.*user 2 is 0 from every" silent
take 1 "real number" complex
take 2 "5 users and 4 beams" odd
take 2 "" flat
refused 2 "noise-w is missing" import good.npz --task power --map gain=g --static-w 1 --out x.h5
refused 2 "static-w is missing" import good.npz --task power --map gain=g --noise-w 1 --out x.h5
refused 2 "static_w is 0" import good.npz --task power --map gain=g --noise-w 1 --static-w 0 --out x.h5
refused 2 "noise-w is '0'" import good.npz --task power --map gain=g --noise-w 0 --static-w 1 --out x.h5
refused 2 "mu is 'inf'" import good.npz --task power --map gain=g --noise-w 1 --mu inf --static-w 1 --out x.h5
refused 2 "belong together" import good.npz --task power --map gain=g --noise-w 1 --static-w 1 --limit ap --out x.h5
refused 2 "belong together" import good.npz --task power --map gain=g --noise-w 1 --static-w 1 --limit-w 1 --out x.h5
refused 2 "objective is 'fame'" import good.npz --task power --map gain=g --noise-w 1 --static-w 1 --objective fame --out x.h5
refused 2 "max-users is not for the task power" import good.npz --task power --map gain=g --noise-w 1 --static-w 1 --max-users 2 --out x.h5
refused 2 "mu is not for the task assignment" import good.npz --task assignment --map gain=g --unit db --axes drop,ap,user --mu 2 --out x.h5
refused 2 "unit" import good.npz --task power --map gain=g --unit dbm --noise-w 1 --static-w 1 --out x.h5
refused 2 "axes" import good.npz --task power --map gain=g --axes drop,ap,user --noise-w 1 --static-w 1 --out x.h5
refused 2 "task is 'fame', wanted assignment or power" import good.npz --task fame --map gain=g --out x.h5

# In the file: NaN, no noise, no static power, wrong shape, serving sets that are none.
cat > damage.py << 'PY'
import sys, shutil, h5py, numpy as np
what = sys.argv[1]
shutil.copy("power.h5", "damaged.h5")
with h5py.File("damaged.h5", "r+") as f:
    channel = f["channel"]
    if what == "nan": channel[1, 2, 3, 4] = np.nan
    if what == "noise": channel.attrs["noise_w"] = 0.0
    if what == "static": f.attrs["static_w"] = 0.0
    if what == "objective": f.attrs["objective"] = np.bytes_("fame")
    if what == "task": f.attrs["task"] = np.bytes_("assignment")
    if what == "serve": f["serve"] = np.full((8, 5, 10), 7, "u1")
    if what == "gone": del f["channel"]
PY
for what in nan noise static objective task serve gone; do
    $python damage.py $what
    refused 1 damaged.h5 evaluate --data damaged.h5 --methods equal
    rm damaged.h5
done

# Odd, and fine: one user, one access point, gains as large as there may be, users nobody may serve.
every=$("$CELLFREE" inspect --methods --task power --json | $python -c 'import json, sys
names = [json.loads(line)["name"] for line in sys.stdin]
print(",".join(n.replace("+N", "+9") for n in names if n not in ("global", "enumeration", "best")))')
$python "$CF_SOURCE_DIR/tests/power_policies.py"
for name in one_user one_ap large; do
    "$CELLFREE" import $name.npz --task power --map gain=g --noise-w 1 --static-w 1 --out $name.h5 2> /dev/null
done
sed 's/model: all .*/model: threshold\n  threshold_db: -85/' good.yaml > sparse.yaml
"$CELLFREE" generate --scenario sparse.yaml --count 8 --out sparse.h5 2> /dev/null
"$CELLFREE" generate --scenario endless.yaml --count 2 --out endless.h5 2> /dev/null
for name in one_user one_ap large sparse; do
    timeout 60 "$CELLFREE" evaluate --data $name.h5 --methods "$every" --policy near.safetensors \
        --policy flat.safetensors --json --out result.h5 > lines 2> talk ||
        { echo "$name: $(tail -1 talk)"; exit 1; }
    $python - $name << 'PY'
import json, sys, h5py, numpy as np
drops, result = h5py.File(sys.argv[1] + ".h5"), h5py.File("result.h5")
for line in map(json.loads, open("lines")):
    p = result[line["method"]]["allocation"][:]
    assert np.isfinite(p).all() and line["feasible"] == 1 and line["mean"] > 0, line
    if "serve" in drops:
        serve = drops["serve"][:]
        assert serve.min() == 0 and serve.any(1).min() == 0, "every user is served"
        assert (p[serve == 0] == 0).all() and line["users_on"] <= serve.any(1).sum(1).mean()
PY
    rm lines talk result.h5
done
"$CELLFREE" evaluate --data endless.h5 --methods equal,strongest,random > /dev/null 2>&1
