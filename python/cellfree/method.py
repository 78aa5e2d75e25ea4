"""Methods of both tasks: solvers, baselines and policies alike (include/cellfree/method.h)."""
from __future__ import annotations

import time
from typing import Iterator, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import assignment, power
from ._handle import Handle, address, text
from ._library import TASKS, Report, library
from .errors import CellfreeError, Status, check
from .policy import Policy

_REPORT = np.dtype(Report)
_AT_ONCE = 256  # drops handed over in the first call, and then for about so many seconds:
_SECONDS = 0.25  # Ctrl-C is heard between them


def _parts(n: int) -> Iterator[tuple[int, int]]:
    """Drops to hand over in one call after the other: the first, and how many."""
    i, count = 0, _AT_ONCE
    while i < n:
        start = time.perf_counter()
        yield i, min(count, n - i)
        i, count = i + count, max(count, int(count * _SECONDS / (time.perf_counter() - start)))


class MethodInfo(NamedTuple):
    name: str
    about: str  #: one line
    parameters: str  #: with their defaults: "node-limit=100000,time-limit=10"


def methods(task: str) -> list[MethodInfo]:
    """The methods of a task, "assignment" or "power"."""
    if task not in TASKS:
        raise CellfreeError(Status.ARG, f"task is {task!r}, wanted one of {TASKS}")
    prefix = "cf_method_" if task == "assignment" else "cf_power_method_"
    say = [getattr(library, prefix + what) for what in MethodInfo._fields]
    return [MethodInfo(*(f(i).decode() for f in say))
            for i in range(getattr(library, prefix + "count")())]


class Answer(NamedTuple):
    """What a method gives for drops of batch shape (...)."""

    allocation: NDArray  #: (...,L,K) uint8 0 or 1, or float32 [W]
    report: NDArray  #: (...) with the fields objective_mean, bound, proven, broken, nodes
    relaxed: NDArray[np.float32] | None  #: (...,L,K) in [0,1], if asked for; NaN: says nothing


class _Method:
    def __init__(self, make, free, spec: str, aps: int, users: int, policy: Policy | None):
        self.spec, self.aps, self.users, self.policy = spec, aps, users, policy
        self.handle = Handle(free, make, text(spec), policy and policy.handle, aps, users)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.spec} for L={self.aps} K={self.users}>"


class AssignmentMethod(_Method):
    """A method made for `aps` access points and `users` users, to be run often: "gsd",
    "exact:node-limit=1000", "policy" with a policy. Threads wait for each other: take one each."""

    def __init__(self, spec: str, aps: int, users: int, policy: Policy | None = None):
        super().__init__(library.cf_method_make, library.cf_method_free, spec, aps, users, policy)

    def run(self, snr: ArrayLike, max_users: assignment.Limit = 2, min_aps: assignment.Limit = 2,
            *, seed: int = 0, first: int = 0, relaxed: bool = False) -> Answer:
        """Decide drops: snr (...,L,K) linear, max_users and min_aps numbers or (L) and (K). Drop i
        of the batch is number first + i of `seed`, for methods that draw."""
        p = assignment.Problem(snr, max_users, min_aps).check()
        x, report = np.empty(p.snr.shape, np.uint8), np.empty(p.batch, _REPORT)
        values = np.full(p.snr.shape, np.nan, np.float32) if relaxed else None
        to_x, to_values, to_report = address(x), address(values), address(report)
        links = p.L * p.K
        with self.handle.lock:
            if p.n == 1:
                check(library.cf_method_run(self.handle, p, seed, first, to_x, to_values,
                                            to_report))
                return Answer(x, report, values)
            for i, count in _parts(p.n):
                check(library.cf_method_run_many(
                    self.handle, p.at(i), count, seed, first + i, to_x + i * links,
                    to_values and to_values + 4 * i * links, to_report + i * _REPORT.itemsize))
        return Answer(x, report, values)


class PowerMethod(_Method):
    """A method made for `aps` access points and `users` users, to be run often: "sca",
    "beam:width=32", "policy+search" with a policy. Threads wait for each other: take one each."""

    def __init__(self, spec: str, aps: int, users: int, policy: Policy | None = None):
        super().__init__(library.cf_power_method_make, library.cf_power_method_free, spec, aps,
                         users, policy)

    def serves(self, parameters: power.Parameters) -> bool:
        """Does it serve this objective under this limit?"""
        status = library.cf_power_method_serves(self.handle, *parameters.codes())
        if status not in (Status.OK, Status.ARG):
            check(status)
        return status == Status.OK

    def run(self, gain: ArrayLike, parameters: power.Parameters, serve: ArrayLike | None = None,
            *, seed: int = 0, first: int = 0) -> Answer:
        """Allocate power: gain (...,L,K,K) linear; gives watts (...,L,K). Drop i of the batch is
        number first + i of `seed`, for methods that draw."""
        p = power.Problem(gain, parameters, serve).check()
        watts, report = np.empty((*p.batch, p.L, p.K), np.float32), np.empty(p.batch, _REPORT)
        to_report = address(report)
        with self.handle.lock:
            for i, count in _parts(p.n):
                check(library.cf_power_method_run_many(
                    self.handle, p.at(i), count, seed, first + i, p.links(watts, i),
                    to_report + i * _REPORT.itemsize))
        return Answer(watts, report, None)


def assign(spec: str, snr: ArrayLike, max_users: assignment.Limit = 2,
           min_aps: assignment.Limit = 2, *, policy: Policy | None = None, seed: int = 0,
           first: int = 0, relaxed: bool = False) -> Answer:
    """AssignmentMethod(spec, ...).run(snr, ...) in one call, for drops decided once."""
    aps, users = np.shape(snr)[-2:]
    return AssignmentMethod(spec, aps, users, policy).run(
        snr, max_users, min_aps, seed=seed, first=first, relaxed=relaxed)


def allocate(spec: str, gain: ArrayLike, parameters: power.Parameters,
             serve: ArrayLike | None = None, *, policy: Policy | None = None, seed: int = 0,
             first: int = 0) -> Answer:
    """PowerMethod(spec, ...).run(gain, ...) in one call, for drops decided once."""
    aps, users = np.shape(gain)[-3:-1]
    return PowerMethod(spec, aps, users, policy).run(
        gain, parameters, serve, seed=seed, first=first)
