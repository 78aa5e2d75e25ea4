import threading

import numpy as np
import pytest
from conftest import BEST_RATE, BEST_X, SNR

import cellfree as cf
from cellfree import assignment


def test_exact_finds_the_optimum_worked_out_by_hand():
    answer = cf.assign("exact", SNR)
    assert np.array_equal(answer.allocation, BEST_X)
    assert assignment.rate(SNR, answer.allocation) == pytest.approx(BEST_RATE, abs=1e-8)
    assert answer.report["proven"] and not answer.report["broken"]
    assert answer.report.shape == ()


def test_every_method_runs_on_any_batch_shape(small, market):
    snr = small.snr()
    for method in cf.methods("assignment"):
        policy = market if method.name == "policy" else None
        m = cf.AssignmentMethod(method.name, small.aps, small.users, policy)
        flat = m.run(snr, seed=3)
        boxed = m.run(snr.reshape(4, 2, 8, *snr.shape[1:]), seed=3)
        one = m.run(snr[5], seed=3, first=5)
        assert flat.allocation.shape == snr.shape and flat.report.shape == (64,)
        assert boxed.allocation.shape == (4, 2, 8, 5, 4) and boxed.report.shape == (4, 2, 8)
        assert np.array_equal(boxed.allocation.reshape(snr.shape), flat.allocation), method.name
        assert np.array_equal(one.allocation, flat.allocation[5]), method.name
        if method.name != "random":
            assert not np.any(assignment.violations(flat.allocation)), method.name


def test_no_drops_are_an_empty_answer():
    answer = cf.assign("gsd", np.empty((0, 5, 4)))
    assert answer.allocation.shape == (0, 5, 4) and answer.report.shape == (0,)


def test_layout_and_type_of_arrays_do_not_matter():
    wanted = cf.assign("exact", SNR).allocation
    for snr in (np.asfortranarray(SNR), SNR.astype(np.float32), SNR.tolist(),
                np.repeat(SNR, 2, axis=1)[:, ::2], SNR.T.copy().T):
        assert np.array_equal(cf.assign("exact", snr).allocation, wanted)


def test_limits_are_numbers_or_arrays():
    same = [cf.assign("exact", SNR, a, u).allocation
            for a in (2, np.int64(2), [2] * 5) for u in (2, np.full(4, 2, np.uint8))]
    assert all(np.array_equal(x, BEST_X) for x in same)
    x = cf.assign("exact", SNR, [4, 0, 4, 4, 1], [1, 2, 3, 1]).allocation
    assert not x[1].any() and x[4].sum() <= 1 and x[:, 2].sum() >= 3
    assert not np.any(assignment.violations(x, [4, 0, 4, 4, 1], [1, 2, 3, 1]))


def test_violations_and_repair():
    x = np.zeros((2, 5, 4), int)
    x[1, 0] = 1
    v = assignment.violations(x)
    assert v.users_short.tolist() == [4, 4] and v.aps_over.tolist() == [0, 1]
    mended = assignment.repair([SNR, SNR], x)
    assert not np.any(assignment.violations(mended)) and not x[0].any()
    assert np.array_equal(assignment.repair(SNR, BEST_X), BEST_X)


def test_relaxed_is_given_where_it_is_asked_for(market):
    method = cf.AssignmentMethod("policy", 5, 4, market)
    assert method.run(SNR).relaxed is None
    relaxed = method.run(SNR, relaxed=True).relaxed
    assert relaxed.shape == (5, 4) and relaxed.min() >= 0 and relaxed.max() <= 1


@pytest.mark.parametrize("snr, limits, status, words", [
    (SNR[0], (), "SHAPE", "wanted (...,?,?)"),
    (-SNR, (), "NUM", "snr of access point 0 at user 0 is -9"),
    ([SNR, SNR * np.nan], (), "NUM", "drop 1: snr of access point 0 at user 0 is nan"),
    ([SNR, SNR * 1e200], (), "NUM", "drop 1: "),
    (SNR, (1, 2), "SHAPE", ""),
    (SNR, (-1, 2), "ARG", "-1"),
    (SNR, ([2, 2], 2), "SHAPE", "max_users is (2,), wanted a number or (5,)"),
])
def test_what_cannot_be_is_refused(snr, limits, status, words):
    with pytest.raises(cf.CellfreeError) as caught:
        cf.AssignmentMethod("gsd", 5, 4).run(snr, *limits)
    assert caught.value.status == cf.Status[status] and words in str(caught.value)


def test_types_that_cannot_be_are_refused():
    for bad in (lambda: cf.assign("gsd", SNR, 1.5), lambda: cf.assign("gsd", SNR + 1j),
                lambda: assignment.rate(SNR, BEST_X / 2)):
        with pytest.raises(TypeError):
            bad()
    with pytest.raises(cf.CellfreeError):
        assignment.rate(SNR, BEST_X * 256)


def test_methods_are_refused_by_name():
    with pytest.raises(cf.CellfreeError, match="'nonsense'") as caught:
        cf.AssignmentMethod("nonsense", 5, 4)
    assert caught.value.status == cf.Status.ARG and "gsd" in str(caught.value)
    with pytest.raises(cf.CellfreeError, match="needs a policy"):
        cf.AssignmentMethod("policy", 5, 4)
    with pytest.raises(cf.CellfreeError, match="L=5 K=4"):
        cf.AssignmentMethod("gsd", 5, 4).run(SNR[:4])
    with pytest.raises(cf.CellfreeError, match="'nobody'"):
        cf.methods("nobody")


def test_threads_share_a_method_and_have_their_own_errors(small):
    snr, method = small.snr(), cf.AssignmentMethod("exact", 5, 4)
    wanted, failures = method.run(snr).allocation, []

    def work(i):
        for _ in range(20):
            if not np.array_equal(method.run(snr).allocation, wanted):
                failures.append("another answer")
            try:
                method.run(SNR * -(i + 1))
            except cf.CellfreeError as error:
                if f"is {-9 * (i + 1)}," not in str(error):
                    failures.append(str(error))
    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert not failures
