import numpy as np
import pytest
from conftest import GAIN, GOLDEN, GOLDEN_J, WATTS

import cellfree as cf
from cellfree import power as pw


def test_value_is_that_worked_out_by_hand():
    assert pw.value(GAIN, WATTS, GOLDEN) == pytest.approx(GOLDEN_J, abs=1e-7)
    boxed = pw.value(np.tile(GAIN, (2, 3, 1, 1, 1)), np.tile(WATTS, (2, 3, 1, 1)), GOLDEN)
    assert boxed.shape == (2, 3) and np.all(boxed == pw.value(GAIN, WATTS, GOLDEN))


def test_rates_add_up_to_the_value():
    r, watts = pw.rates(GAIN, WATTS, GOLDEN), WATTS.astype(float)
    assert r.shape == (2,)
    assert np.sum(r / (watts.sum(axis=0) + 4)) == pytest.approx(GOLDEN_J, abs=1e-7)


def test_every_method_runs_on_any_batch_shape(power, setnet):
    gain, parameters = power.effective_gain(), power.parameters
    for method in cf.methods("power"):
        spec = {"policy+N": "policy+5", "best": None, "global": None,
                "enumeration": None}.get(method.name, method.name)
        if spec is None:  # seconds a drop, or small networks only
            continue
        m = cf.PowerMethod(spec, 5, 10, setnet if spec.startswith("policy") else None)
        flat = m.run(gain[:6], parameters, seed=3)
        boxed = m.run(gain[:6].reshape(3, 2, 5, 10, 10), parameters, seed=3)
        one = m.run(gain[4], parameters, seed=3, first=4)
        assert flat.allocation.shape == (6, 5, 10) and flat.allocation.dtype == np.float32
        assert boxed.allocation.shape == (3, 2, 5, 10) and boxed.report.shape == (3, 2)
        assert np.array_equal(boxed.allocation.reshape(6, 5, 10), flat.allocation), spec
        assert np.array_equal(one.allocation, flat.allocation[4]), spec
        assert np.all(pw.value(gain[:6], flat.allocation, parameters) > 0), spec
        assert not np.any(pw.violations(gain[:6], flat.allocation, parameters)), spec
    assert m.run(gain[:0], parameters).allocation.shape == (0, 5, 10)


def test_small_networks_are_solved_to_the_end():
    best = pw.value(GAIN, cf.allocate("enumeration", GAIN, GOLDEN).allocation, GOLDEN)
    found = pw.value(GAIN, cf.allocate("search", GAIN, GOLDEN).allocation, GOLDEN)
    assert GOLDEN_J < found <= best * (1 + 1e-6)


def test_links_that_may_not_serve_get_no_power(power):
    gain, parameters = power.effective_gain()[:4], power.parameters
    serve = np.ones((4, 5, 10), bool)
    serve[1, :, 3] = False
    serve[2, 0] = False
    watts = cf.allocate("search", gain, parameters, serve).allocation
    assert not watts[1, :, 3].any() and not watts[2, 0].any() and watts[0].any()
    shared = cf.allocate("search", gain, parameters, serve[2]).allocation
    assert np.array_equal(shared[2], watts[2]) and not shared[:, 0].any()
    assert pw.violations(gain, np.ones((4, 5, 10)), parameters, serve).bad_entries.sum() == 15


def test_limits_are_kept_and_projected_onto():
    limited = cf.Parameters(noise_w=1, limit="ap", limit_w=0.3)
    assert pw.violations(GAIN, WATTS, limited).aps_over == 1
    watts = pw.project(GAIN, WATTS, limited)
    assert np.all(watts.sum(axis=1) <= 0.3 * (1 + 1e-6)) and watts[0, 0] == WATTS[0, 0]
    m = cf.PowerMethod("search", 2, 2)
    assert m.serves(GOLDEN) and not m.serves(limited)
    with pytest.raises(cf.CellfreeError) as caught:
        m.run(GAIN, limited)
    assert caught.value.status == cf.Status.ARG
    assert not np.any(pw.violations(GAIN, cf.allocate("sca", GAIN, limited).allocation, limited))


@pytest.mark.parametrize("gain, changes, words", [
    (-GAIN, {}, "is -100"),
    ([GAIN, GAIN * np.nan], {}, "drop 1: gain of access point 0 to user 0"),
    (GAIN[0], {}, "wanted (...,?,?,?)"),
    (GAIN[:, :1], {}, "wanted (...,L,K,K)"),
    (GAIN, {"noise_w": 0}, "noise"),
    (GAIN, {"objective": "most"}, "'most'"),
])
def test_what_cannot_be_is_refused(gain, changes, words):
    with pytest.raises(cf.CellfreeError) as caught:
        parameters = cf.Parameters(**{"noise_w": 1, **changes})
        cf.PowerMethod("strongest", 2, 2).run(gain, parameters)
    assert words in str(caught.value)
