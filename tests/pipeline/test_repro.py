"""The pipeline under DVC, on the generated dataset, in a clone of the working tree."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(2400)]  # twins are fitted

ROOT = Path(__file__).parent.parent.parent
CACHE = ROOT / ".dvc" / "cache"
BIN = Path(sys.executable).parent
TARGET = "rank@so101-synth"
FITTED = ("calibrated", "randomised", "sysid-24", "overfitted", "leaderboard")
"""Files with figures of twins that were fitted by simulation: last bits grow on the way."""


def _run(place: Path, *words: str) -> str:
    done = subprocess.run(
        words,
        cwd=place,
        env={
            **os.environ,
            "PATH": f"{BIN}:{os.environ['PATH']}",
            "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _dvc(place: Path, *words: str) -> str:
    return _run(place, str(BIN / "dvc"), *words)


def _git(place: Path, *words: str) -> str:
    identity = ("-c", "user.name=tests", "-c", "user.email=tests@example.org")
    return _run(place, "git", *identity, *words)


def _ran(place: Path, *words: str) -> list[str]:
    """The stages that a reproduction ran, by name."""
    lines = _dvc(place, "repro", TARGET, *words).splitlines()
    return [line.split("'")[1] for line in lines if line.startswith("Running stage")]


def _linked(source: str, target: str) -> None:
    """The same file, which is never written to; a copy of it on another file system."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The working tree's tracked files, committed in a repository of their own.

    What was already run in the working tree is in its cache, and is not run again.
    """
    place = tmp_path_factory.mktemp("clone")
    listed = _git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (place / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, place / name)
    if CACHE.is_dir():
        shutil.copytree(CACHE, place / CACHE.relative_to(ROOT), copy_function=_linked)
    _git(place, "init", "--quiet")
    _git(place, "add", "--all")
    _git(place, "commit", "--quiet", "--message", "clone")
    return place


def test_the_committed_lock_is_of_the_committed_code(clone: Path) -> None:
    """What a stage depends on in git is what dvc.lock says that it ran with."""
    status = json.loads(_dvc(clone, "status", "--json"))
    changed = {
        (stage, name)
        for stage, changes in status.items()
        for change in changes
        if isinstance(change, dict)
        for name, what in change.get("changed deps", {}).items()
        if what == "modified" and not name.startswith("data/")
    }
    assert changed == set()


@pytest.fixture(scope="module")
def reproduced(clone: Path) -> Path:
    _ran(clone)
    return clone


def test_a_fresh_clone_reproduces_what_is_committed(reproduced: Path) -> None:
    """On the machine that wrote dvc.lock nothing is modified; elsewhere numbers agree."""
    changed = _git(reproduced, "diff", "--name-only").split()
    for name in changed:
        if name.endswith(".json") and "leaderboards" in name:
            committed = json.loads(_git(reproduced, "show", f"HEAD:{name}"))
            _assert_close(json.loads((reproduced / name).read_text()), committed, name)
        else:
            assert name in ("dvc.lock", *_tables()), f"{name} was modified"


def test_what_was_run_in_this_tree_agrees_with_what_is_committed() -> None:
    """After `make bench` these are reproductions, of the recordings too."""
    listed = _git(ROOT, "ls-files", "leaderboards").split()
    results = [name for name in listed if name.endswith(".json") and "results" in name]
    results = [name for name in results if not name.endswith(".metrics.json")]
    assert len(results) > 25
    for name in results:
        committed = json.loads(_git(ROOT, "show", f"HEAD:{name}"))
        own = json.loads((ROOT / name).read_text())
        for part in {"metrics", "errors"} & own.keys():
            _assert_close(own[part], committed[part], f"{name}: {part}")


def _tables() -> list[str]:
    board = "leaderboards/so101-synth"
    return [f"{board}/leaderboard.{end}" for end in ("csv", "md")] + [f"{board}/attempts.jsonl"]


def _assert_close(own: object, committed: object, where: str) -> None:
    if isinstance(own, dict) and isinstance(committed, dict):
        assert own.keys() == committed.keys(), where
        for key in own:
            if "hash" not in key:
                _assert_close(own[key], committed[key], f"{where}: {key}")
    elif isinstance(own, list) and isinstance(committed, list):
        assert len(own) == len(committed), where
        for number, pair in enumerate(zip(own, committed, strict=True)):
            _assert_close(*pair, f"{where}: {number}")
    elif isinstance(own, float):
        fitted = any(name in where for name in FITTED)
        assert own == pytest.approx(committed, rel=0.02 if fitted else 1e-4, abs=1e-9), where
    else:
        assert own == committed, where


def test_a_second_run_runs_nothing(reproduced: Path) -> None:
    before = _git(reproduced, "status", "--porcelain")
    assert _ran(reproduced) == []
    assert _git(reproduced, "status", "--porcelain") == before


def test_one_parameter_reruns_what_depends_on_it(reproduced: Path) -> None:
    params = reproduced / "params.yaml"
    text = params.read_text()
    changed = text.replace("lengths: [5, 10, 20]", "lengths: [5, 10]")
    assert changed != text
    params.write_text(changed)
    try:
        assert _ran(reproduced) == [
            "reconstruct@so101-synth-command-regression",
            "rollout@so101-synth-command-regression",
            "score@so101-synth-command-regression",
            "rank@so101-synth",
        ]
        shown = json.loads(_dvc(reproduced, "params", "diff", "--json"))
        assert list(shown["params.yaml"]) == ["entries.command-regression.settings.lengths"]
        moved = json.loads(_dvc(reproduced, "metrics", "diff", "--json"))
        result = "leaderboards/so101-synth/results/command-regression.metrics.json"
        assert list(moved) == [result]
        assert "joint_rmse_mrad" in moved[result]
    finally:
        params.write_text(text)
    _ran(reproduced)
    assert _ran(reproduced) == []


def test_metrics_and_plots_are_shown(reproduced: Path) -> None:
    shown = json.loads(_dvc(reproduced, "metrics", "show", "--json"))
    files = shown[""]["data"]
    name = "leaderboards/so101-synth/results/delayed-echo.metrics.json"
    assert len(files[name]["data"]) == 10
    _dvc(reproduced, "plots", "show", "--out", "plots")
    page = (reproduced / "plots" / "index.html").read_text()
    assert "delayed-echo" in page
    shutil.rmtree(reproduced / "plots")


def test_a_clone_with_a_remote_scores_without_fetching(reproduced: Path, tmp_path: Path) -> None:
    remote, other = tmp_path / "remote", tmp_path / "other"
    _dvc(reproduced, "remote", "add", "--local", "--default", "here", str(remote))
    try:
        _dvc(reproduced, "push", TARGET, "--with-deps")
        _git(tmp_path, "clone", "--quiet", str(reproduced), str(other))
        _dvc(other, "remote", "add", "--local", "--default", "here", str(remote))
        _dvc(other, "pull", "score@so101-synth-delayed-echo", "--with-deps")
    finally:
        _dvc(reproduced, "remote", "remove", "--local", "here")
    assert (other / "data" / "split" / "so101-synth" / "holdout_truth.zarr").is_dir()
    path = other / "leaderboards" / "so101-synth" / "results" / "delayed-echo.json"
    committed = path.read_bytes()
    path.unlink()
    _run(other, str(BIN / "twinbench"), "score", "so101-synth", "delayed-echo")
    assert path.read_bytes() == committed
