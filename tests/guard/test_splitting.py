"""The guard over a split: planted leaks are found, clean splits give nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.datasets.split import Parts, split
from bench.guard.registry import SPLIT_CHECKS
from bench.guard.splitting import guard_split
from bench.io.documents import check
from bench.io.store import Episodes
from tests.support.episodes import make_episodes

RULE = {
    "assignment": {"calibration": ["a", "b"], "validation": ["c"], "holdout": ["d", "e"]},
    "groups": [],
}


def _parts() -> Parts:
    return split(make_episodes(("a", "b", "c", "d", "e")), RULE)


def _codes(parts: Parts) -> list[tuple[str, str]]:
    document = check(guard_split(parts), "guard", "guard")
    return [(finding["code"], finding["certainty"]) for finding in document["findings"]]


def _with(episodes: Episodes, name: str, number: int, values: np.ndarray) -> Episodes:
    signal = episodes.signals[name].copy()
    signal[episodes.rows(number)] = values
    return replace(episodes, signals={**episodes.signals, name: signal})


def test_a_clean_split_has_no_findings_and_says_what_was_compared() -> None:
    document = guard_split(_parts())
    assert document["findings"] == []
    assert [c["name"] for c in document["checks"]] == [c.name for c in SPLIT_CHECKS]
    assert all(c["looked_at"] > 0 for c in document["checks"])


def test_a_torn_group_is_found() -> None:
    parts = _parts()
    infos = parts.validation.info.episodes
    torn = replace(parts.validation.info, episodes=tuple(replace(e, group="d") for e in infos))
    found = replace(parts, validation=replace(parts.validation, info=torn))
    assert _codes(found) == [("group_torn", "certain")]


def test_a_recording_that_stands_twice_is_found() -> None:
    episodes = make_episodes(("a", "b", "c", "d", "e"))
    copied = [episodes.index[name] for name in ("a.run-a", "a.run-b")]
    parts = _parts()
    again = episodes.select([*copied, *copied[:1]], "calibration")
    assert ("equal_recordings", "certain") in _codes(replace(parts, calibration=again))


def test_a_holdout_command_in_calibration_is_found() -> None:
    episodes = make_episodes(("a", "b", "c", "d", "e"))
    parts = _parts()
    truth = parts.holdout_truth
    command = truth.signal("q_command", 0)
    planted = episodes.select([episodes.index["d.run-a"]], "calibration")
    noisy = _with(planted, "q", 0, planted.signal("q", 0) + 0.01)
    almost = _with(noisy, "q_command", 0, command + 1e-11)
    codes = _codes(replace(parts, calibration=almost))
    # The run and its repeat have the planted commands.
    assert codes.count(("equal_commands", "certain")) == 2


def test_every_finding_has_a_section_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "guard.md").read_text()
    for code in ("group_torn", "equal_recordings", "equal_commands"):
        assert f"{{#{code}}}" in page
