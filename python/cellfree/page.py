"""Results as a page in HTML (include/cellfree/report.h, docs/report.md)."""
from __future__ import annotations

import ctypes
import os
import sys
from typing import Sequence, Union

from . import _library as c
from ._handle import Handle, text
from ._library import library
from .errors import check

Path = Union[str, "os.PathLike[str]"]


def _list(paths: Path | Sequence[Path]) -> list[bytes]:
    return [text(p) for p in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


def _addresses(handles: list[Handle]) -> ctypes.Array[ctypes.c_void_p]:
    return (ctypes.c_void_p * len(handles))(*(h.address for h in handles))


def report(results: Path | Sequence[Path], out: Path, *, data: Path | Sequence[Path] = (),
           metrics: Path | Sequence[Path] = (), title: str | None = None, drops: int = 128,
           command: str | None = None) -> None:
    """Write one HTML file that shows result files, as `cellfree report` does.

    data     drops that results ran on, where they cannot be made again (imported gains)
    metrics  curves of trainings, OUT.metrics.jsonl;  drops  of each result to draw, at most
    command  what the page says made it, this program's arguments if None"""
    files = _list(data)
    array = (ctypes.c_char_p * len(files))(*files)
    studies = [Handle(library.cf_study_close, library.cf_study_open, path, array, len(files), 0)
               for path in _list(results)]
    curves = [Handle(library.cf_metrics_free, library.cf_metrics_load, path)
              for path in _list(metrics)]
    command = " ".join(sys.argv) if command is None else command
    at, curves_at = _addresses(studies), _addresses(curves)
    page = c.Page(text(title) if title is not None else None, text(command),
                  ctypes.addressof(at), len(studies), ctypes.addressof(curves_at), len(curves),
                  drops)
    check(library.cf_page_write(ctypes.byref(page), text(out)))
