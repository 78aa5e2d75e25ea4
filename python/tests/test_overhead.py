"""What a call costs over the same call from C, which ctypes makes with everything prepared."""
import ctypes
import time

import numpy as np
import pytest

import cellfree as cf
from cellfree import assignment
from cellfree import power as pw
from cellfree._library import Report, library


def over_us(python, c, count):
    """The quickest of some repetitions of each, in turn, in thread time: machines are busy."""
    spent = [], []
    for _ in range(15):
        for call, times in zip((python, c), spent):
            start = time.thread_time()
            for _ in range(count):
                call()
            times.append((time.thread_time() - start) / count)
    return 1e6 * (min(spent[0]) - min(spent[1]))


def of_assignment(snr):
    method, p = cf.AssignmentMethod("gsd", *snr.shape[-2:]), assignment.Problem(snr, 2, 2)
    x, report = np.empty(snr.shape, np.uint8), np.empty(p.batch, np.dtype(Report))
    arguments = (method.handle.address, ctypes.addressof(p.c), p.n, 0, 0, x.ctypes.data, None,
                 report.ctypes.data)
    assert library.cf_method_run_many(*arguments) == 0
    return (lambda: method.run(snr)), (lambda kept=(p, x, report):
                                       library.cf_method_run_many(*arguments))


def of_power(gain, parameters):
    method, p = cf.PowerMethod("search", *gain.shape[-2:]), pw.Problem(gain, parameters)
    watts, report = np.empty(gain.shape[:-1], np.float32), np.empty(p.batch, np.dtype(Report))
    arguments = (method.handle.address, p._as_parameter_, p.n, 0, 0, watts.ctypes.data,
                 report.ctypes.data)
    assert library.cf_power_method_run_many(*arguments) == 0
    return (lambda: method.run(gain, parameters)), (lambda kept=(p, watts, report):
                                                    library.cf_power_method_run_many(*arguments))


@pytest.mark.parametrize("make", [
    lambda: of_assignment(cf.Drops.generate("mmwave-small", 1).snr()[0]),
    lambda: of_power(cf.Drops.generate("power-10x10", 1).effective_gain()[0],
                     cf.Parameters(noise_w=1e-12)),
], ids=["assignment", "power"])
def test_one_drop_costs_at_most_20_us_more_than_in_c(make):
    over = over_us(*make(), 300)
    print(f"{over:.1f} us a call over C")
    assert over < 20


def test_many_drops_cost_next_to_nothing_more_than_in_c():
    snr = cf.Drops.generate("mmwave-small", 1024).snr()
    over = over_us(*of_assignment(snr), 20) / 1024
    print(f"{1000 * over:.1f} ns a drop over C")
    assert over < 0.1
