"""Calls that take long: Ctrl-C and exceptions of callbacks end them, and are raised afterwards."""
from __future__ import annotations

import signal
import threading
from typing import Any, Callable

from .errors import Status, check
from ._library import library


class Watch:
    """While C runs, Ctrl-C only takes a note, since an exception cannot pass through C: the
    library's progress callback, through `ask`, then says stop."""

    def __init__(self) -> None:
        self.interrupted = False
        self.error: BaseException | None = None

    def __enter__(self) -> Watch:
        self._old: Any = None
        if threading.current_thread() is threading.main_thread():
            old = signal.getsignal(signal.SIGINT)
            if callable(old):  # neither ignored nor somebody else's in C
                self._old = signal.signal(signal.SIGINT, self._note)
        return self

    def _note(self, *_: Any) -> None:
        self.interrupted = True

    def __exit__(self, *_: Any) -> None:
        if self._old is not None:
            signal.signal(signal.SIGINT, self._old)

    def ask(self, callback: Callable[..., Any] | None, *arguments: Any) -> int:
        """1: stop."""
        try:
            stop = bool(callback(*arguments)) if callback and not self.interrupted else False
        except BaseException as error:  # whatever it is, it goes on beyond C
            self.error, stop = error, True
        return int(stop or self.interrupted)

    def finish(self, status: int) -> bool:
        """Raise what is to be raised; True: a callback stopped the call."""
        if self.error is not None:
            raise self.error
        if self.interrupted:
            raise KeyboardInterrupt(library.cf_last_error().decode() if status else "")
        if status != Status.STOP:
            check(status)
        return status == Status.STOP
