import gc
import json
import math
import os
import signal

import numpy as np
import pytest

import cellfree as cf
from cellfree import assignment
from cellfree import power as pw


def test_results_are_those_of_the_program(cellfree, small, tmp_path):
    small.save(tmp_path / "drops.h5")
    said = cellfree("evaluate", "--data", tmp_path / "drops.h5", "--methods", "gsd,exact", "--json")
    results = cf.evaluate(small, ["gsd", "exact"])
    for line in map(json.loads, said.splitlines()):
        r = results[line["method"]]
        assert r.mean == pytest.approx(line["mean"], rel=1e-8)
        assert r.of_best == pytest.approx(line["of_best"], rel=1e-8)
        assert r.feasible_share == line["feasible"]
    assert list(results) == ["gsd", "exact"]


def test_a_result_is_structured(small, market):
    policy = cf.Item("policy", market, "ours")
    r = cf.evaluate(small, ["exact", policy, "gsd"], keep_relaxed=True, time_batch=True)
    exact = r["exact"]
    assert exact.task == "assignment" and exact.unit == "bit/s/Hz" and exact.certified
    assert exact.allocation.shape == (64, 5, 4) and exact.proven.all() and exact.feasible.all()
    assert np.allclose(exact.objective, assignment.rate(small.snr(), exact.allocation))
    assert exact.mean == pytest.approx(exact.objective.mean()) and exact.of_best == 1
    assert exact.seconds.shape == (64,) and exact.batch_us_per_drop > 0
    assert exact.watts_mean != exact.watts_mean and exact.users_on is None  # NaN: of power
    assert r["ours"].relaxed.shape == (64, 5, 4) and r["gsd"].relaxed is None
    assert 0.5 < r["gsd"].of_best < r["ours"].of_best <= 1
    assert set(exact.summary()) >= {"method", "mean", "certified"}
    assert "objective" not in exact.summary()
    assert "ours" in str(r) and len(str(r).splitlines()) == 4


def test_results_of_power(power, setnet):
    r = cf.evaluate(power, ["search", cf.Item("policy+search", setnet)], times=False)
    best = r["search"]
    assert best.unit == "Mbit/J" and best.allocation.dtype == np.float32 and best.seconds is None
    assert np.allclose(best.objective,
                       pw.value(power.effective_gain(), best.allocation, power.parameters))
    assert best.users_on.shape == (12,) and best.broken is None and math.isnan(best.p50_us)


def test_results_are_saved_and_loaded(small, tmp_path):
    made = cf.evaluate(small, ["gsd", "exact"])
    made.save(tmp_path / "r.h5", command="a test")
    loaded = cf.Results.load(tmp_path / "r.h5")
    assert list(loaded) == ["gsd", "exact"]
    for name, r in loaded.items():
        assert np.array_equal(r.allocation, made[name].allocation)
        assert np.array_equal(r.objective, made[name].objective) and r.mean == made[name].mean
    with pytest.raises(cf.CellfreeError, match="with their drops"):
        loaded.save(tmp_path / "again.h5")
    loaded.save(tmp_path / "again.h5", small, command="a test")
    assert (tmp_path / "again.h5").read_bytes() == (tmp_path / "r.h5").read_bytes()


def test_arrays_outlive_their_results(small, tmp_path):
    made = cf.evaluate(small, ["gsd", "exact"])
    made.save(tmp_path / "r.h5")
    objective, copy = made["exact"].objective, made["exact"].objective.copy()
    loaded = cf.Results.load(tmp_path / "r.h5")["exact"].objective
    del made
    gc.collect()
    more = [cf.evaluate(small, ["gsd"]) for _ in range(5)]  # reuse the memory
    assert np.array_equal(objective, copy) and np.array_equal(loaded, copy) and more


def test_progress_is_told_and_may_stop(small):
    told = []
    cf.evaluate(small, ["gsd"], threads=1, progress=lambda *a: told.append(a))
    assert told[-1] == ("gsd", 64, 64) and len(told) == 64
    with pytest.raises(cf.CellfreeError, match="stopped after") as caught:
        cf.evaluate(small, ["gsd"], threads=1, progress=lambda *_: True)
    assert caught.value.status == cf.Status.STOP


def test_exceptions_and_ctrl_c_come_through(small):
    with pytest.raises(ZeroDivisionError):
        cf.evaluate(small, ["gsd"], threads=1, progress=lambda *_: 1 / 0)
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        cf.evaluate(small, ["gsd"], threads=1,
                    progress=lambda *_: os.kill(os.getpid(), signal.SIGINT))
    assert signal.getsignal(signal.SIGINT) == before


def test_what_cannot_be_is_refused(small, market):
    for methods, words in ((["nonsense"], "nonsense"), (["sca"], "power"), (["policy"], "policy"),
                           (["gsd", "gsd"], "twice"), ([], "")):
        with pytest.raises(cf.CellfreeError) as caught:
            cf.evaluate(small, methods)
        assert words in str(caught.value)
