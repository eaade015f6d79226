"""Faults planted in the split of a dataset, and what the guard says of each.

Near-duplicates have a table of their own. Run as a module it writes the table of `docs/guard.md`;
the datasets whose recordings are not there keep the column that they have:

    TWINBENCH_MIRROR=DIR python -m tests.guard.planted_splits
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from bench.datasets.layout import Layout
from bench.datasets.split import Parts, inputs_of, split
from bench.guard.registry import split_checks
from bench.io.problems import ProblemsError
from bench.io.store import Episodes
from tests.guard import tables
from tests.guard.recorded import Recorded, recorded

MARKED = tables.marks("splits")
HONEST = "nothing: as it is"
UNSEEN = (
    "2 s of a recording, measured 10 rows before",
    "2 s of a recording, half command and half measurement",
)
"""Faults that are not found."""
SECONDS = 2.0

Plant = Callable[[Recorded], Parts]
Change = Callable[[Episodes], Episodes]
Command = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From (N, J) commands and (N, J) measurements the planted commands."""


def _joined(first: Episodes | None, more: Episodes, part: Any) -> Episodes:
    """Episodes of a part, and more of them."""
    if first is None:
        return replace(more, info=replace(more.info, split=part))
    info = replace(first.info, episodes=(*first.info.episodes, *more.info.episodes))
    start = np.concatenate([first.start, first.start[-1] + more.start[1:]])
    signals = {
        name: np.concatenate([first.signals[name], more.signals[name]]) for name in first.signals
    }
    return Episodes(info, start, signals)


def _copied(part: str, change: Change, source: str = "holdout_truth") -> Plant:
    """The first recording of a part is in another part, too, changed."""

    def plant(dataset: Recorded) -> Parts:
        parts = dataset.parts()
        found: Episodes = getattr(parts, source)
        copy = change(found.select([0], found.info.split))
        return replace(parts, **{part: _joined(getattr(parts, part), copy, part)})

    return plant


def _same(one: Episodes) -> Episodes:
    return one


def _renamed(one: Episodes) -> Episodes:
    (info,) = one.info.episodes
    other = replace(info, id="other.run-a", motion="other", group="other")
    return replace(one, info=replace(one.info, episodes=(other,)))


