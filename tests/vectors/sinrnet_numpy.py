#!/usr/bin/env python3
"""Vectors for src/io/convert_sinrnet_test.c: SINRnet in NumPy, in double, with random weights.

Needs python3-numpy; run in this folder. It writes
    sinrnet.npz, sinrnet.safetensors  a state dict of A's ancestor for interference networks, by its authors' names
    sinrnet_one.npz                   gain (n,1,K,K), noise_w, and what the network makes of them: power
                                      and width (n,1,K), watts, power before it is cut off at 0
    sinrnet_nested.safetensors        a policy of the nested form, which reads the gains again in every layer
    sinrnet_nested.npz                the same for it, of L = 3 access points
"""

import json
import struct

import numpy as np

F, K, DROPS = 3, 4, 5
LEAST_W = 1e-8  # a support is never narrower


def others(y, axis):
    """Mean over the other entries along an axis; there are at least two."""
    return (y.sum(axis, keepdims=True) - y) / (y.shape[axis] - 1)


def layer(w, b, x):
    """x (n,L,I,K,K) to the four categories of max(0, W x + b), entry (k,j) that of user k and beam j."""
    y = np.einsum("oi,nlikj->nlokj", w, x) + b[:, None, None]
    kept, column, row, rest = np.split(np.maximum(y, 0), 4, axis=2)
    return np.concatenate([kept, others(column, 3), others(row, 4), others(others(rest, 3), 4)], axis=2)


def head(w, b, x):
    return np.einsum("i,nlikk->nlk", w[0], x) + b[0]


def flat(weights, name):
    return weights[name + ".weight"].reshape(weights[name + ".weight"].shape[:2]), weights[name + ".bias"]


def ancestor(weights, net, h):
    """Four layers, the gains above what the layer before gave, and a head."""
    x = h
    for v in range(1, 5):
        x = np.concatenate([h, layer(*flat(weights, f"conv{v}{net}"), x)], axis=2)
    return head(*flat(weights, f"conv5{net}"), x)


def nested(weights, net, h, messages, layers):
    """(A10), the gains below what the layer before gave."""
    def sinrnet(part, x):
        for v in range(1, layers + 1):
            read = x if v == 1 else np.concatenate([x, h], axis=2)
            x = layer(*flat(weights, f"{net}.{part}.{v}"), read)
        return x

    x = h
    for n in range(1, messages + 1):
        heard = others(sinrnet(f"phi{n}", np.concatenate([h, x], axis=2)), 1)
        x = sinrnet(f"gamma{n}", np.concatenate([x, heard], axis=2))
    return head(*flat(weights, f"{net}.head.1"), np.concatenate([x, h], axis=2))


def save_safetensors(path, arrays, metadata=None):
    header, data = {"__metadata__": metadata} if metadata else {}, b""
    for name, a in arrays.items():
        begin = len(data)
        data += a.astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": a.shape, "data_offsets": [begin, len(data)]}
    text = json.dumps(header).encode()
    with open(path, "wb") as f:
        f.write(struct.pack("<Q", len(text)) + text + data)


def draw(rng, shape, name):
    """A layer's numbers, float32 as the files hold them."""
    spread = 1.5 / np.sqrt(shape[1])
    return {name + ".weight": rng.uniform(-spread, spread, shape).astype("f4"),
            name + ".bias": rng.uniform(-spread, spread, shape[0]).astype("f4")}


def standardise(weights, name, u, mean, std):
    """Change a head so that its outputs, now u, get a mean and a deviation."""
    weights[name + ".weight"] = (weights[name + ".weight"] * std / u.std()).astype("f4")
    weights[name + ".bias"] = (mean + (weights[name + ".bias"] - u.mean()) * std / u.std()).astype("f4")


def double(weights):
    return {name: a.astype("f8") for name, a in weights.items()}


def gains(rng, L, noise_w):
    """Own gains of 28 +- 10 dB over the noise, others of 1 +- 12 dB."""
    db = np.where(np.eye(K, dtype=bool), 28 + 10 * rng.standard_normal((DROPS, L, K, K)),
                  1 + 12 * rng.standard_normal((DROPS, L, K, K)))
    return (noise_w * 10 ** (db / 10)).astype("f4")


def decibels(gain, noise_w):
    return 10 * np.log10(gain.astype("f8") / noise_w)[:, :, None]


def report(path, gain, noise_w, power, width):
    print(f"{path}: power {power.min():.3g} to {power.max():.3g} W, {(power < 0).mean():.2f} below 0; "
          f"width {width.min():.3g} to {width.max():.3g} W")
    np.savez_compressed(path, gain=gain, noise_w=np.array([noise_w]), power=power, width=width)


def make_ancestor(rng):
    weights = {}
    for net in "ab":
        for v in range(1, 6):
            inputs = 1 if v == 1 else 1 + 4 * F
            weights |= draw(rng, (1 if v == 5 else 4 * F, inputs, 1, 1), f"conv{v}{net}")
    noise_w = 1.0
    gain = gains(rng, 1, noise_w)
    h = decibels(gain, noise_w) / 10
    for net, mean, std in ("a", 2.03, 0.03), ("b", -3.9, 0.1):
        standardise(weights, "conv5" + net, ancestor(double(weights), net, h), mean, std)
    np.savez("sinrnet.npz", **weights)
    save_safetensors("sinrnet.safetensors", weights)
    power = ancestor(double(weights), "a", h) - 2
    width = np.maximum(ancestor(double(weights), "b", h) + 4, LEAST_W)
    report("sinrnet_one.npz", gain, noise_w, power, width)


def make_nested(rng):
    size = {"features": F, "layers": 2, "messages": 2, "skip": 1, "networks": 2, "linear": 0,
            "input_mean": 18.0, "input_std": 12.5, "output": 0, "out_scale": 2.5, "out_offset": -3.5}
    weights = {}
    for net in "alpha", "beta":
        for n, x in (1, 1), (2, 4 * F):
            for part, inputs in (f"phi{n}", 1 + x), (f"gamma{n}", x + 4 * F):
                weights |= draw(rng, (4 * F, inputs), f"{net}.{part}.1")
                weights |= draw(rng, (4 * F, 4 * F + 1), f"{net}.{part}.2")
        weights |= draw(rng, (1, 4 * F + 1), f"{net}.head.1")
    noise_w = 2.5e-12
    gain = gains(rng, 3, noise_w)
    h = (decibels(gain, noise_w) - size["input_mean"]) / size["input_std"]
    for net in "alpha", "beta":
        u = nested(double(weights), net, h, size["messages"], size["layers"])
        standardise(weights, net + ".head.1", u, 0, 0.6)
    metadata = {"format": "cellfree.policy", "version": "1", "task": "power", "architecture": "sinrnet"}
    save_safetensors("sinrnet_nested.safetensors", weights, metadata | {k: str(v) for k, v in size.items()})
    power, width = (np.exp(size["out_scale"] * nested(double(weights), net, h, size["messages"], size["layers"])
                           + size["out_offset"]) for net in ("alpha", "beta"))
    report("sinrnet_nested.npz", gain, noise_w, power, width)


make_ancestor(np.random.default_rng(31))
make_nested(np.random.default_rng(32))
