"""Interrupting any verb leaves the old state or the new one, and exit status 128 + n."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.main import VERBS
from bench.io.workspace import Workspace
from tests.support.command import twinbench
from tests.support.workspace import DATASET

WAITING = """
import sys, time
from bench.io.atomic import Transaction
from bench.leaderboard.change import Change
def held_up(finish):
    def wait(self, kind, error, trace):
        if kind is None:
            try:
                print("waiting", flush=True)
                time.sleep(30)
            except BaseException as interrupt:
                finish(self, type(interrupt), interrupt, interrupt.__traceback__)
                raise
        return finish(self, kind, error, trace)
    return wait
for one in (Transaction, Change):
    one.__exit__ = held_up(one.__exit__)
from bench.cli import main
sys.argv = ["twinbench", *sys.argv[1:]]
main()
"""
"""The command, held up at the moment when everything is prepared and nothing is in place."""

LATE = """
import os, signal, sys
import bench.io.atomic as atomic
put = atomic._put
def interrupted(path, temporary):
    os.kill(os.getpid(), signal.SIGINT)
    put(path, temporary)
atomic._put = interrupted
from bench.cli import main
sys.argv = ["twinbench", *sys.argv[1:]]
main()
"""
"""The command, interrupted at every single file that is put in place."""

READING = {
    "attempts",
    "compare",
    "explain",
    "guard",
    "list",
    "provenance",
    "pushes",
    "show",
    "validate",
    "verify",
    "stepper",
    "thresholds",
}
OUTSIDE = {"fetch", "keys", "seal"}
"""Places files one by one, or other ones every time; their own tests interrupt them."""


def _words(workspace: Workspace) -> dict[str, list[str]]:
    """How each verb that writes is called."""
    root, rollout = workspace.root, workspace.dataset(DATASET).rollout("delayed-echo")
    entry, template = root / "lab-entry", root / "lab.json"
    twinbench(root, "inputs", DATASET, "-o", root / "handed-out")
    text = (rollout / "entry.json").read_text().replace("delayed-echo", "lab-entry")
    template.write_text(text.replace('"lab": "twinbench"', '"lab": "A Lab"'))
    twinbench(root, "export", DATASET, "--part", "holdout_inputs", "-o", root / "exported")
    predictions = _predictions(root / "exported", root / "predictions")
    done = twinbench(root, "pack", predictions, "--entry", template, "-o", entry)
    assert done.returncode == 0, done.stderr
    assert twinbench(root, "submit", entry).returncode == 0
    return {
        "generate": [DATASET],
        "ingest": [DATASET],
        "split": [DATASET],
        "unseal": [_sealed(root), "--key", str(root / "k"), "--overwrite"],
        "reconstruct": [DATASET, "command-echo"],
        "recover": [DATASET, "--seeds", "1"],
        "faults": [DATASET, "--seeds", "1", "--fault", "delay"],
        "rollout": [DATASET, "command-echo"],
        "score": [DATASET, "command-echo"],
        "sync": [DATASET, "delayed-echo"],
        "repeatability": [DATASET],
        "rank": [DATASET],
        "report": [f"{DATASET}/delayed-echo", "--worst", "0"],
        "attribute": [f"{DATASET}/delayed-echo"],
        "inputs": [DATASET, "-o", str(root / "handed-out"), "--overwrite"],
        "pack": [str(predictions), "--entry", str(template), "-o", str(entry), "--overwrite"],
        "submit": [str(entry)],
        "recompute": [DATASET, "lab-entry"],
        "withdraw": [DATASET, "lab-entry"],
        "export": [DATASET, "-o", str(root / "exported"), "--overwrite"],
        "robot": ["compile", "so101"],
    }


def _sealed(root: Path) -> str:
    """A second dataset, sealed, whose truth lies there too."""
    name = "so101-hidden"
    shutil.copytree(root / "datasets" / DATASET, root / "datasets" / name)
    (root / "datasets" / name / "true_parameters.json").unlink()
    for path in (root / "datasets" / name).glob("*.json"):
        path.write_text(path.read_text().replace(DATASET, name))
    for words in (
        ("ingest", name),
        ("split", name),
        ("keys", "new", root / "k", "--name", "tests", "--contact", "tests@example.org"),
        ("seal", name, "--to", root / "k.pub"),
    ):
        done = twinbench(root, *words)
        assert done.returncode == 0, done.stderr
    return name


def _predictions(exported: Path, place: Path) -> Path:
    """The commands as predictions, in the form that `pack` reads."""
    place.mkdir()
    for path in exported.glob("*.csv"):
        head, *rows = path.read_text().splitlines()
        names = head.split(",")
        keep = [0, *(i for i, name in enumerate(names) if name.startswith("q_command."))]
        lines = [",".join(names[i].removeprefix("q_command.") for i in keep)]
        lines += [",".join(row.split(",")[i] for i in keep) for row in rows]
        (place / path.name).write_text("\n".join(lines) + "\n")
    return place


def _state(root: Path) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes()
        for p in sorted(root.rglob("*"))
        if p.is_file() and not p.name.endswith((".lock", ".run.json"))
    }


@pytest.fixture(scope="module")
def calls(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    root = tmp_path_factory.mktemp("interrupts") / "checkout"
    shutil.copytree(prepared, root)
    words = _words(Workspace(root))
    assert set(words) | READING | OUTSIDE == set(VERBS)
    return {**words, "root": [str(root)]}


VERBS_THAT_WRITE = sorted(set(VERBS) - READING - OUTSIDE)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verb", "number"),
    [(verb, signal.SIGINT) for verb in VERBS_THAT_WRITE]
    + [(verb, signal.SIGTERM) for verb in ("reconstruct", "score", "submit", "withdraw")]
    + [("submit", number) for number in (signal.SIGQUIT, signal.SIGXCPU, signal.SIGUSR1)],
)
def test_before_anything_is_in_place_the_old_state_stays(
    calls: dict[str, list[str]], verb: str, number: int
) -> None:
    root = Path(calls["root"][0])
    before = _state(root)
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, verb, *calls[verb]],
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        while "waiting" not in (line := process.stdout.readline()):
            assert line, process.communicate()[1]
        os.kill(process.pid, number)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 128 + number
    assert errors.strip() == "interrupted; nothing was left half done"
    assert _state(root) == before


@pytest.mark.slow
@pytest.mark.parametrize("verb", VERBS_THAT_WRITE)
def test_once_it_has_begun_everything_is_put_in_place(
    calls: dict[str, list[str]], verb: str, tmp_path: Path
) -> None:
    """The interrupted run and a run in peace end in the same state."""
    first = Path(calls["root"][0])
    ends = []
    for name, start in (
        ("interrupted", LATE),
        ("peaceful", LATE.replace("os.kill", "(lambda *a: 0)")),
    ):
        root = tmp_path / name
        shutil.copytree(first, root)
        words = [word.replace(str(first), str(root)) for word in calls[verb]]
        done = subprocess.run(
            [sys.executable, "-c", start, verb, *words],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
        )
        ends.append((done.returncode, _state(root)))
    assert [status for status, _ in ends] == [130, 0]
    assert ends[0][1] == ends[1][1]
