"""Closer to a run than runs are to each other: where the limit lies, and where nothing is said."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from bench.guard.comparison import Comparison
from bench.guard.entry_checks.robot_itself import FEWEST, TOO_CLOSE, judge, look
from tests.guard.entry_checks.made import comparison


def _episode(seed: int, share: float, offset: float = 0.0) -> Comparison:
    """Runs that lie 10 mrad apart, and an entry at so much of that over √2."""
    made = comparison(seed)
    wave = np.sqrt(2) * np.sin(np.linspace(0, 60 * np.pi, len(made.time)))[:, None]
    apart = np.broadcast_to(0.01 * wave, made.error.shape)
    return replace(made, error=share / math.sqrt(2) * apart + offset, repeats=(apart + 0.1,))


def _found(share: float, episodes: int = FEWEST, offset: float = 0.0) -> list[str]:
    looks = [look(_episode(seed, share, offset)) for seed in range(episodes)]
    return [f"{f.certainty} {f.code}" for f in judge(looks)[1]]


@pytest.mark.parametrize("offset", [0.0, 0.05])
def test_far_below_the_floor_is_a_hint_whatever_the_offset(offset: float) -> None:
    assert _found(TOO_CLOSE - 0.01, offset=offset) == ["hint closer_than_the_robot"]
    assert _found(TOO_CLOSE + 0.01, offset=offset) == []
    assert _found(1.0, offset=offset) == []


def test_the_evidence_has_both_numbers() -> None:
    _, (found,) = judge([look(_episode(seed, 0.3)) for seed in range(7)])
    assert found.evidence["episodes"] == 7
    assert found.evidence["floor"] == pytest.approx(0.01 / math.sqrt(2), rel=1e-3)
    assert found.evidence["share"] == pytest.approx(0.3, rel=1e-3)


def test_of_few_episodes_or_none_with_a_further_run_nothing_is_said() -> None:
    assert _found(0.1, FEWEST - 1) == []
    alone = [look(replace(_episode(seed, 0.1), repeats=())) for seed in range(20)]
    assert judge(alone) == (0, [])
