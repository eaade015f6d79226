"""An entry: a folder with `entry.json`, `trajectories.zarr` and, if there are any, its papers.

The one code that writes entries: the pipeline's `rollout` and `pack` use it.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from bench.entries.check import STORE
from bench.entries.checks.signals import shape_problems, signal_problems
from bench.entries.checks.values import value_problems
from bench.entries.texts import identity_problems, placeholder_problems, text_problems
from bench.io.atomic import Transaction
from bench.io.documents import Document, check, dump
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes, fill_store, open_episodes
from bench.io.stored import StoredSignals

PAPERS = ("twin", "provenance", "events")
"""Documents that an entry may have beside `entry.json`, as `<kind>.json`."""
FREE_FORM = frozenset({"events"})
"""Kinds of papers that have no schema: any JSON object."""
_NO_PAPERS: Mapping[str, Document] = MappingProxyType({})


@dataclass(frozen=True)
class Entry:
    """An entry that holds against the inputs of its holdout.

    Attributes:
        document: `entry.json`.
        episodes: `time` (T,) s and `q` (T, J), perhaps `samples` (T, S, J), `q_command` (T, J) and
            `failed_at` (E,) s; described as in the inputs, in the entry's own order.
        documents: its papers by kind (`PAPERS`).
        hash: content hash (`entry_hash`).
        place: the folder that it was read from; None if it is in memory.
    """

    document: Document
    episodes: Episodes
    documents: Mapping[str, Document]
    hash: str
    place: Path | None = None


def entry_hash(
    document: Mapping[str, Any],
    episodes: Episodes,
    documents: Mapping[str, Document] = _NO_PAPERS,
) -> str:
    """SHA-256 of what an entry says, whatever its chunking, key order and episode order.

    Over one line for each document (kind and canonical JSON), the joints with their units, and
    each episode in the order of ids (id and content hash of its signals). Of an episode only the
    id counts, not what else the store says of it.
    """
    papers = {"entry": document, **documents}
    info = episodes.info
    lines = [f"{kind} {_canonical(papers[kind])}" for kind in sorted(papers)]
    lines.append(f"joints {_canonical(list(zip(info.joints, info.units, strict=True)))}")
    contents = zip((e.id for e in info.episodes), episodes.hashes(), strict=True)
    lines += [f"episode {_canonical(name)} {content}" for name, content in sorted(contents)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def predictions_hash(episodes: Episodes) -> str:
    """SHA-256 over the ids and content hashes of the episodes, in the order of ids.

    What an entry predicts, whatever its papers say: two entries of one hash are one attempt.
    """
    contents = zip((e.id for e in episodes.info.episodes), episodes.hashes(), strict=True)
    lines = [f"{_canonical(name)} {content}" for name, content in sorted(contents)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)


def write_entry(
    place: Path,
    document: Document,
    episodes: Episodes,
    documents: Mapping[str, Document] = _NO_PAPERS,
    transaction: Transaction | None = None,
) -> str:
    """Write the entry folder `place`, whole or not at all.

    Args:
        place: the folder; one that is there is replaced.
        document: `entry.json`.
        episodes: the trajectories, a set of the split `entry`.
        documents: its papers by kind (`PAPERS`).
        transaction: of the caller, with which the folder appears; None for one of its own.

    Returns:
        The hash of the entry as it was written.

    Raises:
        ProblemsError: all that no entry may have, whatever its holdout: documents that do not
            fit their schema, unprintable text, signals or values that are not an entry's.
            Nothing is written then.
    """
    problems = [*_document_problems(document, documents), *signal_problems(episodes.info)]
    misshapen = list(shape_problems(episodes))
    problems += misshapen or value_problems(episodes)
    if problems:
        raise ProblemsError(problems)
    episodes = _as_stored(episodes)
    with contextlib.ExitStack() as stack:
        owner = transaction or stack.enter_context(Transaction())
        folder = owner.folder(place)
        _fill(folder, document, episodes, documents)
        if isinstance(episodes.signals, StoredSignals):
            # What lies on disk may have been changed since it was read before.
            episodes = open_episodes(folder / STORE, allowed=frozenset({"entry"}))
        return entry_hash(document, episodes, documents)


def _as_stored(episodes: Episodes) -> Episodes:
    """The episodes with the types of the store, so that hashes are of what is there."""
    if isinstance(episodes.signals, StoredSignals):
        return episodes
    signals = {name: np.asarray(v, dtype=np.float64) for name, v in episodes.signals.items()}
    return replace(episodes, signals=signals)


def _fill(
    folder: Path, document: Document, episodes: Episodes, documents: Mapping[str, Document]
) -> None:
    for kind, paper in {"entry": document, **documents}.items():
        (folder / f"{kind}.json").write_text(dump(paper), encoding="utf-8")
    (folder / STORE).mkdir()
    fill_store(folder / STORE, episodes)


def _document_problems(document: Document, documents: Mapping[str, Document]) -> list[Problem]:
    problems = list(checked(document, "entry", "entry.json"))
    for kind, paper in documents.items():
        if kind not in PAPERS:
            expected = "a document of kind " + " or ".join(PAPERS)
            problems.append(Problem("unknown_file", repr(kind), expected, "another"))
        else:
            problems += checked(paper, kind, f"{kind}.json")
    return problems


def checked(document: Any, kind: str, where: str) -> list[Problem]:
    """What is wrong with a document of an entry."""
    problems: list[Problem] = []
    if kind not in FREE_FORM:
        try:
            check(document, kind, where)
        except ProblemsError as error:
            problems += error.problems
    if not isinstance(document, dict):
        expected, came = "a JSON object", type(document).__name__
        return problems or [Problem("schema", where, expected, came)]
    problems += text_problems(document, where)
    if kind == "entry":
        problems += identity_problems(document, where)
        problems += placeholder_problems(document, where)
    return problems
