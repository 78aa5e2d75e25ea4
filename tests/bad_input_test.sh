# Bad input of every kind to every command: one clear line, exit status 1 (the world) or 2 (wrong
# usage), nothing on stdout, no crash, no half-written file. The library's own tests go deeper.
python=/usr/bin/python3

. "$CF_SOURCE_DIR/tests/refused.sh"
mkdir work
cd work
touch before
"$CELLFREE" generate --scenario mmwave-small --count 8 --out drops.h5 2> /dev/null
"$CELLFREE" solve --data drops.h5 --method gsd --out result.h5 > /dev/null 2>&1
"$CELLFREE" train --task assignment --scenario mmwave-small --steps 4 --set valid_count=16 \
    --out policy.safetensors 2> /dev/null
rm policy.safetensors.*

# Options.
refused 2 "scenario is missing" generate --out x.h5
refused 2 "out is missing" generate --scenario mmwave-small
refused 2 "count is 'x'" generate --scenario mmwave-small --count x --out x.h5
refused 2 "count is '0'" generate --scenario mmwave-small --count 0 --out x.h5
refused 2 "count is '99999999999999999999'" generate --scenario mmwave-small --count 99999999999999999999 --out x.h5
refused 2 "seed is '-1'" generate --scenario mmwave-small --seed -1 --out x.h5
refused 2 "threads is '0'" generate --scenario mmwave-small --threads 0 --out x.h5
refused 2 "not an option" generate drops.h5 --scenario mmwave-small --out x.h5
refused 2 "data is missing" evaluate --methods gsd
refused 2 "unknown method 'magic'.*gsd" evaluate --data drops.h5 --methods gsd,magic
refused 2 "node-limit" evaluate --data drops.h5 --methods exact:node-limit=none
refused 2 "speed" evaluate --data drops.h5 --methods gsd:speed=1
refused 2 "belongs to no method" evaluate --data drops.h5 --methods gsd,speed=1
refused 2 "a name is missing" evaluate --data drops.h5 --methods gsd,,top
refused 2 "twice" evaluate --data drops.h5 --methods gsd,gsd
refused 2 "needs --policy" evaluate --data drops.h5 --methods policy
refused 2 "no --policy file" evaluate --data drops.h5 --methods policy:other --policy policy.safetensors
refused 2 "two policies are named" evaluate --data drops.h5 --policy policy.safetensors --policy policy.safetensors
refused 2 "method is missing" solve --data drops.h5 --out x.h5
refused 2 "one method" solve --data drops.h5 --method gsd,top --out x.h5
refused 2 "task is missing" train --scenario mmwave-small --out x.safetensors
refused 2 "scenario or --data" train --task assignment --out x.safetensors
refused 2 "exclude" train --task assignment --scenario mmwave-small --data drops.h5 --out x.safetensors
refused 2 "wanted KEY=VALUE" train --task assignment --scenario mmwave-small --set steps --out x.safetensors
refused 2 "stepz" train --task assignment --scenario mmwave-small --set stepz=3 --out x.safetensors
refused 2 "steps" train --task assignment --scenario mmwave-small --set steps=many --out x.safetensors
refused 2 "architecture" train --task assignment --scenario mmwave-small --architecture cnn --out x.safetensors
refused 2 "architecture is 'cnn'" convert policy.safetensors --architecture cnn --out x.safetensors
refused 2 "mean-db is missing" convert policy.safetensors --architecture hpe --out x.safetensors
refused 2 "std-db is '0'" convert policy.safetensors --architecture hpe --mean-db 0 --std-db 0 --out x.safetensors
refused 2 "input-std is '0'" convert policy.safetensors --architecture sinrnet --input-std 0 --out x.safetensors
refused 2 "out-scale is 'nan'" convert policy.safetensors --architecture sinrnet --out-scale nan --out x.safetensors
refused 2 "mean-db is not for the architecture sinrnet" convert x.npz --mean-db 1 --architecture sinrnet --out x.safetensors
refused 2 "linear is not for the architecture hpe" convert x.npz --architecture hpe --mean-db 0 --std-db 1 --linear --out x.safetensors
refused 2 "belong together" inspect policy.safetensors --aps 3
refused 2 "wanted one of" inspect
refused 2 "is for power" reproduce assignment --scenario power-5x10 --out x
refused 2 "cannot be reproduced" reproduce everything --out x
refused 2 "out is missing" reproduce assignment
refused 2 "unit is missing" import x.npz --task assignment --map gain=g --axes drop,ap,user --out x.h5
refused 2 "unit is 'w'" import x.npz --task assignment --map gain=g --unit w --axes drop,ap,user --out x.h5
refused 2 "key 'power'" import x.npz --task assignment --map power=g --unit db --axes drop,ap,user --out x.h5

