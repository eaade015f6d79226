"""The entry is of the dataset that it is held against."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bench.entries.check import STORE, Check, CheckInput
from bench.io.problems import Problem

CODES = {
    "wrong_dataset": "entry.json or the store names another dataset",
    "wrong_robot": "the store names another robot",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Compare the names in entry.json and in the store with those of the inputs."""
    return _differences(given)


def _differences(given: CheckInput) -> Iterator[Problem]:
    document, info, inputs = given.contents.document, given.contents.info, given.inputs.info
    if document is not None and document["dataset"] != inputs.dataset:
        where = "entry.json: dataset"
        yield Problem("wrong_dataset", where, repr(inputs.dataset), repr(document["dataset"]))
    if info is not None and info.dataset != inputs.dataset:
        where = f"{STORE}: dataset"
        yield Problem("wrong_dataset", where, repr(inputs.dataset), repr(info.dataset))
    if info is not None and info.robot != inputs.robot:
        yield Problem("wrong_robot", f"{STORE}: robot", repr(inputs.robot), repr(info.robot))


CHECK = Check("dataset", "entry and store are of the dataset of the inputs", CODES, run)
