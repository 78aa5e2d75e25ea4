"""What a call costs over the same call in C: PYTHONPATH=python python3 python/tests/overhead.py

C's side is made by ctypes with everything prepared, arguments and room for the answers, so that what
is left is Python's: taking arrays, looking at every number (of C, cf_power_check and
cf_assignment_check ask the same before), and room for the answers."""
import ctypes
import time

import numpy as np

import cellfree as cf
from cellfree import assignment
from cellfree import power as pw
from cellfree._library import Report, library


def quickest_us(calls, count):
    """Each call's quickest of some repetitions, in turn, in thread time: machines are busy."""
    spent = [[] for _ in calls]
    for _ in range(15):
        for call, times in zip(calls, spent):
            start = time.thread_time()
            for _ in range(count):
                call()
            times.append((time.thread_time() - start) / count)
    return [1e6 * min(times) for times in spent]


def of_assignment(spec, n):
    """The call from Python, from C, and the look at the numbers."""
    snr = cf.Drops.generate("mmwave-small", n).snr()
    snr = snr[0] if n == 1 else snr
    method, p = cf.AssignmentMethod(spec, *snr.shape[-2:]), assignment.Problem(snr, 2, 2)
    x, report = np.empty(snr.shape, np.uint8), np.empty(p.batch, np.dtype(Report))
    arguments = (method.handle.address, ctypes.addressof(p.c), p.n, 0, 0, x.ctypes.data, None,
                 report.ctypes.data)
    assert library.cf_method_run_many(*arguments) == 0
    return (lambda: method.run(snr),
            lambda kept=(p, x, report): library.cf_method_run_many(*arguments), p.check)


def of_power(spec, n):
    gain, parameters = cf.Drops.generate("power-10x10", n).effective_gain(), cf.Parameters(1e-12)
    gain = gain[0] if n == 1 else gain
    method, p = cf.PowerMethod(spec, *gain.shape[-2:]), pw.Problem(gain, parameters)
    watts, report = np.empty(gain.shape[:-1], np.float32), np.empty(p.batch, np.dtype(Report))
    arguments = (method.handle.address, p._as_parameter_, p.n, 0, 0, watts.ctypes.data,
                 report.ctypes.data)
    assert library.cf_power_method_run_many(*arguments) == 0
    return (lambda: method.run(gain, parameters),
            lambda kept=(p, watts, report): library.cf_power_method_run_many(*arguments), p.check)


def main():
    print("method             drops   Python us        C us    over us   of that looking")
    for make, name in ((of_assignment, "gsd"), (of_assignment, "exact"), (of_power, "equal"),
                       (of_power, "search")):
        for n in (1, 1024):
            python, c, look = quickest_us(make(name, n), 300 if n == 1 else 3)
            print(f"{name:16} {n:7} {python:11.1f} {c:11.1f} {python - c:10.1f} {look:17.1f}")


if __name__ == "__main__":
    main()
