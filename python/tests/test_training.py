import os
import signal
import subprocess
import sys
import threading
import time

import pytest

import cellfree as cf

QUICK = {"steps": 30, "batch": 32, "valid_every": 10, "valid_count": 64, "threads": 1}


def test_a_policy_is_trained(tmp_path):
    states = []
    training = cf.train(tmp_path / "p.safetensors", scenario="mmwave-small", callback=states.append,
                        **QUICK)
    assert [s.step for s in states] == [10, 20, 30] and states == training.states
    assert states[0].saved and 0.9 < states[-1].best_of_best <= 1 and states[-1].steps == 30
    assert training.policy.architecture == "market" and not training.stopped
    assert os.path.exists(tmp_path / "p.safetensors.metrics.jsonl")


def test_training_from_python_is_training_by_the_program(cellfree, tmp_path):
    cf.train(tmp_path / "a.safetensors", scenario="mmwave-small", architecture="hpe", **QUICK)
    settings = [f"{k}={v}" for k, v in QUICK.items() if k not in ("steps", "threads")]
    cellfree("train", "--task", "assignment", "--architecture", "hpe", "--scenario", "mmwave-small",
             "--steps", 30, "--out", tmp_path / "b.safetensors",
             *[word for s in settings for word in ("--set", s)])
    assert (tmp_path / "a.safetensors").read_bytes() == (tmp_path / "b.safetensors").read_bytes()


def test_a_policy_for_power_is_trained_on_fixed_drops(power, tmp_path):
    training = cf.train(tmp_path / "p.safetensors", task="power", data=power, steps=4, batch=4,
                        valid_every=2, label_width=4, rounds=1)
    assert training.policy.architecture == "setnet" and len(training.states) == 2
    assert training.policy.sizes["rounds"] == 1


def test_a_callback_stops_and_resume_goes_on(tmp_path):
    whole = cf.train(tmp_path / "whole.safetensors", scenario="mmwave-small", **QUICK)
    part = cf.train(tmp_path / "part.safetensors", scenario="mmwave-small",
                    callback=lambda s: s.step == 10, **QUICK)
    assert part.stopped and [s.step for s in part.states] == [10]
    rest = cf.train(tmp_path / "part.safetensors", scenario="mmwave-small", resume=True, **QUICK)
    assert not rest.stopped and [s.step for s in rest.states] == [20, 30]
    assert rest.states[-1].best_of_best == whole.states[-1].best_of_best
    assert (tmp_path / "part.safetensors").read_bytes() == (
        tmp_path / "whole.safetensors").read_bytes()


def test_an_exception_of_the_callback_saves_and_comes_through(tmp_path):
    with pytest.raises(ZeroDivisionError):
        cf.train(tmp_path / "p.safetensors", callback=lambda s: 1 / 0, **QUICK)
    assert cf.Policy.load(tmp_path / "p.safetensors").task == "assignment"
    assert cf.train(tmp_path / "p.safetensors", resume=True, **QUICK).states[-1].step == 30


def test_ctrl_c_saves_and_is_raised(tmp_path):
    out = tmp_path / "p.safetensors"
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt, match="stopped after"):
        cf.train(out, scenario="mmwave-small", steps=10**6, valid_every=10**6, threads=1)
    assert cf.Policy.load(out).task == "assignment" and os.path.exists(f"{out}.checkpoint")


def test_ctrl_c_ends_a_script(tmp_path):
    script = (f"import cellfree as cf\nprint('ready', flush=True)\n"
              f"cf.train({str(tmp_path / 'p.safetensors')!r}, steps=10**6, threads=1)\n")
    run = subprocess.Popen([sys.executable, "-c", script], text=True, stdout=subprocess.PIPE,
                           stderr=subprocess.PIPE)
    assert run.stdout.readline() == "ready\n"
    time.sleep(0.5)
    run.send_signal(signal.SIGINT)
    _, said = run.communicate(timeout=60)
    assert run.returncode == -signal.SIGINT and "KeyboardInterrupt: stopped after" in said
    assert os.path.exists(tmp_path / "p.safetensors.checkpoint")


def test_training_runs_in_a_thread(tmp_path):
    done = []
    thread = threading.Thread(target=lambda: done.append(
        cf.train(tmp_path / "p.safetensors", **QUICK)))
    thread.start()
    thread.join()
    assert done[0].policy.task == "assignment"


def test_configurations(tmp_path):
    config = cf.TrainConfig()
    config.set("architecture", "unrolled")
    config.set("rounds", 2)
    assert config.task == "power" and "rounds: 2" in config.yaml
    (tmp_path / "c.yaml").write_text(config.yaml)
    assert cf.TrainConfig(tmp_path / "c.yaml").yaml == config.yaml
    assert cf.TrainConfig.parse(config.yaml).yaml == config.yaml
    with pytest.raises(cf.CellfreeError, match="mine"):
        cf.TrainConfig.parse("nonsense: 1\n", "mine")


def test_what_cannot_be_is_refused(tmp_path):
    out = tmp_path / "p.safetensors"
    for bad, words in (({"nonsense": 1}, "nonsense"), ({"steps": 0}, "steps"),
                       ({"threads": -1}, "threads"), ({"scenario": "nowhere"}, "nowhere")):
        with pytest.raises(cf.CellfreeError) as caught:
            cf.train(out, **bad)
        assert words in str(caught.value)
    with pytest.raises(cf.CellfreeError) as caught:
        cf.train(tmp_path / "no" / "folder.safetensors", **QUICK)
    assert caught.value.status == cf.Status.IO and not out.exists()
