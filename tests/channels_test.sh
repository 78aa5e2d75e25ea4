# Other people's channels and serving sets, for power: from .npz, .npy, .mat of versions 5 and 7.3, in any
# order of axes, they are the drops that ours are; every method and policy leaves barred links without
# power; and the conventions that one word stands for.
python=/usr/bin/python3
. "$CF_SOURCE_DIR/tests/do_it.sh"
. "$CF_SOURCE_DIR/tests/refused.sh"
mkdir work
cd work
touch before

# Ours, as others would write it.
do_it scenario power-5x10
sed '/^serve:/,/model:/c serve: {model: strongest, count: 2}' out > mine.yaml
do_it generate --scenario mine.yaml --count 6 --seed 3 --out ours.h5
cat > others.py << 'PY'
import os, sys
sys.path.insert(0, os.path.join(os.environ["CF_SOURCE_DIR"], "tests"))
import h5py, numpy as np
from data_files import mat5, mat73
f = h5py.File("ours.h5")
h, D = f["channel"][...], f["serve"][...]
ap, ue = f["ap_position"][...], f["ue_position"][...]
n, L, K, N = h.shape
assert D.sum() == 2 * n * K
np.savez("four.npz", h=h, D=D, ap=ap, ue=ue)
np.savez_compressed("turned.npz", h=h.astype("c16").transpose(2, 0, 3, 1), D=D.astype(bool).transpose(2, 0, 1), ap=ap, ue=ue)
np.save("h.npy", np.asfortranarray(h))
arrays = {"h": h.astype("c16"), "D": D.astype("f8"), "ap": ap.astype("f8"), "ue": ue.astype("f8")}
mat5("five.mat", arrays)
mat73("seven.mat", arrays)
with h5py.File("plain.h5", "w") as p:  # h5py's {r, i} and bool; and as Octave names the parts
    p.update({"h": h, "D": D.astype(bool), "ap": ap, "ue": ue})
with h5py.File("named.h5", "w") as p:
    p.update({"h": h.view([("real", "f4"), ("imag", "f4")]), "D": D, "ap": ap, "ue": ue})
PY
$python others.py || fail "the files cannot be made"
noise=$($python -c 'import h5py; print(repr(float(h5py.File("ours.h5")["channel"].attrs["noise_w"])))')
same() {
    do_it import "$1" --task power --map channel=h,serve=D --map ap_position=ap,ue_position=ue --axes "$2" \
        --noise-w "$noise" --static-w 4 --out taken.h5
    $python -c '
import h5py
a, b = h5py.File("ours.h5"), h5py.File("taken.h5")
assert a.attrs["checksum"] == b.attrs["checksum"]' || fail "$1: other drops"
}
same four.npz drop,ap,user,antenna
grep -q "channel: array h, dtype <c8, shape (6,5,10,5): axis 0 is drop (6), axis 1 is ap (5), axis 2 is user (10), axis 3 is antenna (5)" err ||
    fail "the axes are not reported"
grep -q "serve: 40.0 % of links may carry power" err || fail "the serving set is not reported"
same turned.npz user,drop,antenna,ap
same five.mat drop,ap,user,antenna
same seven.mat drop,ap,user,antenna
same plain.h5 drop,ap,user,antenna
same named.h5 drop,ap,user,antenna
do_it evaluate --data ours.h5 --methods sca,search --no-times --json
mv out ours.json
do_it evaluate --data taken.h5 --methods sca,search --no-times --json
cmp out ours.json || fail "the same channels, other results"
for format in npz mat csv; do # out and back with the serving set
    do_it export ours.h5 --out "it's ours.$format"
    sed -n 's/^back: cellfree/"$CELLFREE"/p' err > back.sh
    . ./back.sh > out 2> err || fail "$format does not come back"
    do_it evaluate --data drops.h5 --methods sca,search --no-times --json
    test $format = csv || cmp out ours.json || fail "$format comes back as other drops"
    $python - << 'PY' || fail "$format has other results"
import json
for a, b in zip(open("out"), open("ours.json")):
    a, b = json.loads(a), json.loads(b)
    assert abs(a["mean"] / b["mean"] - 1) < 1e-5 and a["feasible"] == b["feasible"] == 1
PY
done