def _one_bit(one: Episodes) -> Episodes:
    q = np.array(one.signals["q"])
    q[len(q) // 2] = np.nextafter(q[len(q) // 2], 9)
    return replace(_renamed(one), signals={**one.signals, "q": q})


def _moved(dataset: Recorded) -> Parts:
    """A recording of a holdout group with several goes to validation."""
    parts = dataset.parts()
    infos = parts.holdout_truth.info.episodes
    groups = [info.group for info in infos]
    number = next(i for i in reversed(range(len(infos))) if groups.count(groups[i]) > 1)
    rest = [i for i in range(len(infos)) if i != number]
    gone = parts.holdout_truth.select([number], "validation")
    left = parts.holdout_truth.select(rest, "holdout_truth")
    return replace(
        parts,
        holdout_truth=left,
        holdout_inputs=inputs_of(left),
        validation=_joined(parts.validation, gone, "validation"),
    )


def _shown(command: Command, *, whole: bool = False, joint: bool = False) -> Plant:
    """In the inputs of the first recording, where it moves most, other commands."""

    def plant(dataset: Recorded) -> Parts:
        parts = dataset.parts()
        inputs = parts.holdout_inputs
        own, name = inputs.rows(0), inputs.info.episodes[0].id
        measured = parts.holdout_truth.signal("q", parts.holdout_truth.index[name])
        commands = np.array(inputs.signals["q_command"])
        rows = slice(0, None) if whole else _moving(inputs.signal("time", 0), measured)
        most = int(np.argmax(measured[rows].std(axis=0)))
        joints = [most] if joint else list(dataset.layout.chains[0])
        planted = command(commands[own], measured)[rows]
        commands[own][rows][:, joints] = planted[:, joints]
        return replace(
            parts, holdout_inputs=replace(inputs, signals={**inputs.signals, "q_command": commands})
        )

    return plant


def _moving(time: np.ndarray, measured: np.ndarray) -> slice:
    """The two seconds in which the arm goes the longest way."""
    count = round(SECONDS / float(np.median(np.diff(time))))
    way = np.concatenate([[0], np.cumsum(np.abs(np.diff(measured, axis=0)).sum(axis=1))])
    first = 1 + int(np.argmax(way[1 + count :] - way[1:-count]))
    return slice(first, first + count)


def _late(rows: int) -> Command:
    return lambda _command, measured: np.roll(measured, rows, axis=0)


def _rounded(command: np.ndarray, measured: np.ndarray) -> np.ndarray:
    return np.round(_late(2)(command, measured), 4)


def _half(command: np.ndarray, measured: np.ndarray) -> np.ndarray:
    return (command + measured) / 2


def _ruled(change: Callable[[Any, list[Any]], object]) -> Plant:
    """By another rule: its assignment and groups changed."""

    def plant(dataset: Recorded) -> Parts:
        rule = dataset.rule
        assignment = {part: list(motions) for part, motions in rule["assignment"].items()}
        groups = list(rule["groups"])
        change(assignment, groups)
        return split(dataset.episodes, {**rule, "assignment": assignment, "groups": groups})

    return plant


def _torn(assignment: Any, groups: list[Any]) -> None:
    motions = [assignment[part][0] for part in ("calibration", "holdout")]
    groups[:] = [{"name": "torn", "motions": motions}]


PLANTS: Mapping[str, Plant] = {
    "a recording of the holdout in calibration": _copied("calibration", _same),
    "the same, under another name": _copied("calibration", _renamed),
    "the same, one bit changed": _copied("calibration", _one_bit),
    "a recording of the holdout in the diagnostic pool": _copied("diagnostic", _same),
    "a recording of calibration in validation": _copied("validation", _same, "calibration"),
    "a recording of a holdout group in validation, not a copy": _moved,
    "the rule has a motion in two parts": _ruled(
        lambda parts, _: parts["calibration"].append(parts["holdout"][0])
    ),
    "the rule tears a group apart": _ruled(_torn),
    "the rule leaves a motion out": _ruled(lambda parts, _: parts["holdout"].pop()),
    "2 s of a recording, commands that were measured": _shown(_late(0)),
    "2 s of a recording, measured a row before": _shown(_late(1)),
    "2 s of a recording, measured 2 rows before, with 4 decimals": _shown(_rounded),
    "2 s of a recording, one joint": _shown(_late(0), joint=True),
    "a whole recording, measured 3 rows after": _shown(_late(-3), whole=True),
    "2 s of a recording, measured 10 rows before": _shown(_late(10)),
    "2 s of a recording, half command and half measurement": _shown(_half),
    HONEST: Recorded.parts,
}


def found(dataset: Recorded, plant: Plant) -> str:
    """What the guard says, or by which problems `split` refuses."""
    try:
        parts = plant(dataset)
    except ProblemsError as error:
        codes = dict.fromkeys(f"`{problem.code}`" for problem in error.problems)
        return f"refused: {', '.join(codes)}"
    return tables.told(finding for check in _checks(dataset.layout) for finding in check(parts))


def _checks(layout: Layout) -> list[Callable[[Parts], list[Any]]]:
    checks = [one for one in split_checks(layout) if one.name != "near_duplicates"]
    return [lambda parts, one=one: one.run(parts)[1] for one in checks]


def column(dataset: str, mirror: Path | None = None) -> dict[str, str]:
    """What is found of each fault."""
    whole = recorded(dataset, mirror)
    return {name: found(whole, plant) for name, plant in PLANTS.items()}


if __name__ == "__main__":
    tables.write(MARKED, "planted", PLANTS, column)
