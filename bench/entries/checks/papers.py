"""The papers beside entry.json are this entry's own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import Check, CheckInput
from bench.io.problems import Problem

CODES = {"wrong_paper": "twin.json or provenance.json is of another entry, dataset or holdout"}


def run(given: CheckInput) -> Iterable[Problem]:
    """Compare what the papers say they belong to with the entry, the dataset and the lock."""
    return _differences(given)


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
        claims.append(("provenance.json: dataset", provenance["dataset"], given.lock["dataset"]))
        root = provenance["holdout"]["root"]
        claims.append(("provenance.json: holdout/root", root, given.lock["root"]))
    for where, came, expected in claims:
        if expected is not None and came != expected:
            yield Problem("wrong_paper", where, repr(expected), repr(came))


CHECK = Check("papers", "twin.json and provenance.json are of this entry", CODES, run)
