import gc
import weakref

import numpy as np
import pytest

import cellfree as cf


def test_scenarios_are_listed_loaded_and_parsed():
    listed = cf.scenarios()
    assert "mmwave-small" in [s.name for s in listed] and all(s.about for s in listed)
    s = cf.Scenario.load("mmwave-small")
    assert (s.name, s.task) == ("mmwave-small", "assignment")
    again = cf.Scenario.parse(s.yaml)
    assert again.yaml == s.yaml
    assert cf.Drops.generate(again, 3).checksum == cf.Drops.generate("mmwave-small", 3).checksum
    with pytest.raises(cf.CellfreeError, match="mine.yaml"):
        cf.Scenario.parse("nonsense: 1\n", "mine.yaml")


def test_drops_are_those_of_the_program(cellfree, tmp_path):
    path = tmp_path / "drops.h5"
    cellfree("generate", "--scenario", "mmwave-small", "--count", 5, "--seed", 9, "--out", path)
    loaded, made = cf.Drops.load(path), cf.Drops.generate("mmwave-small", 5, seed=9)
    assert loaded.checksum == made.checksum
    assert np.array_equal(loaded.gain_dbm, made.gain_dbm)
    made.save(tmp_path / "again.h5")
    assert path.read_bytes() == (tmp_path / "again.h5").read_bytes()


def test_fields_of_assignment(small):
    assert (small.n, small.aps, small.users, len(small)) == (64, 5, 4, 64)
    assert (small.task, small.scenario, small.seed, small.first) == (
        "assignment", "mmwave-small", 7, 0)
    assert small.ap_position.shape == (64, 5, 3) and small.ue_position.shape == (64, 4, 3)
    assert small.max_users.tolist() == [2] * 5 and small.min_aps.tolist() == [2] * 4
    assert small.channel is None and small.gain is None and small.parameters is None
    wanted = 10 ** ((small.gain_dbm.astype(float) - small.noise_dbm) / 10)
    assert np.allclose(small.snr(), wanted, rtol=1e-12)
    with pytest.raises(cf.CellfreeError, match="assignment, not power"):
        small.effective_gain()


def test_fields_of_power(power):
    h = power.channel.astype(complex)
    assert h.shape == (12, 5, 10, power.antennas) and power.gain_dbm is None
    products = np.abs(np.einsum("dlkn,dljn->dlkj", h.conj(), h)) ** 2
    wanted = products / np.sum(np.abs(h) ** 2, axis=-1)[:, :, None, :]
    assert np.allclose(power.effective_gain(), wanted, rtol=1e-5)
    assert power.parameters.objective == "ee" and power.serve is None
    assert power.ap_position.shape == (12, 5, 3)


def test_views_outlive_their_drops_and_cannot_be_written():
    drops = cf.Drops.generate("mmwave-small", 100)
    copy, gain, handle = drops.gain_dbm.copy(), drops.gain_dbm[10:], weakref.ref(drops.handle)
    del drops
    gc.collect()
    more = [cf.Drops.generate("mmwave-small", 100, seed=2) for _ in range(10)]  # reuse the memory
    assert handle() is not None and np.array_equal(gain, copy[10:])
    with pytest.raises(ValueError):
        gain[0] = 0
    del gain, more
    gc.collect()
    assert handle() is None


def test_arrays_become_drops(power, tmp_path):
    dbm = np.random.default_rng(1).normal(-80, 5, (7, 6, 3)).astype(np.float32)
    drops = cf.Drops.from_gain_dbm(dbm, max_users=3, min_aps=1, noise_dbm=-90)
    assert np.array_equal(drops.gain_dbm, dbm) and drops.noise_dbm == -90
    assert drops.max_users.tolist() == [3] * 6 and drops.min_aps.tolist() == [1] * 3
    assert drops.scenario == "imported" and "axis 1 is ap (6)" in drops.report
    gain = power.effective_gain()
    again = cf.Drops.from_gain(gain, power.parameters, ap_position=power.ap_position,
                               ue_position=power.ue_position)
    assert np.array_equal(again.ue_position, power.ue_position)
    assert np.array_equal(again.gain, gain) and again.parameters == power.parameters
    again.save(tmp_path / "power.h5")
    assert np.array_equal(cf.Drops.load(tmp_path / "power.h5").gain, gain)


def test_channels_become_the_drops_that_they_are_of(power):
    again = cf.Drops.from_channel(power.channel, power.parameters, ap_position=power.ap_position,
                                  ue_position=power.ue_position)
    assert again.checksum == power.checksum and again.antennas == power.antennas
    turned = np.asfortranarray(power.channel.astype(complex))[::-1]
    assert np.array_equal(cf.Drops.from_channel(turned, power.parameters).channel,
                          power.channel[::-1])
    serve = np.zeros((5, 10), bool)
    serve[2:, :7] = True
    barred = cf.Drops.from_channel(power.channel, power.parameters, serve)
    assert np.array_equal(barred.serve, np.broadcast_to(serve, (12, 5, 10)))
    assert "42.0 % of links may carry power; users that nobody may serve: 36 of 120" in barred.report
    own = cf.Drops.from_gain(power.effective_gain(), power.parameters, barred.serve)
    for method in ("equal", "search", "lbfgs"):
        watts = cf.evaluate(own, [method])[method].allocation
        assert (watts[:, ~serve] == 0).all() and watts.sum() > 0


