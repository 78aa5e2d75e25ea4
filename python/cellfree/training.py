"""Training of policies (include/cellfree/train.h, docs/training.md)."""
from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from typing import Any, Callable, Sequence, Union

from . import _library as c
from ._handle import Handle, text
from ._interrupt import Watch
from ._library import TASKS, library
from .drops import Drops
from .errors import check
from .policy import Policy

Path = Union[str, "os.PathLike[str]"]


@dataclass(frozen=True)
class TrainState:
    """How a training stands at a validation."""

    step: int
    steps: int
    seconds: float  #: since the start, resumed time included
    objective: float  #: mean of the last batch [bit/s/Hz], or [Mbit/J]
    violation: float  #: assignment: mean connection penalty of the last batch
    entropy: float  #: assignment: mean discreteness penalty of the last batch
    drops_per_second: float
    eta_seconds: float
    valid_of_best: float  #: feasible value / optimum or best known, mean over drops
    valid_broken: float  #: assignment: share of drops that break B2d before repair
    best_of_best: float  #: of the best weights so far
    saved: bool  #: a better policy was just written


@dataclass(frozen=True)
class Training:
    """What a training came to."""

    policy: Policy  #: the best by validation, loaded from `out`
    states: list[TrainState]  #: of every validation of this call
    stopped: bool  #: by the callback; resume=True goes on


class TrainConfig:
    """A configuration, YAML with every default written out: `yaml`."""

    def __init__(self, path: Path | None = None):
        """From a file; None: the defaults."""
        self.handle = Handle(library.cf_train_config_free, library.cf_train_config_load,
                             None if path is None else text(path))

    @classmethod
    def parse(cls, yaml: str, origin: str = "yaml") -> TrainConfig:
        """From text; `origin` is what errors call it."""
        self = cls.__new__(cls)
        self.handle = Handle(library.cf_train_config_free, library.cf_train_config_parse,
                             yaml.encode(), text(origin))
        return self

    def set(self, key: str, value: Any) -> None:
        """Set one key. Another architecture brings its own defaults, so set it first."""
        value = int(value) if isinstance(value, bool) else value
        check(library.cf_train_config_set(self.handle, text(key), str(value).encode()))

    @property
    def yaml(self) -> str:
        return library.cf_train_config_yaml(self.handle).decode()

    @property
    def task(self) -> str:
        return TASKS[library.cf_train_config_task(self.handle)]


def _configure(config: TrainConfig | Path | None, task: str | None, scenario: Any, minutes: float,
               settings: dict[str, Any]) -> TrainConfig:
    """The configuration of this call, as `cellfree train` puts it together: the architecture goes
    first, since it decides which other keys there are."""
    if isinstance(config, TrainConfig):
        made = TrainConfig.parse(config.yaml)
    else:
        made = TrainConfig(config)
    if task == "power" and config is None:
        settings = {"architecture": "setnet", **settings}
    if "architecture" in settings:
        made.set("architecture", settings.pop("architecture"))
    if scenario is not None:
        several = [scenario] if isinstance(scenario, (str, os.PathLike)) else scenario
        made.set("scenario", ",".join(map(os.fspath, several)))
    if minutes > 0:
        made.set("steps", 10**9)
    for key, value in settings.items():
        made.set(key, value)
    return made


def _state(s: c.TrainState) -> TrainState:
    values = {name: getattr(s, name) for name, _ in c.TrainState._fields_ if name != "validated"}
    return TrainState(**{**values, "saved": bool(s.saved)})


def train(out: Path, *, task: str | None = None, config: TrainConfig | Path | None = None,
          scenario: Path | Sequence[Path] | None = None,
          data: Drops | Sequence[Drops] | None = None, resume: bool = False, threads: int = 0,
          minutes: float = 0.0,
          callback: Callable[[TrainState], Any] | None = None, **settings: Any) -> Training:
    """Train a policy into the file `out`; checkpoint and curves stand beside it.

    task      "power": the architecture setnet unless said otherwise; else that of the architecture
    config    keys of docs/training.md; a keyword sets one of them (steps=2000, architecture="hpe")
    scenario  fresh drops of these names or YAML files, in turn;  data  fixed drops instead
    resume    go on from the checkpoint;  threads 0: all cores;  minutes  stop after so long
    callback  is told at every validation, and stops by what is true

    Ctrl-C, and an exception of the callback, stop as well: checkpoint and best policy are saved,
    then it is raised. The same call with resume=True goes on."""
    made = _configure(config, task, scenario, minutes, settings)
    sets = [] if data is None else [data] if isinstance(data, Drops) else list(data)
    pointers = (ctypes.c_void_p * len(sets))(*(d.handle.address for d in sets))
    states: list[TrainState] = []
    watch = Watch()

    def tell(_: Any, at: Any) -> int:
        if not at.contents.validated:
            return watch.ask(None)
        states.append(_state(at.contents))
        return watch.ask(callback, states[-1])

    run = c.TrainRun(ctypes.addressof(pointers) if sets else None, len(sets), text(out), resume,
                     threads, minutes, c.TrainProgress(tell), None)
    with watch:
        status = library.cf_train(made.handle, ctypes.byref(run))
    stopped = watch.finish(status)
    return Training(Policy.load(out), states, stopped)
