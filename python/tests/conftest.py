import os
import shutil
import subprocess

import numpy as np
import pytest

import cellfree as cf

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Five access points, four users, two of each other: solved by hand.
SNR = np.array([[9, 4, 1, .5], [7, 6, .8, .3], [5, 8, .6, .2], [3, 2, .9, .7], [6, 1, .4, .35]])
BEST_RATE = 11.285922328
BEST_X = np.array([[1, 0, 1, 0], [1, 1, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 1]])

# Two access points, two users: J worked out by hand.
GAIN = np.array([[[100, 10], [5, 50]], [[20, 3], [8, 400]]], np.float32)
WATTS = np.array([[.2, .05], [.1, .3]], np.float32)
GOLDEN = cf.Parameters(noise_w=1, static_w=4)
GOLDEN_J = 2.0387344764767623


@pytest.fixture
def cellfree():
    """The program: cellfree("evaluate", ...) gives its output, and leaves no record."""
    program = os.environ.get("CELLFREE") or shutil.which("cellfree")
    if not program:
        pytest.skip("no program cellfree")

    def run(*arguments):
        return subprocess.run([program, *map(str, arguments)], check=True, capture_output=True,
                              text=True, env={**os.environ, "CELLFREE_RECORD": "0"}).stdout
    return run


@pytest.fixture(scope="session")
def small():
    return cf.Drops.generate("mmwave-small", 64, seed=7)


@pytest.fixture(scope="session")
def power():
    return cf.Drops.generate("power-5x10", 12, seed=7)


@pytest.fixture(scope="session")
def market():
    return cf.Policy.load(os.path.join(ROOT, "policies", "assignment.safetensors"))


@pytest.fixture(scope="session")
def setnet():
    return cf.Policy.load(os.path.join(ROOT, "policies", "power-setnet.safetensors"))
