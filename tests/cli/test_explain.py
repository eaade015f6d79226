"""`twinbench explain` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bench.cli.explain import LISTED, command
from bench.io.workspace import Workspace
from bench.publish.explain.explaining import explain
from tests.support.command import twinbench
from tests.support.workspace import DATASET

ECHO = f"{DATASET}/delayed-echo"


def _printed(root: Path, *words: str) -> str:
    done = CliRunner().invoke(command, words, obj=root, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


def test_sentences_and_advice_are_printed(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    found = explain(Workspace(prepared), ECHO)
    text = " ".join(_printed(prepared, ECHO).split())
    assert text.startswith(f"delayed-echo on {DATASET}: {found['summary']}")
    for symptom in found["symptoms"]:
        assert f"{symptom['label']}: {symptom['sentence']}" in text
    assert "What to try first 1. " in text
    for number, advice in enumerate(found["advice"], 1):
        assert (f"{number}. {advice['text']}" in text) == (number <= LISTED)
    assert all(len(line) <= 100 for line in _printed(prepared, ECHO).splitlines())


def test_json_is_the_whole_explanation(prepared: Path) -> None:
    for words in ((ECHO,), (ECHO, "circle.run-a")):
        assert json.loads(_printed(prepared, *words, "--json")) == explain(
            Workspace(prepared), *words
        )


def test_where_nothing_failed_one_line_is_enough(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    place = workspace.dataset(DATASET).result("delayed-echo")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": []}))
    (line,) = _printed(workspace.root, ECHO).splitlines()
    assert "no label in 12 episodes" in line


def test_names_from_outside_do_not_act_on_a_terminal(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).result("delayed-echo")
    result = json.loads(place.read_text())
    result["labels"][0]["joints"] = ["elbow\u202e"]
    place.write_text(json.dumps(result))
    done = CliRunner().invoke(command, [ECHO], obj=workspace.root)
    assert "\u202e" not in done.output


def test_what_went_wrong_with_the_call_is_its_status(prepared: Path) -> None:
    assert twinbench(prepared, "explain").returncode == 2
    unknown = twinbench(prepared, "explain", ECHO, "nowhere")
    assert (unknown.returncode, unknown.stdout) == (2, "")
    assert "unknown episode 'nowhere'; valid: " in unknown.stderr
    missing = twinbench(prepared, "explain", "nothing.json")
    assert missing.returncode == 1
    assert "Traceback" not in missing.stderr
