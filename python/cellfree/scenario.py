"""Scenarios: named, parameterised generators of drops (include/cellfree/scenario.h)."""
from __future__ import annotations

import os
from typing import NamedTuple

from ._handle import Handle, text
from ._library import TASKS, library


class ScenarioInfo(NamedTuple):
    name: str
    about: str  #: one line


def scenarios() -> list[ScenarioInfo]:
    """The scenarios that are built in."""
    return [ScenarioInfo(library.cf_scenario_builtin_name(i).decode(),
                         library.cf_scenario_builtin_about(i).decode())
            for i in range(library.cf_scenario_count())]


class Scenario:
    """A scenario. Immutable: share it freely."""

    def __init__(self, handle: Handle):
        self.handle = handle

    @classmethod
    def load(cls, name_or_path: str | os.PathLike[str]) -> Scenario:
        """A built-in one by its name ("mmwave-small"), or a YAML file."""
        return cls(Handle(library.cf_scenario_free, library.cf_scenario_load, text(name_or_path)))

    @classmethod
    def parse(cls, yaml: str, origin: str = "yaml") -> Scenario:
        """From YAML text; `origin` is what errors call it."""
        return cls(Handle(library.cf_scenario_free, library.cf_scenario_parse, yaml.encode(),
                          text(origin)))

    @property
    def name(self) -> str:
        return library.cf_scenario_name(self.handle).decode()

    @property
    def task(self) -> str:
        return TASKS[library.cf_scenario_task(self.handle)]

    @property
    def yaml(self) -> str:
        """Every parameter, defaults written out, units in comments; parses to the same scenario."""
        return library.cf_scenario_yaml(self.handle).decode()

    def __repr__(self) -> str:
        return f"<Scenario {self.name} for {self.task}>"
