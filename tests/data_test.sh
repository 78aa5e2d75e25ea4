# Other people's data, both ways: import of .npz, .npy, .mat (5 and 7.3) and CSV gives one and the same
# drops; what cannot be is refused; export comes back as it was; Octave reads it all.
python=/usr/bin/python3
. "$CF_SOURCE_DIR/tests/do_it.sh"
. "$CF_SOURCE_DIR/tests/refused.sh"
mkdir work
cd work
touch before
$python "$CF_SOURCE_DIR/tests/data_files.py" || fail "the files cannot be made"

# The same gains in every format.
take() { do_it import "$1" --task assignment --axes "$2" --unit "$3" --out taken.h5 ${4:+--map "$4"}; }
same() { take "$@"; cmp drops.h5 taken.h5 || fail "$1: other drops"; }
take beta.npy drop,ap,user linear
mv taken.h5 drops.h5
grep -q "array beta, dtype <f8, shape (5,4,3): axis 0 is drop (5)" err || fail "axes not reported"
same beta.npy drop,ap,user linear gain=beta
same turned.npy user,drop,ap linear
grep -q "column-major" err || fail "the order is not reported"
same five.mat ap,user,drop linear gain=beta
grep -q "dtype double, shape (4,3,5) in column-major order: axis 0 is ap (4), axis 1 is user (3), axis 2 is drop (5)" err ||
    fail "axes not reported"
same seven.mat ap,user,drop linear gain=beta
same long.csv user,drop,ap linear gain=beta
grep -q "text from index 1" err || fail "the first index is not reported"
take matrix.csv ap,user linear
mv taken.h5 one.h5
take blanks.csv ap,user linear
cmp one.h5 taken.h5 || fail "blanks.csv: other drops"
take five.mat ap,user,drop linear gain=one # MATLAB drops a last axis of length 1
cmp one.h5 taken.h5 || fail "five.mat, one drop: other drops"

# Conventions: gains over noise in dB, and the assignment authors' layout.
do_it import seven.mat --task assignment --map gain=gainOverNoisedB --unit db-over-noise \
    --axes ap,user,drop --noise-dbm -94 --tx-power-dbm 30 --out over.h5
do_it import authors.npz --task assignment --map gain=channels,ue_position=ue_pos --unit dbm \
    --axes drop,ap,user --noise-dbm -94 --out authors.h5
do_it import beta.npy --task assignment --map ue_position=ue.npy --unit linear --axes drop,ap,user \
    --noise-dbm -94 --out beta.h5
cat > close.py << 'PY'
import h5py, numpy as np
over, authors, beta = (h5py.File(f) for f in ("over.h5", "authors.h5", "beta.h5"))
assert np.abs(over["gain_dbm"][...] - beta["gain_dbm"][...]).max() < 1e-4
assert np.abs(authors["gain_dbm"][...] - beta["gain_dbm"][...]).max() < 1e-4
assert (authors["ue_position"][...] == beta["ue_position"][...]).all()
assert np.abs(beta["ue_position"][..., :2] - np.load("ue.npy")).max() < 1e-4
PY
$python close.py || fail "units or positions are not what was said"

