"""Drops: realisations of a network, in memory and in files (include/cellfree/drops.h)."""
from __future__ import annotations

import ctypes
import math
import os

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import _library as c
from ._handle import Handle, address, text, view
from ._library import TASKS, library
from .errors import CellfreeError, Status, check
from .power import LIMITS, OBJECTIVES, Parameters
from .scenario import Scenario

_WORDS = {"task": TASKS, "unit": ("unknown", "dbm", "db", "linear", "db-over-noise"),
          "objective": OBJECTIVES, "limit": LIMITS}


def _import_options(task: str, **given) -> c.Import:
    """cf_import: words become their numbers, names bytes, and what is not given is the default."""
    made = c.Import(tx_power_dbm=math.nan, noise_dbm=math.nan, min_aps=-1, noise_w=math.nan,
                    mu=math.nan, static_w=math.nan, bandwidth_hz=math.nan)
    fields = {name for name, _ in c.Import._fields_}
    for name, value in {"task": task, **given}.items():
        if name not in fields:
            raise TypeError(f"no option {name}; there are {', '.join(sorted(fields))}")
        if name in _WORDS:
            if value not in _WORDS[name]:
                raise CellfreeError(Status.ARG,
                                    f"{name} is {value!r}, wanted one of {_WORDS[name]}")
            value = _WORDS[name].index(value)
        setattr(made, name, text(value) if isinstance(value, (str, os.PathLike)) else value)
    return made


