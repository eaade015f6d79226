"""The verb `validate`: all that is wrong with an entry, at once.

Only the inputs and the lock of the holdout are needed, so that a participant can run it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

from bench.entries.check import CheckInput, Contents
from bench.entries.entry import Entry, checked, entry_hash
from bench.entries.folder import Bounds, read_folder, relative
from bench.entries.registry import CHECKS
from bench.entries.texts import harmless
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes


def validate(
    folder: Path,
    *,
    inputs: Episodes,
    lock: Document,
    scored: Sequence[str],
    continuous: Sequence[str] = (),
    groups: Mapping[str, str] = MappingProxyType({}),
) -> Entry:
    """Read the entry in `folder` and run every check over it.

    Args:
        folder: the entry, perhaps a stranger's.
        inputs: the inputs of the holdout: `time` s, `q_command` rad.
        lock: `holdout.lock.json`.
        scored: names of the joints that are scored.
        continuous: names of the joints that turn without end, which may be whole turns off.
        groups: group by motion, of the motions that share one.

    Raises:
        ProblemsError: all that is wrong; places are relative to the folder.
    """
    contents = read_folder(folder, Bounds.of(inputs))
    return _checked(CheckInput(contents, inputs, lock, scored, continuous, groups), folder)


def check_entry(
    document: Document,
    episodes: Episodes,
    documents: Mapping[str, Document],
    *,
    inputs: Episodes,
    lock: Document,
    scored: Sequence[str],
    continuous: Sequence[str] = (),
    groups: Mapping[str, str] = MappingProxyType({}),
) -> Entry:
    """Run every check over an entry in memory, before it is written (see `validate`).

    Raises:
        ProblemsError: all that is wrong.
    """
    papers = {"entry": document, **documents}
    problems = [p for kind, paper in papers.items() for p in checked(paper, kind, f"{kind}.json")]
    usable = all(p.code != "schema" or not p.where.startswith("entry.json") for p in problems)
    contents = Contents(
        document=document if usable else None,
        documents=documents,
        info=episodes.info,
        episodes=episodes,
        problems={"documents": problems},
    )
    return _checked(CheckInput(contents, inputs, lock, scored, continuous, groups))


def _checked(given: CheckInput, folder: Path | None = None) -> Entry:
    problems = list(dict.fromkeys(harmless(p) for p in _problems(given, folder)))
    if problems:
        raise ProblemsError(problems)
    contents = given.contents
    if contents.document is None or contents.episodes is None:
        raise AssertionError("what cannot be read is a problem")
    return Entry(
        document=contents.document,
        episodes=_described(contents.episodes, given.inputs),
        documents=contents.documents,
        hash=entry_hash(contents.document, contents.episodes, contents.documents),
        place=folder,
    )


def _problems(given: CheckInput, folder: Path | None) -> Iterator[Problem]:
    """What the checks find; a chunk that does not decode shows only when a check reads it."""
    for check in CHECKS:
        try:
            yield from check.run(given)
        except ProblemsError as error:
            yield from (
                relative(problem, folder) if folder else problem for problem in error.problems
            )


def _described(episodes: Episodes, inputs: Episodes) -> Episodes:
    """The episodes, described as in the inputs."""
    info = replace(
        inputs.info,
        split="entry",
        joints=episodes.info.joints,
        units=episodes.info.units,
        signals={name: episodes.info.signals[name] for name in episodes.signals},
        episodes=tuple(inputs.info.episodes[inputs.index[name]] for name in episodes.index),
    )
    return replace(episodes, info=info)
