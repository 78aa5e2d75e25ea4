"""The shared library: found, loaded, and what include/cellfree declares, as ctypes sees it."""
from __future__ import annotations

import ctypes
import os
from ctypes import c_char_p, c_double, c_int32, c_int64, c_size_t, c_uint64, c_void_p
from pathlib import Path

HERE = Path(__file__).resolve().parent
TASKS = ("assignment", "power")


class Assignment(ctypes.Structure):
    _fields_ = [("L", c_int32), ("K", c_int32), ("snr", c_void_p), ("max_users", c_void_p),
                ("min_aps", c_void_p)]


class Violations(ctypes.Structure):
    _fields_ = [(name, c_int32) for name in ("not_binary", "aps_over", "users_short")]


class Power(ctypes.Structure):
    _fields_ = [("L", c_int32), ("K", c_int32), ("gain", c_void_p), ("serve", c_void_p),
                ("noise_w", c_double), ("mu", c_double), ("static_w", c_double),
                ("bandwidth_hz", c_double), ("objective", c_int32), ("limit", c_int32),
                ("limit_w", c_double), ("rate_floor", c_double)]


class PowerViolations(ctypes.Structure):
    _fields_ = [(name, c_int32)
                for name in ("bad_entries", "aps_over", "links_over", "users_below_floor")]


class Report(ctypes.Structure):
    _fields_ = [("objective_mean", c_double), ("bound", c_double), ("proven", c_int32),
                ("broken", c_int32), ("nodes", c_int64)]


class Drops(ctypes.Structure):
    _fields_ = [("task", c_int32), ("n", c_int32), ("L", c_int32), ("K", c_int32),
                ("ap_position", c_void_p), ("ue_position", c_void_p), ("gain_dbm", c_void_p),
                ("max_users", c_void_p), ("min_aps", c_void_p), ("noise_dbm", c_double),
                ("antennas", c_int32), ("channel", c_void_p), ("gain", c_void_p),
                ("serve", c_void_p), ("noise_w", c_double), ("mu", c_double),
                ("static_w", c_double), ("bandwidth_hz", c_double), ("limit_w", c_double),
                ("rate_floor", c_double), ("objective", c_int32), ("limit", c_int32),
                ("seed", c_uint64), ("first", c_int64), ("scenario", c_char_p),
                ("scenario_yaml", c_char_p), ("checksum", c_uint64)]


class Import(ctypes.Structure):
    _fields_ = [("task", c_int32), ("gain", c_char_p), ("axes", c_char_p), ("unit", c_int32),
                ("ap_position", c_char_p), ("ue_position", c_char_p), ("tx_power_dbm", c_double),
                ("noise_dbm", c_double), ("max_users", c_int32), ("min_aps", c_int32),
                ("channel", c_char_p), ("antennas", c_int32), ("serve", c_char_p),
                ("serve_axes", c_char_p),
                ("noise_w", c_double), ("mu", c_double), ("static_w", c_double),
                ("bandwidth_hz", c_double), ("objective", c_int32), ("limit", c_int32),
                ("limit_w", c_double), ("rate_floor", c_double)]


class Array(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("type", c_char_p), ("ndim", c_int32), ("dims", c_void_p),
                ("data", c_void_p)]


class Result(ctypes.Structure):
    _fields_ = [("method", c_char_p), ("task", c_int32), ("power_objective", c_int32),
                ("rate_floor", c_double), ("n", c_int32), ("L", c_int32), ("K", c_int32),
                *[(name, c_void_p) for name in
                  ("x", "watts", "relaxed", "objective", "bound", "seconds", "feasible", "broken",
                   "proven", "below_floor", "users_on")],
                ("mean", c_double), ("ci95", c_double), ("of_best", c_double),
                ("of_best_ci95", c_double), ("of_best_p1", c_double), ("certified", c_int32),
                *[(name, c_double) for name in
                  ("feasible_share", "broken_share", "proven_share", "floor_share",
                   "below_floor_share", "users_on_mean", "watts_mean", "us_per_drop", "p50_us",
                   "p99_us", "batch_us_per_drop")]]


EvaluateProgress = ctypes.CFUNCTYPE(ctypes.c_int, c_void_p, c_char_p, c_int32, c_int32)


class EvaluateOptions(ctypes.Structure):
    _fields_ = [("threads", c_int32), ("seed", c_uint64), ("keep_relaxed", c_int32),
                ("time_batch", c_int32), ("no_times", c_int32), ("progress", EvaluateProgress),
                ("user", c_void_p)]


class EvaluateItem(ctypes.Structure):
    _fields_ = [("name", c_char_p), ("spec", c_char_p), ("policy", c_void_p)]


class TrainState(ctypes.Structure):
    _fields_ = [("step", c_int64), ("steps", c_int64), ("seconds", c_double),
                ("objective", c_double), ("violation", c_double), ("entropy", c_double),
                ("drops_per_second", c_double), ("eta_seconds", c_double),
                ("validated", c_int32), ("valid_of_best", c_double), ("valid_broken", c_double),
                ("best_of_best", c_double), ("saved", c_int32)]


TrainProgress = ctypes.CFUNCTYPE(ctypes.c_int, c_void_p, ctypes.POINTER(TrainState))


