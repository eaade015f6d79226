from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from bench.twins.identification.papers import parameters_of, ranges_of
from bench.twins.identification.space import Space, space_of
from bench.twins.identification.start import ASSUMED, Start
from bench.twins.identification.uncertainty import Uncertainty

VALUES = {"a.kp": 9.0, "a.offset": 0.0, "a.delay": 0.01, "a.damping_per_kp": 0.07, "a.kv": 0.0}
SOURCES = dict.fromkeys(VALUES, "a paper") | {"a.offset": ASSUMED}
FREE = {
    "kp": {"spread": 0.5},
    "offset": {"spread": 0.01},
    "delay": {"spread": 0.01},
    "damping_per_kp": {"spread": 0.3},
}
X = np.array([0.4, -1.0, -1.0, 0.2])
"""The delay is at its lower bound, 0."""
SPREAD = Uncertainty(
    standard_error=np.array([0.05, 0.1, 0.0, 0.3]),
    between=np.array([0.2, 0.4, 0.0, 1.2]),
    from_prior=np.array([0.01, 0.02, 0.3, 0.8]),
    inflation=np.array([1.0, 4.0, 1.0, 1.0]),
    without=np.zeros((5, 4)),
    groups=tuple("vwxyz"),
    degrees=4,
)


@pytest.fixture
def space() -> Space:
    return space_of(FREE, VALUES, SOURCES, ["a"])


def test_what_is_fitted_has_a_t_interval_in_its_own_unit(space: Space) -> None:
    kp, offset, *_ = parameters_of(space, X, SPREAD, Start(VALUES, SOURCES))
    reach = stats.t.ppf(0.975, 4)
    low, high = (9.0 * math.exp(0.5 * (0.4 + sign * reach * 0.05)) for sign in (-1, 1))
    assert kp.interval == pytest.approx((low, high))
    assert (kp.determined, kp.unit, kp.source, kp.prior) == ("fitted", "N m/rad", "", 9.0)
    assert offset.value == pytest.approx(-0.01)
    assert offset.standard_error == pytest.approx(0.001)
    assert offset.prior_source == ASSUMED


def test_what_the_data_do_not_determine_is_named_and_keeps_the_priors_spread(space: Space) -> None:
    damping = parameters_of(space, X, SPREAD, Start(VALUES, SOURCES))[3]
    assert damping.determined == "not determined by the data: 80% the prior's"
    assert damping.source == "a paper"
    reach = stats.t.ppf(0.975, 4) * math.sqrt(0.8)
    assert damping.interval is not None
    assert damping.interval[1] == pytest.approx(0.07 * math.exp(0.3 * (0.2 + reach)))


def test_an_error_as_large_as_the_priors_spread_determines_nothing(space: Space) -> None:
    unsure = replace(SPREAD, standard_error=np.array([0.05, 1.2, 0.0, 0.3]))
    offset = parameters_of(space, X, unsure, Start(VALUES, SOURCES))[1]
    assert offset.determined == "not determined by the data: error 1.2 times the prior's spread"
    assert offset.source == ASSUMED
    assert [each.parameter for each in ranges_of(space, X, unsure)] == ["a.kp"]


def test_what_lies_at_a_bound_says_so_and_has_no_interval(space: Space) -> None:
    delay = parameters_of(space, X, SPREAD, Start(VALUES, SOURCES))[2]
    assert (delay.value, delay.determined) == (0.0, "at its bound, 0")
    assert (delay.interval, delay.standard_error) == (None, None)


def test_what_is_not_free_stays(space: Space) -> None:
    (fixed,) = parameters_of(space, X, SPREAD, Start(VALUES, SOURCES))[4:]
    assert (fixed.name, fixed.value, fixed.determined) == ("a.kv", 0.0, "published")


def test_ranges_are_for_what_is_known_alone(space: Space) -> None:
    kp, offset = ranges_of(space, X, SPREAD)
    assert (kp.parameter, offset.parameter) == ("a.kp", "a.offset")
    width = 1.96 * math.hypot(0.1, 0.4) * 0.01 / 2  # a quarter of the variance, the others known
    assert (offset.low, offset.high) == pytest.approx((-0.01 - width, -0.01 + width))
    assert kp.low == pytest.approx(9.0 * math.exp(0.5 * (0.4 - 1.96 * math.hypot(0.05, 0.2))))
