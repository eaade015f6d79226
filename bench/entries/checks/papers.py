"""The papers beside entry.json are this entry's own, and contradict neither lock nor each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import Check, CheckInput
from bench.entries.provenance.contradictions import (
    CODES,
    holdout_problems,
    inner_problems,
    twin_problems,
)
from bench.io.problems import Problem


def run(given: CheckInput) -> Iterable[Problem]:
    """Hold the papers against the entry, the dataset and the lock, and against each other."""
    yield from _differences(given)
    twin, provenance = (given.contents.documents.get(kind) for kind in ("twin", "provenance"))
    if provenance is not None:
        yield from holdout_problems(provenance, given.lock, given.groups)
        yield from inner_problems(provenance)
        if twin is not None:
            yield from twin_problems(provenance, twin)


def _differences(given: CheckInput) -> Iterator[Problem]:
    document, papers = given.contents.document, given.contents.documents
    name = None if document is None else document["name"]
    twin, provenance = papers.get("twin"), papers.get("provenance")
    claims: list[tuple[str, str, str | None]] = []
    if twin is not None:
        claims.append(("twin.json: robot", twin["robot"], given.inputs.info.robot))
        claims.append(("twin.json: name", twin["name"], name))
    if provenance is not None:
        claims.append(("provenance.json: entry", provenance["entry"], name))
    for where, came, expected in claims:
        if expected is not None and came != expected:
            yield Problem("wrong_paper", where, repr(expected), repr(came))


CHECK = Check(
    "papers",
    "twin.json and provenance.json are of this entry, and no episode of the holdout was read",
    CODES,
    run,
)
