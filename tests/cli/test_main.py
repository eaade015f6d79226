"""The command: help, exit statuses, messages; each run is a process of its own."""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.main import ALL_PROBLEMS, VERBS, printable
from bench.io.workspace import Workspace
from tests.support.command import START, twinbench
from tests.support.workspace import DATASET

HEAVY = ("numpy", "zarr", "pandas", "h5py", "scipy", "mujoco", "torch", "jsonschema", "rich")


def test_help_lists_every_verb_and_imports_nothing_heavy(tmp_path: Path) -> None:
    script = (
        "import sys; sys.argv = ['twinbench', '--help']\n"
        "import atexit; from bench.cli import main\n"
        f"heavy = {HEAVY!r}\n"
        "atexit.register(lambda: print('IMPORTED', [n for n in heavy if n in sys.modules]))\n"
        "main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.splitlines()[-1] == "IMPORTED []"
    for verb, summary in VERBS.items():
        assert f"  {verb} " in done.stdout
        assert summary in " ".join(done.stdout.split())


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(verb: str) -> None:
    command = importlib.import_module(f"bench.cli.{verb}").command
    assert command.help
    done = twinbench(Path(), verb, "--help")
    assert done.returncode == 0
    assert done.stdout.startswith(f"Usage: twinbench {verb}")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("frobnicate",), "unknown verb 'frobnicate'; valid: fetch, generate, ingest"),
        (("split", "ghost"), "unknown dataset 'ghost'; valid: so101-sage, so101-synth"),
        (("split",), "Missing argument 'DATASET'"),
        (("reconstruct", DATASET, "ghost"), "unknown entry 'ghost'; valid: bam-m1"),
        (("score", "ghost", "x"), "unknown dataset 'ghost'; valid: so101-sage, so101-synth"),
        (("list", "episodes"), "list episodes needs a dataset; valid: so101-sage, so101-synth"),
        (
            ("show", "entry", DATASET),
            f"show entry needs a name; see: twinbench list entries {DATASET}",
        ),
        (("show", "entry", DATASET, "ghost"), "unknown entry 'ghost'; valid: "),
        (("show", "episode", DATASET, "ghost"), "unknown episode 'ghost'; valid: "),
        (("export", DATASET, "--part", "holdout_truth", "-o", "x"), "unknown part"),
        (
            ("export", DATASET, "--format", "xls", "-o", "x"),
            "unknown format 'xls'; valid: csv",
        ),
        (
            ("robot", "compile", "ghost"),
            "unknown robot 'ghost'; valid: mico, mobile-ai, so101, ur5",
        ),
        (("validate", "no-such-folder"), "'no-such-folder' does not exist"),
        (("ingest", DATASET, "--frob"), "No such option"),
    ],
)
def test_wrong_usage_is_status_two_with_the_valid_names(
    prepared: Path, words: tuple[str, ...], message: str
) -> None:
    done = twinbench(prepared, *words)
    assert done.returncode == 2, done.stderr
    assert message in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


def test_outside_a_checkout_the_problem_is_said(tmp_path: Path) -> None:
    done = twinbench(tmp_path, "split", DATASET)
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "no_workspace: .: expected a folder with datasets/ and params.yaml, here or above, "
        "came none",
        "1 problem(s)",
    ]


def test_the_root_may_be_named(prepared: Path, tmp_path: Path) -> None:
    done = twinbench(tmp_path, "--root", prepared, "list", "datasets")
    assert done.returncode == 0
    assert DATASET in done.stdout


def test_what_is_listed_is_json_where_asked(prepared: Path) -> None:
    for words in (("datasets",), ("episodes", DATASET), ("entries", DATASET)):
        records = json.loads(twinbench(prepared, "list", *words, "--json").stdout)
        assert len(records) >= 2
        plain = twinbench(prepared, "list", *words).stdout.splitlines()
        assert len(plain) == len(records) + 1


def test_the_truth_is_neither_listed_nor_shown(prepared: Path) -> None:
    listed = json.loads(twinbench(prepared, "list", "episodes", DATASET, "--json").stdout)
    holdout = [record for record in listed if record["part"] == "holdout_inputs"]
    assert {record["role"] for record in holdout} == {"reference"}
    shown = json.loads(
        twinbench(prepared, "show", "episode", DATASET, holdout[0]["id"], "--json").stdout
    )
    assert {one["signal"] for one in shown["signals"]} == {"time", "q_command", "q_start"}


def test_many_problems_of_one_kind_are_folded(workspace: Workspace) -> None:
    folder = workspace.root / "mirror"
    folder.mkdir()
    done = twinbench(workspace.root, "fetch", "so101-sage", "--mirror", folder)
    lines = done.stderr.splitlines()
    assert done.returncode == 1
    assert lines[-2] == f"missing_file: 370 more like it; {ALL_PROBLEMS}=1 lists all"
    assert lines[-1] == "400 problem(s)"
    assert len(lines) == 32


def test_a_reader_that_leaves_is_no_error(prepared: Path) -> None:
    command = " ".join(f"'{word}'" if " " in word else word for word in START)
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{command} list episodes {DATASET} | head -n 1"],
        cwd=prepared,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("id")
    assert done.stderr == ""


def test_control_characters_from_outside_are_escaped() -> None:
    assert printable("a\x1b[31mred\x07\u202e") == "a\\x1b[31mred\\x07\\u202e"
    assert printable("naïve – 2π") == "naïve – 2π"
