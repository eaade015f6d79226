"""Reading an entry's folder: what lies in it first, then its documents, then its store.

The folder comes from a stranger. Nothing is opened that is not a plain file in its place, and
everything is bounded before it is read. Whatever is wrong becomes a problem; what is sound is
read all the same, so that one look reports everything.
"""

from __future__ import annotations

import itertools
import math
import os
import re
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.entries.check import STORE, Contents
from bench.entries.checks.signals import SIGNALS
from bench.entries.entry import PAPERS, checked
from bench.entries.texts import escaped
from bench.io.documents import Document, parse
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, Store
from bench.io.store_check import chunk_counts, read_info
from bench.io.store_info import MAX_SAMPLES, StoreInfo

MAX_FILES = 2**14
MAX_ENTRY_BYTES = 2**16
MAX_PAPER_BYTES = 2**24
MAX_ARRAY_METADATA = 2**16
MAX_VALUES = 2**19
"""Values, keys included, of one paper: each takes memory and time however short it is."""
MAX_ROWS_PER_ROW = 50
"""Rows of the entry for each row of the inputs, for example 2.5 kHz on a clock of 50 Hz."""
MIN_ROWS = 2**20
"""An entry may always have so many rows."""
SAMPLED_ROWS_PER_ROW = 2
"""Rows for each row of the inputs where executions are repeated most often."""
MIN_SAMPLES = 2**22
"""Repeated executions may always have so many positions."""

_STORE_FILE = re.compile(rf"{re.escape(STORE)}/(?:[a-z_]{{1,40}}/)?zarr\.json")
_CHUNK_FILE = re.compile(rf"{re.escape(STORE)}/[a-z_]{{1,40}}/c(?:/[0-9]{{1,9}}){{1,3}}")
_FOLDER = re.compile(rf"{re.escape(STORE)}(?:/[a-z_]{{1,40}}(?:/c(?:/[0-9]{{1,9}}){{0,2}})?)?")
_DOCUMENTS = {"entry.json": "entry", **{f"{kind}.json": kind for kind in PAPERS}}


@dataclass(frozen=True)
class Bounds:
    """How much an entry of a holdout may hold.

    Attributes:
        values: positions of all rows and joints together.
        root: bytes of the store's own `zarr.json`.
        samples: positions of all rows, executions and joints together.
        samples_at_once: those of one episode, which lie in memory together.
    """

    values: int
    root: int
    samples: int = MIN_SAMPLES
    samples_at_once: int = MIN_SAMPLES

    @classmethod
    def of(cls, inputs: Episodes) -> Bounds:
        """The bounds for entries on these inputs."""
        rows, joints = int(inputs.start[-1]), len(inputs.info.joints)
        longest = int(np.diff(inputs.start).max())
        executions = SAMPLED_ROWS_PER_ROW * MAX_SAMPLES * joints
        return cls(
            values=max(MIN_ROWS, MAX_ROWS_PER_ROW * rows) * joints,
            root=2**16 + 2**12 * len(inputs),
            samples=max(MIN_SAMPLES, executions * rows),
            samples_at_once=max(MIN_SAMPLES, executions * longest),
        )


def read_folder(folder: Path, bounds: Bounds) -> Contents:
    """Read the entry in `folder` as far as it can be read; never raises for what lies there."""
    if not folder.is_dir():
        came = "no such folder" if not folder.exists() else "a file"
        wrong = Problem("not_a_folder", escaped(str(folder)), "an entry's folder", came)
        return Contents(problems={"files": (wrong,)})
    files, stock_problems = _stock(folder, bounds)
    document_problems: list[Problem] = []
    documents: dict[str, Document] = {}
    for name, kind in _DOCUMENTS.items():
        if name in files:
            document, problems = _document(folder / name, kind, name)
            document_problems += problems
            if document is not None:
                documents[kind] = document
    info, episodes, store_problems = None, None, list[Problem]()
    if f"{STORE}/zarr.json" in files:
        bounded = not any(_is_unbounded(problem) for problem in stock_problems)
        info, episodes, store_problems = _store(folder / STORE, bounds, bounded)
        if info is not None:
            counts = chunk_counts(folder / STORE, info) if bounded else {}
            stock_problems += _strays(files, info, counts)
    return Contents(
        document=documents.pop("entry", None),
        documents=documents,
        info=info,
        episodes=episodes,
        problems={
            "files": stock_problems,
            "documents": document_problems,
            "store": [relative(problem, folder) for problem in store_problems],
        },
    )


