"""What check.mjs expects of a page, read from the result files: expected.py RESULT.h5... > JSON."""
import json
import sys

import h5py
import numpy as np

DROPS = 4  # whose links are compared


def links(allocation):
    """Link numbers of a drop: surely drawn, and perhaps drawn (powers near the faintest shown)."""
    if allocation.dtype == np.uint8:
        on = np.flatnonzero(allocation).tolist()
        return {"sure": on, "perhaps": []}
    most = allocation.max()
    share = allocation.ravel() / most if most > 0 else allocation.ravel()
    return {"sure": np.flatnonzero(share > 1.02e-3).tolist(),
            "perhaps": np.flatnonzero((share > 0.98e-3) & (share <= 1.02e-3)).tolist()}


def text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def study(path):
    with h5py.File(path) as f:
        methods = {}
        for name, g in f.items():
            numbers = {k: float(v) for k, v in g.attrs.items() if isinstance(v, np.floating)}
            methods[name] = {
                "numbers": {k: v for k, v in numbers.items() if np.isfinite(v)},
                "links": [links(g["allocation"][i]) for i in range(DROPS)],
                "proven": g["proven"][:DROPS].tolist(),
                "objective": g["objective"][:DROPS].tolist()}
        return {"file": path, "scenario": text(f.attrs["scenario"]), "seed": str(f.attrs["seed"]),
                "checksum": f"{f.attrs['drops_checksum']:016x}", "yaml": text(f.attrs["scenario_yaml"]),
                "n": len(next(iter(f.values()))["objective"]), "methods": methods}


json.dump([study(path) for path in sys.argv[1:]], sys.stdout)
