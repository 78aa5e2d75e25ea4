#!/usr/bin/python3
"""Is every form in PyTorch the network that cellfree runs and trains? Needs python3-torch and python3-h5py.
usage: bench/peer/check.py [build/release/cellfree]

For every network: random weights in a policy file, some drops, and what cellfree solve makes of them against what
each form does; then two steps of training from the weights that cellfree begins with, on the same drops, with
clipping at work: Adam's first moments, which hold both gradients, and the weights. Differences are norms, as a share
of ours; wanted are 1e-4, and 1e-3 for the weights."""

import os
import subprocess
import sys
import tempfile

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
import torch

import files
import philox
from forms import Plain, Strong
from nets import NETWORKS, random_state
from page import FORMS

# Adam divides a gradient by its own size, and with it the rounding of the smallest ones.
TOLERANCE = {"run": 1e-4, "gradients": 1e-4, "weights": 1e-3}
FIRST_TRAINED = 2 ** 40  # cellfree trains on the drops of a scenario from this one on
SEED, BATCH, RATE, CLIP = 1, 32, 1e-3, 0.1


class Cellfree:
    def __init__(self, program, folder):
        self.program, self.folder = program, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def __call__(self, *arguments):
        run = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True)
        if run.returncode != 0: sys.exit(f"check: {' '.join(map(str, arguments))}\n{run.stderr}")
        return run.stdout

    def scenario(self, name):
        """Where the network's drops come from."""
        if name.startswith("hpe"): return "mmwave-small" if name == "hpe-5x4" else "mmwave-large"
        if name != "sinrnet-k7": return "power-" + name.split("-")[1]
        text = self("scenario", "power-5x10")  # of one access point; mu and P_c of the ancestor
        for key, was, now in ("columns", 5, 1), ("count", 10, 7), ("mu", 1, 4), ("static_w", 4, 1):
            text = text.replace(f"  {key}: {was}", f"  {key}: {now}")
        with open(self.path("k7.yaml"), "w") as f: f.write(text)
        return self.path("k7.yaml")

    def drops(self, name, count, first=0):
        file = self.path("drops.h5")
        self("generate", "--scenario", self.scenario(name), "--count", count, "--first", first, "--seed", SEED,
             "--out", file)
        return file


def read_drops(net, file):
    """Input of the network and what its loss looks at, drops first."""
    if net.task == "assignment":
        gain, snr = files.read_snr(file)
        return torch.tensor((gain - net.mean_db) / net.std_db).float(), torch.tensor(snr).float()
    gain = files.read_gains(file)
    db = 10 * np.log10(np.maximum(gain, 1e-10))
    return torch.tensor((db - net.input_mean) / net.input_std).float(), torch.tensor(gain).float()


def make(form, net, state, drops):
    """Two chunks, compiled: as little alike as can be."""
    return Plain(net, state, drops) if form == "plain" else Strong(form, net, state, drops, len(drops[0]) // 2, True)


def difference(a, b):
    """Of all numbers together, as a share of their norm."""
    return ((a - b).norm() / b.norm()).item()


def run(cellfree, name, net):
    """Weights that make decisions: larger than at the start, and powers above 0."""
    state = {key: w * (1.5 if net.task == "assignment" else 1.2) for key, w in random_state(net, SEED).items()}
    if net.task == "power" and net.output: state["alpha.head.1.bias"] += 0.5
    policy, result = cellfree.path("policy.safetensors"), cellfree.path("result.h5")
    files.write_policy(policy, net, state)
    data = cellfree.drops(name, 64)
    drops = read_drops(net, data)
    keep = ["--keep-relaxed"] if net.task == "assignment" else []
    cellfree("solve", "--data", data, "--policy", policy, "--out", result, *keep)
    ours = torch.tensor(files.read_result(result, "policy", "relaxed" if keep else "allocation"))
    for form in FORMS:
        peer = make(form, net, state, drops)
        peer.start_running()
        yield form, "run", difference(peer.result(), ours)


def train(cellfree, name, net):
    out = cellfree.path("trained.safetensors")
    sizes = net.metadata()
    sizes.pop("noise_dbm", None)  # of the scenario
    keys = sizes | {"architecture": net.architecture, "batch": BATCH, "rate": RATE, "clip": CLIP, "warmup": 0,
                    "schedule": "constant", "valid_count": 1}
    keys |= ({"scheme": "lagrangian", "rate_phase": 0, "gap_phase": 0} if net.task == "assignment" else
             {"scheme": "support", "pool": 0})
    cellfree("train", "--task", net.task, "--scenario", cellfree.scenario(name), "--steps", 2, "--seed", SEED,
             "--out", out, *(f"--set={key}={value}" for key, value in keys.items()))
    ours = files.read_tensors(out + ".checkpoint")

    state = {}
    for i, (key, shape) in enumerate(net.table()):
        if key.endswith("weight"): bound = shape[1] ** -0.5
        u = philox.uniform(SEED, philox.INIT, i, int(np.prod(shape)))
        state[key] = torch.tensor(bound * (2 * u - 1)).float().reshape(shape)
    inputs, of_loss = read_drops(net, cellfree.drops(name, 2 * BATCH, FIRST_TRAINED))
    draws = [philox.uniform(SEED, philox.SUPPORT, i, net.K * net.L).reshape(net.K, net.L).T for i in range(2 * BATCH)]
    draws = torch.tensor(np.array(draws)).float()
    weights = [(0, 0, 0, 0), (0, 1, 0, 0.1)] if net.task == "assignment" else [0, 0]
    start = flat(net, state)
    for form in FORMS:
        peer = make(form, net, state, (inputs[:BATCH], of_loss[:BATCH]))
        peer.start_training(RATE, CLIP)
        for i in range(2):
            part = slice(i * BATCH, (i + 1) * BATCH)
            peer.load((inputs[part], of_loss[part]))
            peer.step(weights[i], draws[part])
        yield form, "gradients", difference(flat(net, peer.first_moments()), ours["first_moment"])
        yield form, "weights", difference(flat(net, peer.parameters()) - start, ours["parameters"] - start)


def flat(net, tensors):
    return torch.cat([tensors[name].flatten() for name, _ in net.table()])


def main():
    program = os.path.realpath(sys.argv[1] if len(sys.argv) > 1 else "build/release/cellfree")
    torch.set_num_threads(1)
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        cellfree = Cellfree(program, folder)
        for name, net in NETWORKS.items():
            for part in run, train:
                for form, what, error in part(cellfree, name, net):
                    good = error < TOLERANCE[what]
                    wrong += not good
                    print(f"{name:14} {form:7} {what:10} {error:.1e}{'' if good else '  WRONG'}", flush=True)
    if wrong: sys.exit(f"check: {wrong} differ")


if __name__ == "__main__": main()