def _stock(folder: Path, bounds: Bounds) -> tuple[frozenset[str], list[Problem]]:
    """The plain files of known names and sizes, and what else lies in the folder."""
    files: set[str] = set()
    problems: list[Problem] = []
    for number, (place, problem, size) in enumerate(_walk(folder, "")):
        if number == MAX_FILES:
            problems.append(Problem("too_many_files", ".", f"at most {MAX_FILES}", "more"))
            break
        limit = _largest(place, bounds)
        if problem is not None:
            problems.append(problem)
        elif limit is not None and size > limit:
            expected, came = f"at most {limit} bytes", f"{size} bytes"
            problems.append(Problem("too_large", place, expected, came))
        else:
            files.add(place)
    named = {problem.where for problem in problems}
    for name in ("entry.json", f"{STORE}/zarr.json"):
        if name not in files and not named & {name, name.partition("/")[0]}:
            problems.append(Problem("missing_file", name, "a file", "none"))
    return frozenset(files), problems


def _is_unbounded(problem: Problem) -> bool:
    """Whether the store may hold more than can safely be read."""
    large = problem.code == "too_large" and problem.where.startswith(STORE)
    return large or problem.code == "too_many_files"


def _walk(folder: Path, under: str) -> Iterator[tuple[str, Problem | None, int]]:
    """Every file and every folder that should not be there: place, problem, size in bytes."""
    try:
        with os.scandir(folder) as listing:
            some = itertools.islice(listing, MAX_FILES + 1)
            found = sorted(some, key=lambda one: one.name)
    except OSError as error:
        yield under, _unreadable(under.rstrip("/") or ".", error), 0
        return
    for one in found:
        place = f"{under}{one.name}"
        state = one.stat(follow_symlinks=False)
        if stat.S_ISDIR(state.st_mode) and _FOLDER.fullmatch(place):
            yield from _walk(folder / one.name, f"{place}/")
        else:
            yield place, _misplaced(place, state.st_mode), state.st_size


def _misplaced(place: str, mode: int) -> Problem | None:
    own = _is_known(place) or _FOLDER.fullmatch(place)
    shown = place if own else ascii(place)
    if stat.S_ISLNK(mode):
        return Problem("link", shown, "a plain file or folder", "a link")
    if not _is_known(place):
        expected = "only " + ", ".join(_DOCUMENTS) + f" and {STORE} with its arrays"
        return Problem("unknown_file", shown, expected, "another file or folder")
    if not stat.S_ISREG(mode):
        came = "a folder" if stat.S_ISDIR(mode) else "a pipe, socket or device"
        return Problem("not_a_file", shown, "a plain file", came)
    return None


def _is_known(place: str) -> bool:
    named = place in _DOCUMENTS or _STORE_FILE.fullmatch(place) or _CHUNK_FILE.fullmatch(place)
    return bool(named)


def _strays(
    files: Collection[str], info: StoreInfo, counts: Mapping[str, Sequence[int]]
) -> Iterator[Problem]:
    """Arrays that the store does not list, and chunks beyond an array's shape: nobody reads them.

    Args:
        files: places of the plain files in the entry's folder.
        info: what the store says of itself.
        counts: how many chunks an array has along each axis, of the arrays that say so.
    """
    unlisted = set()
    for place in sorted(files):
        name, *inner = place.split("/")[1:] or ("",)
        if inner and name not in ("start", *info.signals):
            unlisted.add(name)
        elif inner[:1] == ["c"] and not _is_chunk(inner[1:], counts.get(name)):
            expected = "only the chunks that the array's shape asks for"
            yield Problem("unknown_file", place, expected, "another chunk")
    for name in sorted(unlisted):
        expected = f"only start and the arrays that signals of {STORE}/zarr.json lists"
        yield Problem("unknown_file", f"{STORE}/{name}", expected, "another array")