refused 2 "--out" generate --scenario mmwave-small --out
refused 2 "count is '1e9'" generate --scenario mmwave-small --count 1e9 --out x.h5
refused 2 "count is ''" generate --scenario mmwave-small --count "" --out x.h5
refused 2 "mean-db is 'nan'" convert x.npz --architecture hpe --mean-db nan --std-db 1 --out x.safetensors
refused 2 "rate" train --task assignment --scenario mmwave-small --set rate=nan --out x.safetensors
refused 2 "batch" train --task assignment --scenario mmwave-small --set batch=1e99 --out x.safetensors
refused 2 "minutes is '-1'" train --task assignment --scenario mmwave-small --minutes -1 --out x.safetensors
refused 2 "65535\|CF_MAX\|links\|integer" inspect --policy policy.safetensors --aps 65536 --users 1

# Files that are missing, empty, of another kind, a folder; a pipe is not waited for.
mkfifo pipe
refused 1 "pipe: not a regular" evaluate --data pipe --methods gsd
refused 1 "pipe: not a regular" inspect pipe
refused 1 "pipe: not a regular" inspect --policy pipe --aps 5 --users 4
refused 1 "pipe: not a regular" scenario pipe
refused 1 "pipe: not a regular" train --task assignment --config pipe --out x.safetensors
refused 1 "pipe: not a regular" import pipe --task assignment --map gain=g --unit db --axes drop,ap,user --out x.h5
refused 1 "pipe: exists and" generate --scenario mmwave-small --count 2 --out pipe
rm pipe
: > empty
mkdir folder
echo "not what you think" > text
for file in missing empty folder text result.h5 policy.safetensors; do
    refused 1 "$file" evaluate --data "$file" --methods gsd
    refused 1 "$file" solve --data "$file" --method gsd --out x.h5
    refused 1 "$file" train --task assignment --data "$file" --out x.safetensors
done
for file in empty text result.h5; do cp $file $file.safetensors; done
mkdir folder.safetensors
for file in missing empty folder text result.h5; do
    file=$file.safetensors
    refused 1 "$file" evaluate --data drops.h5 --policy "$file"
    refused 1 "$file" inspect --policy "$file" --aps 5 --users 4
    refused 1 "$file" convert "$file" --architecture hpe --mean-db 0 --std-db 1 --out x.safetensors
    refused 1 "$file" convert "$file" --architecture sinrnet --out x.safetensors
done
refused 2 "policy.pt" convert policy.pt --architecture hpe --mean-db 0 --std-db 1 --out x.safetensors
for file in missing empty folder text policy.safetensors; do
    refused 1 "$file" import "$file" --task assignment --map gain=g --unit db --axes drop,ap,user --out x.h5
done
refused 2 "no array g; it has ap_position, gain_dbm" import drops.h5 --task assignment --map gain=g --unit db --axes drop,ap,user --out x.h5
for file in missing empty folder text; do refused 1 "$file" inspect "$file"; done
refused 1 "missing.yaml" generate --scenario missing.yaml --out x.h5
refused 1 "missing.yaml" train --task assignment --scenario mmwave-small --config missing.yaml --out x.safetensors
refused 1 "checkpoint" train --task assignment --scenario mmwave-small --resume --out x.safetensors

