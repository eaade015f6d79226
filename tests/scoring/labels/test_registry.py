from __future__ import annotations

import textwrap
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.scoring.events import EventRule
from bench.scoring.labels.registry import RULES, labels_of
from bench.scoring.trace import EpisodeTrace
from bench.scoring.trace_records import Declared
from tests.support.sizes import check_sizes


def page_block() -> Iterator[str]:
    """What `docs/labels.md` says of the rules, line by line."""
    yield from ("| label | meaning | reads |", "| --- | --- | --- |")
    for rule in RULES:
        yield f"| `{rule.name}` | {rule.meaning} | {rule.signal} |"
    for rule in RULES:
        yield from ("", f"### `{rule.name}`", "")
        yield from ("| threshold | default | unit | source |", "| --- | --- | --- | --- |")
        for name, threshold in rule.thresholds.items():
            yield f"| `{name}` | {threshold.default:g} | {threshold.unit} | {threshold.source} |"
        yield from ("", "| number | unit and meaning |", "| --- | --- |")
        for name, meaning in rule.numbers.items():
            yield f"| `{name}` | {meaning} |"
        yield ""
        yield from textwrap.wrap(f"Evidence: {rule.evidence}.", 110, break_on_hyphens=False)


def test_the_page_says_what_the_registry_says(repository: Path) -> None:
    page = (repository / "docs" / "labels.md").read_text(encoding="utf-8")
    begin, end = "<!-- rules: begin -->\n", "\n<!-- rules: end -->"
    assert page.split(begin)[1].split(end)[0].splitlines() == list(page_block())


def test_names_are_unique_and_every_rule_says_what_it_is() -> None:
    names = [rule.name for rule in RULES]
    assert len(set(names)) == len(names)
    for rule in RULES:
        texts = [rule.meaning, rule.signal, rule.evidence, *rule.numbers.values()]
        texts += [threshold.source for threshold in rule.thresholds.values()]
        assert all(text and "|" not in text and "\n" not in text for text in texts)
        assert all(threshold.default > 0 for threshold in rule.thresholds.values())


PLANTED_ELSEWHERE = {"gravity_like", "gain", "grasp_missed", "object_lost", "object_displaced"}
"""They need masses or bodies; their own tests plant them."""


@pytest.fixture
def bad_twin(trace_of, time) -> EpisodeTrace:
    """An episode in which nearly everything is wrong, a joint for each symptom."""
    wave, quick = np.sin(time), np.sin(3 * time)
    both = 0.5 * np.sin(0.9 * time) + 0.1 * np.sin(2.3 * time)
    speed = np.gradient(both, time)
    bend = np.gradient(speed, time)
    way = np.clip(8 * np.sin(0.9 * time + 1.2), -1, 1)
    stairs = 0.6 * (np.floor(time / 3) % 2)
    slewed = np.interp(time % 6, [0, 3, 3.6, 6], [0.6, 0.0, 0.6, 0.6]) * (time > 3)
    slewed = np.where(time % 6 < 3, np.maximum(0.6 - (time % 6), 0) * (time > 3), slewed)
    rung = stairs + 0.15 * np.exp(-(time % 3) / 0.2) * np.sin(20 * (time % 3)) * (time > 3)
    noise = np.random.default_rng(0).normal(0, 0.01, len(time))
    drift = 0.2 * time / time[-1]
    vibration = 0.02 * np.sin(2 * np.pi * 6 * time)
    columns = {  # command, reference, prediction
        "offset": (wave, wave, wave + 0.2),
        "stall_missed": (0.6 * wave, np.minimum(0.6 * wave, 0.3), 0.6 * wave),
        "stall_false": (0.6 * wave, 0.6 * wave, np.minimum(0.6 * wave, 0.3)),
        "friction_like": (both, both, both - 0.03 * way),
        "inertia_like": (both, both, both - 0.1 * bend),
        "speed_related": (both, both, both + 0.9 * speed),
        "posture_related": (both, both, 1.2 * both),
        "saturation": (stairs, stairs, slewed),
        "overshoot": (stairs, stairs, rung),
        "noise": (wave, wave, wave + noise),
        "divergence": (wave, wave, wave + drift),
        "oscillation": (wave, wave, wave + vibration),
        "lag": (quick, quick, np.sin(3 * (time - 0.2))),
    }
    command, reference, predicted = (
        np.column_stack(x) for x in zip(*columns.values(), strict=True)
    )
    predicted = predicted + np.random.default_rng(1).normal(0, 3e-4, predicted.shape)
    joints = len(columns)
    events = (
        EventRule("swings", "joint_0", "rising", 0.5, 0.05, 0.2),
        EventRule("swings_back", f"joint_{joints - 1}", "rising", 0.5, 0.05, 0.1),
        EventRule("stops", "joint_1", "rising", 0.4, 0.05, 0.2),
        EventRule("starts", "joint_2", "rising", 0.4, 0.05, 0.2),
        EventRule("beside", f"joint_{joints - 1}", "rising", 0.9, 0.02, 0.1),
        EventRule("between", "joint_9", "rising", 0.7, 0.05, 0.3),
    )
    return trace_of(
        time,
        reference,
        predicted,
        command=command,
        current=np.ones_like(command),
        arms=("left", "right"),
        arm_of=("left",) * (joints - 1) + ("right",),
        failed_at=19.0,
        declared=Declared(events=events),
    )


