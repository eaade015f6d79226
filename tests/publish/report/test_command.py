"""`twinbench report` as a user calls it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bench.cli.report import command
from bench.io.problems import ProblemsError, UnknownNameError
from bench.publish.report import style
from tests.publish.report.made import DATASET, ENTRY, Case, make_case


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(style, "DPI", 40)
    return make_case(tmp_path / "checkout", count=2, rows=40)


def _report(case: Case, *words: str) -> Result:
    return CliRunner().invoke(
        command, [f"{DATASET}/{ENTRY}", *words], obj=case.workspace.root, standalone_mode=False
    )


def test_the_default_folder_is_the_entry_s_and_is_replaced(case: Case) -> None:
    folder = case.workspace.root / "data" / "reports" / DATASET / ENTRY
    folder.mkdir(parents=True)
    (folder / "old.png").write_bytes(b"of an earlier report")
    done = _report(case, "--worst", "0")
    assert done.exception is None
    assert done.output == f"{DATASET} {ENTRY}: {folder / 'index.html'}\n"
    assert (folder / "index.html").is_file()
    assert not (folder / "old.png").exists()


def test_named_episodes_are_drawn(case: Case) -> None:
    name = case.episodes[0].id
    assert _report(case, "--worst", "0", "--episode", name).exception is None
    folder = case.workspace.root / "data" / "reports" / DATASET / ENTRY
    assert len(list(folder.glob("0000-*-joints-*.png"))) == 2
    assert not list(folder.glob("0001-*"))


def test_a_folder_of_the_user_is_replaced_only_if_told(case: Case, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work")
    refused = _report(case, "-o", str(mine), "--worst", "0")
    assert isinstance(refused.exception, ProblemsError)
    assert refused.exception.problems[0].code == "output_exists"
    assert (mine / "thesis.txt").exists()
    refused = _report(case, "-o", str(mine), "--worst", "0", "--overwrite")
    assert isinstance(refused.exception, ProblemsError)
    (mine / "thesis.txt").rename(mine / "index.html")
    assert _report(case, "-o", str(mine), "--worst", "0", "--overwrite").exception is None
    assert "years of work" not in (mine / "index.html").read_text()


def test_wrong_names_are_refused(case: Case) -> None:
    assert isinstance(_report(case, "--episode", "none").exception, UnknownNameError)