class Drops:
    """n drops of L access points and K users. Arrays are read-only views of the library's memory,
    which lives as long as any of them; those of the other task are None."""

    def __init__(self, handle: Handle, report: str = ""):
        self.handle = handle
        self.report = report  #: of an import: what each axis and unit was taken to be
        self.c = c.Drops.from_address(handle.address)

    # ---- where drops come from ----

    @classmethod
    def generate(cls, scenario: Scenario | str, n: int, *, seed: int = 1, first: int = 0,
                 threads: int = 0) -> Drops:
        """Drops first to first + n - 1 of the scenario's endless sequence for this seed; drop i
        depends on scenario, seed and i alone. threads 0: all cores."""
        if not isinstance(scenario, Scenario):
            scenario = Scenario.load(scenario)
        return cls(Handle(library.cf_drops_free, library.cf_drops_generate, scenario.handle, seed,
                          first, n, threads))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Drops:
        """From a file of the format cellfree.drops (HDF5)."""
        return cls(Handle(library.cf_drops_free, library.cf_drops_load, text(path)))

    @classmethod
    def from_gain_dbm(cls, gain_dbm: ArrayLike, *, max_users: int = 2, min_aps: int = 2,
                      noise_dbm: float = math.nan, ap_position: ArrayLike | None = None,
                      ue_position: ArrayLike | None = None) -> Drops:
        """Task assignment from received power (n,L,K) [dBm]. noise_dbm NaN: thermal noise of
        500 MHz at 300 K. Positions [m]: (n,L,3|2) or (L,3|2), (n,K,3|2)."""
        if max_users < 1:  # to C, 0 is the default
            raise CellfreeError(Status.ARG, f"max_users is {max_users}, wanted 1 or more")
        return cls._from_arrays({"gain": gain_dbm, "ap_position": ap_position,
                                 "ue_position": ue_position}, "assignment", axes="drop,ap,user",
                                unit="dbm", max_users=max_users, min_aps=min_aps,
                                noise_dbm=noise_dbm)

    @classmethod
    def from_gain(cls, gain: ArrayLike, parameters: Parameters, serve: ArrayLike | None = None, *,
                  ap_position: ArrayLike | None = None,
                  ue_position: ArrayLike | None = None) -> Drops:
        """Task power from effective power gains (n,L,K,K), linear: gain[l,k,j] to user k of the
        beam that access point l points at user j. serve (n,L,K) or (L,K), 0 or 1: who may serve
        whom. Positions as for from_gain_dbm."""
        return cls._from_arrays({"gain": gain, "serve": serve, "ap_position": ap_position,
                                 "ue_position": ue_position}, "power", axes="drop,ap,user,beam",
                                unit="linear", **vars(parameters))

    @classmethod
    def from_channel(cls, channel: ArrayLike, parameters: Parameters,
                     serve: ArrayLike | None = None, *, ap_position: ArrayLike | None = None,
                     ue_position: ArrayLike | None = None) -> Drops:
        """Task power from complex channels (n,L,K,N) [sqrt(W/W)], of which maximum-ratio beams make
        the gains (effective_gain). The rest as for from_gain."""
        return cls._from_arrays({"channel": channel, "serve": serve, "ap_position": ap_position,
                                 "ue_position": ue_position}, "power", axes="drop,ap,user,antenna",
                                unit="linear", **vars(parameters))

    @classmethod
    def _from_arrays(cls, arrays: dict[str, ArrayLike | None], task: str, **meaning) -> Drops:
        """The library's import is the only judge of what it takes."""
        kept = {name: np.asarray(a, order="C") for name, a in arrays.items() if a is not None}
        shapes = [np.array(a.shape, np.int64) for a in kept.values()]
        described = (c.Array * len(kept))(*(
            c.Array(name.encode(), a.dtype.str.encode(), a.ndim, address(shape), address(a))
            for (name, a), shape in zip(kept.items(), shapes)))
        options = _import_options(task, **{name: name for name in kept}, **meaning)
        return cls._imported(library.cf_drops_import_arrays, described, len(kept), options)

    @classmethod
    def from_npz(cls, path: str | os.PathLike[str], task: str, *, gain: str | None = None,
                 axes: str | None = None, unit: str = "unknown", like: str | None = None,
                 channel: str | None = None, serve: str | None = None, **options) -> Drops:
        """Gains in an .npz, .npy, .mat or .csv file of any axis order, as `cellfree import` takes
        them: the array named `gain`, its axes ("drop,ap,user"; power "drop,ap,user,beam"), unit
        "dbm", "db", "linear" or "db-over-noise". Power: complex channels `channel` in place of
        gains ("drop,ap,user,antenna"), and `serve`, 0 and 1, who may serve whom. `like`: what is
        not said is that of a convention, "bjornson", "eemax" or "peng" (docs/formats.md).

        options  ap_position, ue_position: names of arrays; assignment: tx_power_dbm, noise_dbm,
                 max_users, min_aps; power: noise_w, static_w, mu, bandwidth_hz, objective, limit,
                 limit_w, rate_floor, antennas, serve_axes (cf_import in include/cellfree/drops.h)

        `report` of the drops says what was made of it."""
        made = _import_options(task, gain=gain, axes=axes, unit=unit, channel=channel, serve=serve,
                               **options)
        if like is not None:
            check(library.cf_import_like(ctypes.byref(made), text(like)))
        return cls._imported(library.cf_drops_import, text(path), made)

    @classmethod
    def _imported(cls, function, *arguments) -> Drops:
        report = ctypes.create_string_buffer(4096)
        *where, options = arguments
        handle = Handle(library.cf_drops_free, function, *where, ctypes.byref(options), report,
                        len(report))
        return cls(handle, report.value.decode(errors="replace").rstrip())

    def save(self, path: str | os.PathLike[str]) -> None:
        """To a file of the format cellfree.drops; whole or not at all."""
        check(library.cf_drops_save(self.handle, text(path)))

    # ---- what is in them ----

    @property
    def task(self) -> str:
        return TASKS[self.c.task]

    @property
    def n(self) -> int:
        return self.c.n

    @property
    def aps(self) -> int:
        """L."""
        return self.c.L

    @property
    def users(self) -> int:
        """K."""
        return self.c.K

    @property
    def antennas(self) -> int:
        """Power: N of an access point, 0 for imported gains."""
        return self.c.antennas

    @property
    def seed(self) -> int:
        return self.c.seed

    @property
    def first(self) -> int:
        """Number of drop 0 in the scenario's sequence."""
        return self.c.first

    @property
    def scenario(self) -> str:
        """Its name, "imported" for imported gains."""
        return self.c.scenario.decode()

    @property
    def scenario_yaml(self) -> str:
        return self.c.scenario_yaml.decode()

    @property
    def checksum(self) -> int:
        """Of all arrays and parameters, the same on every machine."""
        return self.c.checksum

    def _view(self, field: str, *tail: int, dtype=np.float32, drops: bool = True):
        shape = (self.n, *tail) if drops else tail
        return view(self.handle, getattr(self.c, field), shape, dtype)

    @property
    def ap_position(self) -> NDArray[np.float32] | None:
        """(n,L,3) [m]."""
        return self._view("ap_position", self.aps, 3)

    @property
    def ue_position(self) -> NDArray[np.float32] | None:
        """(n,K,3) [m]."""
        return self._view("ue_position", self.users, 3)

    @property
    def gain_dbm(self) -> NDArray[np.float32] | None:
        """Assignment: (n,L,K) received power [dBm]."""
        return self._view("gain_dbm", self.aps, self.users)

    @property
    def noise_dbm(self) -> float:
        """Assignment: noise power [dBm]."""
        return self.c.noise_dbm

    @property
    def max_users(self) -> NDArray[np.int32] | None:
        """Assignment: (L), users that an access point may serve."""
        return self._view("max_users", self.aps, dtype=np.int32, drops=False)

    @property
    def min_aps(self) -> NDArray[np.int32] | None:
        """Assignment: (K), access points that a user needs."""
        return self._view("min_aps", self.users, dtype=np.int32, drops=False)

    @property
    def channel(self) -> NDArray[np.complex64] | None:
        """Power: (n,L,K,N) [sqrt(W/W)]; None for imported gains."""
        return self._view("channel", self.aps, self.users, self.antennas, dtype=np.complex64)

    @property
    def gain(self) -> NDArray[np.float32] | None:
        """Power: (n,L,K,K) imported effective power gains, else None. See effective_gain."""
        return self._view("gain", self.aps, self.users, self.users)

    @property
    def serve(self) -> NDArray[np.uint8] | None:
        """Power: (n,L,K), 1 where an access point may serve a user; None: all may."""
        return self._view("serve", self.aps, self.users, dtype=np.uint8)

    @property
    def parameters(self) -> Parameters | None:
        """Power: the problem's numbers."""
        if self.task != "power":
            return None
        d = self.c
        return Parameters(noise_w=d.noise_w, static_w=d.static_w, mu=d.mu,
                          bandwidth_hz=d.bandwidth_hz, objective=OBJECTIVES[d.objective],
                          limit=LIMITS[d.limit], limit_w=d.limit_w, rate_floor=d.rate_floor)

    def snr(self) -> NDArray[np.float64]:
        """Assignment: (n,L,K) SNR, linear: 10^((gain_dbm - noise_dbm) / 10)."""
        self._expect("assignment")
        out = np.empty((self.n, self.aps, self.users))
        for i in range(self.n):
            library.cf_drops_snr(self.handle, i, address(out) + 8 * i * self.aps * self.users)
        return out

    def effective_gain(self) -> NDArray[np.float32]:
        """Power: (n,L,K,K) power gains with maximum-ratio precoding, linear."""
        self._expect("power")
        out, unused = np.empty((self.n, self.aps, self.users, self.users), np.float32), c.Power()
        for i in range(self.n):
            check(library.cf_drops_power(self.handle, i, address(out) + i * out.strides[0],
                                         ctypes.byref(unused)))
        return out

    def _expect(self, task: str) -> None:
        if self.task != task:
            raise CellfreeError(Status.ARG, f"the drops are of the task {self.task}, not {task}")

    def __len__(self) -> int:
        return self.n

    def __repr__(self) -> str:
        return (f"<Drops {self.scenario} for {self.task}: n={self.n} L={self.aps} K={self.users}>")
