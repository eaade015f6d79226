"""`twinbench attribute`: what it writes and prints."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from bench.cli import attribute
from bench.io.documents import read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import Workspace

NAME = "so101-synth/command-echo"


def run(workspace: Workspace, *arguments: str) -> Result:
    return CliRunner().invoke(attribute.command, list(arguments), obj=workspace.root)


def test_it_writes_the_document_and_says_what_it_found(workspace: Workspace) -> None:
    done = run(workspace, NAME)
    assert done.exit_code == 0, done.output
    place = workspace.root / "data/attributions/so101-synth/command-echo.json"
    document = read_document(place, "attribution")
    number = len(document["episodes"])
    assert f"command-echo on so101-synth: {number} of {number} failing episodes" in done.output
    for episode in document["episodes"]:
        assert f"  {episode['id']}: " in done.output
    assert "  not assessed: reconstruction.scan, " in done.output
    assert run(workspace, NAME).exit_code == 0, "what it wrote before is replaced"


def test_the_robots_own_runs_have_no_causes(workspace: Workspace) -> None:
    done = run(workspace, "so101-synth/repeat")
    assert isinstance(done.exception, ProblemsError)
    (problem,) = done.exception.problems
    assert str(problem) == (
        "other_track: result repeat: expected a result of the track rollout, came repeatability"
    )


def test_one_episode_is_printed_and_not_written(workspace: Workspace) -> None:
    done = run(workspace, NAME)
    place = workspace.root / "data/attributions/so101-synth/command-echo.json"
    first = json.loads(place.read_text())["episodes"][0]
    place.unlink()
    done = run(workspace, NAME, "--episode", first["id"], "--json")
    assert json.loads(done.stdout)["episodes"] == [first]
    assert not place.exists()


def test_a_file_is_replaced_only_if_asked(workspace: Workspace, tmp_path: Path) -> None:
    target = tmp_path / "causes.json"
    target.write_text("mine")
    done = run(workspace, NAME, "-o", str(target))
    assert isinstance(done.exception, ProblemsError)
    assert target.read_text() == "mine"
    done = run(workspace, NAME, "-o", str(target), "--overwrite")
    assert done.exit_code == 0, done.output
    assert json.loads(target.read_text())["schema"] == "twinbench/attribution/1"
    assert not (workspace.root / "data/attributions").exists()


def test_an_unknown_entry_is_wrong_usage(workspace: Workspace) -> None:
    done = run(workspace, "so101-synth/nobody")
    assert isinstance(done.exception, UnknownNameError)
    assert "nobody" in str(done.exception)
