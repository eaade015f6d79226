from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.scoring.labels.registry import RULES, labels_of


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
        yield from ("", f"Evidence: {rule.evidence}.")


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


def test_a_bad_twin_gets_every_label_and_each_number_is_documented(trace_of, time) -> None:
    command = np.column_stack([0.6 * np.sin(time)] * 3 + [np.sin(3 * time)])
    reference = np.column_stack([np.minimum(0.6 * np.sin(time), 0.3), *command[:, 1:].T])
    predicted = command.copy()
    predicted[:, 1] += 0.2
    predicted[:, 3] = np.sin(3 * (time - 0.2))
    trace = trace_of(
        time,
        reference,
        predicted,
        command=command,
        current=np.ones_like(command),
        arm_of=("left", "left", "left", "right"),
        failed_at=15.0,
    )
    found = labels_of(trace, {})
    assert {label.name for label in found} == {rule.name for rule in RULES}
    documented = {rule.name: set(rule.numbers) for rule in RULES}
    for label in found:
        assert set(label.numbers) <= documented[label.name]
        assert all(type(x) is float and np.isfinite(x) for x in label.numbers.values())
        assert all(type(x) is float for x in (*label.interval, label.strength))
        assert 0 <= label.strength <= 1
        assert time[0] <= label.interval[0] <= label.interval[1] <= time[-1]
        arm = {"left": {"joint_0", "joint_1", "joint_2"}, "right": {"joint_3"}}[label.arm]
        assert label.joints
        assert set(label.joints) <= arm


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
    trace = trace_of(time, waves, waves + 0.02)
    assert len(labels_of(trace, {"offset": {"mean": 0.01}})) == 2
    assert labels_of(trace, {"lag": {"lag": 1e-9}}) == []


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
