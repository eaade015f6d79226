"""The track sync from the command to its tables, on the generated dataset."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.leaderboard.sync_results import read_sync_results, results_folder
from tests.scoring.sync.steppers import first_order
from tests.support.command import START, twinbench
from tests.support.workspace import DATASET

EXAMPLE = Path(__file__).parent.parent.parent / "docs" / "examples" / "stepper.py"
EXAMPLE_LINE = f"{sys.executable} {EXAMPLE}"


@pytest.fixture(scope="module")
def scored(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A checkout in which a twin of the pipeline and the example are scored."""
    root = tmp_path_factory.mktemp("sync") / "checkout"
    shutil.copytree(prepared, root)
    for words in (
        (DATASET, "delayed-echo"),
        (DATASET, "lag-of-ours", "--command", f"{sys.executable} {EXAMPLE}", "--lab", "=A|Lab"),
    ):
        done = twinbench(root, "sync", *words)
        assert done.returncode == 0, done.stderr
    return root


def _result(root: Path, name: str) -> dict:
    folder = results_folder(Workspace(root).dataset(DATASET))
    return json.loads((folder / f"{name}.json").read_text())


def test_an_echo_that_corrects_itself_is_the_naive_row(scored: Path) -> None:
    """The same figure by two ways: through a process, and computed by the harness."""
    result = _result(scored, "delayed-echo")
    own, naive = result["corrections"]["own"], result["naive"]["delayed-echo-residual"]
    for episode in result["episodes"]:
        found = episode["corrections"]["own"]["horizons"]
        assert found == pytest.approx(episode["naive"]["delayed-echo-residual"]["horizons"])
    assert own["rmse"]["value"] == pytest.approx(naive["rmse"]["value"])
    assert own["skill"]["value"] == pytest.approx(0, abs=1e-9)
    assert own["effort"]["value"] > 0


def test_a_result_says_who_and_holds_no_place(scored: Path) -> None:
    own, lab = (_result(scored, name) for name in ("delayed-echo", "lag-of-ours"))
    assert own["status"] == "pipeline"
    assert len(own["entry"]["twin"]) == 64
    assert lab["status"] == "self-scored"
    assert lab["entry"] == {
        "name": "lag-of-ours",
        "lab": "=A|Lab",
        "method": "not given",
        "twin": None,
    }
    assert str(EXAMPLE.parent) not in json.dumps(lab)
    assert lab["corrections"].keys() == {"harness", "own"}


def test_what_a_lab_does_not_say_is_unknown(scored: Path) -> None:
    assert _result(scored, "delayed-echo")["findings"] == []
    (found,) = _result(scored, "lag-of-ours")["findings"]
    assert (found["code"], found["certainty"]) == ("provenance_unknown", "unknown")


def test_a_stepper_made_from_the_holdout_is_not_ranked(
    scored: Path, workspace: Workspace, tmp_path: Path
) -> None:
    """A record that says everything gives nothing; one that names the holdout is certain."""
    root, paths = workspace.root, workspace.dataset(DATASET)
    record = json.loads(
        (scored / "data/twins" / DATASET / "delayed-echo/provenance.json").read_text()
    )
    held = json.loads(paths.lock.read_text())["episodes"][0]
    leaked = json.loads(json.dumps(record))
    leaked["calibration"]["episodes"].append({"id": held["id"], "hash": held["hash"]})
    for name, document in (("honest", record), ("leaking", leaked)):
        place = tmp_path / f"{name}.json"
        place.write_text(json.dumps(document))
        command = ("--command", f"{sys.executable} {EXAMPLE}", "--provenance", str(place))
        done = twinbench(root, "sync", DATASET, name, *command)
        assert done.returncode == 0, done.stderr
    assert _result(root, "honest")["findings"] == []
    assert twinbench(root, "rank", DATASET, "--track", "sync").returncode == 0
    board = json.loads((paths.board / "sync.json").read_text())
    for table in board["tables"]:
        marked = {row["entry"]: [f["certainty"] for f in row["findings"]] for row in table["rows"]}
        assert marked["honest"] == []
        assert "certain" in marked["leaking"]
        assert all(row["rank"] is None for row in table["rows"])
        assert table["comparison"]["reason"] == "fewer than two entries to compare"
    page = (paths.board / "sync.md").read_text()
    assert "An entry with a certain finding is not ranked." in page
    assert page.count("self-scored, certain provenance\\_names\\_holdout |") == 2


def test_the_same_again_is_the_same_bytes(scored: Path) -> None:
    place = results_folder(Workspace(scored).dataset(DATASET)) / "delayed-echo.json"
    before = place.read_bytes()
    assert twinbench(scored, "sync", DATASET, "delayed-echo", "--quiet").returncode == 0
    assert place.read_bytes() == before