# Nobody spends power on a link that may not serve: every method on every problem that it takes.
cat > small.py << 'PY'
import h5py, numpy as np
h = h5py.File("ours.h5")["channel"][...]
np.savez("small.npz", h=h[:, :2, :3], D=np.array([[1, 0, 1], [0, 1, 1]]))
PY
$python small.py
take() {
    do_it import "$1" --task power --map channel=h,serve=D --noise-w "$noise" --static-w 4 --out "$2" \
        --objective "$3" --limit "$4" ${5:+--limit-w "$5"}
}
take four.npz ee-none.h5 ee none
take four.npz ee-ap.h5 ee ap 0.05
take four.npz min-rate-link.h5 min-rate link 0.1
take small.npz small.h5 ee none
shipped=$CF_SOURCE_DIR/policies/power
# Those of the methods that take the drops, in one call. of GROUP METHOD... -- POLICY...
of() {
    group=$1 methods=
    shift
    while test "$1" != --; do methods="$methods $1" && shift; done
    shift
    for drops in ee-none ee-ap min-rate-link small; do
        some=
        for method in $methods; do
            if "$CELLFREE" evaluate --data $drops.h5 --methods "$method" "$@" > out 2> err; then
                some=$some,$method
            else
                grep -q "serve\|links\|sets" err || fail "$method on $drops"
            fi
        done
        test -z "$some" || do_it evaluate --data $drops.h5 --methods "${some#,}" "$@" --no-times --out $drops-$group.h5
    done
}
"$CELLFREE" inspect --methods --json | sed -n 's/.*"task":"power","name":"\([^"]*\)".*/\1/p' > methods
grep -qx global methods && grep -qx policy+beam methods || fail "methods are missing: $(cat methods)"
of solvers $(grep -v policy methods) --
of networks policy policy+5 policy+lbfgs -- --policy "$shipped-setnet.safetensors" \
    --policy "$shipped-unrolled.safetensors" --policy "$shipped-sinrnet-5x10.safetensors"
of guides policy+search policy+beam -- --policy "$shipped-setnet.safetensors"
cat > barred.py << 'PY'
import glob, h5py
ran = set()
for drops in ("ee-none", "ee-ap", "min-rate-link", "small"):
    D = h5py.File(drops + ".h5")["serve"][...]
    for file in glob.glob(drops + "-*.h5"):
        f = h5py.File(file)
        for name in f:
            p = f[name]["allocation"][...]
            assert (p[D == 0] == 0).all() and (p >= 0).all(), (file, name)
            assert p.sum() > 0 and (f[name]["feasible"][...] == 1).all(), (file, name)
            ran.add(name.split(":")[0])
wanted = {m.replace("policy+N", "policy+5") for m in open("methods").read().split()}
assert ran == wanted, ran ^ wanted
PY
$python barred.py || fail "power on a link that may not serve, or not run"

# Conventions by one word: Bjornson's gains, serving set and channels, EEMax's fading, the assignment authors'.
cat > conventions.py << 'PY'
import os, sys
sys.path.insert(0, os.path.join(os.environ["CF_SOURCE_DIR"], "tests"))
import numpy as np
from data_files import mat5, mat73
rng = np.random.default_rng(9)
L, K, N, setups = 6, 4, 2, 3
beta = 10 ** rng.uniform(-12, -8, (L, K, setups))
over = 10 * np.log10(beta) - (-174 + 10 * np.log10(20e6) + 7)
D = (np.argsort(np.argsort(-beta, 0), 0) < 3).astype("f8")
H = rng.normal(size=(L * N, 7, K)) + 1j * rng.normal(size=(L * N, 7, K))
H *= np.sqrt(np.repeat(10 ** (over[:, :, 0] / 10), N, 0) / 2)[:, None]
places = rng.uniform(0, 1000, (L, 1)) + 1j * rng.uniform(0, 1000, (L, 1))
for write, name in ((mat5, "book5.mat"), (mat73, "book73.mat")):
    write(name, {"gainOverNoisedB": over, "D": D, "H": H, "D1": D[:, :, 0], "APpositions": places})
mat5("eemax.mat", {"BETAA": beta[:, :, 0]})
np.savez("peng.npz", channels=10 * np.log10(beta).transpose(2, 1, 0) + 30, ue_pos=rng.uniform(0, 100, (setups, K, 2)))
np.savez("truth.npz", beta=beta, over=over, D=D, H=H)
PY
$python conventions.py || fail "the files of the conventions cannot be made"
for book in book5 book73; do
    do_it import $book.mat --task assignment --like bjornson --tx-power-dbm 23 --out $book-a.h5
    do_it import $book.mat --task power --like bjornson --map serve=D,ap_position=APpositions --antennas 2 \
        --static-w 1 --out $book-p.h5
    do_it import $book.mat --task power --like bjornson --map channel=H,serve=D1 --antennas 2 --static-w 1 \
        --out $book-h.h5
    grep -q "axis 0 is ap (6) by antenna (2), axis 1 is drop (7), axis 2 is user (4)" err || fail "H: other axes"
