"""Hostile entries and predictions: the exact problems, nothing written, bounded memory and time.

Every case runs through the command, in a process of its own that is held to limits.
"""

from __future__ import annotations

import importlib
import inspect
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.io.workspace import Workspace
from tests.entries.packing.sources import csv_folder
from tests.entries.toy import Holdout, episodes_of, good_tracks, write_raw
from tests.support.guarded import Guard, guarded
from tests.support.hostile.cases import CASES, ENTRIES, Case, agrees, cases, make
from tests.support.toy_checkout import write_checkout

MORE_MEMORY = 96 * 2**20
"""Bytes beyond what a good entry takes; the attacks reach for gigabytes."""
FOUND = cases()


@pytest.fixture(scope="module")
def checkout(
    repository: Path, holdout: Holdout, tmp_path_factory: pytest.TempPathFactory
) -> Workspace:
    return write_checkout(repository, tmp_path_factory.mktemp("hostile") / "checkout", holdout)


@pytest.fixture(scope="module")
def good(holdout: Holdout, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("good") / "entry"
    return write_raw(place, holdout.document, episodes_of(good_tracks()))


@pytest.fixture(scope="module")
def guard(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guard]:
    with guarded(repository, tmp_path_factory.mktemp("outputs")) as made:
        yield made


@pytest.fixture(scope="module")
def usual(guard: Guard, checkout: Workspace, good: Path) -> int:
    """Bytes of memory that a good entry takes."""
    return guard(checkout.root, "validate", good).peak


def state(folder: Path) -> dict[str, tuple[int, ...]]:
    """Everything below a folder: kind, size, time of change."""
    found = {}
    for under, folders, files in os.walk(folder):
        for name in (*folders, *files):
            path = Path(under, name)
            seen = path.lstat()
            place = os.fsencode(path.relative_to(folder)).hex()
            found[place] = seen.st_mode, seen.st_size, seen.st_mtime_ns
    return found


def words(verb: str, case: Case, place: Path) -> list[str | Path]:
    if verb == "pack":
        entry = place / "entry.json"
        source = place / "predictions"
        if case.group == "description":
            csv_folder(source, good_tracks())
        return [verb, source, "--entry", entry, "-o", place / "packed"]
    return [verb, place / "entry"]


@pytest.mark.parametrize("case", FOUND, ids=lambda case: f"{case.group}-{case.name}")
def test_a_hostile_input_is_refused_and_nothing_is_written(
    case: Case, guard: Guard, checkout: Workspace, good: Path, usual: int, tmp_path: Path
) -> None:
    make(case, good, tmp_path)
    for verb in case.verbs:
        asked = words(verb, case, tmp_path)
        before = state(checkout.root), state(tmp_path)
        done = guard(checkout.root, *asked)
        assert done.out == ""
        lines = [line.replace(str(tmp_path), "<place>") for line in done.lines]
        told, (count,) = lines[:-1], lines[-1:]
        assert len(told) == len(case.problems), lines
        pairs = zip(told, case.problems, strict=True)
        assert [line for line, expected in pairs if not agrees(line, expected)] == []
        assert re.fullmatch(r"\d+ problem\(s\)", count)
        assert all(line.isprintable() for line in lines)
        assert done.status == 1
        assert (state(checkout.root), state(tmp_path)) == before
        assert done.peak < usual + MORE_MEMORY
    shutil.rmtree(tmp_path)  # some are large on disk


def test_every_builder_is_a_case() -> None:
    groups = {path.name for path in CASES.iterdir()}
    assert groups == {case.group for case in FOUND}
    for group in sorted(groups):
        module = importlib.import_module(f"tests.support.hostile.{group}")
        built = {
            name
            for name, made in inspect.getmembers(module, inspect.isfunction)
            if made.__module__ == module.__name__
            and not name.startswith("_")
            and list(inspect.signature(made).parameters) in (["entry"], ["source"], ["description"])
        }
        named = {case.name for case in FOUND if case.group == group}
        files = {
            path.parent.name for path in (CASES / group).glob("*/*") if path.name != "case.json"
        }
        assert built == named - files


def test_a_good_entry_passes_under_the_same_limits(
    guard: Guard, checkout: Workspace, good: Path
) -> None:
    done = guard(checkout.root, "validate", good)
    assert (done.status, done.lines) == (0, ())


def test_what_a_call_takes_is_seen(guard: Guard, usual: int) -> None:
    assert guard.take(2**28) > 2**28 > usual


def test_groups_are_entries_or_what_pack_reads() -> None:
    assert {case.group for case in FOUND if case.verbs == ("pack",)}.isdisjoint(ENTRIES)
