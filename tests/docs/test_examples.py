"""The commands and the Python of every page, run in the order in which they stand there.

- `console`: lines that begin with `$ ` are commands; what follows is what they print, standard
  error included. `...` stands for any text, on a line of its own for any lines. A command that
  fails says so in the last line, `[exit status 1]`. Where nothing follows anything may be printed.
- `python`: run in one namespace a page. A `text` block after `<!-- output -->` is what it prints.
- `<!-- not run: reason -->` before a block leaves it out.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bench.io.workspace import Workspace
from tests.docs.pages import PAGES, Block, blocks

SHOWN = {"json", "yaml", "csv", "text"}
"""Languages that are looked at and not run."""
RUN = {"console", "python"}
TRACKED = (
    "dvc.yaml",
    "dvc.lock",
    ".dvcignore",
    ".gitignore",
    ".dvc/config",
    "docs/examples/stepper.py",
)
STATUS = re.compile(r"\[exit status (\d+)\]")


@pytest.fixture
def checkout(repository: Path, workspace: Workspace) -> Path:
    """A prepared checkout with the committed leaderboards, in a repository of its own."""
    root = workspace.root
    shutil.rmtree(root / "leaderboards")
    shutil.copytree(repository / "leaderboards", root / "leaderboards")
    for name in TRACKED:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(repository / name, root / name)
    who = "-c user.name=tests -c user.email=tests@example.org"
    _shell(root, f"git init -q && git add -A && git {who} commit -q -m checkout")
    return root


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_block_is_run_or_says_why_not(page: Path) -> None:
    found = blocks(page.read_text(encoding="utf-8"))
    assert {block.language for block in found} <= SHOWN | RUN
    for block in found:
        assert block.note in {"", "output"} or block.reason, block


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if "```console" in page.read_text(encoding="utf-8")],
    ids=lambda page: page.stem,
)
def test_a_page_does_what_it_says(
    page: Path, checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(checkout)
    namespace: dict[str, object] = {"__name__": page.stem}
    printed = ""
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.reason is not None:
            continue
        where = f"{page.name}, line {block.line}"
        if block.note == "output":
            _compare(block.text.splitlines(), printed.splitlines(), where)
        elif block.language == "python":
            printed = _python(block, where, namespace)
        elif block.language == "console":
            _console(block, where, checkout)


def _python(block: Block, where: str, namespace: dict[str, object]) -> str:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        exec(compile(block.text, where, "exec"), namespace)
    return out.getvalue()


def _console(block: Block, where: str, root: Path) -> None:
    for session in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        command, *expected = session.splitlines()
        said = STATUS.fullmatch(expected[-1]) if expected else None
        status, printed = _shell(root, command)
        assert status == (int(said[1]) if said else 0), f"{where}: {command}\n{printed}"
        wanted = expected[:-1] if said else expected
        if wanted:
            _compare(wanted, printed.splitlines(), f"{where}: {command}")


def _shell(root: Path, command: str) -> tuple[int, str]:
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=root,
        env={
            **{k: v for k, v in os.environ.items() if not k.startswith("TWINBENCH")},
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "COLUMNS": "100",
            "DVC_NO_ANALYTICS": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


def _compare(expected: list[str], came: list[str], where: str) -> None:
    pattern = "".join(_line(line) for line in expected)
    text = "".join(f"{_single_spaced(line)}\n" for line in came)
    assert re.fullmatch(pattern, text), "\n".join([where, "expected:", *expected, "came:", text])


def _line(line: str) -> str:
    """A line as a pattern."""
    if line == "...":
        return "(?:[^\n]*\n)*?"
    parts = [re.escape(part) for part in re.split(r" ?\.\.\. ?", _single_spaced(line))]
    return "[^\n]*".join(parts) + "\n"


def _single_spaced(line: str) -> str:
    """The line without the spaces that align columns."""
    return re.sub(" +", " ", line).strip()


def test_a_difference_is_seen() -> None:
    _compare(["a ... c", "...", "z"], ["a b  c", "d", "e", "z"], "here")
    _compare(["...", "z"], ["z"], "here")
    for expected in (["a b"], ["a", "..."], ["b", "a"]):
        with pytest.raises(AssertionError, match="here"):
            _compare(expected, ["a c"], "here")
