"""Scores of the real recordings against the oracle, which reads the raw logs itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from bench.datasets.ingest import ingest
from bench.datasets.layout import load_layout
from bench.entries.checking import checked_entry
from bench.guard.splitting import split_dataset
from bench.io.documents import Document, read_document
from bench.io.store import write_store
from bench.io.workspace import Workspace
from bench.leaderboard.board import Settings, board
from bench.leaderboard.terms import Terms
from bench.scoring.repeatability import REPEATS, repeats_of, score_repeat
from bench.scoring.score import score
from bench.twins.reconstruct import reconstruct
from bench.twins.rollout import rollout

pytestmark = [pytest.mark.recordings, pytest.mark.slow]

ENTRIES = ("command-echo", "delayed-echo", "delayed-echo-offset", "command-regression")
RELATIVE = 1e-7  # the regression's normal equations are solved in another order
ORACLE_NAMES = {
    "joint_rmse": "arm_rmse",
    "joint_rmse_moving": "arm_rmse_moving",
    "joint_rmse_centred": "arm_rmse_centred",
}
FITS_THE_GRIPPER = {"delayed-echo-offset", "command-regression", "repeat-shifted"}
"""Entries whose gripper the oracle predicts in another way; the gripper is not scored."""


def _silent(_done: int, _total: int) -> None:
    """No progress."""


@pytest.fixture(scope="module")
def golden(repository: Path) -> dict[str, Any]:
    text = (repository / "tests" / "oracles" / "so101_golden.json").read_text()
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@pytest.fixture(scope="module")
def workspace(
    repository: Path, mirror: Path, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    """The real dataset, ingested and split in a place of its own."""
    root = tmp_path_factory.mktemp("golden")
    for name in ("datasets/so101-sage", "robots/so101"):
        shutil.copytree(repository / name, root / name)
    shutil.copyfile(repository / "params.yaml", root / "params.yaml")
    place = Workspace(root)
    paths = place.dataset("so101-sage")
    committed = (paths.lock.read_text(), paths.guard.read_text())
    write_store(paths.episodes, ingest(paths.document(), mirror, load_layout(paths), _silent))
    split_dataset(paths)
    assert (paths.lock.read_text(), paths.guard.read_text()) == committed
    return place


@pytest.fixture(scope="module")
def results(workspace: Workspace) -> dict[str, Document]:
    paths = workspace.dataset("so101-sage")
    found = {}
    for name in ENTRIES:
        reconstruct(workspace, "so101-sage", name, _silent)
        rollout(workspace, "so101-sage", name, _silent)
        entry = checked_entry(workspace, paths, paths.rollout(name))
        found[name] = score(workspace, paths, entry, "pipeline")
    again = {one.name: score_repeat(workspace, paths, one) for one in repeats_of(workspace, paths)}
    return {**found, **again}


def _oracle(golden: dict[str, Any], name: str) -> dict[str, Any]:
    key = {"repeat": "repeat", "repeat-shifted": "repeat_shifted"}.get(name)
    found: dict[str, Any] = golden[key] if key else golden["entries"][name]
    return found


def _named(metric: str) -> str:
    return ORACLE_NAMES.get(metric, metric)


def _is_computed(name: str, metric: str, expected: dict[str, Any]) -> bool:
    """Whether the oracle has a metric; the others have one of their own, in `metrics/`."""
    if metric == "gripper_rmse" and name in FITS_THE_GRIPPER:
        return False
    return _named(metric) in expected


@pytest.mark.parametrize("name", [*ENTRIES, "repeat", "repeat-shifted"])
def test_every_number_of_every_episode_agrees_with_the_oracle(
    results: dict[str, Document], golden: dict[str, Any], name: str
) -> None:
    expected, compared = _oracle(golden, name)["episodes"], 0
    for episode in results[name]["episodes"]:
        motion = episode["id"].partition(".")[0]
        for metric, value in episode["metrics"].items():
            if not _is_computed(name, metric, expected[motion]):
                continue
            assert value == pytest.approx(expected[motion][_named(metric)], rel=RELATIVE), metric
            compared += 1
        joints = list(episode["joints"].values())[:5]
        assert joints == pytest.approx(expected[motion]["joint_rmse"], rel=RELATIVE)
    assert compared >= 22 * 15


@pytest.mark.parametrize("name", [*ENTRIES, "repeat", "repeat-shifted"])
def test_every_mean_agrees_with_the_oracle(
    results: dict[str, Document], golden: dict[str, Any], name: str
) -> None:
    expected = _oracle(golden, name)["mean"]
    for metric, estimate in results[name]["metrics"].items():
        if _is_computed(name, metric, expected):
            assert estimate["value"] == pytest.approx(expected[_named(metric)], rel=RELATIVE)
            assert estimate["low"] <= estimate["value"] <= estimate["high"]
    joints = [estimate["value"] for estimate in results[name]["joints"].values()][:5]
    assert joints == pytest.approx(expected["joint_rmse"], rel=RELATIVE)


@pytest.mark.parametrize(
    ("name", "published"),
    [
        ("command-echo", 29.2),
        ("delayed-echo", 23.4),
        ("delayed-echo-offset", 19.3),
        ("command-regression", 17.2),
        ("repeat", 7.48),
        ("repeat-shifted", 6.9),
    ],
)
def test_the_headline_is_within_two_per_cent_of_the_reference_figure(
    results: dict[str, Document], name: str, published: float
) -> None:
    headline = 1e3 * results[name]["metrics"]["joint_rmse"]["value"]
    assert headline == pytest.approx(published, rel=0.02)


def test_skill_agrees_with_the_oracle(
    results: dict[str, Document], golden: dict[str, Any], workspace: Workspace
) -> None:
    settings = Settings.of(workspace.params())
    repeats = [results["repeat"], results["repeat-shifted"]]
    terms = Terms(truth_holders=None)
    made = board([results[name] for name in ENTRIES], repeats, [], settings, terms)
    for row in made["rows"]:
        expected = golden["skill"]["skill"][row["entry"]]
        assert row["skill"]["value"] == pytest.approx(expected, rel=1e-6, abs=1e-12)
        assert row["skill"]["episodes"] == golden["skill"]["episodes"] == 22


def test_the_committed_results_are_these(results: dict[str, Document], repository: Path) -> None:
    board_folder = repository / "leaderboards" / "so101-sage"
    for name, result in results.items():
        path = board_folder / ("repeats" if name in REPEATS else "results") / f"{name}.json"
        committed = read_document(path, "result")
        assert committed["dataset"] == result["dataset"]
        for metric, estimate in result["metrics"].items():
            for key in ("value", "low", "high"):
                expected = committed["metrics"][metric][key]
                if expected is None:
                    assert estimate[key] is None
                else:
                    assert estimate[key] == pytest.approx(expected, rel=1e-6, abs=1e-12)
