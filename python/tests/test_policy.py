import gc
import threading

import numpy as np
import pytest
from conftest import GAIN, GOLDEN, SNR

import cellfree as cf
from cellfree import assignment
from cellfree import power as pw


def test_a_policy_says_what_it_is(market, setnet, tmp_path):
    assert (market.task, market.architecture) == ("assignment", "market")
    assert (setnet.task, setnet.architecture) == ("power", "setnet")
    assert setnet.sizes["rounds"] >= 1 and market.parameter_count > 100
    assert "trained_steps" in market.metadata and "mmwave" in market.metadata["scenario"]
    market.save(tmp_path / "again.safetensors")
    assert cf.Policy.load(tmp_path / "again.safetensors").metadata == market.metadata


def test_shipped_policies_are_loaded_by_name(market):
    assert "power-setnet" in cf.Policy.shipped()
    assert cf.Policy.load("assignment").parameter_count == market.parameter_count
    with pytest.raises(cf.CellfreeError, match="nosuch") as caught:
        cf.Policy.load("nosuch")
    assert caught.value.status == cf.Status.IO


@pytest.mark.parametrize("lanes", [1, 7, 16])
def test_runner_of_assignment_decides_as_the_method_does(market, small, lanes):
    runner, snr = market.runner(5, 4, lanes), small.snr()
    x, relaxed = runner.run(snr.reshape(8, 8, 5, 4))
    assert x.shape == relaxed.shape == (8, 8, 5, 4)
    wanted = cf.assign("policy", snr, policy=market).allocation
    assert np.array_equal(assignment.repair(snr, x.reshape(snr.shape)), wanted)


@pytest.mark.parametrize("lanes", [1, 5])
def test_runner_of_power_allocates_as_the_policy_alone_does(setnet, power, lanes):
    gain, parameters = power.effective_gain(), power.parameters
    watts = setnet.runner(5, 10, lanes).run(gain.reshape(3, 4, 5, 10, 10), parameters)
    wanted = cf.allocate("policy:refits=0", gain, parameters, policy=setnet).allocation
    assert watts.shape == (3, 4, 5, 10)
    assert np.allclose(watts.reshape(wanted.shape), wanted, rtol=1e-3, atol=1e-6)


def test_runner_is_inspected(market, setnet):
    runner = setnet.runner(5, 10)
    assert runner.flops > 1000 and runner.fronthaul_floats > 0
    assert "plan of 5 access points" in runner.describe() and len(runner.describe()) > 500
    assert market.runner(5, 4).flops < market.runner(20, 15).flops


def test_inspection_is_that_of_the_program(cellfree, market, tmp_path):
    market.save(tmp_path / "p.safetensors")
    said = cellfree("inspect", "--policy", tmp_path / "p.safetensors", "--aps", 5, "--users", 4)
    assert market.runner(5, 4).describe().splitlines()[2].strip() in said


def test_runners_and_methods_keep_their_policy(setnet):
    runner = cf.Policy.load("power-setnet").runner(2, 2)
    method = cf.PowerMethod("policy+search", 2, 2, cf.Policy.load("power-setnet"))
    gc.collect()
    assert pw.value(GAIN, runner.run(GAIN, GOLDEN), GOLDEN) > 0
    assert pw.value(GAIN, method.run(GAIN, GOLDEN).allocation, GOLDEN) > 0


def test_threads_share_a_runner(market, small):
    runner, snr = market.runner(5, 4), small.snr()
    wanted, failures = runner.run(snr).x, []

    def work():
        for _ in range(10):
            if not np.array_equal(runner.run(snr).x, wanted):
                failures.append("another answer")
    threads = [threading.Thread(target=work) for _ in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not failures


def test_what_cannot_be_is_refused(market, setnet, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"nothing")
    with pytest.raises(cf.CellfreeError) as caught:
        cf.Policy.load(tmp_path / "bad.safetensors")
    assert caught.value.status == cf.Status.FORMAT and "bad.safetensors" in str(caught.value)
    with pytest.raises(cf.CellfreeError) as caught:
        market.runner(5, 4).run(SNR[:4])
    assert caught.value.status == cf.Status.SHAPE and "4" in str(caught.value)
    with pytest.raises(cf.CellfreeError) as caught:
        setnet.runner(3, 2).run(GAIN, GOLDEN)
    assert caught.value.status == cf.Status.SHAPE
    with pytest.raises(cf.CellfreeError):
        market.runner(5, 4, lanes=0)
    with pytest.raises(cf.CellfreeError):
        setnet.runner(2, 2).run(GAIN, cf.Parameters(noise_w=1, objective="sum-rate"))
    with pytest.raises(cf.CellfreeError, match="task"):
        cf.AssignmentMethod("policy", 5, 4, setnet)


def test_a_file_named_as_a_shipped_policy_does_not_hide_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "assignment").write_bytes(b"nothing")
    assert cf.Policy.load("assignment").architecture == "market"