def test_a_bad_twin_gets_every_label_and_each_number_is_documented(bad_twin, time) -> None:
    *left, right = bad_twin.joints
    arms = {"left": left, "right": [right]}
    found = labels_of(bad_twin, {})
    names = {label.name for label in found}
    assert {rule.name for rule in RULES} - PLANTED_ELSEWHERE - names == set()
    documented = {rule.name: set(rule.numbers) for rule in RULES}
    for label in found:
        assert set(label.numbers) <= documented[label.name]
        assert all(type(x) is float and np.isfinite(x) for x in label.numbers.values())
        assert all(type(x) is float for x in (*label.interval, label.strength))
        assert 0 <= label.strength <= 1
        assert time[0] <= label.interval[0] <= label.interval[1] <= time[-1]
        assert label.joints
        assert set(label.joints) <= set(arms[label.arm])


@pytest.mark.parametrize("rule", [rule for rule in RULES if rule.size], ids=lambda rule: rule.name)
def test_the_size_of_a_label_is_what_its_threshold_is_held_to(bad_twin, rule) -> None:
    assert rule.size.threshold in rule.thresholds
    assert rule.size.number in rule.numbers
    units = rule.numbers[rule.size.number].split(", ")[0], rule.thresholds[rule.size.threshold].unit
    assert units[0] == units[1]
    number = check_sizes(rule, bad_twin)
    assert number > 0 or rule.name in PLANTED_ELSEWHERE


def test_a_perfect_prediction_has_no_label(trace_of, time, waves) -> None:
    assert labels_of(trace_of(time, waves, waves), {}) == []


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_have_none(trace_of, rows: int) -> None:
    time = 0.02 * np.arange(rows)
    reference = np.ones((rows, 2))
    trace = trace_of(time, reference, reference, command=reference + 1)
    assert labels_of(trace, {}) == []


def test_one_scored_row_may_show_an_offset(trace_of) -> None:
    trace = trace_of(np.zeros(1), np.ones((1, 2)), np.full((1, 2), 1.5), weights=np.ones(1))
    assert [label.name for label in labels_of(trace, {})] == ["offset", "offset"]


@pytest.mark.parametrize("failed_at", [None, 5.0])
def test_an_episode_without_scored_rows_shows_only_that_it_broke(
    trace_of, time, waves, failed_at
) -> None:
    weights = np.zeros(len(time))
    trace = trace_of(time, waves, waves + 9, weights=weights, failed_at=failed_at)
    found = [(label.name, label.strength) for label in labels_of(trace, {})]
    assert found == ([] if failed_at is None else [("unstable", 0.0)])


def test_constant_signals_have_only_an_offset(trace_of, time) -> None:
    still = np.full((len(time), 2), 0.2)
    trace = trace_of(time, still, still + np.array([0.0, 0.4]), command=still)
    assert [(x.name, x.joints) for x in labels_of(trace, {})] == [("offset", ("joint_1",))]


def test_settings_reach_their_rule(trace_of, time, waves) -> None:
    off = trace_of(time, waves, waves + 0.02)
    late = trace_of(time, waves, 0.5 * np.sin(np.outer(time - 0.03, [0.9, 1.3])))
    assert labels_of(off, {}) == labels_of(late, {}) == []
    assert len(labels_of(off, {"offset": {"mean": 0.01}})) == 2
    assert [label.name for label in labels_of(late, {"lag": {"lag": 0.02}})] == ["lag"]


def test_unknown_names_in_settings_are_refused(trace_of, time, waves) -> None:
    trace = trace_of(time, waves, waves)
    with pytest.raises(UnknownNameError, match=r"unknown label 'offsett'; valid: offset, lag"):
        labels_of(trace, {"offsett": {}})
    with pytest.raises(UnknownNameError, match=r"of the label offset 'men'; valid: mean, share"):
        labels_of(trace, {"offset": {"men": 0.1}})


@pytest.mark.parametrize("value", [0, -1.0, float("nan"), float("inf"), "0.1", None, True, [1]])
def test_thresholds_that_are_no_positive_number_are_refused(trace_of, time, waves, value) -> None:
    with pytest.raises(ProblemsError) as raised:
        labels_of(trace_of(time, waves, waves), {"offset": {"mean": value, "share": value}})
    places = [(problem.code, problem.where) for problem in raised.value.problems]
    assert places == [("threshold", "labels/offset/mean"), ("threshold", "labels/offset/share")]
