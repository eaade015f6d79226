"""Scores of repeated executions beside scoringrules, in turn in one run.

    python benchmarks/samples.py                       # prints a Markdown table; half a minute
    python benchmarks/samples.py --rows 500 --rounds 2
    python benchmarks/samples.py --write               # and puts it into docs/benchmarks.md

Compared to: scoringrules with its NumPy backend, which it takes where Numba is not installed. Its
`fair` compares all pairs of samples; `pwm` is the same number from sorted samples.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np

from bench.formulas.samples import band, energy_score, fair_crps, interval_score
from benchmarks.measure import Run, arguments, in_turn, noise, publish, table, versions

AGREE = 1e-12
LEVEL = 0.9
Ways = dict[str, Callable[[], Any]]


def ways(rows: int, number: int, joints: int, seed: int) -> dict[str, Ways]:
    """By score, ours first, then theirs; each gives one array."""
    import scoringrules

    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(rows, number, joints))
    measured = rng.normal(size=(rows, joints))
    theirs: dict[str, Any] = {"backend": "numpy"}
    ends = band(drawn)
    assert ends is not None, "a band needs at least 20 samples"

    def crps(estimator: str) -> Callable[[], Any]:
        return functools.partial(
            scoringrules.crps_ensemble, measured, drawn, m_axis=1, estimator=estimator, **theirs
        )

    return {
        "fair CRPS": {
            "ours": functools.partial(fair_crps, drawn, measured),
            "`fair`": crps("fair"),
            "`pwm`": crps("pwm"),
        },
        "fair energy score": {
            "ours": functools.partial(energy_score, drawn, measured),
            "`fair`": functools.partial(
                scoringrules.es_ensemble, measured, drawn, estimator="fair", **theirs
            ),
        },
        "interval score": {
            "ours": functools.partial(interval_score, *ends, measured, LEVEL),
            "`interval_score`": functools.partial(
                scoringrules.interval_score, measured, *ends, 1 - LEVEL, **theirs
            ),
        },
    }


def check(score: str, found: Ways) -> None:
    """All ways give the same.

    Raises:
        AssertionError: they do not.
    """
    first, *others = (np.asarray(way()) for way in found.values())
    for other in others:
        far = float(np.abs(first - other).max())
        assert far < AGREE, f"{score} differs by {far}"


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--samples", type=int, default=32)
    parser.add_argument("--joints", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=5)
    chosen = parser.parse_args()
    runs: list[Run] = []
    lines = []
    every = ways(chosen.rows, chosen.samples, chosen.joints, chosen.seed)
    for score, found in every.items():
        check(score, found)
        run = in_turn(found, chosen.rounds)
        runs.append(run)
        for name in list(found)[1:]:
            cost = run.times["ours"].median / chosen.rows * 1e9
            lines.append([score, f"{cost:.0f}", name, str(run.ratio(name, "ours"))])
    head = ["score", "ours, ns per row", "scoringrules", "times ours"]
    about = (
        f"{chosen.rows:,} rows, {chosen.samples} samples, {chosen.joints} joints; equal to "
        f"{AGREE}. {versions('scoringrules', 'numba')}; {noise(runs)}"
    )
    publish("samples", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
