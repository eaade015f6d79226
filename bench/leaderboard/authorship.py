"""Whose a result is: what it says of its author, held against what nobody else may say."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from bench.entries.texts import identity_problems, look, text_problems
from bench.io.documents import Document
from bench.io.problems import Problem
from bench.scoring.repeatability import REPEATS

PIPELINE_LAB = "twinbench"
ROBOT_LAB = "the robot itself"
RESERVED_LABS = (PIPELINE_LAB, ROBOT_LAB)


def reserved_problems(head: Document, entries: Iterable[str], where: str) -> Iterator[Problem]:
    """Names of the pipeline and of the robot that a lab gives to its entry.

    Args:
        head: name and lab of the entry.
        entries: the pipeline's, as `params.yaml` names them.
        where: names the document in the problems.
    """
    name, lab = head["name"], head["lab"]
    if look(name) in {look(own) for own in (*entries, *REPEATS)}:
        expected = "a name that the pipeline does not use"
        yield Problem("name_taken", f"{where}: name", expected, repr(name))
    if look(lab) in {look(reserved) for reserved in RESERVED_LABS}:
        yield Problem("name_taken", f"{where}: lab", "a lab of its own", repr(lab))


def author_problems(where: str, result: Document, entries: Iterable[str]) -> Iterator[Problem]:
    """What a result among those of entries may not say: texts, lab, name and status.

    Args:
        where: names it in the problems.
        result: of an entry, on any track.
        entries: the pipeline's, as `params.yaml` names them.
    """
    own, head = list(entries), result["entry"]
    yield from text_problems(result, where)
    yield from identity_problems(head, f"{where}: entry")
    if result["status"] == "pipeline":
        yield from _pipeline(where, head, own)
        return
    if result["status"] == "reference":
        expected = "`pipeline`, `self-scored` or `recomputed`"
        yield Problem("result_status", where, expected, "reference")
    yield from reserved_problems(head, own, f"{where}: entry")


def _pipeline(where: str, head: Document, entries: Container[str]) -> Iterator[Problem]:
    if head["name"] not in entries or head["lab"] != PIPELINE_LAB:
        expected = f"`pipeline` for entries of params.yaml alone, of the lab {PIPELINE_LAB!r}"
        yield Problem("result_status", where, expected, f"{head['name']!r} of {head['lab']!r}")


def robot_problems(where: str, result: Document, name: str) -> Iterator[Problem]:
    """What a result of the robot's further run `name` may not say."""
    head = result["entry"]
    yield from text_problems(result, where)
    came = (result["status"], head["name"], head["lab"])
    if came != ("reference", name, ROBOT_LAB):
        expected = f"reference, {name!r} of {ROBOT_LAB!r}"
        yield Problem("result_status", where, expected, "{}, {!r} of {!r}".format(*came))