# Truncated at every eighth, and bit-flipped: refused or, where the bit does not matter, read.
cut_and_flip() {
    file=$1
    shift
    for part in 1 2 3 4 5 6 7; do
        $python - "$file" "$part" << 'PY'
import sys
data = open(sys.argv[1], "rb").read()
open("cut", "wb").write(data[: len(data) * int(sys.argv[2]) // 8])
PY
        refused 1 cut "$@" cut
        rm cut
    done
    for at in 1 9 40 100 333 2000; do
        $python - "$file" "$at" << 'PY'
import sys
data = bytearray(open(sys.argv[1], "rb").read())
data[int(sys.argv[2]) % len(data)] ^= 0x10
open("flipped", "wb").write(data)
PY
        status=0
        "$CELLFREE" "$@" flipped > out 2> err || status=$?
        test "$status" -le 2 || { echo "cellfree $* with byte $at of $file flipped: status $status"; exit 1; }
        rm flipped out err
    done
}
cut_and_flip drops.h5 evaluate --methods gsd --data
cut_and_flip result.h5 inspect
cut_and_flip policy.safetensors inspect --aps 5 --users 4 --policy

# Wrong shape, newer version, wrong task, NaN and infinity, limits that admit nothing: in the file.
cat > damage.py << 'PY'
import sys, shutil, h5py, numpy as np
name, what = sys.argv[1:]
shutil.copy("drops.h5", name)
with h5py.File(name, "r+") as f:
    gain = f["gain_dbm"]
    def replace(a, key="gain_dbm"):
        attrs = dict(f[key].attrs)
        del f[key]
        f[key] = a
        f[key].attrs.update(attrs)
    if what == "shape": replace(gain[...][:, :, :, None])
    if what == "type": replace(gain[...].astype("i4"))
    if what == "nan": gain[1, 2, 3] = np.nan
    if what == "inf": gain[1, 2, 3] = np.inf
    if what == "version": f.attrs["version"] = type(f.attrs["version"])(99) if not isinstance(f.attrs["version"], (str, bytes)) else "99"
    if what == "task": f.attrs["task"] = np.bytes_("power")
    if what == "gone": del f["gain_dbm"]
    if what == "limits": f["min_aps"][...] = 9
PY
for what in shape type nan inf version task gone limits; do
    $python damage.py damaged.h5 $what
    refused 1 damaged.h5 evaluate --data damaged.h5 --methods gsd
    rm damaged.h5
done

# YAML: unknown keys, wrong types, values out of range, each with its line; no assignment possible.
yaml() {
    pattern=$1
    refused 2 "$pattern" generate --scenario bad.yaml --count 2 --out x.h5
    refused 2 "$pattern" scenario bad.yaml
}
"$CELLFREE" scenario mmwave-small > good.yaml
line() { grep -n "$1" bad.yaml | head -1 | cut -d: -f1; }
sed 's/width_m: 100/wodth_m: 100/' good.yaml > bad.yaml
yaml "bad.yaml:$(line wodth_m).*wodth_m"
sed 's/count: 4/count: four/' good.yaml > bad.yaml
yaml "bad.yaml:$(line four).*four"
sed 's/count: 4/count: -4/' good.yaml > bad.yaml
yaml "bad.yaml:$(line 'count: -4').*-4"
sed 's/shadowing_std_db: 4.7/shadowing_std_db: .nan/' good.yaml > bad.yaml
yaml "bad.yaml:$(line 'shadowing_std_db')"
sed 's/  min_aps: 2/  min_aps: 3/' good.yaml > bad.yaml
yaml "12.*10\|10.*12"
sed 's/  min_aps: 2/  min_aps: 6/' good.yaml > bad.yaml
yaml "6"
printf 'a: [1, 2\n' > bad.yaml
yaml "bad.yaml"
: > bad.yaml
yaml "bad.yaml"
echo "steps: many" > train.yaml
refused 2 "train.yaml:1.*many" train --task assignment --scenario mmwave-small --config train.yaml --out x.safetensors
echo "stepz: 3" > train.yaml
refused 2 "train.yaml:1.*stepz" train --task assignment --scenario mmwave-small --config train.yaml --out x.safetensors

# NumPy files.
cat > arrays.py << 'PY'
import numpy as np
g = np.full((3, 6, 5), 1e-9)
for name, a in dict(good=g, nan=np.where(np.arange(5) == 2, np.nan, g), negative=-g, flat=g[0],
                    inf=g * np.inf, complex=g * 1j, text=np.array(["a"]), empty=g[:0]).items():
    np.savez(name + ".npz", g=a)
PY
$python arrays.py
take() { refused "$1" "$2" import "$3" --task assignment --map "gain=${4:-g}" --unit "${5:-linear}" \
    --axes "${6:-drop,ap,user}" --out x.h5; }
take 1 "nan\|NaN\|finite" nan.npz
take 2 "negative" negative.npz
take 1 "inf\|finite" inf.npz
take 1 "real number" complex.npz
take 1 "real number" text.npz
take 2 "names 3" flat.npz
take 2 "0 along drop" empty.npz
take 2 "no array h" good.npz h
take 2 "axes" good.npz g linear drop,ap,antenna
take 2 "axes" good.npz g linear drop,ap
refused 2 "" import good.npz --task assignment --map gain=g --unit linear --axes drop,ap,user --min-aps 9 --out x.h5

# Unwritable and full outputs; the drops take 40 kB at 200 a file, the limit is 1 kB or less.
refused 1 "no/such" generate --scenario mmwave-small --out no/such/x.h5
refused 1 "folder" generate --scenario mmwave-small --out folder
refused 1 "/dev/full" generate --scenario mmwave-small --out /dev/full
refused 1 "no/such" evaluate --data drops.h5 --methods gsd --out no/such/x.h5
refused 1 "no/such" solve --data drops.h5 --method gsd --out no/such/x.h5
refused 1 "no/such" train --task assignment --scenario mmwave-small --steps 2 --out no/such/x.safetensors
refused 1 "no/such" import good.npz --task assignment --map gain=g --unit linear --axes drop,ap,user --out no/such/x.h5
refused 1 "text" reproduce assignment --count 4 --scale 0 --out text/folder
refused 1 "No such file" reproduce assignment --count 4 --scale 0 --out ""
export CELLFREE_RECORD=0 # here it cannot be recorded either, which is a line of its own: runs_test.sh
(
    ulimit -f 1
    refused 1 "x.h5" generate --scenario mmwave-small --count 2000 --out x.h5
    refused 1 "drops.h5" generate --scenario mmwave-small --count 2000 --out drops.h5
    refused 1 "x.h5" solve --data drops.h5 --method gsd --out x.h5
    refused 1 "x.h5" import good.npz --task assignment --map gain=g --unit linear --axes drop,ap,user --out x.h5
    # the policy does not fit: a run that never got to its first checkpoint leaves no logs either
    refused 1 "x.safetensors" train --task assignment --scenario mmwave-small --steps 2 \
        --set valid_count=4 --set batch=4 --out x.safetensors
)
# A folder and a file that are somebody else's; root would be let in.
if test "$(id -u)" = 0 && command -v setpriv > /dev/null; then
    mkdir locked
    chmod 755 .. . locked
    cp drops.h5 secret.h5
    chmod 600 secret.h5
    cat > other << 'SH'
#!/bin/sh
exec setpriv --reuid=65534 --regid=65534 --clear-groups "$PROGRAM" "$@"
SH
    chmod 755 other
    if PROGRAM=$CELLFREE ./other --version > ../seen 2>&1; then
        (
            PROGRAM=$CELLFREE CELLFREE=./other
            export PROGRAM
            refused 1 "locked/x.h5.*denied" generate --scenario mmwave-small --count 2 --out locked/x.h5
            refused 1 "locked/x.*denied" train --task assignment --scenario mmwave-small --steps 2 --out locked/x.safetensors
            refused 1 "locked/x.h5.*denied" solve --data drops.h5 --method gsd --out locked/x.h5
            refused 1 "locked/x.*denied" reproduce assignment --count 4 --scale 0 --out locked/x
            refused 1 "secret.h5.*denied" evaluate --data secret.h5 --methods gsd
            refused 1 "secret.h5.*denied" scenario secret.h5
        )
    fi
    test -z "$(ls -A locked)" || { echo "leaves in a locked folder: $(ls -A locked)"; exit 1; }
fi
"$CELLFREE" inspect drops.h5 2> /dev/null | grep -q "drops  *8" || { echo "the old file is gone"; exit 1; }
