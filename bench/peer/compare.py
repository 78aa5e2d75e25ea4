#!/usr/bin/python3
"""cellfree bench and the same networks in PyTorch, in turn, one thread each; `make bench` calls it.
usage: bench/peer/compare.py [--cellfree build/release/cellfree] [--filter RE] [--rounds N] [--seconds S]
                             [--results bench/results/peer.jsonl] [--page docs/benchmarks.md] [--quick]

Every row: each form in PyTorch is set up in a process of its own and warmed; then, round after round, cellfree and
all forms take their turns of S seconds, or of one call where that takes longer. The smallest time of all turns, and
the median of all, go into the results and onto the page. --quick: one short round, to see whether everything runs;
nothing is written."""

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time

import machine
import page
from page import FORMS

HERE = os.path.dirname(os.path.abspath(__file__))
ROWS = [f"{name}-{kind}" for name, kinds in (
    ("hpe-5x4", ("run-1", "run-64", "run-1024", "train-512")),
    ("hpe-20x15", ("run-1", "run-64", "run-1024", "train-512")),
    ("sinrnet-5x10", ("run-1", "run-1024", "train-64")),
    ("sinrnet-15x15", ("run-1", "run-1024", "train-64")),
    ("sinrnet-k7", ("run-1", "train-512"))) for kind in kinds]
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
# What a batch frees it takes again at once: let the C library keep it. Only for the forms that we tune.
KEEP_MEMORY = {"MALLOC_TRIM_THRESHOLD_": "4000000000", "MALLOC_MMAP_THRESHOLD_": "4000000000"}
TOO_LONG = 150  # s that a row may take before its rounds end, at three or more


def measure(*what, env):
    return subprocess.run(["/usr/bin/python3", os.path.join(HERE, "measure.py"), *what], env=env, check=True,
                          stdout=subprocess.PIPE, text=True).stdout


class Peer:
    """One form of a row in PyTorch, waiting for its turns."""

    def __init__(self, form, row, env):
        network, kind = re.fullmatch(r"(.*)-(\w+-\d+)", row).groups()
        env = env | (KEEP_MEMORY if form != "plain" else {})
        self.tuned = json.loads(measure("tune", form, network, kind, env=env)) if form != "plain" else {}
        self.process = subprocess.Popen(
            ["/usr/bin/python3", os.path.join(HERE, "measure.py"), "time", form, network, kind,
             json.dumps(self.tuned)], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.answer()
        self.times, self.peak_mb = [], 0

    def answer(self):
        line = self.process.stdout.readline()
        if not line: sys.exit(f"compare: PyTorch ended with {self.process.wait()}")
        return json.loads(line)

    def turn(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        answer = self.answer()
        self.times += answer["times"]
        self.peak_mb = answer["peak_mb"]

    def result(self):
        self.process.stdin.close()
        self.process.wait()
        return {"us_min": min(self.times) * 1e6, "us_median": statistics.median(self.times) * 1e6,
                "calls": len(self.times), "peak_mb": self.peak_mb} | self.tuned


class Cellfree:
    def __init__(self, program, row, env):
        self.command = [program, "bench", "--json", "--filter", f"^{row}$", "--seconds"]
        self.env, self.row, self.said = env, row, []

    def turn(self, seconds):
        run = subprocess.run(self.command + [str(seconds)], env=self.env, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True)
        said = [json.loads(line) for line in run.stdout.splitlines()]
        said = [answer for answer in said if answer["name"] == self.row]
        if run.returncode != 0 or len(said) != 1:
            sys.exit(f"compare: {' '.join(self.command)} {seconds}: no row of that name (status {run.returncode})")
        self.said += said

    def result(self):
        """Of a whole call, as in PyTorch; the program's own us_min is of one drop."""
        best = min(self.said, key=lambda answer: answer["call_us_min"])
        return best | {"us_min": best["call_us_min"],
                       "us_median": statistics.median(answer["call_us_median"] for answer in self.said)}


def compare(row, options, env, peer_env):
    sides = {"cellfree": Cellfree(options.cellfree, row, env)}
    for form in FORMS: sides[form] = Peer(form, row, peer_env)
    begin = time.monotonic()
    for turn in range(options.rounds):
        if turn >= 3 and time.monotonic() - begin > TOO_LONG: break
        for side in sides.values(): side.turn(options.seconds)
    return {name: side.result() for name, side in sides.items()}


def choose_blas(env):
    """Debian's PyTorch takes its products from libblas.so.3: of the ones installed, the fastest."""
    if "LD_LIBRARY_PATH" in env: return env, "LD_LIBRARY_PATH=" + env["LD_LIBRARY_PATH"]
    took = []
    for folder in machine.blas_folders():
        took.append((float(measure("blas", env=env | {"LD_LIBRARY_PATH": folder})), folder))
        print(f"compare: {os.path.basename(folder)} takes {took[-1][0] * 1e3:.2f} ms", file=sys.stderr)
    folder = min(took)[1]
    return env | {"LD_LIBRARY_PATH": folder}, os.path.basename(folder)


def read_options():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--cellfree", default="build/release/cellfree")
    p.add_argument("--filter", default="", help="rows to compare, a regular expression; the others stay")
    p.add_argument("--rounds", type=int, default=5)
    p.add_argument("--seconds", type=float, default=1.0, help="of a turn")
    p.add_argument("--results", default="bench/results/peer.jsonl")
    p.add_argument("--page", default="docs/benchmarks.md")
    p.add_argument("--quick", action="store_true")
    o = p.parse_args()
    if o.quick: o.rounds, o.seconds = 1, 0.2
    return o


def among_others(options, results):
    """With --filter, the other rows stay as an earlier run left them."""
    if options.filter and os.path.exists(options.results):
        with open(options.results) as f: earlier = [json.loads(line) for line in f][1:]
        results = {r["row"]: r for r in earlier + results}.values()
    return sorted(results, key=lambda r: ROWS.index(r["row"]))


def main():
    options = read_options()
    env = os.environ | ONE_THREAD
    peer_env, blas = choose_blas(env)
    about = machine.describe(options.cellfree, peer_env, blas)
    results = []
    for row in (row for row in ROWS if re.search(options.filter, row)):
        sides = compare(row, options, env, peer_env)
        ours = sides["cellfree"]["us_min"]
        print(f"{row:24} {ours:12.1f} us " + " ".join(
            f"{form} {sides[form]['us_min'] / ours:6.1f}x" for form in FORMS), file=sys.stderr)
        results.append({"row": row} | sides)
    about["load_after"] = os.getloadavg()[0]
    if options.quick: return
    results = among_others(options, results)
    os.makedirs(os.path.dirname(options.results), exist_ok=True)
    with open(options.results, "w") as f:
        for line in [about] + results: f.write(json.dumps(line) + "\n")
    page.write(options.page, about, results)


if __name__ == "__main__": main()
