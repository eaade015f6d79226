"""Closer to a run than runs are to each other: where the limit lies, and where nothing is said."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.guard.comparison import Comparison
from bench.guard.entry_checks.robot_itself import FAR_TOO_CLOSE, FEWEST, TOO_CLOSE, judge, look
from tests.guard.entry_checks.made import comparison


def _wave(made: Comparison, seconds: float, phase: float = 0.0) -> np.ndarray:
    """(N, J) a wave of one rad, root mean square."""
    wave = np.sqrt(2) * np.sin(2 * np.pi * made.time / seconds + phase)[:, None]
    return np.broadcast_to(wave, made.error.shape)


def _episode(seed: int, share: float, offset: float = 0.0) -> Comparison:
    """Runs that lie 10 mrad apart, and an entry to the side at so much of that over √2."""
    made = comparison(seed)
    apart, aside = 0.01 * _wave(made, 0.8), 0.01 * _wave(made, 0.8, np.pi / 2)
    return replace(made, error=share / math.sqrt(2) * aside + offset, repeats=(apart + 0.1,))


def _slow_and_quick(seed: int, share: float) -> Comparison:
    """The same in slow waves, and the entry far off in quick ones."""
    made = comparison(seed)
    apart, aside = 0.01 * _wave(made, 8), 0.01 * _wave(made, 8, np.pi / 2)
    quick = 0.01 * _wave(made, 0.4)
    return replace(made, error=share / math.sqrt(2) * aside + quick, repeats=(apart,))


def _found(share: float, episodes: int = FEWEST, offset: float = 0.0) -> list[str]:
    looks = [look(_episode(seed, share, offset)) for seed in range(episodes)]
    found = [f for f in judge(looks)[1] if f.evidence["of"] == "every row"]
    return [f"{f.certainty} {f.code}" for f in found]


@pytest.mark.parametrize("offset", [0.0, 0.05])
def test_far_below_the_floor_is_a_hint_whatever_the_offset(offset: float) -> None:
    assert _found(TOO_CLOSE - 0.01, offset=offset) == ["hint closer_than_the_robot"]
    assert _found(TOO_CLOSE + 0.01, offset=offset) == []
    assert _found(1.0, offset=offset) == []


def test_the_evidence_has_both_numbers() -> None:
    _, (found, _) = judge([look(_episode(seed, 0.4)) for seed in range(7)])
    assert found.evidence["to"] == "the scored run"
    assert found.evidence["episodes"] == 7
    assert found.evidence["floor"] == pytest.approx(0.01 / math.sqrt(2), rel=1e-3)
    assert found.evidence["share"] == pytest.approx(0.4, rel=1e-3)


def test_half_of_that_is_likely() -> None:
    assert _found(FAR_TOO_CLOSE - 0.01) == ["likely closer_than_the_robot"]
    assert _found(FAR_TOO_CLOSE + 0.01) == ["hint closer_than_the_robot"]


@pytest.mark.parametrize("noise", [0.0, 0.0005])
def test_a_further_run_handed_in_is_likely(noise: float) -> None:
    """Of two further runs the entry is the second in some episodes, the first in others."""
    rng = np.random.default_rng(3)
    looks = []
    for seed in range(FEWEST):
        made = _episode(seed, 1.0)
        runs = (made.repeats[0], 0.011 * _wave(made, 1.3))
        own = runs[seed % 2] + 0.02 + noise * rng.standard_normal(made.error.shape)
        looks.append(look(replace(made, error=own, repeats=runs)))
    _, found = judge(looks)
    assert {f.evidence["to"] for f in found} == {"a further run"}
    assert {f.evidence["of"] for f in found} >= {"every row"}
    assert {f.certainty for f in found} == {"likely"}


def test_of_few_episodes_or_none_with_a_further_run_nothing_is_said() -> None:
    assert _found(0.1, FEWEST - 1) == []
    alone = [look(replace(_episode(seed, 0.1), repeats=())) for seed in range(20)]
    assert judge(alone) == (0, [])


@pytest.mark.parametrize(("share", "found"), [(0.55, 1), (0.65, 0), (1.0, 0)])
def test_slow_errors_are_looked_at_by_themselves(share: float, found: int) -> None:
    """Whatever is quick: the quick error alone is farther than the runs lie apart."""
    _, findings = judge([look(_slow_and_quick(seed, share)) for seed in range(FEWEST)])
    assert [f.evidence["of"] for f in findings] == ["means over 2 s"] * found
    for each in findings:
        assert each.evidence["share"] == pytest.approx(share, abs=0.03)


def test_masked_rows_and_gaps_belong_to_no_stretch() -> None:
    """The means are those of the rows that are scored, stretch by stretch."""
    made = _slow_and_quick(0, 0.5)
    scored = made.scored.copy()
    scored[200:700] = False
    time = made.time[scored] - made.time[scored][0]
    means = [
        made.error[scored][(time >= 2 * n) & (time < 2 * n + 2)].mean(axis=0)
        for n in range(20)
        if ((time >= 2 * n) & (time < 2 * n + 2)).any()
    ]
    found = look(replace(made, scored=scored))
    assert found is not None
    assert found.slow.scored == pytest.approx(np.std(means, axis=0).mean(), rel=1e-12)
