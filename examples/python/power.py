"""With how much power: a tour in cells, to be read from top to bottom.

usage: python3 power.py   (PYTHONPATH=python from the source tree, or the wheel)"""
# %% Drops: channels, and what a user hears of every beam
import numpy as np

import cellfree as cf

drops = cf.Drops.generate("power-5x10", 64, seed=1)
gain = drops.effective_gain()
print(drops, "channel", drops.channel.shape, "gain", gain.shape)
print(drops.parameters)

# %% Methods on an array of drops, and their energy efficiency
for spec in ("equal", "sca", "search", "beam:width=8"):
    answer = cf.allocate(spec, gain, drops.parameters)
    value = cf.power.value(gain, answer.allocation, drops.parameters)
    print(f"{spec:13} {value.mean():.3f} Mbit/J, {answer.allocation.sum(axis=(1, 2)).mean():.3f} W")

# %% Policies: alone in a single pass, and as the guide of a search; times are single drops
setnet, unrolled = cf.Policy.load("power-setnet"), cf.Policy.load("power-unrolled")
results = cf.evaluate(drops, ["search", "beam:width=32", cf.Item("policy", unrolled, "unrolled"),
                              cf.Item("policy+search", setnet), cf.Item("policy+beam", setnet)])
print(results)

# %% The price of the sum: users that are switched off
best = results["beam:width=32"]
rates = cf.power.rates(gain, best.allocation, drops.parameters)
print(f"of {drops.users} users {np.mean(np.sum(rates > 1e-3, axis=1)):.1f} are served")
assert np.allclose(np.sum(rates > 1e-3, axis=1), best.users_on)

# %% The same drops under a limit on every access point
limited = cf.Parameters(**{**vars(drops.parameters), "limit": "ap", "limit_w": 0.1})
watts = cf.allocate("sca", gain, limited).allocation
print(f"at most {watts.sum(axis=2).max():.4f} W an access point,",
      f"{cf.power.value(gain, watts, limited).mean():.3f} Mbit/J")
assert not np.any(cf.power.violations(gain, watts, limited))

# %% Made once, run often: the loop of a controller
method = cf.PowerMethod("policy+search", drops.aps, drops.users, setnet)
total = sum(float(cf.power.value(g, method.run(g, drops.parameters).allocation, drops.parameters))
            for g in gain)
print(f"one drop at a time: {total / len(gain):.3f} Mbit/J")