def _is_chunk(place: Sequence[str], counts: Sequence[int] | None) -> bool:
    """Whether an array of so many chunks along each axis has this one; any if that is unknown."""
    if counts is None:
        return True
    if len(place) != len(counts):
        return False
    return all(p == str(int(p)) and int(p) < n for p, n in zip(place, counts, strict=True))


def _largest(place: str, bounds: Bounds) -> int | None:
    """Largest size of a file in bytes; chunks are held against their array's shape instead."""
    if place in _DOCUMENTS:
        return MAX_ENTRY_BYTES if place == "entry.json" else MAX_PAPER_BYTES
    if place == f"{STORE}/zarr.json":
        return bounds.root
    return MAX_ARRAY_METADATA if place.endswith("zarr.json") else None


def _unreadable(where: str, error: OSError) -> Problem:
    return Problem("unreadable", where, "something that can be read", error.strerror or "an error")


def read_description(folder: Path) -> Any:
    """`entry.json` of the entry in `folder`, as any JSON; it is opened only if it is a plain file.

    Raises:
        ProblemsError: it is not there, not a plain file, too large, or no strict JSON.
    """
    name = "entry.json"
    try:
        state = (folder / name).stat(follow_symlinks=False)
    except OSError as error:
        raise ProblemsError([_unreadable(name, error)]) from None
    problem = _misplaced(name, state.st_mode)
    if problem is None and state.st_size > MAX_ENTRY_BYTES:
        expected, came = f"at most {MAX_ENTRY_BYTES} bytes", f"{state.st_size} bytes"
        problem = Problem("too_large", name, expected, came)
    if problem is not None:
        raise ProblemsError([problem])
    return _parsed(folder / name, name)


def _parsed(path: Path, where: str) -> Any:
    """Any strict JSON of a bounded number of values.

    Raises:
        ProblemsError: what it is instead.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ProblemsError([_unreadable(where, error)]) from None
    except UnicodeDecodeError as error:
        came = f"byte {error.start} is not"
        raise ProblemsError([Problem("not_utf8", where, "UTF-8 text", came)]) from None
    if sum(text.count(sign) for sign in ",:[{") > MAX_VALUES:
        wrong = Problem("too_large", where, f"at most {MAX_VALUES} values", "more")
        raise ProblemsError([wrong])
    return parse(text, where)


def _document(path: Path, kind: str, where: str) -> tuple[Document | None, list[Problem]]:
    try:
        loaded = _parsed(path, where)
    except ProblemsError as error:
        return None, list(error.problems)
    problems = checked(loaded, kind, where)
    # A text that will not do is no reason not to look at the other fields.
    usable = all(problem.code != "schema" for problem in problems)
    return (loaded if usable else None), problems


def _store(
    path: Path, bounds: Bounds, bounded: bool
) -> tuple[StoreInfo | None, Episodes | None, list[Problem]]:
    """What the store says of itself, and its episodes if its files are `bounded` and whole."""
    info = None
    try:
        info = read_info(path)
        if not bounded:
            return info, None, []
        store = Store(path, allowed=frozenset({"entry"}))
        values = int(store.start[-1]) * len(info.joints)
        if values > bounds.values:
            expected, came = f"at most {bounds.values} positions", f"{values}"
            return info, None, [Problem("too_large", str(path), expected, came)]
        problems = list(_samples(store, bounds))
        names = [name for name in SIGNALS if name in info.signals]
        return info, (None if problems else store.open(names)), problems
    except ProblemsError as error:
        return info, None, list(error.problems)


def _samples(store: Store, bounds: Bounds) -> Iterator[Problem]:
    """Whether repeated executions are more than can be held, however little they take on disk."""
    if "samples" not in store.shapes:
        return
    where = str(store.path / "samples")
    width = math.prod(store.shapes["samples"][1:])
    for most, rows, of in (
        (bounds.samples, int(store.start[-1]), "in all episodes"),
        (bounds.samples_at_once, int(np.diff(store.start).max()), "in one episode"),
    ):
        if rows * width > most:
            yield Problem("too_large", where, f"at most {most} positions {of}", f"{rows * width}")


def relative(problem: Problem, folder: Path) -> Problem:
    """The problem with its place relative to the entry's folder."""
    where = problem.where.removeprefix(f"{folder}{os.sep}")
    return Problem(problem.code, where, problem.expected, problem.came)
