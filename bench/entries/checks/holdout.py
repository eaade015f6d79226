"""The entry was made for the holdout of today, and so were the inputs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import Check, CheckInput
from bench.io.problems import Problem

CODES = {
    "wrong_holdout": "entry.json names another root hash: the holdout has changed since",
    "stale_inputs": "the inputs that the entry is held against are not those of the lock",
}
ADVICE = "fetch the inputs again with twinbench inputs"


def run(given: CheckInput) -> Iterable[Problem]:
    """Compare the entry's root hash, and the inputs' content, with the lock."""
    return _differences(given)


def _differences(given: CheckInput) -> Iterator[Problem]:
    document, lock, inputs = given.contents.document, given.lock, given.inputs
    if document is not None and document["holdout"] != lock["root"]:
        expected = f"the root {lock['root']} of {lock['dataset']} ({ADVICE})"
        yield Problem("wrong_holdout", "entry.json: holdout", expected, document["holdout"])
    locked = {e["id"]: e["inputs_hash"] for e in lock["episodes"] if e["inputs_hash"] is not None}
    shown = dict(zip(inputs.index, inputs.hashes(), strict=True))
    names = sorted(locked.keys() | shown.keys())
    differ = [name for name in names if locked.get(name) != shown.get(name)]
    if differ:
        expected = f"the inputs of {lock['dataset']} with the root {lock['root']} ({ADVICE})"
        came = f"others: {len(differ)} episodes differ, the first is {differ[0]!r}"
        yield Problem("stale_inputs", "inputs", expected, came)


CHECK = Check("holdout", "entry and inputs are of the holdout of the lock", CODES, run)
