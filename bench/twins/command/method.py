"""The method `command`: a program of a lab makes the twin; what it writes is checked completely.

Settings: `command`, the program and its arguments; `time_limit` in s; `options` for the program.
"""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.entries.entry import checked
from bench.entries.folder import relative
from bench.entries.provenance.checking import compare
from bench.entries.texts import text_problems
from bench.io.documents import Document, check_schema, read_json
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths, Workspace
from bench.twins.checking import twin_problems
from bench.twins.command.handing import hand_out
from bench.twins.command.process import Ended, run
from bench.twins.kinds import KINDS, kind
from bench.twins.provenance import asset_records, assets_of
from bench.twins.twin import Material, Twin, twin_of

NAME = "command"
PAPERS = ("twin", "provenance")
LONGEST = 7 * 24 * 3600
HIDDEN = "TWINBENCH_"
"""Variables that begin so are not handed on: they lead to the checkout and to the recordings."""
SETTINGS: Document = {
    "type": "object",
    "additionalProperties": False,
    "required": ["command", "time_limit"],
    "properties": {
        "command": {
            "type": "array",
            "minItems": 1,
            "maxItems": 100,
            "items": {"type": "string", "minLength": 1, "maxLength": 1000},
        },
        "time_limit": {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST},
        "options": {"type": "object"},
    },
}


@dataclass(frozen=True)
class Task:
    """A method that is a command, and what it works on.

    Attributes:
        workspace: the checkout.
        paths: the dataset.
        material: what a fit may see; its settings are those of the command.
        before: the provenance record as far as it is known before the command has run.
    """

    workspace: Workspace
    paths: DatasetPaths
    material: Material
    before: Document

    @property
    def where(self) -> str:
        """How problems name the command."""
        return f"params.yaml: entries/{self.before['entry']}/settings/command"


def reconstruct_by_command(task: Task) -> tuple[Twin, Document]:
    """Run the command and check what it writes.

    Returns:
        The twin, and its provenance record but for `errors`, which are computed from the twin.

    Raises:
        ProblemsError: the command cannot be started, fails, takes too long, or its papers have
            problems.
    """
    settings = task.material.settings
    where = task.where.rpartition("/")[0]
    check_schema(settings, SETTINGS, where)
    unprintable = list(text_problems(settings, where))  # they stand in the record
    if unprintable:
        raise ProblemsError(unprintable)
    with tempfile.TemporaryDirectory(prefix="twinbench-", ignore_cleanup_errors=True) as made:
        place = Path(made).resolve()
        given, output = place / "input", place / "output"
        given.mkdir()
        output.mkdir()
        hand_out(task.workspace, task.paths, task.material, task.before, given)
        _run(task, place, given, output)
        documents = _papers(output)
    twin = twin_of(documents["twin"])
    problems = [*_problems(task, twin, documents)]
    if problems:
        raise ProblemsError(set(problems))
    return twin, _record(task, twin, documents["provenance"])


def _run(task: Task, place: Path, given: Path, output: Path) -> None:
    words, limit = task.material.settings["command"], task.material.settings["time_limit"]
    meanings = {
        "{input}": str(given),
        "{output}": str(output),
        "{root}": str(task.workspace.root.resolve()),
        "{python}": sys.executable,
    }
    own = {"TWINBENCH_INPUT": str(given), "TWINBENCH_OUTPUT": str(output)}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(HIDDEN)}
    try:
        ended = run([_filled(word, meanings) for word in words], place, {**kept, **own}, limit)
    except (OSError, ValueError) as error:
        came = f"{words[0]!r}: {getattr(error, 'strerror', None) or error}"
        expected = "a program that can be started"
        raise ProblemsError([Problem("command_not_run", task.where, expected, came)]) from None
    if ended.status is None:
        expected = f"an end within {limit:g} s"
        came = f"none, and it was ended with its children{_said(ended)}"
        raise ProblemsError([Problem("command_too_long", task.where, expected, came)])
    if ended.status != 0:
        how = f"exit status {ended.status}" if ended.status > 0 else f"signal {-ended.status}"
        came = f"{how}{_said(ended)}"
        raise ProblemsError([Problem("command_failed", task.where, "exit status 0", came)])


def _filled(word: str, meanings: dict[str, str]) -> str:
    for name, meaning in meanings.items():
        word = word.replace(name, meaning)
    return word


def _said(ended: Ended) -> str:
    return f"; its last lines: {' | '.join(ended.said)}" if ended.said else "; it printed nothing"


def _papers(output: Path) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for name in PAPERS:
        path = output / f"{name}.json"
        found = list(_misplaced(path))
        if not found:
            try:
                documents[name] = read_json(path)
                found = checked(documents[name], name, path.name)
            except ProblemsError as error:
                found = [relative(problem, output) for problem in error.problems]
        problems += found
    if problems:
        raise ProblemsError(problems)
    return documents


def _misplaced(path: Path) -> Iterator[Problem]:
    """What is at the place of a paper, if it is no plain file: nothing else is opened."""
    expected = "a plain file, written by the command"
    try:
        mode = path.lstat().st_mode
    except OSError:
        yield Problem("missing_file", path.name, expected, "none")
        return
    if stat.S_ISLNK(mode):
        yield Problem("link", path.name, expected, "a link")
    elif not stat.S_ISREG(mode):
        yield Problem("not_a_file", path.name, expected, "a folder, pipe, socket or device")


def _problems(task: Task, twin: Twin, documents: dict[str, Document]) -> Iterator[Problem]:
    entry, robot, record = task.before["entry"], task.material.robot, documents["provenance"]
    claims = (
        ("twin.json: name", entry, twin.name),
        ("twin.json: robot", robot.name, twin.robot),
        ("provenance.json: entry", entry, record["entry"]),
    )
    for where, expected, came in claims:
        if came != expected:
            yield Problem("wrong_paper", where, repr(expected), repr(came))
    if twin.kind not in KINDS:
        known = f"one of {', '.join(KINDS)}"
        yield Problem("unknown_kind", "twin.json: kind", known, repr(twin.kind))
    else:
        yield from twin_problems(twin, kind(twin.kind), robot)
    yield from compare(task.workspace, task.paths, record, documents["twin"]).problems


def _record(task: Task, twin: Twin, record: Document) -> Document:
    """The command's record with what is known better here: method, and files that were used."""
    found = kind(twin.kind)
    files = [
        *assets_of(task.workspace, found, task.material.robot_folder),
        *asset_records(task.workspace, _named_files(task)),
    ]
    assets = {asset["path"]: asset for asset in (*files, *record["assets"])}
    made = {
        "assets": list(assets.values()),
        "method": {**task.before["method"], "kind": twin.kind},
        "errors": task.before["errors"],
        "figures": record.get("figures", {}),
    }
    other = {"data": record["data"]} if "data" in record else {}
    return {**{key: made.get(key, record.get(key)) for key in task.before}, **other}


def _named_files(task: Task) -> Sequence[Path]:
    """The files of the checkout that words of the command name."""
    root = task.workspace.root.resolve()
    words = (word.replace("{root}", str(root)) for word in task.material.settings["command"])
    paths = (Path(word) for word in words if word.startswith(str(root)))
    return [p.resolve() for p in paths if p.is_file() and p.resolve().is_relative_to(root)]
