"""Labels on a robot that is predicted by its own further run: none is right but that of a jam.

How many an hour are to be expected is told by the tail of what two runs show. Over the larger half
of them, at most eight, or all where they are fewer than four, sizes of labels are taken to fall off
exponentially: peaks over a threshold, with shape 0 (Coles 2001, An Introduction to Statistical
Modeling of Extreme Values, ch. 4).
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.ingest import assembled, read_recordings
from bench.datasets.layout import load_layout
from bench.datasets.split import split
from bench.io.documents import read_document
from bench.io.store import Episodes
from bench.io.workspace import Workspace
from bench.kinematics.robot import load_robot
from bench.scoring.alignment import NEEDED, traces
from bench.scoring.labels.label import Label, Rule
from bench.scoring.labels.registry import RULES, labels_of
from bench.scoring.score import declared
from bench.scoring.trace import EpisodeTrace
from tests.docs.pages import ROOT, section, tables

PAGE = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
LARGEST, FEW = 8, 4
BY_SIZE: dict[str, tuple[str, Callable[[Label], float]]] = {
    "offset": ("mean", lambda label: label.numbers["mean_error"]),
    "lag": ("lag", lambda label: label.numbers["lag"]),
    "friction_like": ("size", lambda label: label.numbers["size"]),
    "inertia_like": ("size", lambda label: label.numbers["size"]),
    "gravity_like": ("size", lambda label: label.numbers["size"]),
    "gain": ("size", lambda label: label.numbers["size"]),
    "speed_related": ("size", lambda label: label.numbers["size"]),
    "posture_related": ("size", lambda label: label.numbers["size"]),
    "oscillation": ("amplitude", lambda label: label.numbers["amplitude"]),
    "noise": ("deviation", lambda label: label.numbers["deviation"]),
    "divergence": ("end", lambda label: label.numbers["end"]),
    "event_shifted": ("times", lambda label: label.numbers["shift"] / TOLERANCE),
}
"""Threshold on the size of each rule, and the size of a label."""
NONE_BETWEEN_RUNS = {"overshoot": "beyond", "saturation": "distance", "stall_false": "distance"}
"""Rules with such a threshold that have no label between two runs even at a fiftieth of it."""
WITHOUT_SIZE = {
    *("stall_missed", "unstable", "event_missed", "event_extra", "event_order"),
    *("grasp_missed", "object_lost", "object_displaced"),
}
"""Rules of what happens or does not, and `stall_missed`, whose labels are true."""
TOLERANCE = 0.15
"""s, of the events that so101-sage declares."""


FIRST = {
    **{"offset": 0.03, "lag": 0.05, "friction_like": 0.016, "inertia_like": 0.01},
    **{"gravity_like": 0.007, "gain": 0.02, "posture_related": 0.015},
    **{"noise": 0.0015, "event_shifted": 1.25},
}
"""Thresholds a little above the largest of two runs; of others the defaults are that already."""


def parts(repository: Path, mirror: Path, name: str) -> list[Episodes]:
    """Calibration and validation."""
    paths = Workspace(repository).dataset(name)
    document = paths.document()
    recordings = read_recordings(document, mirror, load_layout(paths), lambda _done, _total: None)
    found = split(
        assembled(document, recordings), read_document(paths.folder / "split.json", "split")
    )
    return [found.calibration, found.validation]


def compared(
    repository: Path, name: str, robot: str, pairs: list[tuple[Episodes, Episodes]]
) -> list[EpisodeTrace]:
    """Traces of predictions and what was measured."""
    document = Workspace(repository).dataset(name).document()
    known = declared(document, 1)
    loaded = load_robot(repository / "robots" / robot / "robot.json")
    return [trace for own, reference in pairs for trace in traces(own, reference, loaded, known)]


def references(part: Episodes, chosen: list[int] | None = None) -> Episodes:
    if chosen is None:
        chosen = [k for k, one in enumerate(part.info.episodes) if one.role == "reference"]
    return part.select(chosen, "holdout_truth", [n for n in NEEDED if n in part.signals])


def run_b(part: Episodes) -> tuple[Episodes, Episodes]:
    """Run-b as a prediction of run-a, row by row, where both had the same commands."""
    episodes = part.info.episodes
    again = {one.motion: k for k, one in enumerate(episodes) if one.role == "repeat"}
    both = [
        (k, again[one.motion])
        for k, one in enumerate(episodes)
        if one.role == "reference" and one.motion in again
    ]
    commands = [[part.signal("q_command", k) for k in pair] for pair in both]
    same = [pair for pair, own in zip(both, commands, strict=True) if np.array_equal(*own)]
    reference = references(part, [a for a, _ in same])
    other = part.select([b for _, b in same], "entry", ["q"])
    return predicted(reference, other.signals["q"]), reference


def echo(part: Episodes, delay: float) -> tuple[Episodes, Episodes]:
    """The commands, so much later, as a prediction."""
    reference = references(part)
    values = []
    for k in range(len(reference)):
        time, command = (reference.signal(name, k) for name in ("time", "q_command"))
        values.append(np.column_stack([np.interp(time - delay, time, x) for x in command.T]))
    return predicted(reference, np.concatenate(values)), reference


def predicted(reference: Episodes, q: np.ndarray) -> Episodes:
    return Episodes(reference.info, reference.start, {"time": reference.signals["time"], "q": q})


@pytest.fixture(scope="module")
def recorded(repository: Path, mirror: Path) -> list[Episodes]:
    return parts(repository, mirror, "so101-sage")


@pytest.fixture(scope="module")
def pairs(repository: Path, recorded: list[Episodes]) -> list[EpisodeTrace]:
    """Run-a predicted by run-b."""
    return compared(repository, "so101-sage", "so101", [run_b(part) for part in recorded])


def hours(own: list[EpisodeTrace]) -> float:
    return sum(float(trace.weights.sum()) for trace in own) / 3600


def counts(own: list[EpisodeTrace]) -> Counter[str]:
    return Counter(label.name for trace in own for label in labels_of(trace, {}))


def lowered(rule: Rule, name: str) -> dict[str, float]:
    """The thresholds of a rule, one of them a fiftieth of its default."""
    defaults = {key: one.default for key, one in rule.thresholds.items()}
    return defaults | {name: defaults[name] / 50}


def expected(sizes: list[float], threshold: float, lasting: float) -> tuple[float, float]:
    """Labels an hour by the tail of the sizes seen in so many hours.

    Returns:
        With the mean excess as it is estimated, and averaged over what it may be: after k excesses
        that add up to S, one more is beyond x with a probability of (S / (S + x))^k (prior 1/σ).
    """
    largest = sorted(sizes, reverse=True)
    number = min(LARGEST, math.ceil(len(sizes) / 2)) if len(sizes) >= FEW else len(sizes)
    beyond = largest[number] if len(sizes) >= FEW else 0.0
    total, x = sum(largest[:number]) - number * beyond, threshold - beyond
    rate = number / lasting
    return rate * math.exp(-x * number / total), rate * (total / (total + x)) ** number


@pytest.mark.parametrize("number", [1, 3, 16, 40])
def test_the_averaged_figure_is_what_comes_of_thresholds_set_by_few(number: int) -> None:
    """A threshold at so many means of what was drawn is passed more often than the fit says."""
    random = np.random.default_rng(number)
    true, said = [], []
    for _ in range(4000):
        sizes = sorted(random.exponential(1.0, number).tolist(), reverse=True)
        kept = number if number < FEW else min(LARGEST, number // 2)
        beyond = sizes[kept] if number >= FEW else 0.0
        threshold = beyond + 4 * (sum(sizes[:kept]) / kept - beyond)
        true.append(number * math.exp(-threshold))
        said.append(expected(sizes, threshold, 1.0))
    fitted, averaged = np.mean(said, axis=0)
    assert averaged == pytest.approx(np.mean(true), rel=0.15)
    assert fitted < 0.7 * averaged


@pytest.mark.recordings
@pytest.mark.slow
def test_the_jams_alone_are_labelled(pairs: list[EpisodeTrace]) -> None:
    assert counts(pairs) == {"stall_missed": 4}
    assert f"| run-b, equal commands | {hours(pairs):.3f} | `stall_missed` 4, all true" in PAGE


@pytest.mark.recordings
@pytest.mark.slow
def test_the_page_counts_the_labels_of_a_delayed_echo(
    repository: Path, recorded: list[Episodes]
) -> None:
    pairs = [echo(part, 0.108) for part in recorded]
    late = compared(repository, "so101-sage", "so101", pairs)
    order = sorted(counts(late).items(), key=lambda each: -each[1])
    said = ", ".join(f"`{name}` {number}" for name, number in order)
    assert f"| delayed echo, 108 ms | {hours(late):.3f} | {said}; none of the others |" in PAGE


@pytest.mark.recordings
@pytest.mark.slow
@pytest.mark.parametrize("delay", [0.0, 0.0005])
def test_an_echo_of_the_industrial_arm_has_none(
    repository: Path, mirror: Path, delay: float
) -> None:
    pairs = [echo(part, delay) for part in parts(repository, mirror, "ur5-force")]
    found = compared(repository, "ur5-force", "ur5", pairs)
    assert not counts(found)
    assert f"all parts but the holdout and the diagnostic pool | {hours(found):.3f} | none" in PAGE


def test_every_rule_is_looked_at() -> None:
    assert {rule.name for rule in RULES} == {*BY_SIZE, *NONE_BETWEEN_RUNS, *WITHOUT_SIZE}


@pytest.mark.recordings
@pytest.mark.slow
@pytest.mark.parametrize(("name", "threshold"), NONE_BETWEEN_RUNS.items())
def test_rules_without_a_tail_have_no_label_at_all(
    pairs: list[EpisodeTrace], name: str, threshold: str
) -> None:
    (rule,) = [each for each in RULES if each.name == name]
    assert not any(rule.find(trace, lowered(rule, threshold)) for trace in pairs)


@pytest.mark.recordings
@pytest.mark.slow
def test_the_tail_of_two_runs_allows_about_one_an_hour(pairs: list[EpisodeTrace]) -> None:
    rows = []
    total, first = np.zeros(2), np.zeros(2)
    for rule in RULES:
        if rule.name not in BY_SIZE:
            continue
        name, size = BY_SIZE[rule.name]
        default = rule.thresholds[name].default
        low = lowered(rule, name)
        sizes = [abs(size(label)) for trace in pairs for label in rule.find(trace, low)]
        rate = expected(sizes, default, hours(pairs))
        total += rate
        first += expected(sizes, FIRST.get(rule.name, default), hours(pairs))
        source, unit = rule.thresholds[name].source, rule.thresholds[name].unit
        assert "their tail" not in source or f"{rate[0]:.2f} labels an hour" in source, rate
        most = f"{max(sizes):.2g}"
        cells = [f"`{rule.name}`", f"{default:g} {unit}", str(len(sizes)), most]
        rows.append([*cells, *(f"{each:.2f}" for each in rate)])
    rows.append(["all of these", "", "", "", *(f"{each:.2f}" for each in total)])
    assert total[0] < 1.05
    said = " ".join(PAGE.split())
    assert f"{total[0]:.1f} an hour as fitted, {total[1]:.1f} on average" in said
    assert f"gave {first[0]:.1f} and {first[1]:.1f} an hour" in said
    said = list(tables(section(PAGE, "False labels")))[1][1:]
    assert said == rows, "\n".join(f"| {' | '.join(row)} |" for row in rows)
