"""Python's share of a call, measured by overhead.py: little of one drop, and none of many."""
import pytest
from overhead import of_assignment, of_power, quickest_us


@pytest.mark.parametrize("make, spec", [(of_assignment, "gsd"), (of_power, "search")])
def test_one_drop_costs_at_most_20_us_more_than_in_c(make, spec):
    python, c, _ = quickest_us(make(spec, 1), 300)
    print(f"{python - c:.1f} us a call over C")
    assert python - c < 20


@pytest.mark.parametrize("make, spec, most_ns", [(of_assignment, "gsd", 100),
                                                 (of_power, "equal", 300)])
def test_many_drops_cost_no_more_than_a_look_at_their_numbers(make, spec, most_ns):
    python, c, look = quickest_us(make(spec, 1024), 10)
    over_ns = 1000 * (python - c - look) / 1024
    print(f"{over_ns:.0f} ns a drop over C, and {1000 * look / 1024:.0f} looking at it")
    assert over_ns < most_ns