done
for x in a p h; do cmp book5-$x.h5 book73-$x.h5 || fail "versions 5 and 7.3 differ"; done
do_it import eemax.mat --task assignment --like eemax --out eemax-a.h5
do_it import eemax.mat --task power --like eemax --antennas 1 --static-w 1 --mu 2.5 --out eemax-p.h5
do_it import peng.npz --task assignment --like peng --out peng.h5
cat > check.py << 'PY'
import h5py, numpy as np
z = np.load("truth.npz")
beta, over, D, H = (z[k] for k in ("beta", "over", "D", "H"))
def snr(file):
    g = h5py.File(file)["gain_dbm"]
    return g[...] - g.attrs["noise_dbm"]
assert np.allclose(snr("book5-a.h5"), over.transpose(2, 0, 1) + 23, atol=1e-4)
f = h5py.File("book5-p.h5")
g = f["gain"][...].astype("f8") / f["gain"].attrs["noise_w"]
one = 1e3 * 10 ** (over.transpose(2, 0, 1) / 10)  # over the noise, 1/W
assert np.allclose(np.einsum("dlkk->dlk", g), 2 * one, rtol=1e-5) and np.allclose(g[:, :, 0, 1], one[:, :, 0], rtol=1e-5)
assert (f["serve"][...] == D.transpose(2, 0, 1)).all() and f.attrs["bandwidth_hz"] == 20e6
assert f["ap_position"].shape == (3, 6, 3)
f = h5py.File("book5-h.h5")
h = f["channel"][...]
assert h.shape == (7, 6, 4, 2) and (f["serve"][...] == D[:, :, 0]).all()
assert np.allclose(h.transpose(1, 3, 0, 2).reshape(12, 7, 4), H, rtol=1e-5)
assert f["channel"].attrs["noise_w"] == 1e-3  # 1, beside powers in mW
noise = -203.975 + 10 * np.log10(20e6) + 9
assert np.allclose(snr("eemax-a.h5")[0], 10 * np.log10(beta[:, :, 0]) - noise, atol=1e-4)
f = h5py.File("eemax-p.h5")
assert np.allclose(10 * np.log10(f["gain"].attrs["noise_w"]), noise) and f.attrs["mu"] == 2.5
assert np.allclose(f["gain"][0, :, 1, 0], beta[:, 1, 0], rtol=1e-6)
f = h5py.File("peng.h5")
assert np.allclose(f["gain_dbm"][...], 10 * np.log10(beta).transpose(2, 0, 1) + 30, atol=1e-4)
assert f["ue_position"].shape == (3, 4, 3)
PY
$python check.py || fail "a convention gives other numbers"
do_it evaluate --data book5-p.h5 --methods strongest,sca,search
do_it evaluate --data book5-h.h5 --methods strongest,sca,search

# What cannot be.
no() {
    want=$1 said=$2
    shift 2
    refused "$want" "$said" import four.npz --out x.h5 --task power --noise-w 1e-12 --static-w 4 "$@"
}
no 1 "D: dtype |u1, wanted complex channels" --map channel=D --axes drop,ap,user
no 1 "h: dtype <c8: complex, wanted real numbers.*channel=NAME" --map gain=h --axes drop,ap,user,beam
no 2 "wanted an order of drop,ap,user,antenna" --map channel=h --axes drop,ap,user,beam
no 2 "5 along antenna, wanted 4 antennas" --map channel=h --antennas 4
no 2 "gain and channel, wanted one of them" --map channel=h,gain=h
no 2 "no array E; it has h, D, ap, ue" --map channel=h,serve=E
no 2 "D is (6,5,10): 5 drops of 6 access points" --map channel=h,serve=D --serve-axes ap,drop,user
no 2 "there are gain, channel, serve, ap_position, ue_position" --map channel=h,serves=D
no 2 "a channel in decibels" --map channel=h --unit db
no 2 "'bjornsen', wanted one of bjornson, eemax, peng" --like bjornsen
no 2 "peng has no gains for the task power" --like peng
no 2 "axes is missing" --map gain=D --antennas 2
refused 2 "serving sets are of the task power; .* a gain of 0" import four.npz --out x.h5 --task assignment \
    --map gain=h,serve=D --axes drop,ap,user --unit linear
refused 2 "antennas is not for the task assignment" import four.npz --out x.h5 --task assignment --map gain=h \
    --antennas 2 --axes drop,ap,user --unit linear

command -v octave-cli > /dev/null || {
    echo "octave-cli is not installed: what Octave writes was not tested"
    exit 0
}
cat > again.m << 'M'
x = load('five.mat'); h = x.h; D = logical(x.D); ap = x.ap; ue = x.ue; %#ok
save('-v6', 'six.mat', 'h', 'D', 'ap', 'ue'); save('-v7', 'packed.mat', 'h', 'D', 'ap', 'ue');
M
octave-cli --norc --quiet again.m > out 2> err || :
test -s packed.mat || fail "Octave"
same six.mat drop,ap,user,antenna
same packed.mat drop,ap,user,antenna
