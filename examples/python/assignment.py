"""Which access points serve which users: a tour in cells, to be read from top to bottom.

usage: python3 assignment.py   (PYTHONPATH=python from the source tree, or the wheel)"""
# %% Drops: a thousand realisations of a network, always the same ones for this seed
import tempfile
from pathlib import Path

import numpy as np

import cellfree as cf

drops = cf.Drops.generate("mmwave-small", 1024, seed=1)
print(drops)
print("received power, dBm, of drop 0, access points by users:")
print(np.round(drops.gain_dbm[0], 1))

# %% One drop, decided by three methods
snr = drops.snr()
for spec in ("gsd", "greedy", "exact"):
    x = cf.assign(spec, snr[0]).allocation
    print(f"{spec:7} {float(cf.assignment.rate(snr[0], x)):.4f} bit/s/Hz  {x.tolist()}")

# %% All drops by every method that is quick, each held against the proven optimum
policy = cf.Policy.load("assignment")
results = cf.evaluate(drops, ["random", "gsd", "top", "greedy", "exact", cf.Item("policy", policy)])
print(results)
assert results["exact"].certified

# %% Where gsd loses most: the drop, and what the optimum does there
loss = results["exact"].objective - results["gsd"].objective
worst = int(np.argmax(loss))
print(f"drop {worst}: gsd loses {loss[worst]:.3f} bit/s/Hz")
differ = results["exact"].allocation[worst] != results["gsd"].allocation[worst]
print("links that differ (access point, user):", np.argwhere(differ).tolist())

# %% What the network costs: floats over the fronthaul, operations
runner = policy.runner(drops.aps, drops.users)
print(policy)
print(f"{runner.flops} FLOPs a drop, an access point sends {runner.fronthaul_floats} floats")

# %% Your own gains: an array of any origin, here a linear gain of 64 access points to 40 users
beta = np.random.default_rng(1).lognormal(-27, 2, (20, 64, 40))
mine = cf.Drops.from_gain_dbm(30 + 10 * np.log10(beta), max_users=4, min_aps=2)
print(cf.evaluate(mine, ["gsd", "greedy", "exact", cf.Item("policy", policy)]))

# %% A policy of your own, trained for a moment
with tempfile.TemporaryDirectory() as folder:
    training = cf.train(
        Path(folder) / "mine.safetensors", scenario="mmwave-small", steps=200, valid_every=50,
        valid_count=256,
        callback=lambda s: print(f"step {s.step}: {s.valid_of_best:.5f} of the optimum"))
trained = cf.evaluate(drops, ["exact", cf.Item("policy", training.policy, "mine")])
print(trained)
assert trained["mine"].of_best > 0.99
