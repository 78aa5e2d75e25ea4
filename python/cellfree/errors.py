"""What can go wrong."""
from __future__ import annotations

import enum

from ._library import library


class Status(enum.IntEnum):
    """How a call can fail (include/cellfree/status.h)."""

    OK = 0
    ARG = 1  #: argument, option or YAML value out of its documented range
    SHAPE = 2  #: dimensions disagree, or no assignment is possible
    NOMEM = 3  #: an allocation failed
    IO = 4  #: file missing, unreadable, unwritable, or the disk is full
    FORMAT = 5  #: file truncated, damaged, too new, or not what was asked for
    NUM = 6  #: NaN or infinity, or no convergence
    STOP = 7  #: stopped by a callback

    __str__ = enum.Enum.__str__  # "Status.SHAPE" for readers


class CellfreeError(Exception):
    """A call failed. `status` says how; the text says what was found and what was wanted."""

    def __init__(self, status: int, text: str):
        super().__init__(text)
        self.status = Status(status)


def check(status: int, where: str = "") -> None:
    """Raise what the library said last on this thread, unless `status` is 0."""
    if status:
        said = library.cf_last_error().decode(errors="replace")  # names of files are any bytes
        raise CellfreeError(status, where + said)