# What cannot be.
cat > bad.py << 'PY'
import numpy as np
b = np.load("beta.npy")
np.save("nan.npy", np.where(b > 5e-9, np.nan, b))
np.save("negative.npy", -b)
np.save("text.npy", np.array([["a"]]))
np.save("large.npy", b * 1e20)
for f in ("five.mat", "seven.mat", "beta.npy", "authors.npz"):
    data = open(f, "rb").read()
    for i in range(1, 20): open(f"cut{i}.{f.split('.')[-1]}", "wb").write(data[:len(data) * i // 20])
lines = open("long.csv").read().splitlines()
out = lambda name, l: open(name, "w").write("\n".join(l) + "\n")
out("short.csv", lines[:-1])
out("twice.csv", lines[:-1] + lines[-2:-1])
out("half.csv", [lines[0].replace("drop", "setup")] + lines[1:])
out("word.csv", lines[:5] + ["1,2,3,much,4"] + lines[5:])
out("ragged.csv", ["1,2,3", "4,5"])
out("complex.csv", ["1e-9+2e-9j,1e-9"])
out("seven.csv", ["drop,ap,user,g", "7,0,0,1"])
out("none.csv", ["# nothing"])
PY
$python bad.py || fail "the bad files cannot be made"
no() {
    refused "$1" "$3" import "$2" --task assignment --unit "${5:-linear}" --axes "${4:-drop,ap,user}" \
        --out x.h5 ${6:+--map "$6"}
}
no 1 nan.npy "is nan: not a finite number"
no 2 negative.npy "negative power gain"
no 2 large.npy "above 60 dBm"
no 1 text.npy "dtype <U1, wanted a real number"
no 1 h.npy "dtype <c16: complex, wanted real numbers.*|h|^2"
no 1 five.mat "h: dtype complex double: complex, wanted real numbers.*|h|^2" ap,user,drop linear gain=h
no 1 seven.mat "h: dtype complex double: complex, wanted real numbers.*|h|^2" ap,user,drop linear gain=h
no 1 complex.csv "column 1 is '1e-9+2e-9j', complex" ap,user
no 1 short.csv "59 lines for (3,5,4), wanted one for each of (user,drop,ap)" user,drop,ap linear gain=beta
no 1 twice.csv "two lines for the same user,drop,ap" user,drop,ap linear gain=beta
no 1 word.csv "line 6, column 4 is 'much', wanted a number" user,drop,ap linear gain=beta
no 1 ragged.csv "line 2 has only 2 columns, wanted 3" ap,user
no 1 seven.csv "drop does not count from 0"
no 1 none.csv "no numbers in it" ap,user
refused 2 "no array b; it has gainOverNoisedB, beta, h, one, ue" import five.mat --task assignment --unit linear --axes ap,user,drop --map gain=b --out x.h5
refused 2 "no array b; it has beta, db" import long.csv --task assignment --unit linear --axes user,drop,ap --map gain=b --out x.h5
refused 2 "no array named for gain, and .*long.csv has 2" import long.csv --task assignment --unit linear --axes user,drop,ap --out x.h5
refused 2 "--axes drop,ap,user differs" import long.csv --task assignment --unit linear --axes drop,ap,user --map gain=beta --out x.h5
refused 2 "map gain=NAME is missing" import five.mat --task assignment --unit linear --axes drop,ap,user --out x.h5
refused 1 "wanted a .npz, .npy, .mat, .csv or .h5 file" import close.py --task assignment --unit linear --axes drop,ap,user --map gain=b --out x.h5
for cut in cut*.mat; do
    "$CELLFREE" import "$cut" --task assignment --map gain=beta --unit linear --axes ap,user,drop \
        --out x.h5 > out 2> err && continue # cut behind this array
    test $? -le 2 || fail "$cut: crash"
    grep -q "$cut" err || fail "$cut is not named"
done
for cut in cut*.npy; do no 1 "$cut" "$cut.*as long as it says"; done
for cut in cut*.npz; do no 1 "$cut" "$cut" drop,ap,user dbm gain=channels; done
test ! -f x.h5 || rm x.h5

# Out and back, both tasks; the import that export names gives the same drops.
do_it generate --scenario mmwave-small --count 6 --seed 5 --out d.h5
do_it generate --scenario power-5x10 --count 3 --seed 5 --out p.h5
do_it evaluate --data d.h5 --methods gsd,exact --no-times --out r.h5
do_it evaluate --data p.h5 --methods equal,multiplicative --no-times --out rp.h5
for format in npz mat csv; do
    for drops in d p; do
        do_it export $drops.h5 --out $drops.$format
        sed -n 's/^back: cellfree/"$CELLFREE"/p' err > back.sh
        . ./back.sh > out 2> err || fail "$drops.$format does not come back"
        mv drops.h5 $drops-$format.h5
    done
    do_it export r.h5 --out r.$format
    do_it export rp.h5 --out rp.$format
done
cp d.npz again.npz
do_it export d.h5 --out again.npz
cmp d.npz again.npz || fail "equal drops, other bytes"
cat > back.py << 'PY'
import csv, h5py, numpy as np
d, p, r = (h5py.File(f) for f in ("d.h5", "p.h5", "r.h5"))
h = p["channel"][...]
gain = abs(np.einsum("dlkn,dljn->dlkj", h.conj(), h)) ** 2 / (abs(h) ** 2).sum(3)[:, :, None, :]
for f in ("npz", "mat", "csv"):
    a, b = h5py.File(f"d-{f}.h5"), h5py.File(f"p-{f}.h5")
    assert a.attrs["checksum"] == d.attrs["checksum"], f
    if f == "csv":  # gains of the channels
        assert np.allclose(b["gain"][...], gain, rtol=1e-4, atol=0) and b["gain"].attrs["noise_w"] == p["channel"].attrs["noise_w"]
    else:
        assert b.attrs["checksum"] == p.attrs["checksum"], f
    assert (b["ue_position"][...] == p["ue_position"][...]).all() and b.attrs["static_w"] == p.attrs["static_w"]
z = np.load("d.npz")
assert (z["gain_dbm"] == d["gain_dbm"][...]).all() and z["noise_dbm"] == d["gain_dbm"].attrs["noise_dbm"]
assert str(z["scenario"]) == "mmwave-small" and z["max_users"].shape == (5,)
yaml = d.attrs["scenario_yaml"]
assert str(z["scenario_yaml"]) == (yaml.decode() if isinstance(yaml, bytes) else yaml)
assert (np.load("p.npz")["channel"] == h).all()
z = np.load("r.npz")
for m in ("gsd", "exact"):
    assert (z[f"{m}/allocation"] == r[m]["allocation"][...]).all() and (z[f"{m}/objective"] == r[m]["objective"][...]).all()
c = np.loadtxt("p-channel.csv", delimiter=",", skiprows=1, dtype="f4")
assert (c[:, 4] + 1j * c[:, 5] == h.ravel()).all()
rows = list(csv.DictReader(open("r.csv")))
assert [float(x["objective"]) for x in rows if x["method"] == "exact"] == list(r["exact"]["objective"][...])
rows = list(csv.DictReader(open("rp-allocation.csv")))
watts = np.array([float(x["allocation"]) for x in rows if x["method"] == "multiplicative"], "f4")
assert (watts == h5py.File("rp.h5")["multiplicative"]["allocation"][...].ravel()).all()
PY
$python back.py || fail "what came out is not what went in"
refused 2 "ends in .npz, .mat or .csv" export d.h5 --out x.xlsx
refused 2 "out is missing" export d.h5
refused 1 "no-such.h5" export no-such.h5 --out x.npz
refused 1 "beta.npy" export beta.npy --out x.npz

command -v octave-cli > /dev/null || {
    echo "octave-cli is not installed: what Octave reads was not tested"
    exit 0
}
cat > read.m << 'M'
% HDF5 shows its axes reversed; .mat has them as named.
d = load('d.h5'); m = load('d.mat'); q = load('p.mat');
assert(isequal(single(permute(d.gain_dbm, [3 2 1])), m.gain_dbm) && isequal(size(m.gain_dbm), [6 5 4]));
assert(isequal(single(permute(d.ue_position, [3 2 1])), m.ue_position));
assert(isequal(double(m.max_users(:)'), double(d.max_users(:)')) && ischar(m.scenario) && strcmp(m.scenario, 'mmwave-small'));
c = dlmread('p-channel.csv', ',', 1, 0); % (Octave reads zeros of a compound {r, i})
i = sub2ind(size(q.channel), c(:, 1) + 1, c(:, 2) + 1, c(:, 3) + 1, c(:, 4) + 1);
assert(isequal(q.channel(i), single(complex(c(:, 5), c(:, 6)))) && isequal(size(q.channel), [3 5 10 5]));
k = squeeze(q.channel(2, 3, 1, :)); j = squeeze(q.channel(2, 3, 4, :));
assert(abs(abs(k' * j) ^ 2 / (j' * j) / q.gain(2, 3, 1, 4) - 1) < 1e-4);
r = load('r.h5'); s = load('r.mat');
assert(isequal(double(permute(r.gsd.allocation, [3 2 1])), double(s.gsd_allocation)));
assert(isequal(r.exact.objective(:), s.exact_objective(:)) && strcmp(s.gsd_method, 'gsd'));
beta = load('five.mat').beta; seven = load('seven.mat').beta;
assert(isequal(beta, seven));
save('-v6', 'six.mat', 'beta'); save('-v7', 'packed.mat', 'beta');
disp('read');
M
octave-cli --norc --quiet read.m > out 2> err || :
grep -q "^read" out || fail "Octave: $(cat out)"
take beta.npy drop,ap,user linear
mv taken.h5 drops.h5
same six.mat ap,user,drop linear gain=beta
same packed.mat ap,user,drop linear gain=beta