def test_arrays_of_every_type_are_taken():
    dbm = np.arange(-90, -66).reshape(2, 4, 3)
    wanted = cf.Drops.from_gain_dbm(dbm).checksum
    for dtype in ("i1", "i8", "f2", "f4", ">f8"):
        assert cf.Drops.from_gain_dbm(dbm.astype(dtype)).checksum == wanted
    assert cf.Drops.from_gain_dbm(dbm.tolist()).checksum == wanted
    assert cf.Drops.from_gain_dbm(np.asfortranarray(dbm)).checksum == wanted


def test_conventions_say_what_is_not_said(tmp_path):
    rng = np.random.default_rng(1)
    np.savez(tmp_path / "book.npz", gainOverNoisedB=rng.normal(10, 5, (6, 4, 3)),
             D=rng.integers(0, 2, (6, 4, 3)))
    drops = cf.Drops.from_npz(tmp_path / "book.npz", "power", like="bjornson", serve="D",
                              antennas=4, static_w=1)
    assert (drops.n, drops.aps, drops.users) == (3, 6, 4) and drops.serve.shape == (3, 6, 4)
    assert drops.parameters.bandwidth_hz == 20e6
    with pytest.raises(TypeError, match="no option nois_w"):
        cf.Drops.from_npz(tmp_path / "book.npz", "power", like="bjornson", nois_w=1)


def test_npz_files_are_imported(tmp_path):
    beta = np.random.default_rng(1).uniform(1e-9, 1e-7, (3, 64, 40))
    np.savez(tmp_path / "beta.npz", beta=beta.transpose(2, 0, 1))
    drops = cf.Drops.from_npz(tmp_path / "beta.npz", "assignment", gain="beta",
                              axes="user,drop,ap", unit="linear", tx_power_dbm=30, noise_dbm=-94)
    assert (drops.n, drops.aps, drops.users) == (3, 64, 40)
    assert np.allclose(drops.snr(), beta * 10 ** ((30 + 94) / 10), rtol=1e-5)


@pytest.mark.parametrize("make, status, words", [
    (lambda: cf.Drops.load("/missing.h5"), "IO", "missing.h5"),
    (lambda: cf.Drops.load(__file__), "FORMAT", "test_drops.py"),
    (lambda: cf.Drops.generate("nowhere", 1), "IO", "nowhere"),
    (lambda: cf.Drops.generate("mmwave-small", 0), "ARG", "0"),
    (lambda: cf.Drops.from_gain_dbm([[[np.nan]]], min_aps=1), None, "nan"),
    (lambda: cf.Drops.from_gain_dbm([[[70.0]]], min_aps=1), None, "60"),
    (lambda: cf.Drops.from_gain_dbm(np.zeros((3, 2))), None, "2"),
    (lambda: cf.Drops.from_gain_dbm(np.zeros((1, 3, 2)), max_users=0), "ARG", "max_users is 0"),
    (lambda: cf.Drops.from_gain_dbm(np.zeros((1, 3, 2)), ue_position=np.zeros((1, 3, 3))), None,
     "ue_position"),
    (lambda: cf.Drops.from_gain_dbm(np.zeros((1, 3, 2), complex)), "FORMAT", "complex"),
    (lambda: cf.Drops.from_gain_dbm([[["a"]]]), "FORMAT", "dtype <U1"),
    (lambda: cf.Drops.from_channel(np.ones((1, 3, 2, 1)), cf.Parameters(1)), "FORMAT",
     "wanted complex channels"),
    (lambda: cf.Drops.from_channel(np.ones((1, 3, 2), complex), cf.Parameters(1)), "SHAPE",
     "which has 3 axes"),
    (lambda: cf.Drops.from_gain(np.ones((1, 3, 2, 2)), cf.Parameters(1), np.full((3, 2), 2)), "ARG",
     "is 2, wanted 0 or 1"),
    (lambda: cf.Drops.from_npz(__file__, "power", like="nobody"), "ARG", "'nobody'"),
    (lambda: cf.Drops.from_npz("x.npz", "assignment", gain="g", axes="drop,ap,user", unit="watt"),
     "ARG", "'watt'"),
])
def test_what_cannot_be_is_refused(make, status, words):
    with pytest.raises(cf.CellfreeError) as caught:
        make()
    assert words in str(caught.value)
    assert status is None or caught.value.status == cf.Status[status]


def test_names_of_files_may_be_any_bytes(tmp_path):
    with pytest.raises(cf.CellfreeError, match="caf.*: No such file"):
        cf.Drops.load(tmp_path / "caf\udce9.h5")
    with pytest.raises(cf.CellfreeError):
        cf.Drops.from_npz("x" + 200 * "é", "assignment", gain="g", axes="ap,user", unit="dbm")
    rng = np.random.default_rng(1)
    np.save(tmp_path / "gain.npy", rng.uniform(-100, -80, (6, 4)))
    for name in "places.npy", "plac\udce9s.npy":
        np.save(tmp_path / name, rng.uniform(0, 9, (6, 3)))
        drops = cf.Drops.from_npz(tmp_path / "gain.npy", "assignment", axes="ap,user", unit="dbm",
                                  ap_position=tmp_path / name)
        assert drops.ap_position.shape == (1, 6, 3) and "ap_position: array" in drops.report
