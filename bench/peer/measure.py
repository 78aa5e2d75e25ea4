#!/usr/bin/python3
"""One row of the comparison in PyTorch, in a process of its own; compare.py is who calls it.
usage: measure.py blas                           seconds of the products that the networks are made of
       measure.py tune FORM NETWORK KIND         the fastest chunk, compiled or not, as JSON
       measure.py time FORM NETWORK KIND TUNED   for every number of seconds on stdin: times of calls [s], as JSON
KIND: run-B or train-B, B drops. Results alone are on stdout."""

import json
import resource
import sys
import time
import warnings

import torch

from forms import Plain, Strong, random_drops
from nets import NETWORKS, random_state

RATE, CLIP, KAPPA = 1e-4, 2.0, 0.1
LAGRANGIAN = (0.5, 1.0, 0.1, 0.1)
CHUNKS = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


def timed(call):
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def times(call, seconds):
    """Of at least one call."""
    all_of_them = []
    while not all_of_them or sum(all_of_them) < seconds: all_of_them.append(timed(call))
    return all_of_them


def say(what):
    print(json.dumps(what), flush=True)


def blas():
    """What a layer of each network and its gradients ask of the library under torch.mm."""
    total = 0
    for n, width in (20, 20), (8192, 20), (8192, 32), (8192, 80):
        x, w, g = torch.randn(n, width), torch.randn(width, width), torch.randn(n, width)
        for call in (lambda: x @ w), (lambda: g @ w.t()), (lambda: x.t() @ g):
            total += min(times(call, 0.05))
    say(total)


def make(form, net, kind, drops, chunk=None, jit=False):
    """A call that does the row's work."""
    state = random_state(net, 1)
    peer = Plain(net, state, drops) if form == "plain" else Strong(form, net, state, drops, chunk, jit)
    if kind == "run":
        peer.start_running()
        return peer.run
    peer.start_training(RATE, CLIP)
    return lambda: peer.step(LAGRANGIAN if net.task == "assignment" else KAPPA)


def tune(form, net, kind, B):
    """Seconds a drop of one chunk; larger chunks are not tried once they are clearly worse."""
    best = (float("inf"), None, None)
    for jit in (True, False):
        last = float("inf")
        for chunk in (c for c in CHUNKS if c <= B and (c > 8 or c == B or net.L * net.K * net.K > 1000)):
            call = make(form, net, kind, random_drops(net, chunk), chunk, jit)
            for _ in range(3): call()  # a compiled call is specialised in the first ones
            took = min(times(call, 0.3)) / chunk
            best = min(best, (took, chunk, jit))
            if took > 1.5 * last: break
            last = min(last, took)
    say({"chunk": best[1], "jit": best[2]})


def peak_mb():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(form, net, kind, B, tuned):
    before = peak_mb()
    call = make(form, net, kind, random_drops(net, B), **tuned)
    begin = time.perf_counter()
    for _ in range(3):  # a long one is warm after the first
        if time.perf_counter() - begin < 2: call()
    say({"ready": True})
    for line in sys.stdin:
        all_of_them = times(call, float(line))
        say({"times": all_of_them, "peak_mb": peak_mb() - before})


def main():
    torch.set_num_threads(1)
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)  # constants are what we want
    command, *what = sys.argv[1:]
    if command == "blas": return blas()
    form, name, kind = what[:3]
    if form != "plain": torch.set_flush_denormal(True)
    kind, B = kind.split("-")
    if command == "tune": return tune(form, NETWORKS[name], kind, int(B))
    measure(form, NETWORKS[name], kind, int(B), json.loads(what[3]))


if __name__ == "__main__": main()
