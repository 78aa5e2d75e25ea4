"""Trained policies and running them (include/cellfree/policy.h)."""
from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import assignment, power
from ._handle import Handle, address, text
from ._library import HERE, TASKS, library
from .errors import check


def _shipped() -> dict[str, Path]:
    system = (Path(prefix, "share", "cellfree", "policies") for prefix in ("/usr/local", "/usr"))
    for folder in (HERE / "policies", HERE.parent.parent / "policies", *system):
        if folder.is_dir():
            return {f.stem: f for f in sorted(folder.glob("*.safetensors"))}
    return {}


class Policy:
    """A trained network with its normalisation and its task. Immutable: share it freely."""

    def __init__(self, handle: Handle):
        self.handle = handle

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Policy:
        """A shipped one by its name ("power-setnet"), or a .safetensors file."""
        path = _shipped().get(os.fspath(path), path)
        return cls(Handle(library.cf_policy_free, library.cf_policy_load, text(path)))

    @staticmethod
    def shipped() -> list[str]:
        """Names of the policies that come with the library."""
        return list(_shipped())

    def save(self, path: str | os.PathLike[str]) -> None:
        check(library.cf_policy_save(self.handle, text(path)))

    @property
    def task(self) -> str:
        return TASKS[library.cf_policy_task(self.handle)]

    @property
    def architecture(self) -> str:
        """ "hpe", "market", "sinrnet", "unrolled", "setnet"."""
        return library.cf_policy_architecture(self.handle).decode()

    @property
    def parameter_count(self) -> int:
        return library.cf_policy_parameter_count(self.handle)

    @property
    def sizes(self) -> dict[str, float]:
        """The numbers that shape and normalise the network."""
        names = iter(_until_null(library.cf_policy_size_name, self.handle))
        return {name: library.cf_policy_size(self.handle, i) for i, name in enumerate(names)}

    @property
    def metadata(self) -> dict[str, str]:
        """How it was made: scenario, seed, steps, ..."""
        return {key: library.cf_policy_meta(self.handle, key.encode()).decode()
                for key in _until_null(library.cf_policy_meta_key, self.handle)}

    def runner(self, aps: int, users: int, lanes: int = 1) -> Runner:
        """Made ready for networks of `aps` access points and `users` users, `lanes` drops decided
        together: 1 for the lowest latency, 16 for throughput."""
        kind = AssignmentRunner if self.task == "assignment" else PowerRunner
        return kind(self, aps, users, lanes)

    def __repr__(self) -> str:
        return f"<Policy {self.architecture} for {self.task}, {self.parameter_count} parameters>"


def _until_null(name_of, handle: Handle) -> list[str]:
    names: list[str] = []
    while (name := name_of(handle, len(names))) is not None:
        names.append(name.decode())
    return names


class Runner:
    """A policy made ready for one network size (Policy.runner). Threads wait for each other."""

    def __init__(self, policy: Policy, aps: int, users: int, lanes: int):
        self.policy, self.aps, self.users, self.lanes = policy, aps, users, lanes
        self.handle = Handle(library.cf_runner_free, library.cf_runner_make, policy.handle, aps,
                             users, lanes)

    def describe(self) -> str:
        """The plan, an operator a line with its shape, FLOPs and bytes, and the totals."""
        buffer = ctypes.create_string_buffer(
            library.cf_runner_describe(self.handle, None, 0) + 1)
        library.cf_runner_describe(self.handle, buffer, len(buffer))
        return buffer.value.decode()

    @property
    def flops(self) -> int:
        """Floating-point operations of one drop."""
        return library.cf_runner_flops(self.handle)

    @property
    def fronthaul_floats(self) -> int:
        """Floats that an access point sends in one decision."""
        return library.cf_runner_fronthaul_floats(self.handle)


class Decision(NamedTuple):
    """What a network of the task assignment says."""

    x: NDArray[np.uint8]  #: (...,L,K) 0 or 1; within max_users, not always min_aps
    relaxed: NDArray[np.float32]  #: (...,L,K) the network's own output in [0,1]


class AssignmentRunner(Runner):
    def run(self, snr: ArrayLike, max_users: assignment.Limit = 2,
            min_aps: assignment.Limit = 2) -> Decision:
        """Decide drops: snr (...,L,K) linear, max_users and min_aps numbers or (L) and (K). Follow
        with `assignment.repair` where every user must get its access points."""
        p = assignment.Problem(snr, max_users, min_aps).check()
        x, relaxed = np.empty(p.snr.shape, np.uint8), np.empty(p.snr.shape, np.float32)
        links, to_x, to_relaxed = p.L * p.K, address(x), address(relaxed)
        with self.handle.lock:
            for i in range(0, p.n, self.lanes):
                check(library.cf_runner_decide(self.handle, p.at(i), min(self.lanes, p.n - i),
                                               to_x + i * links, to_relaxed + 4 * i * links))
        return Decision(x, relaxed)


class PowerRunner(Runner):
    def run(self, gain: ArrayLike, parameters: power.Parameters,
            serve: ArrayLike | None = None) -> NDArray[np.float32]:
        """Allocate power: gain (...,L,K,K) linear; gives watts (...,L,K) [W]."""
        p = power.Problem(gain, parameters, serve).check()
        watts = np.empty((*p.batch, p.L, p.K), np.float32)
        with self.handle.lock:
            for i in range(0, p.n, self.lanes):
                check(library.cf_runner_power(self.handle, p.at(i), min(self.lanes, p.n - i),
                                              p.links(watts, i)))
        return watts
