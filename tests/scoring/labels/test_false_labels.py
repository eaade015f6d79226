"""Labels on a robot that is predicted by its own further run: none is right but that of a jam.

How many motions an hour have one is told by the tail of what two runs show. Over the larger half
of the motions, at most eight, or all where they are fewer than four, their largest labels are taken
to fall off exponentially: peaks over a threshold, with shape 0 (Coles 2001, An Introduction to
Statistical Modeling of Extreme Values, ch. 4; of a cluster the largest, ch. 5).
"""

from __future__ import annotations

import math
from collections import Counter
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
from bench.scoring.false_labels import Labelling, of_repeats
from bench.scoring.labels.label import Rule
from bench.scoring.labels.registry import RULES, labels_of
from bench.scoring.score import declared
from bench.scoring.trace import EpisodeTrace
from tests.docs.pages import ROOT, section, tables

PAGE = (ROOT / "docs" / "labels.md").read_text(encoding="utf-8")
LARGEST, FEW = 8, 4
NONE_BETWEEN_RUNS = {"saturation": "distance", "stall_false": "distance"}
"""Rules whose labels have no size that a threshold is held against, and what the page says of."""
JAMMED = "single_joint_wrist_roll.run-a"
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
    """Motions with a label an hour by the tail of the largest of each, seen in so many hours.

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


@pytest.mark.recordings
@pytest.mark.slow
@pytest.mark.parametrize(("name", "threshold"), NONE_BETWEEN_RUNS.items())
def test_rules_without_a_size_have_no_label_at_all(
    pairs: list[EpisodeTrace], name: str, threshold: str
) -> None:
    (rule,) = [each for each in RULES if each.name == name]
    assert not any(rule.find(trace, lowered(rule, threshold)) for trace in pairs)


@pytest.mark.recordings
@pytest.mark.slow
def test_the_page_says_what_the_tail_of_two_runs_allows(
    repository: Path, recorded: list[Episodes], pairs: list[EpisodeTrace]
) -> None:
    document = Workspace(repository).dataset("so101-sage").document()
    robot = load_robot(repository / "robots" / "so101" / "robot.json")
    labelling = Labelling(robot, declared(document, 1), {})
    computed = of_repeats(recorded, labelling, 1.0, lambda _done, _total: None)
    assert computed["hours"] == pytest.approx(hours(pairs))
    assert [label["label"] for label in computed["labels"]] == ["stall_missed"] * 4
    rows = []
    total, first = np.zeros(2), np.zeros(2)
    for rule, record in zip((r for r in RULES if r.size), computed["rules"], strict=True):
        assert rule.size is not None
        default = rule.thresholds[rule.size.threshold].default
        low = lowered(rule, rule.size.threshold)
        by_motion = [[abs(x.numbers[rule.size.number]) for x in rule.find(t, low)] for t in pairs]
        sizes = [max(own) for own in by_motion if own]
        assert record["motions"] == len(sizes)
        if not sizes:
            continue
        rate = expected(sizes, default, hours(pairs))
        assert (record["fitted"], record["averaged"]) == pytest.approx(rate)
        total += rate
        first += expected(sizes, FIRST.get(rule.name, default), hours(pairs))
        source, unit = rule.thresholds[rule.size.threshold].source, record["unit"]
        assert "their tail" not in source or f"{rate[0]:.2f} motions an hour" in source, rate
        most = f"{max(sizes):.2g}"
        cells = [f"`{rule.name}`", f"{default:g} {unit}", str(len(sizes)), most]
        rows.append([*cells, *(f"{each:.2f}" for each in rate)])
    rows.append(["all of these", "", "", "", *(f"{each:.2f}" for each in total)])
    without = of_repeats(recorded, labelling, 1.0, lambda _done, _total: None, [JAMMED])
    said = " ".join(PAGE.split())
    fitted, averaged = (without["together"][key] for key in ("fitted", "averaged"))
    assert without["labels"] == []
    assert f"`--without {JAMMED}` gives {fitted:.1f} and {averaged:.1f}" in said
    assert f"{total[0]:.1f} an hour as fitted, {total[1]:.1f} on average" in said
    assert f"gave {first[0]:.1f} and {first[1]:.1f} an hour" in said
    said = list(tables(section(PAGE, "False labels")))[1][1:]
    assert said == rows, "\n".join(f"| {' | '.join(row)} |" for row in rows)
