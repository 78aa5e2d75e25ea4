"""Downlink power allocation (include/cellfree/power.h): with the powers p[l,k] >= 0 [W],

    R_k = log2(1 + S_k / (noise_w + I_k))                                [bit/s/Hz]
    S_k = sum_l gain[l,k,k] p[l,k],   I_k = sum_{j != k} sum_l gain[l,k,j] p[l,j]
    J = (bandwidth_hz / 1e6) sum_k R_k / (mu sum_l p[l,k] + static_w)    [Mbit/J]

gain[l,k,j] is the power gain to user k of the beam that access point l points at user j. Arrays of
drops have any leading batch shape: gain (...,L,K,K) linear, watts (...,L,K) [W]. `serve`, (L,K) or
(...,L,K), is 1 where access point l may serve user k; None: all may.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._handle import address, flags_of, taken
from ._library import Power, library
from .errors import CellfreeError, Status, check

OBJECTIVES = ("ee", "sum-rate", "min-rate", "proportional")
LIMITS = ("none", "ap", "link")
_POWER = np.dtype(Power)
# The bits of floats are ordered as they are from 0 on; infinity, NaN and what is negative follow.
_INFINITY = int(np.float32(np.inf).view(np.uint32))


@dataclass(frozen=True)
class Parameters:
    """The numbers of the problem, those of all drops."""

    noise_w: float  #: noise power [W], above 0
    static_w: float = 4.0  #: P_c, spent on a user whatever is sent [W]
    mu: float = 1.0  #: power drawn per power sent
    bandwidth_hz: float = 1e6  #: B [Hz]
    objective: str = "ee"  #: one of OBJECTIVES [Mbit/J, bit/s/Hz, bit/s/Hz, ln(bit/s/Hz)]
    limit: str = "none"  #: one of LIMITS: on the power of each access point, or of each link
    limit_w: float = 0.0  #: that limit [W]
    rate_floor: float = 0.0  #: rate wanted of each user, reported and not enforced [bit/s/Hz]

    def __post_init__(self) -> None:
        for name, value, known in (("objective", self.objective, OBJECTIVES),
                                   ("limit", self.limit, LIMITS)):
            if value not in known:
                raise CellfreeError(Status.ARG, f"{name} is {value!r}, wanted one of {known}")

    def codes(self) -> tuple[int, int]:
        """Objective and limit as C numbers them."""
        return OBJECTIVES.index(self.objective), LIMITS.index(self.limit)


class Violations(NamedTuple):
    """Constraints broken by more than a relative 1e-6, int32 (...)."""

    bad_entries: NDArray[np.int32]  #: negative, not finite, or of a link that may not serve
    aps_over: NDArray[np.int32]  #: access points above limit_w
    links_over: NDArray[np.int32]  #: links above limit_w
    users_below_floor: NDArray[np.int32]  #: users with a rate below rate_floor


class Problem:
    """Drops as C takes them, an array of cf_power; the arrays are kept, and copied only where their
    layout asks for it."""

    def __init__(self, gain: ArrayLike, parameters: Parameters, serve: ArrayLike | None = None):
        self.gain = gain = taken(gain, np.float32, "gain", 3)
        *batch, self.L, self.K, beams = gain.shape
        self.batch = tuple(batch)
        if beams != self.K:
            raise CellfreeError(Status.SHAPE, f"gain is {gain.shape}, wanted (...,L,K,K)")
        links = self.L * self.K
        self.n = gain.size // max(links * self.K, 1)
        self.serve = serve = self._serve(serve)
        p = parameters
        one = np.array((self.L, self.K, address(gain), address(serve) or 0, p.noise_w, p.mu,
                        p.static_w, p.bandwidth_hz, *p.codes(), p.limit_w, p.rate_floor), _POWER)
        if self.n == 1:
            self.drops = one
        else:
            self.drops = np.repeat(one, self.n)
            self.drops["gain"] += np.arange(self.n, dtype=np.uintp) * np.uintp(4 * links * self.K)
            if serve is not None and serve.ndim > 2:
                self.drops["serve"] += np.arange(self.n, dtype=np.uintp) * np.uintp(links)
        self._as_parameter_ = address(self.drops)

    def _serve(self, serve: ArrayLike | None) -> NDArray[np.uint8] | None:
        if serve is None:
            return None
        found = flags_of(serve, "serve", (self.L, self.K))
        if found.ndim > 2 and found.shape[:-2] != self.batch:
            raise CellfreeError(Status.SHAPE, f"serve is {found.shape}, and gain {self.gain.shape}")
        return found

    def at(self, i: int) -> int:
        """Drop i."""
        return self._as_parameter_ + i * _POWER.itemsize

    def check(self) -> Problem:
        """Raise where a drop cannot be decided: sizes, parameters, and every gain."""
        if self.n == 0:
            return self
        check(library.cf_power_check(self))
        if self.n > 1 and self.gain.view(np.uint32).max() >= _INFINITY:
            for i in range(self.n):
                check(library.cf_power_check(self.at(i)), f"drop {i}: ")
        return self

    def allocation(self, watts: ArrayLike) -> NDArray[np.float32]:
        found = taken(watts, np.float32, "watts", 2, (self.L, self.K))
        if found.shape[:-2] != self.batch:
            raise CellfreeError(Status.SHAPE, f"watts is {found.shape}, and gain {self.gain.shape}")
        return found

    def links(self, watts: NDArray[np.float32], i: int) -> int:
        """Where watts of drop i are."""
        return address(watts) + 4 * i * self.L * self.K


def value(gain: ArrayLike, watts: ArrayLike, parameters: Parameters,
          serve: ArrayLike | None = None) -> NDArray[np.float64]:
    """The objective of every drop, in its unit: gain (...,L,K,K), watts (...,L,K); gives (...)."""
    p = Problem(gain, parameters, serve).check()
    watts = p.allocation(watts)
    out, status = np.empty(p.batch), np.zeros((), np.int32)
    for i in range(p.n):
        out.flat[i] = library.cf_power_value(p.at(i), p.links(watts, i), address(status))
        check(int(status), f"drop {i}: ")
    return out


def rates(gain: ArrayLike, watts: ArrayLike, parameters: Parameters) -> NDArray[np.float64]:
    """R_k of every user, (...,K) [bit/s/Hz]."""
    p = Problem(gain, parameters).check()
    watts = p.allocation(watts)
    out = np.empty((*p.batch, p.K))
    for i in range(p.n):
        library.cf_power_rates(p.at(i), p.links(watts, i), address(out) + 8 * i * p.K)
    return out


def violations(gain: ArrayLike, watts: ArrayLike, parameters: Parameters,
               serve: ArrayLike | None = None) -> Violations:
    """What watts (...,L,K) break, drop by drop."""
    p = Problem(gain, parameters, serve).check()
    watts = p.allocation(watts)
    out = np.empty((4, *p.batch), np.int32)
    for i in range(p.n):
        v = library.cf_power_check_watts(p.at(i), p.links(watts, i))
        out.reshape(4, -1)[:, i] = v.bad_entries, v.aps_over, v.links_over, v.users_below_floor
    return Violations(*out)


def project(gain: ArrayLike, watts: ArrayLike, parameters: Parameters,
            serve: ArrayLike | None = None) -> NDArray[np.float32]:
    """The nearest allocation within the constraints, a new array (...,L,K) [W]."""
    p = Problem(gain, parameters, serve).check()
    out = p.allocation(watts).copy()
    for i in range(p.n):
        library.cf_power_project(p.at(i), p.links(out, i))
    return out
