"""cellfree: which access points serve which users, with how much power, and how good the answer is.

Scenarios, drops, methods, policies, evaluation and training of the C library, with NumPy arrays.
docs/python.md is the tour. Arrays are row-major with the axes ..., L (access points), K (users).
"""
from . import assignment, power
from ._library import library
from .drops import Drops
from .errors import CellfreeError, Status
from .evaluation import Item, Result, Results, evaluate
from .method import (Answer, AssignmentMethod, MethodInfo, PowerMethod, allocate, assign, methods)
from .page import report
from .policy import AssignmentRunner, Decision, Policy, PowerRunner, Runner
from .power import Parameters
from .scenario import Scenario, ScenarioInfo, scenarios
from .training import TrainConfig, Training, TrainState, train

__version__ = library.cf_version().decode()

__all__ = [
    "Answer", "AssignmentMethod", "AssignmentRunner", "CellfreeError", "Decision", "Drops", "Item",
    "MethodInfo", "Parameters", "Policy", "PowerMethod", "PowerRunner", "Result", "Results",
    "Runner", "Scenario", "ScenarioInfo", "Status", "TrainConfig", "TrainState", "Training",
    "allocate", "assign", "assignment", "evaluate", "methods", "power", "report", "scenarios",
    "train",
]
