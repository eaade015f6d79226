from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from bench.twins.draws import drawn, executions
from bench.twins.twin import Parameter, ResidualRange, Twin
from tests.twins.made import delayed, sines

TWIN = Twin(
    "t",
    "echo",
    "so101",
    (
        Parameter("delay", 0.1, "s", "fitted", bounds=(0.0, 0.2)),
        Parameter("gain", 2.0, "1", "fitted"),
        Parameter("mass", 1.0, "kg", "published"),
    ),
    {},
    (
        ResidualRange("delay", 0.05, 0.15, "normal", "here"),
        ResidualRange("gain", 1.0, 4.0, "uniform", "here"),
    ),
)


def test_draws_have_the_spread_of_their_ranges() -> None:
    twins = drawn(TWIN, 4000, 1)
    delay = np.array([twin.value("delay") for twin in twins])
    gain = np.array([twin.value("gain") for twin in twins])
    assert delay.mean() == pytest.approx(0.1, abs=2e-3)
    assert delay.std() == pytest.approx(0.05 / 1.96, rel=0.05)
    assert np.mean((delay > 0.05) & (delay < 0.15)) == pytest.approx(0.95, abs=0.015)
    assert (gain.min(), gain.max()) == pytest.approx((1.0, 4.0), abs=0.01)
    assert abs(np.corrcoef(delay, gain)[0, 1]) < 0.05


def test_what_has_no_range_stays_and_bounds_hold() -> None:
    tight = replace(TWIN.parameters[0], bounds=(0.099, 0.101))
    twins = drawn(replace(TWIN, parameters=(tight, *TWIN.parameters[1:])), 50, 1)
    assert {twin.value("mass") for twin in twins} == {1.0}
    assert all(0.099 <= twin.value("delay") <= 0.101 for twin in twins)


def test_an_uneven_range_has_a_width_on_either_side() -> None:
    uneven = (ResidualRange("gain", 1.9, 4.0, "normal", "here"),)
    gain = np.array(
        [t.value("gain") for t in drawn(replace(TWIN, residual_ranges=uneven), 4000, 2)]
    )
    assert np.mean(gain < 1.9) == pytest.approx(0.025, abs=0.01)
    assert np.mean(gain > 4.0) == pytest.approx(0.025, abs=0.01)


@given(st.integers(1, 6), st.integers(0, 5))
def test_a_draw_is_the_same_however_many_there_are(number: int, seed: int) -> None:
    assert drawn(TWIN, number, seed) == drawn(TWIN, 6, seed)[:number]


def test_a_twin_without_ranges_is_a_problem() -> None:
    with pytest.raises(ProblemsError) as caught:
        drawn(replace(TWIN, residual_ranges=()), 3, 1)
    assert str(caught.value) == (
        "no_ranges: twin t: residual_ranges: expected ranges to draw from, came none"
    )


def test_executions_are_stacked_and_q_is_their_mean() -> None:
    inputs = sines(delayed(0.0))

    def rollout(twin: Twin) -> Episodes:
        signals = {
            "time": inputs.signals["time"],
            "q": inputs.signals["q"] * twin.value("gain"),
            "failed_at": np.array([np.inf, 3.0 + twin.value("gain")]),
        }
        units = {n: inputs.info.signals.get(n, ("s",)) for n in signals}
        return replace(inputs, info=replace(inputs.info, signals=units), signals=signals)

    twins = drawn(TWIN, 5, 3)
    found = executions(twins, rollout)
    gains = [twin.value("gain") for twin in twins]
    assert found.signals["samples"].shape == (520, 5, 6)
    for k, gain in enumerate(gains):
        expected = inputs.signals["q"] * gain
        assert np.abs(found.signals["samples"][:, k] - expected).max() <= 5.1e-7
    assert found.signals["q"] == pytest.approx(found.signals["samples"].mean(axis=1))
    assert found.signals["failed_at"].tolist() == [np.inf, 3.0 + min(gains)]
