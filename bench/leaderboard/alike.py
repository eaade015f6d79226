"""Entries that predict nearly the same under different names.

`rank` has results, not predictions. A result has signed sums of its predictions, whose differences
are as large as those of the predictions themselves (`bench.scoring.signature`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from bench.guard.finding import Finding
from bench.io.documents import Document

Floats = NDArray[np.float64]

ALIKE = 0.01
"""Largest difference of two entries, of the smaller of their errors. The nearest honest ones on
calibration and validation, a delayed command with and without an offset of nearly nothing, differ
by 0.03."""
RESCALED = 0.004
"""The same after one factor a joint; there those two differ by 0.011."""


@dataclass(frozen=True)
class Pair:
    """Two results, by number, that predict nearly the same.

    Attributes:
        numbers: of the two.
        difference: root mean square difference of their predictions, of the smaller error.
        rescaled: the same after one factor a joint.
    """

    numbers: tuple[int, int]
    difference: float
    rescaled: float


def alike(
    results: Sequence[Document], attempts: Sequence[Document]
) -> Mapping[str, list[Document]]:
    """The findings `entries_alike`, by name of the entry.

    It stands at the entry that was scored later, at both where the log does not say, and names one
    that was scored before; `others` counts further ones. One factor a joint between two is allowed.

    Args:
        results: of one board; those without a signature are told by the hash of their predictions.
        attempts: its log.
    """
    found: dict[str, Document] = {}
    order = _order(attempts)
    for pair in _pairs(results):
        heads = [results[number]["entry"] for number in pair.numbers]
        first, second = (order.get((head["name"], head["predictions"])) for head in heads)
        unknown = first is None or second is None
        later = heads if unknown else [heads[0] if first > second else heads[1]]  # type: ignore[operator]
        for own in later:
            (other,) = (head for head in heads if head is not own)
            evidence = {
                "entry": other["name"],
                "lab": other["lab"],
                "same_predictions": own["predictions"] == other["predictions"] is not None,
                "difference": pair.difference,
                "rescaled": pair.rescaled,
                "others": 0,
            }
            known = found.setdefault(own["name"], evidence)
            known["others"] += known is not evidence
    return {
        name: [Finding("entries_alike", "likely", evidence).document()]
        for name, evidence in found.items()
    }


def _order(attempts: Sequence[Document]) -> Mapping[tuple[str, str | None], int]:
    """Where predictions of an entry first stand in the log."""
    order: dict[tuple[str, str | None], int] = {}
    for number, each in enumerate(attempts):
        if each["event"] == "scored":
            order.setdefault((each["entry"], each["predictions"]), number)
    return order


def _pairs(results: Sequence[Document]) -> Iterator[Pair]:
    """The pairs that are alike, in the order of the results."""
    known = [number for number, one in enumerate(results) if one.get("signature")]
    joints = list(results[known[0]]["signature"]) if known else []
    known = [number for number in known if list(results[number]["signature"]) == joints]
    signed = np.array([[results[n]["signature"][joint] for joint in joints] for n in known])
    errors = np.array([_error(results[n], joints) for n in known])
    by_hash = _same_predictions(results)
    for place, number in enumerate(known[:-1]):
        smaller = np.minimum(errors[place], errors[place + 1 :])
        # Both differences are at least that of the first joint after a factor: few pairs are left.
        _, first = _differences(signed[place, :1], signed[place + 1 :, :1])
        near = np.flatnonzero(first <= ALIKE * smaller)
        apart, rescaled = _differences(signed[place], signed[place + 1 + near])
        for other, *sizes in zip(near, apart, rescaled, smaller[near], strict=True):
            plain, scaled, error = map(float, sizes)
            pair = (number, known[place + 1 + other])
            alike = plain <= ALIKE * error or scaled <= RESCALED * error
            if error > 0 and alike and pair not in by_hash:
                yield Pair(pair, plain / error, scaled / error)
    for pair in sorted(by_hash):
        yield Pair(pair, 0.0, 0.0)


def _same_predictions(results: Sequence[Document]) -> set[tuple[int, int]]:
    """Pairs whose predictions have one hash."""
    by_hash: dict[str, list[int]] = {}
    for number, one in enumerate(results):
        if one["entry"]["predictions"] is not None:
            by_hash.setdefault(one["entry"]["predictions"], []).append(number)
    return {pair for numbers in by_hash.values() for pair in combinations(numbers, 2)}


def _error(result: Document, joints: Sequence[str]) -> float:
    """Root of the sum of the joints' squared errors, rad."""
    return math.sqrt(sum((result["joints"][joint]["value"] or 0.0) ** 2 for joint in joints))


def _differences(own: Floats, others: Floats) -> tuple[Floats, Floats]:
    """How far others lie from an entry, as they are and after one factor a joint, rad.

    Args:
        own: (J, K) its sums.
        others: (M, J, K) theirs.
    """
    size = (own * own).sum(axis=1)
    factor = (others * own).sum(axis=2) / np.where(size > 0, size, 1.0)
    plain = ((others - own) ** 2).mean(axis=2).sum(axis=1)
    rescaled = ((others - factor[:, :, None] * own) ** 2).mean(axis=2).sum(axis=1)
    return np.sqrt(plain), np.sqrt(rescaled)
