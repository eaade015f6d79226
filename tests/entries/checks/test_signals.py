from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bench.entries.check import CheckInput, Contents
from bench.entries.checks.signals import run, signal_problems
from bench.io.store_info import StoreInfo
from tests.entries.toy import SCORED, UNITS, Holdout, commands, episodes_of

RAD = ("rad",) * 4


def info_of(signals: Mapping[str, tuple[str, ...]], units: tuple[str, ...] = UNITS) -> StoreInfo:
    info = episodes_of({"circle.run-a": commands(2)}).info
    return replace(info, signals=signals, units=units)


def found(signals: Mapping[str, tuple[str, ...]], units: tuple[str, ...] = UNITS) -> list[str]:
    return [str(problem) for problem in signal_problems(info_of(signals, units))]


@pytest.mark.parametrize(
    ("signals", "units"),
    [
        ({"time": ("s",), "q": UNITS}, UNITS),
        ({"time": ("s",), "q": UNITS, "failed_at": ("s",)}, UNITS),
        ({"time": ("s",), "q": RAD}, RAD),
        ({"time": ("s",), "q": ("rad",)}, RAD),
    ],
)
def test_what_an_entry_may_have(
    signals: dict[str, tuple[str, ...]], units: tuple[str, ...]
) -> None:
    assert found(signals, units) == []


def test_what_an_entry_must_have() -> None:
    assert found({"failed_at": ("s",)}) == [
        "missing_signal: trajectories.zarr: expected the signal time, came none",
        "missing_signal: trajectories.zarr: expected the signal q, came none",
    ]


@pytest.mark.parametrize("name", ["dq", "q_start", "effort"])
def test_what_no_entry_has(name: str) -> None:
    assert found({"time": ("s",), "q": UNITS, name: ("rad",)}) == [
        "unknown_signal: trajectories.zarr: "
        f"expected only time, q, samples, q_command, failed_at, came {name!r}"
    ]


@pytest.mark.parametrize(
    ("signals", "units", "line"),
    [
        ({"time": ("ms",), "q": RAD}, RAD, "time: expected the unit 's', came 'ms'"),
        ({"time": ("s", "s"), "q": RAD}, RAD, "time: expected the unit 's', came 's', 's'"),
        (
            {"time": ("s",), "q": RAD, "failed_at": ("row",)},
            RAD,
            "failed_at: expected the unit 's', came 'row'",
        ),
        (
            {"time": ("s",), "q": ("deg",)},
            RAD,
            "q: expected the unit 'rad', 'rad', 'rad', 'rad', came 'deg'",
        ),
        (
            {"time": ("s",), "q": ("rad",)},
            UNITS,
            "q: expected the unit 'rad', 'rad', 'rad', 'fraction', came 'rad'",
        ),
    ],
)
def test_other_units(
    signals: dict[str, tuple[str, ...]], units: tuple[str, ...], line: str
) -> None:
    assert found(signals, units) == [f"signal_unit: trajectories.zarr: {line}"]


def test_the_check_looks_at_what_the_store_says(holdout: Holdout) -> None:
    for contents, codes in (
        (Contents(), []),
        (Contents(info=info_of({"time": ("s",)})), ["missing_signal"]),
    ):
        given = CheckInput(contents, holdout.inputs, holdout.lock, SCORED)
        assert [problem.code for problem in run(given)] == codes
