"""Objects of the library, and arrays inside of them."""
from __future__ import annotations

import ctypes
import os
import threading
import weakref
from typing import Any, Callable

import numpy as np

from .errors import CellfreeError, Status, check


class Handle:
    """Owns what `make(byref(pointer), ...)` made, until nobody needs it."""

    def __init__(self, free: Callable[[int], None], make: Callable[..., int], *arguments: Any):
        pointer = ctypes.c_void_p()
        check(make(ctypes.byref(pointer), *arguments))
        self._as_parameter_ = self.address = pointer.value
        self.lock = threading.Lock()  # for objects that serve one thread at a time
        weakref.finalize(self, free, self.address).atexit = False


class _View:
    """Memory of `owner`, as NumPy takes it: the array's base keeps the owner alive."""

    def __init__(self, owner: Any, address: int, shape: tuple[int, ...], dtype: Any):
        self.owner = owner
        self.__array_interface__ = {"version": 3, "shape": shape, "data": (address, True),
                                    "typestr": np.dtype(dtype).str}


def view(owner: Any, address: int | None, shape: tuple[int, ...], dtype: Any) -> np.ndarray | None:
    """Read-only array over memory of the library; None where there is none."""
    return None if address is None else np.asarray(_View(owner, address, shape, dtype))


def address(array: np.ndarray | None) -> int | None:
    return None if array is None else array.ctypes.data


def taken(array: Any, dtype: Any, name: str, axes: int, tail: tuple[int, ...] = ()) -> np.ndarray:
    """`array` as C wants it, itself where it is that already. Its last `axes` axes are the drop's,
    of the sizes `tail` if given; those before them are the batch."""
    given = np.asarray(array)
    if given.dtype.kind not in "fiub":
        raise TypeError(f"{name} is of type {given.dtype}, wanted real numbers")
    if given.ndim < axes or (tail and given.shape[-axes:] != tail):
        wanted = ",".join(map(str, tail or "?" * axes))
        raise CellfreeError(Status.SHAPE, f"{name} is {given.shape}, wanted (...,{wanted})")
    flags = given.flags
    if given.dtype == dtype and flags.c_contiguous and flags.aligned:
        return given
    return np.require(given, dtype, "CA")


def flags_of(array: Any, name: str, tail: tuple[int, ...] = ()) -> np.ndarray:
    """`taken` for 0 and 1: bool or integers, none of which changes by becoming a byte."""
    given = np.asarray(array)
    if given.dtype.kind not in "iub":
        raise TypeError(f"{name} is of type {given.dtype}, wanted integers or bool")
    if given.dtype.itemsize > 1 and given.size and not 0 <= given.min() <= given.max() <= 255:
        raise CellfreeError(Status.ARG, f"{name} is {given.min()} to {given.max()}, wanted 0 or 1")
    return taken(given, np.uint8, name, 2, tail)


def text(path: Any) -> bytes:
    """A path or a word, for C."""
    return os.fsencode(path)
