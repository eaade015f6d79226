from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.entries.checks.values import value_problems
from bench.io.store import Episodes
from tests.entries.toy import JOINTS, UNITS, commands, episodes_of

ROWS = {"a": 4, "b": 6}
ODD = st.sampled_from([math.nan, math.inf, -math.inf, 1e4, -1e4, 10000.5, -2e5, 1e308])
PLACES = st.tuples(st.sampled_from("ab"), st.integers(0, 5), st.integers(-1, 3))


def planted(
    values: dict[tuple[str, int, int], float], failed: list[float] | None = None
) -> Episodes:
    """Good episodes with these values in the place of (episode, row, column); time is -1."""
    tracks = {name: commands(rows) for name, rows in ROWS.items()}
    for (name, row, column), value in values.items():
        time, q = tracks[name]
        if column < 0:
            time[row % ROWS[name]] = value
        else:
            q[row % ROWS[name], column] = value
    failed_at = None if failed is None else np.array(failed)
    return episodes_of(tracks, JOINTS, UNITS, failed_at)


def lines(episodes: Episodes) -> list[str]:
    return [str(problem) for problem in value_problems(episodes)]


@settings(max_examples=60)
@given(st.dictionaries(PLACES, ODD, max_size=6))
def test_every_column_with_a_wrong_value_is_named_with_its_first_row(
    values: dict[tuple[str, int, int], float],
) -> None:
    episodes = planted(values)
    expected = []
    for number, (name, rows) in enumerate(ROWS.items()):
        columns = {
            "": episodes.signal("time", number).tolist(),
            **dict(zip(JOINTS, episodes.signal("q", number).T.tolist(), strict=True)),
        }
        for joint, column in columns.items():
            wrong = {
                "not_finite": [k for k in range(rows) if not math.isfinite(column[k])],
                "out_of_range": [
                    k for k in range(rows) if math.isfinite(column[k]) and abs(column[k]) > 1e4
                ],
            }
            shown = f", joint '{joint}', row {{}}" if joint else ", row {} time"
            expected += [
                (code, f"trajectories.zarr: '{name}'" + shown.format(found[0]), len(found))
                for code, found in wrong.items()
                if found
            ]
    came = [
        (p.code, p.where, int(p.came.partition("(")[2].partition(" ")[0]))
        for p in value_problems(episodes)
    ]
    assert sorted(came) == sorted(expected)


def test_the_messages() -> None:
    found = planted({("a", 1, 0): math.nan, ("a", 3, 0): math.inf, ("b", 5, -1): -2e5})
    assert lines(found) == [
        "not_finite: trajectories.zarr: 'a', joint 'pan', row 1: expected a finite number, "
        "came nan (2 of 4 rows)",
        "out_of_range: trajectories.zarr: 'b', row 5 time: expected at most 10000 in size, "
        "came -200000 (1 of 6 rows)",
    ]


@pytest.mark.parametrize("failed", [[0.0, math.inf], [1e300, 5e-324], [math.inf, math.inf]])
def test_a_simulator_breaks_at_a_time_or_never(failed: list[float]) -> None:
    assert lines(planted({}, failed)) == []


@pytest.mark.parametrize(
    ("value", "came"), [(math.nan, "nan"), (-math.inf, "-inf"), (-1e-9, "-1e-09")]
)
def test_no_simulator_breaks_before_it_starts(value: float, came: str) -> None:
    assert lines(planted({}, [math.inf, value])) == [
        "failed_at: trajectories.zarr: 'b', failed_at: "
        f"expected a time of at least 0 s, or inf where nothing broke, came {came}"
    ]
