"""Methods over the same drops, checked independently (include/cellfree/evaluate.h)."""
from __future__ import annotations

import ctypes
import os
import sys
from dataclasses import dataclass, fields
from typing import Any, Callable, Sequence, Union

import numpy as np
from numpy.typing import NDArray

from . import _library as c
from ._handle import text, view
from ._interrupt import Watch
from ._library import TASKS, library
from .drops import Drops
from .errors import CellfreeError, Status, check
from .policy import Policy


@dataclass(frozen=True)
class Item:
    """A method to evaluate."""

    spec: str  #: "gsd", "exact:node-limit=1000", "policy+search", ...
    policy: Policy | None = None  #: for methods that need one
    name: str | None = None  #: in results; None: the spec


@dataclass(frozen=True)
class Result:
    """One method's answers on n drops, and their summary. Arrays are read-only views; what belongs
    to the other task, or was not kept, is None or NaN."""

    method: str
    task: str
    unit: str  #: of objective, bound, mean
    allocation: NDArray  #: (n,L,K) uint8 0 or 1, or float32 [W]
    relaxed: NDArray[np.float32] | None  #: (n,L,K) before rounding
    objective: NDArray[np.float64]  #: (n) recomputed
    bound: NDArray[np.float64] | None  #: (n) upper bound, or NaN
    seconds: NDArray[np.float64] | None  #: (n) of a single-drop run
    feasible: NDArray[np.bool_]  #: (n) every constraint holds, the rate floor aside
    broken: NDArray[np.bool_] | None  #: (n) assignment: B2d broken before repair
    proven: NDArray[np.bool_] | None  #: (n) proven optimal
    below_floor: NDArray[np.int32] | None  #: (n) power: users below the rate floor
    users_on: NDArray[np.int32] | None  #: (n) power: users that are served
    mean: float  #: of objective
    ci95: float  #: half width of the 95 % interval of the mean
    of_best: float  #: mean over drops of objective / best known
    of_best_ci95: float
    of_best_p1: float  #: power: its 1 % quantile over drops
    certified: bool  #: best is a proven optimum or a bound on every drop
    feasible_share: float
    broken_share: float
    proven_share: float
    floor_share: float  #: power: drops with no user below the floor
    below_floor_share: float  #: power: users below the floor
    users_on_mean: float  #: power: of a drop
    watts_mean: float  #: power: of a drop, summed over its links [W]
    us_per_drop: float
    p50_us: float
    p99_us: float
    batch_us_per_drop: float

    def summary(self) -> dict[str, Any]:
        """All of it but the arrays."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        return {k: v for k, v in values.items() if v is not None and np.ndim(v) == 0}


_ARRAYS = {"relaxed": np.float32, "objective": np.float64, "bound": np.float64,
           "seconds": np.float64, "feasible": np.bool_, "broken": np.bool_, "proven": np.bool_,
           "below_floor": np.int32, "users_on": np.int32}


def _result(owner: _Owner, at: int) -> Result:
    r = c.Result.from_address(at)
    drop, links = (r.n,), (r.n, r.L, r.K)
    arrays = {name: view(owner, getattr(r, name), links if name == "relaxed" else drop, dtype)
              for name, dtype in _ARRAYS.items()}
    if r.task == 0:
        allocation = view(owner, r.x, links, np.uint8)
    else:
        allocation = view(owner, r.watts, links, np.float32)
    numbers = {name: getattr(r, name) for name, kind in c.Result._fields_
               if kind is ctypes.c_double and name != "rate_floor"}
    return Result(method=r.method.decode(), task=TASKS[r.task], allocation=allocation,
                  unit=library.cf_result_unit(at).decode(), certified=bool(r.certified), **arrays,
                  **numbers)


class _Owner:
    """Results of the library, `count` pointers, freed with this."""

    def __init__(self, pointers: Any, count: int, free: Callable[[], None]):
        self.pointers, self.count, self._free = pointers, count, free

    def __del__(self) -> None:
        self._free()


class Results(dict):
    """Result by method, in the order asked for: results["gsd"].mean. Printed, a table."""

    def __init__(self, owner: _Owner, drops: Drops | None = None):
        found = [_result(owner, owner.pointers[i]) for i in range(owner.count)]
        super().__init__((r.method, r) for r in found)
        self._owner, self._drops = owner, drops

    def save(self, path: str | os.PathLike[str], drops: Drops | None = None,
             command: str | None = None) -> None:
        """As result.h5. Results that were loaded need their drops again; `command` is what the
        file says made it, this program's arguments if None."""
        drops = drops or self._drops
        if drops is None:
            raise CellfreeError(Status.ARG, "results that were loaded are saved with their drops")
        command = " ".join(sys.argv) if command is None else command
        check(library.cf_results_save(self._owner.pointers, self._owner.count, drops.handle,
                                      text(command), text(path)))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Results:
        """A file that `cellfree evaluate --out`, `cellfree solve` or `save` wrote."""
        pointers, count = ctypes.c_void_p(), ctypes.c_int32()
        check(library.cf_results_load(ctypes.byref(pointers), ctypes.byref(count), text(path)))
        array = (ctypes.c_void_p * count.value).from_address(pointers.value)
        free = library.cf_results_free
        return cls(_Owner(array, count.value, lambda: free(pointers, count)))

    def __str__(self) -> str:
        width = max([6, *map(len, self)])
        lines = [f"{'method':{width}}      mean  of best  feasible  us a drop"]
        lines += [f"{name:{width}} {r.mean:9.4f} {r.of_best:8.5f} {r.feasible_share:9.4f} "
                  f"{r.us_per_drop:10.2f}" for name, r in self.items()]
        return "\n".join(lines)


Method = Union[str, Item]


def evaluate(drops: Drops, methods: Sequence[Method], *, threads: int = 0, seed: int = 0,
             keep_relaxed: bool = False, time_batch: bool = False, times: bool = True,
             progress: Callable[[str, int, int], Any] | None = None) -> Results:
    """Run methods of the drops' task over all drops. threads 0: all cores; keep_relaxed: keep what
    networks give before rounding; time_batch: time batches as well (both assignment). `progress`
    is told method, drops done and drops in all, and stops by what is true: that, as Ctrl-C does,
    ends the evaluation, as the error CellfreeError of status STOP."""
    items = [m if isinstance(m, Item) else Item(m) for m in methods]
    names = [i.name or i.spec for i in items]
    if len(set(names)) < len(names):
        raise CellfreeError(Status.ARG, f"methods {names} have a name twice")
    array = (c.EvaluateItem * len(items))(*(
        c.EvaluateItem(text(name), text(i.spec), i.policy and i.policy.handle.address)
        for name, i in zip(names, items)))
    out, watch = (ctypes.c_void_p * len(items))(), Watch()
    tell = c.EvaluateProgress(lambda _, method, done, total: watch.ask(
        progress, method.decode(), done, total))
    options = c.EvaluateOptions(threads, seed, keep_relaxed, time_batch, not times, tell, None)
    with watch:
        status = library.cf_evaluate(drops.handle, array, len(items), ctypes.byref(options), out)
    free = library.cf_result_free
    owner = _Owner(out, len(items), lambda: [free(p) for p in out])
    if watch.finish(status):
        check(status)
    return Results(owner, drops)
