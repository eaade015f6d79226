"""Linear interpolation of columns."""

from __future__ import annotations

import numpy as np

from bench.formulas.interpolation import at_times


def test_between_samples_and_held_outside() -> None:
    clock, values = np.array([0.0, 1.0, 3.0]), np.array([[0.0, 10.0], [2.0, 10.0], [6.0, 0.0]])
    found = at_times(np.array([-1.0, 0.5, 2.0, 9.0]), clock, values)
    np.testing.assert_allclose(found, [[0, 10], [1, 10], [4, 5], [6, 0]])


def test_an_equal_clock_gives_the_samples_untouched() -> None:
    clock, values = np.array([0.1, 0.2, 0.3]), np.random.default_rng(0).normal(size=(3, 2))
    assert at_times(clock.copy(), clock, values) is values
