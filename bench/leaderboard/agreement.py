"""Two results of one entry held against each other, value by value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeGuard

from bench.io.documents import Document
from bench.io.problems import Problem


@dataclass(frozen=True)
class Mark:
    """Stands where a document has no value of its own; no value of a document equals it.

    Attributes:
        text: as a message shows it.
    """

    text: str


ABSENT = Mark("nothing there")
"""Stands for a field that only the other document has."""

LATER = frozenset({"checks", "errors", "failures", "signature"})
"""Fields of results that older ones do not have."""


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart and still agree.

    Attributes:
        relative: of the larger of the two by size.
        absolute: beside it, in the number's unit: rounding around an exact 0.
    """

    relative: float
    absolute: float


SAME_MACHINE = Tolerance(5e-10, 0.0)
"""Results have nine significant digits; a change of the last one is seen."""
ANOTHER_MACHINE = Tolerance(1e-6, 1e-12)
"""Processors and libraries differ in the last bits of a sine or a sum."""


@dataclass(frozen=True)
class Disagreement:
    """A place where two documents differ.

    Attributes:
        where: the fields that lead there, with slashes between.
        own: what was computed here.
        claimed: what the result says.
    """

    where: str
    own: object
    claimed: object


@dataclass(frozen=True)
class Agreement:
    """What came of a comparison.

    Attributes:
        numbers: places at which both documents have a number.
        agreeing: those of them that agree.
        largest: largest relative difference of two numbers; 0 where there is none.
        others: all other places: texts, nulls, and parts of different form.
        unpaired: those of them where one document has something that the other has not.
        disagreements: every place that differs, in the order of the document.
    """

    numbers: int
    agreeing: int
    largest: float
    others: int
    unpaired: int
    disagreements: tuple[Disagreement, ...]

    def problems(self, name: str) -> list[Problem]:
        """The disagreements of the result `name` as problems."""
        return [
            Problem("not_reproduced", f"result {name}: {d.where}", short(d.own), short(d.claimed))
            for d in self.disagreements
        ]


def agreement(own: Document, claimed: Document, tolerance: Tolerance) -> Agreement:
    """Compare everything that two documents hold.

    Args:
        own: computed here.
        claimed: what is held against it.
        tolerance: of numbers; all else must be equal.
    """
    numbers = agreeing = others = unpaired = 0
    largest, found = 0.0, []
    for where, mine, theirs in leaves(own, claimed):
        if _is_number(mine) and _is_number(theirs):
            gap, size = abs(mine - theirs), max(abs(mine), abs(theirs))
            agrees = gap <= tolerance.relative * size + tolerance.absolute
            numbers, agreeing = numbers + 1, agreeing + agrees
            largest = max(largest, gap / size if size else 0.0)
        else:
            agrees, others = type(mine) is type(theirs) and mine == theirs, others + 1
            unpaired += isinstance(mine, Mark) or isinstance(theirs, Mark)
        if not agrees:
            found.append(Disagreement(where, mine, theirs))
    return Agreement(numbers, agreeing, largest, others, unpaired, tuple(found))


def older(own: Document, claimed: Document) -> Document:
    """The own result without the fields that results once had not, where the claimed has none."""
    return {key: value for key, value in own.items() if key in claimed or key not in LATER}


def _is_number(value: object) -> TypeGuard[int | float]:
    """Integers that no float holds are compared like texts."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return abs(value) < 2**53


def leaves(own: object, claimed: object, where: str = "") -> Iterator[tuple[str, object, object]]:
    """Every value of two documents, side by side, with its place.

    A field of one document alone stands beside `ABSENT`. Of lists of different length there are
    the two lengths, and then the items up to the end of the shorter one.
    """
    if isinstance(own, dict) and isinstance(claimed, dict):
        for key in dict.fromkeys([*own, *claimed]):
            place = f"{where}/{key}" if where else str(key)
            yield from leaves(own.get(key, ABSENT), claimed.get(key, ABSENT), place)
    elif isinstance(own, list) and isinstance(claimed, list):
        if len(own) != len(claimed):
            yield where, _items(own), _items(claimed)
        for number, (mine, theirs) in enumerate(zip(own, claimed, strict=False)):
            yield from leaves(mine, theirs, f"{where}/{number}")
    else:
        yield where, own, claimed


def _items(values: list[object]) -> Mark:
    return Mark(f"{len(values)} item{'' if len(values) == 1 else 's'}")


def short(value: object) -> str:
    """A value as a message shows it: a mark's text, and anything else as JSON."""
    text = value.text if isinstance(value, Mark) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."