def test_the_tables(scored: Path) -> None:
    done = twinbench(scored, "rank", DATASET, "--track", "sync")
    assert done.returncode == 0, done.stderr
    assert "Corrected by the stepper itself" in done.stdout
    board = Workspace(scored).dataset(DATASET).board
    document = json.loads((board / "sync.json").read_text())
    for table in document["tables"]:
        values = [row["rmse"]["value"] for row in table["rows"]]
        assert len(values) == 2
        assert values == sorted(values)
    page = (board / "sync.md").read_text()
    assert "=A\\|Lab" in page
    assert page.count("| hold |") == 2
    assert "'=A|Lab" in (board / "sync.csv").read_text()
    whole = twinbench(scored, "rank", DATASET, "--track", "sync", "--json").stdout
    assert json.loads(whole) == document


def test_a_table_that_is_empty_says_so(workspace: Workspace, tmp_path: Path) -> None:
    root = workspace.root
    command = " ".join(first_order(tmp_path, corrects=("own",)))
    done = twinbench(root, "sync", DATASET, "alone", "--command", command, "--quiet")
    assert done.returncode == 0, done.stderr
    assert f"{DATASET} alone, corrected by harness: the stepper cannot" in done.stdout
    assert twinbench(root, "rank", DATASET, "--track", "sync").returncode == 0
    page = (workspace.dataset(DATASET).board / "sync.md").read_text()
    assert "## Corrected by the harness\n\nNo stepper is scored with this correction." in page
    _check_contradictions(workspace)


def _check_contradictions(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    place = results_folder(paths) / "alone.json"
    text = place.read_text()
    for change, message in (
        (lambda d: d["corrections"]["own"]["rmse"].update(value=0.001), "result_numbers"),
        (lambda d: d["episodes"].pop(), "result_episodes"),
        (lambda d: d["entry"].update(name="other"), "result_name"),
        (lambda d: d["episodes"][0]["naive"].pop("hold"), "result_metrics"),
        (lambda d: d["scorer"].update(resamples=3), "resamples"),
        (lambda d: d.update(status="pipeline"), "result_status"),
        (lambda d: d["entry"].update(lab="TWINBENCH"), "name_taken"),
        (lambda d: d["entry"].update(lab="A \u202e Lab"), "control_character"),
    ):
        document = json.loads(text)
        change(document)
        place.write_text(json.dumps(document))
        with pytest.raises(ProblemsError, match=message):
            read_sync_results(workspace, paths)
    place.write_text(text)


def test_wrong_words_are_said(workspace: Workspace) -> None:
    root = workspace.root
    for words, status, message in (
        (("nowhere", "delayed-echo"), 2, "unknown dataset 'nowhere'"),
        ((DATASET, "nothing"), 2, "unknown entry 'nothing'"),
        ((DATASET, "delayed-echo", "--command", "true"), 2, "is an entry of the pipeline"),
        ((DATASET, "delayed-echo", "--provenance", str(EXAMPLE)), 2, "a stepper of your own"),
        ((DATASET, "x", "--command", "true", "--provenance", str(EXAMPLE)), 1, "json: "),
        ((DATASET, "../x", "--command", "true"), 2, "letters, digits, _ and - alone"),
        ((DATASET, "Con", "--command", "true"), 2, "a device of Windows"),
        ((DATASET, "x", "--command", "'"), 2, "No closing quotation"),
        ((DATASET, "x", "--command", ""), 2, "no program"),
        ((DATASET, "x", "--command", "no-such-program"), 1, "stepper_start: stepper x"),
        ((DATASET, "x", "--command", EXAMPLE_LINE, "--lab", "TwinBench"), 1, "name_taken: result"),
        ((DATASET, "nominal-a"), 1, "dvc repro reconstruct@so101-synth-nominal-a"),
    ):
        done = twinbench(root, "sync", *words)
        assert done.returncode == status, done.stderr
        assert message in done.stderr
        assert "Traceback" not in done.stderr
    assert not results_folder(workspace.dataset(DATASET)).exists()
    assert twinbench(root, "rank", DATASET, "--track", "sync").returncode == 1


def test_an_interrupt_leaves_neither_process_nor_result(
    workspace: Workspace, tmp_path: Path
) -> None:
    note = tmp_path / "pid"
    script = tmp_path / "slow.py"
    script.write_text(
        f"import os, time\nopen({str(note)!r}, 'w').write(str(os.getpid()))\ntime.sleep(60)\n"
    )
    words = ["sync", DATASET, "slow", "--command", f"{sys.executable} {script}"]
    with subprocess.Popen(
        [*START, *words], cwd=workspace.root, stderr=subprocess.PIPE, text=True
    ) as process:
        for _ in range(500):
            if note.exists() and note.read_text():
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert errors.strip() == "interrupted; nothing was left half done"
    with pytest.raises(ProcessLookupError):
        os.kill(int(note.read_text()), 0)
    assert not results_folder(workspace.dataset(DATASET)).exists()
