"""The assignment problem: which access points serve which users (include/cellfree/assignment.h).

    maximise   R(x) = sum_k log2(1 + sum_l x[l,k] snr[l,k])              [bit/s/Hz]
    subject to x[l,k] in {0,1},  sum_k x[l,k] <= max_users[l],  sum_l x[l,k] >= min_aps[k]

Arrays of drops have any leading batch shape: snr (...,L,K), linear; x (...,L,K), 0 or 1. The
limits, max_users (L) and min_aps (K), are those of all drops; a number is the same everywhere.
"""
from __future__ import annotations

import ctypes
import functools
from typing import Any, NamedTuple, Union

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._handle import address, flags_of, taken
from ._library import Assignment, library
from .errors import CellfreeError, Status, check

Limit = Union[int, ArrayLike]
# CF_MAX_SNR: the bits of floats are ordered as they are from 0 on; NaN and what is negative follow.
_MAX_SNR = int(np.float64(1e100).view(np.uint64))


class Violations(NamedTuple):
    """Numbers of broken constraints, int32 (...); x is feasible where all are 0."""

    not_binary: NDArray[np.int32]  #: entries that are neither 0 nor 1
    aps_over: NDArray[np.int32]  #: access points with more users than max_users
    users_short: NDArray[np.int32]  #: users with fewer access points than min_aps


@functools.lru_cache(64)
def _everywhere(value: int, count: int) -> tuple[NDArray[np.int32], int]:
    filled = np.full(count, value, np.int32)
    return filled, address(filled)


def _limit(value: Limit, count: int, name: str) -> tuple[NDArray[np.int32], int]:
    """The limit of every access point or user, and its address."""
    if type(value) is int:
        return _everywhere(value, count)
    given = np.asarray(value)
    if given.dtype.kind not in "iu":
        raise TypeError(f"{name} is of type {given.dtype}, wanted integers")
    if given.ndim == 0:
        return _everywhere(int(given), count)
    if given.shape != (count,):
        raise CellfreeError(Status.SHAPE, f"{name} is {given.shape}, wanted a number or ({count},)")
    given = np.ascontiguousarray(given, np.int32)
    return given, address(given)


class Problem:
    """Drops as C takes them; arrays are kept, and copied only where their layout asks for it."""

    def __init__(self, snr: ArrayLike, max_users: Limit, min_aps: Limit):
        self.snr = snr = taken(snr, np.float64, "snr", 2)
        *batch, self.L, self.K = snr.shape
        self.batch = tuple(batch)
        self.n = snr.size // max(self.L * self.K, 1)
        self.max_users, to_max_users = _limit(max_users, self.L, "max_users")
        self.min_aps, to_min_aps = _limit(min_aps, self.K, "min_aps")
        self.c = Assignment(self.L, self.K, address(snr), to_max_users, to_min_aps)
        self._as_parameter_ = ctypes.byref(self.c)

    def at(self, i: int) -> Any:
        """Drop i."""
        c = self.c
        return ctypes.byref(Assignment(c.L, c.K, c.snr + 8 * i * c.L * c.K, c.max_users, c.min_aps))

    def check(self) -> Problem:
        """Raise where a drop cannot be decided: sizes, limits, and every SNR."""
        if self.n == 0:
            return self
        check(library.cf_assignment_check(self))
        if self.n > 1 and self.snr.view(np.uint64).max() > _MAX_SNR:
            for i in range(self.n):
                check(library.cf_assignment_check(self.at(i)), f"drop {i}: ")
        return self

    def allocation(self, x: ArrayLike) -> NDArray[np.uint8]:
        found = flags_of(x, "x")
        if found.shape != self.snr.shape:
            raise CellfreeError(Status.SHAPE, f"x is {found.shape}, and snr {self.snr.shape}")
        return found


def rate(snr: ArrayLike, x: ArrayLike) -> NDArray[np.float64]:
    """R(x) of every drop [bit/s/Hz]: snr (...,L,K) linear, x (...,L,K) of 0 and 1; gives (...).
    The constraints are not looked at."""
    p = Problem(snr, 0, 0)
    x = p.allocation(x)
    out = np.empty(p.batch)
    for i in range(p.n):
        out.flat[i] = library.cf_assignment_rate(p.at(i), address(x) + i * p.L * p.K)
    return out


def violations(x: ArrayLike, max_users: Limit = 2, min_aps: Limit = 2) -> Violations:
    """What x (...,L,K) breaks, drop by drop."""
    x = flags_of(x, "x")
    p = Problem(np.zeros(x.shape), max_users, min_aps)
    out = np.empty((3, *p.batch), np.int32)
    for i in range(p.n):
        v = library.cf_assignment_violations(p.at(i), address(x) + i * p.L * p.K)
        out.reshape(3, -1)[:, i] = v.not_binary, v.aps_over, v.users_short
    return Violations(*out)


def repair(snr: ArrayLike, x: ArrayLike, max_users: Limit = 2,
           min_aps: Limit = 2) -> NDArray[np.uint8]:
    """x (...,L,K) of 0 and 1, changed to meet both limits at the least loss of rate, as a new
    array; a drop that is feasible keeps its links."""
    p = Problem(snr, max_users, min_aps).check()
    out = p.allocation(x).copy()
    size = library.cf_assignment_repair_workspace(p.L, p.K)
    scratch = np.empty(size + 64, np.uint8)
    start = -address(scratch) % 64
    for i in range(p.n):
        check(library.cf_assignment_repair(p.at(i), address(out) + i * p.L * p.K,
                                           address(scratch) + start))
    return out
