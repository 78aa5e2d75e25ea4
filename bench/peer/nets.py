"""The networks that are compared, and the shapes of their parameters."""

from dataclasses import dataclass

import torch

LEAST_W = 1e-8  # of a power or of a support's width, where the map to watts has no logarithm


@dataclass(frozen=True)
class HpeSizes:
    """B's network in its authors' form: L access points, K users, each of which needs `need` of them."""
    L: int
    K: int
    std_db: float
    features: int = 10
    layers: int = 5
    runs: int = 2
    need: float = 2.0
    mean_db: float = -111.6
    noise_dbm: float = -86.84029654543082
    task, architecture = "assignment", "hpe"

    def table(self):
        F2 = 2 * self.features
        for n in range(1, self.layers + 1):
            x, last = 3 if n == 1 else F2, n == self.layers
            for part, O1, I1, O2 in (("phi", F2, 3 + x, F2), ("gamma", F2, x + F2, 1 if last else F2)):
                for conv, O, I in ((1, O1, I1), (2, O2, F2)):
                    yield f"gnn.{part}{n}.conv{conv}.weight", (O, I, 1, 1)
                    yield f"gnn.{part}{n}.conv{conv}.bias", (O,)

    def metadata(self):
        keys = ("features", "layers", "runs", "mean_db", "std_db", "noise_dbm")
        return {key: getattr(self, key) for key in keys}


@dataclass(frozen=True)
class SinrnetSizes:
    """A's networks alpha and beta, nested in messages; without messages the form of their ancestor."""
    L: int
    K: int
    features: int = 8
    layers: int = 2
    messages: int = 3
    skip: int = 0
    output: int = 0
    input_mean: float = 22.0
    input_std: float = 11.0
    out_scale: float = 3.0
    out_offset: float = -4.0
    mu: float = 1.0
    static_w: float = 4.0
    task, architecture = "power", "sinrnet"

    def watts(self, u):
        o = self.out_scale * u + self.out_offset
        return o.clamp_min(LEAST_W) if self.output else o.exp()

    def layer_table(self, name, inputs):
        O = 4 * self.features
        for v in range(1, self.layers + 1):
            yield f"{name}.{v}.weight", (O, inputs if v == 1 else O + self.skip)
            yield f"{name}.{v}.bias", (O,)

    def table(self):
        O = 4 * self.features
        for net in ("alpha", "beta"):
            if self.messages == 0: yield from self.layer_table(f"{net}.gamma1", 1)
            for n in range(1, self.messages + 1):
                x = 1 if n == 1 else O
                yield from self.layer_table(f"{net}.phi{n}", 1 + x)
                yield from self.layer_table(f"{net}.gamma{n}", x + O)
            yield f"{net}.head.1.weight", (1, O + self.skip)
            yield f"{net}.head.1.bias", (1,)

    def metadata(self):
        keys = ("features", "layers", "messages", "skip", "output", "input_mean", "input_std", "out_scale",
                "out_offset")
        return {key: getattr(self, key) for key in keys} | {"networks": 2, "linear": 0}


NETWORKS = {
    "hpe-5x4": HpeSizes(5, 4, std_db=4.335),
    "hpe-20x15": HpeSizes(20, 15, std_db=5.0),
    "sinrnet-5x10": SinrnetSizes(5, 10),
    "sinrnet-15x15": SinrnetSizes(15, 15),
    "sinrnet-k7": SinrnetSizes(1, 7, features=20, layers=4, messages=0, skip=1, output=1, input_mean=0.0,
                               input_std=10.0, out_scale=1.0, out_offset=0.05, mu=4.0, static_w=1.0),
}


def random_state(net, seed):
    """Parameters by name, uniform in +-1/sqrt(inputs) as PyTorch begins."""
    g = torch.Generator().manual_seed(seed)
    state, bound = {}, 1.0
    for name, shape in net.table():
        if name.endswith("weight"): bound = shape[1] ** -0.5
        state[name] = (2 * torch.rand(shape, generator=g) - 1) * bound
    return state
