# Somebody else's gains: 50 drops, 64 access points, 40 users, linear, made by NumPy alone. They come
# in by name, unit and axes in any order; every method runs on them; a policy trains on them.
python=/usr/bin/python3
. "$CF_SOURCE_DIR/tests/do_it.sh"

$python - << 'PY'
import numpy as np
rng = np.random.default_rng(7)
ap, user = rng.uniform(0, 400, (64, 2)), rng.uniform(0, 400, (50, 40, 2))
d = np.linalg.norm(ap[None, :, None] - user[:, None], axis=-1)
db = np.clip(-60 - 25 * np.log10(np.maximum(d, 1)) + rng.normal(0, 4, d.shape), -130, -90)
beta = 10 ** (db / 10)
np.savez("gains.npz", beta=beta)
np.savez_compressed("turned.npz", b=np.ascontiguousarray(beta.transpose(2, 0, 1)))
np.savez("received.npz", dbm=np.asfortranarray(10 * np.log10(beta) + 30))
PY
take() { do_it import "$1" --task assignment --map "gain=$2" --unit "$3" --axes "$4" --out "$5"; }
take gains.npz beta linear drop,ap,user drops.h5
grep -q "axis 0 is drop (50), axis 1 is ap (64), axis 2 is user (40)" err || fail "axes not reported"
grep -q "received power: -100.00 to -60.00 dBm" err || fail "another power"
take turned.npz b linear user,drop,ap turned.h5
cmp drops.h5 turned.h5 || fail "another order of axes gives other drops"
take received.npz dbm dbm drop,ap,user received.h5
$python - << 'PY' || fail "dBm and linear gains differ"
import h5py, numpy as np
a, b = (h5py.File(f)["gain_dbm"][...] for f in ("drops.h5", "received.h5"))
assert a.shape == (50, 64, 40) and np.abs(a - b).max() < 1e-4
PY

# A policy of each architecture, trained a few steps on the imported drops.
for architecture in market hpe; do
    do_it train --task assignment --data drops.h5 --architecture $architecture --steps 2 \
        --set batch=4 --set valid_count=4 --out $architecture.safetensors
done

# Every method but the one for small problems, with these policies and all that are shipped.
set -- --policy market.safetensors --policy hpe.safetensors
for shipped in "$CF_SOURCE_DIR"/policies/assignment*.safetensors; do set -- "$@" --policy "$shipped"; done
methods=$("$CELLFREE" inspect --methods --json | sed -n 's/.*"task":"assignment","name":"\([^"]*\)".*/\1/p' |
    grep -vx 'exhaustive\|policy' | paste -sd ,)
do_it evaluate --data drops.h5 --json "$@" --methods "$methods" --out result.h5
$python - << 'PY' || fail "the methods' results are not right"
import h5py, json, numpy as np
gain = h5py.File("drops.h5")["gain_dbm"]
snr = 10 ** ((gain[...].astype("f8") - gain.attrs["noise_dbm"]) / 10)
f = h5py.File("result.h5")
best = f["exact"]["objective"][...]
named = "random gsd greedy top local relaxation exact policy:market policy:hpe policy:assignment policy:assignment-hpe-small"
assert f["exact"]["proven"][...].all() and set(f) >= set(named.split()), list(f)
for name in f:
    x = f[name]["allocation"][...].astype("f8")
    rate = np.log2(1 + (x * snr).sum(1)).sum(1)
    assert x.sum(2).max() <= 2, name
    if name.startswith("random"):
        continue
    assert x.sum(1).min() >= 2, name
    assert np.allclose(rate, f[name]["objective"][...], rtol=1e-9), name
    assert (rate <= best * (1 + 1e-9)).all(), name
assert (f["relaxation"]["bound"][...] >= best * (1 - 1e-9)).all()
PY
for line in gsd exact policy:market policy:hpe; do
    grep -q "\"$line\"" out || fail "no line for $line"
done
status=0
"$CELLFREE" evaluate --data drops.h5 --methods exhaustive > out 2> err || status=$?
test $status -ge 1 && test $status -le 2 || fail "exhaustive: exit status $status"
grep -q "exhaustive.*64.*40" err || fail "exhaustive does not say why"
do_it solve --data drops.h5 --method exact --out solved.h5