class TrainRun(ctypes.Structure):
    _fields_ = [("data", c_void_p), ("data_count", c_int32), ("out", c_char_p),
                ("resume", c_int32), ("threads", c_int32), ("minutes", c_double),
                ("progress", TrainProgress), ("user", c_void_p)]


# The structures by their names in C, for the test that holds them against the headers.
STRUCTURES = {"cf_assignment": Assignment, "cf_violations": Violations, "cf_power": Power,
              "cf_power_violations": PowerViolations, "cf_report": Report, "cf_drops": Drops,
              "cf_import": Import, "cf_array": Array, "cf_result": Result, "cf_evaluate_options": EvaluateOptions,
              "cf_evaluate_item": EvaluateItem, "cf_train_state": TrainState,
              "cf_train_run": TrainRun}

_TYPES = {"v": None, "i": c_int32, "l": c_int64, "u": c_uint64, "z": c_size_t, "d": c_double,
          "s": c_char_p, "p": c_void_p, "V": Violations, "W": PowerViolations}

# Function: its result, then its arguments, by the letters above (cf_status is an i).
FUNCTIONS = {
    "cf_status_str": "si", "cf_last_error": "s", "cf_version": "s",
    "cf_scenario_count": "i", "cf_scenario_builtin_name": "si", "cf_scenario_builtin_about": "si",
    "cf_scenario_load": "ips", "cf_scenario_parse": "ipss", "cf_scenario_free": "vp",
    "cf_scenario_name": "sp", "cf_scenario_task": "ip", "cf_scenario_yaml": "sp",
    "cf_drops_generate": "ippulii", "cf_drops_save": "ips", "cf_drops_load": "ips",
    "cf_drops_free": "vp", "cf_drops_import": "ipsppz", "cf_drops_import_arrays": "ippippz",
    "cf_import_like": "ips", "cf_drops_snr": "vpip",
    "cf_drops_power": "ipipp",
    "cf_assignment_check": "ip", "cf_assignment_rate": "dpp", "cf_assignment_violations": "Vpp",
    "cf_assignment_repair_workspace": "zii", "cf_assignment_repair": "ippp",
    "cf_power_check": "ip", "cf_power_value": "dppp", "cf_power_rates": "vppp",
    "cf_power_check_watts": "Wpp", "cf_power_project": "vpp",
    "cf_method_count": "i", "cf_method_name": "si", "cf_method_about": "si",
    "cf_method_parameters": "si", "cf_method_make": "ipspii", "cf_method_free": "vp",
    "cf_method_run": "ippulppp", "cf_method_run_many": "ippiulppp",
    "cf_power_method_count": "i", "cf_power_method_name": "si", "cf_power_method_about": "si",
    "cf_power_method_parameters": "si", "cf_power_method_make": "ipspii",
    "cf_power_method_free": "vp", "cf_power_method_serves": "ipii",
    "cf_power_method_run": "ippulpp", "cf_power_method_run_many": "ippiulpp",
    "cf_policy_load": "ips", "cf_policy_save": "ips", "cf_policy_free": "vp",
    "cf_policy_task": "ip", "cf_policy_architecture": "sp", "cf_policy_parameter_count": "lp",
    "cf_policy_meta": "sps", "cf_policy_meta_key": "spi", "cf_policy_size_name": "spi",
    "cf_policy_size": "dpi",
    "cf_runner_make": "ippiii", "cf_runner_free": "vp", "cf_runner_decide": "ippipp",
    "cf_runner_power": "ippip", "cf_runner_describe": "zppz", "cf_runner_fronthaul_floats": "lp",
    "cf_runner_flops": "lp",
    "cf_result_unit": "sp", "cf_evaluate": "ippipp", "cf_result_free": "vp",
    "cf_results_save": "ipipss", "cf_results_load": "ipps", "cf_results_free": "vpi",
    "cf_train_config_load": "ips", "cf_train_config_parse": "ipss",
    "cf_train_config_free": "vp", "cf_train_config_set": "ipss", "cf_train_config_yaml": "sp",
    "cf_train_config_task": "ip", "cf_train": "ipp",
}


def _places() -> list[str]:
    """Where the library may be: as the user says, in the wheel, in the build tree, the system's."""
    if "CELLFREE_LIBRARY" in os.environ:
        return [os.environ["CELLFREE_LIBRARY"]]
    files = [HERE / "libcellfree.so", HERE.parent.parent / "build" / "release" / "libcellfree.so"]
    return [str(f) for f in files if f.exists()] + ["libcellfree.so.0"]


def _load() -> ctypes.CDLL:
    place = _places()[0]
    try:
        loaded = ctypes.CDLL(place)
    except OSError as error:
        raise ImportError(f"cellfree: {error}; build it with `make`, install it, or name the file "
                          "in CELLFREE_LIBRARY") from None
    for name, letters in FUNCTIONS.items():
        try:
            function = getattr(loaded, name)
        except AttributeError:
            raise ImportError(f"cellfree: {place} has no {name}: another version") from None
        function.restype = _TYPES[letters[0]]
        function.argtypes = [_TYPES[letter] for letter in letters[1:]]
    return loaded


library = _load()
