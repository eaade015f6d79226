"""The guard over a split: planted leaks are found, clean splits give nothing."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from bench.datasets.layout import Layout
from bench.datasets.split import Parts, split
from bench.guard.registry import split_checks
from bench.guard.splitting import guard_split, split_dataset
from bench.io.documents import check, dump, read_document
from bench.io.problems import ProblemsError
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.workspace import DatasetPaths
from tests.support.episodes import make_episodes

RULE = {
    "assignment": {"calibration": ["a", "b"], "validation": ["c"], "holdout": ["d", "e"]},
    "groups": [],
}
LAYOUT = Layout((tuple(range(5)),), np.zeros(6))


def _parts() -> Parts:
    return split(make_episodes(("a", "b", "c", "d", "e")), RULE)


def _codes(parts: Parts) -> list[tuple[str, str]]:
    document = check(guard_split(parts, LAYOUT), "guard", "guard")
    return [(finding["code"], finding["certainty"]) for finding in document["findings"]]


def _with(episodes: Episodes, name: str, number: int, values: np.ndarray) -> Episodes:
    signal = episodes.signals[name].copy()
    signal[episodes.rows(number)] = values
    return replace(episodes, signals={**episodes.signals, name: signal})


def test_a_clean_split_has_no_findings_and_says_what_was_compared() -> None:
    document = guard_split(_parts(), LAYOUT)
    assert document["findings"] == []
    assert [c["name"] for c in document["checks"]] == [c.name for c in split_checks(LAYOUT)]
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


def test_inputs_that_hold_what_was_measured_are_found() -> None:
    parts = _parts()
    command = parts.holdout_inputs.signal("q_command", 1).copy()
    command[20:30] = parts.holdout_truth.signal("q", 1)[19:29]
    leak = _with(parts.holdout_inputs, "q_command", 1, command)
    assert _codes(replace(parts, holdout_inputs=leak)) == [("inputs_reveal_truth", "certain")]


def test_the_pool_is_written_where_there_is_one_and_never_fitted(
    repository: Path, tmp_path: Path
) -> None:
    paths = DatasetPaths(tmp_path, "toy")
    write_store(paths.episodes, make_episodes(("a", "b", "c", "d", "e")))
    paths.folder.mkdir(parents=True)
    shutil.copytree(repository / "robots" / "so101", tmp_path / "robots" / "so101")
    committed = read_document(repository / "datasets/so101-synth/dataset.json", "dataset")
    (paths.folder / "dataset.json").write_text(dump({**committed, "name": "toy"}))
    fitted = {"calibration": ["a"], "validation": ["b"]}
    for rest in ({"holdout": ["c", "d"], "diagnostic": ["e"]}, {"holdout": ["c", "d", "e"]}):
        rule = {
            **{"schema": "twinbench/split/1", "dataset": "toy", "rule": "listed", "seed": None},
            **{"why": "made", "assignment": {**fitted, **rest}, "groups": [], "reasons": {}},
        }
        (paths.folder / "split.json").write_text(dump(rule))
        split_dataset(paths)
        assert paths.part("diagnostic").is_dir() == ("diagnostic" in rest)
        if "diagnostic" in rest:
            assert set(load_episodes(paths.part("diagnostic")).index) == {"e.run-a", "e.run-b"}
            with pytest.raises(ProblemsError) as raised:
                load_episodes(paths.part("diagnostic"), allowed=frozenset({"calibration"}))
            assert [problem.code for problem in raised.value.problems] == ["not_allowed"]


def test_every_finding_has_a_section_in_the_documentation(repository: Path) -> None:
    page = (repository / "docs" / "guard.md").read_text()
    for code in ("group_torn", "equal_recordings", "equal_commands", "inputs_reveal_truth"):
        assert f"{{#{code}}}" in page
