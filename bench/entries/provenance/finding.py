"""Which provenance record an argument of a verb names."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.entries.provenance.contradictions import PAPER
from bench.io.documents import Document, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace


@dataclass(frozen=True)
class Papers:
    """A provenance record and the twin beside it.

    Attributes:
        place: the record's file.
        record: what it says.
        twin: `twin.json` beside it; None if there is none.
    """

    place: Path
    record: Document
    twin: Document | None


def find_papers(workspace: Workspace, name: str) -> Papers:
    """Read the record that an argument names.

    Args:
        workspace: the checkout.
        name: a record's file, a folder with `provenance.json`, or `<dataset>/<entry>`: of the
            pipeline's twin, else of the submitted entry.

    Raises:
        UnknownNameError: no such file, dataset or entry.
        ProblemsError: there is no record, several, or one that does not fit its schema, as one
            does not that lacks any of the five parts.
    """
    place = _place(workspace, name)
    problems: list[Problem] = []
    documents: dict[str, Document] = {}
    beside = place.parent / "twin.json"
    for kind, path in (("provenance", place), ("twin", beside)):
        if kind == "twin" and not path.exists():
            continue
        try:
            documents[kind] = read_document(path, kind)
        except ProblemsError as error:
            problems += error.problems
    if problems:
        raise ProblemsError(problems)
    return Papers(place, documents["provenance"], documents.get("twin"))


def _place(workspace: Workspace, name: str) -> Path:
    path = Path(name)
    if path.is_file() or path.suffix == ".json":
        return path
    if path.is_dir():
        return path / PAPER
    dataset, _, entry = name.partition("/")
    if not dataset or not entry or "/" in entry:
        known = [f"a {PAPER}", "a folder with one", "<dataset>/<entry>"]
        raise UnknownNameError("provenance record", name, known)
    paths = workspace.dataset(dataset)
    valid = _entries(paths)
    if entry not in valid:
        raise UnknownNameError("entry", entry, valid)
    own = paths.twin(entry)
    return (own if own.is_dir() else _submitted(paths, entry)) / PAPER


def _entries(paths: DatasetPaths) -> list[str]:
    folders = (paths.twin(""), paths.submitted(""))
    places = (place for folder in folders for place in folder.glob("[!.]*/"))
    return sorted({place.name for place in places if place.is_dir()})


def _submitted(paths: DatasetPaths, entry: str) -> Path:
    """The folder of a submitted entry: the one on the board, else the only one."""
    folders = sorted(place for place in paths.submitted(entry).glob("[!.]*/") if place.is_dir())
    if paths.result(entry).exists():
        hashed = str(read_document(paths.result(entry), "result")["entry"]["hash"])
        folders = [paths.submitted(entry) / hashed]
    if len(folders) != 1:
        expected = "one version, or a result that names one; else name the folder"
        came = f"{len(folders)} versions"
        raise ProblemsError([Problem("not_made", str(paths.submitted(entry)), expected, came)])
    return folders[0]
