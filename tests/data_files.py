# Gains as other people keep them, by writers that are not ours: NumPy, h5py, and MATLAB's version 5 by
# hand from its description. Used by tests/data_test.sh.
import struct
import h5py, numpy as np

def element(kind, data):
    return struct.pack("<II", kind, len(data)) + data + bytes(-len(data) % 8)


def mat5(path, arrays, kinds={"f8": (6, 9), "f4": (7, 7), "i2": (10, 3), "u1": (9, 2)}):
    out = b"MATLAB 5.0 MAT-file, by hand".ljust(124) + struct.pack("<H", 0x0100) + b"IM"
    for name, x in arrays.items():
        real = np.ascontiguousarray(x.real)
        mx, mi = kinds[real.dtype.str[1:]]
        body = element(6, struct.pack("<II", mx | (0x800 if np.iscomplexobj(x) else 0), 0))
        body += element(5, struct.pack(f"<{x.ndim}i", *x.shape)) + element(1, name.encode())
        body += element(mi, real.tobytes("F"))
        if np.iscomplexobj(x): body += element(mi, np.ascontiguousarray(x.imag).tobytes("F"))
        out += element(14, body)
    open(path, "wb").write(out)


def mat73(path, arrays):
    with h5py.File(path, "w", userblock_size=512, libver="earliest") as f:
        for name, x in arrays.items():
            x = np.ascontiguousarray(x.T)
            if np.iscomplexobj(x): x = x.view([("real", "f8"), ("imag", "f8")])
            d = f.create_dataset(name, data=x, chunks=True, compression="gzip")
            kind = h5py.h5t.C_S1.copy()
            kind.set_size(7)
            at = h5py.h5a.create(d.id, b"MATLAB_class", kind, h5py.h5s.create(h5py.h5s.SCALAR))
            at.write(np.array(b"double", "S7"))
    with open(path, "r+b") as f:
        f.write(b"MATLAB 7.3 MAT-file, by h5py".ljust(124) + struct.pack("<H", 0x0200) + b"IM")


def main():
    rng = np.random.default_rng(3)
    beta = 10 ** rng.uniform(-12, -8, (5, 4, 3))  # (drop, ap, user)
    h = np.sqrt(beta) * np.exp(1j)
    db = 10 * np.log10(beta)
    ue = rng.uniform(0, 100, (5, 3, 2))
    theirs = {"gainOverNoisedB": (db + 94).transpose(1, 2, 0), "beta": beta.transpose(1, 2, 0), "h": h,
              "one": beta[0], "ue": ue.astype("f4").astype("f8")}
    mat5("five.mat", theirs)
    mat73("seven.mat", theirs)
    np.save("beta.npy", beta)
    np.save("turned.npy", np.asfortranarray(beta.transpose(2, 0, 1)))
    np.save("h.npy", h)
    np.save("ue.npy", ue)
    np.savez("authors.npz", channels=db + 30, ue_pos=ue)
    np.savetxt("matrix.csv", beta[0], delimiter=",", header="somebody's gains")
    np.savetxt("blanks.csv", beta[0])
    with open("long.csv", "w") as f:  # from 1, as MATLAB counts; shuffled
        f.write("user,drop,ap,beta,db\n")
        for i in rng.permutation(beta.size):
            d, a, u = np.unravel_index(i, beta.shape)
            f.write(f"{u + 1},{d + 1},{a + 1},{float(beta[d, a, u])!r},{float(db[d, a, u])!r}\n")


if __name__ == "__main__": main()
