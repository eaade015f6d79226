"""How well rules find faults that were put in: which label shows in which fault."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.io.documents import Document


@dataclass(frozen=True)
class Truth:
    """What is known of one entry, that is of a few episodes with one fault.

    Attributes:
        entry: its name.
        fault: name of the fault.
        shows: labels that it must show; of each tuple one is enough.
        may: labels that it may show beside these.
    """

    entry: str
    fault: str
    shows: tuple[tuple[str, ...], ...]
    may: frozenset[str]


def prove(truths: Sequence[Truth], found: Mapping[str, frozenset[str]]) -> Document:
    """Count labels that are right, wrong and missing.

    An entry has a label if one of its episodes has it. A label that its fault must show is right
    where it is there. Where none of a tuple is there, the first of it is missing. A label that the
    fault neither must nor may show is wrong; one that it may show does not count.

    Args:
        truths: of every entry.
        found: the labels of every entry, by its name.

    Returns:
        `confusion`: by fault how many entries there are, and how many have each label; `labels`: by
        label how many are `right`, `wrong` and `missing`, with precision, recall and F1, of those
        that some fault must show or that are wrong somewhere; `macro_f1`, their mean.
    """
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    confusion: dict[str, Counter[str]] = {}
    entries: Counter[str] = Counter()
    for truth in truths:
        names = found[truth.entry]
        entries[truth.fault] += 1
        confusion.setdefault(truth.fault, Counter()).update(names)
        expected = {name for group in truth.shows for name in group}
        right.update(names & expected)
        wrong.update(names - expected - truth.may)
        missing.update(group[0] for group in truth.shows if not names & set(group))
    counted = sorted(right.keys() | wrong.keys() | missing.keys())
    labels = {name: _shares(right[name], wrong[name], missing[name]) for name in counted}
    scores = [each["f1"] for each in labels.values()]
    return {
        "confusion": {
            fault: {"entries": entries[fault], "found": dict(sorted(names.items()))}
            for fault, names in confusion.items()
        },
        "labels": labels,
        "macro_f1": _mean(scores),
    }


def _shares(right: int, wrong: int, missing: int) -> Document:
    precision = right / (right + wrong) if right + wrong else None
    recall = right / (right + missing) if right + missing else None
    f1 = 2 * right / (2 * right + wrong + missing)
    return {
        "right": right,
        "wrong": wrong,
        "missing": missing,
        "precision": precision,
        "recall": recall,
        "f1": f1,
    }


def _mean(values: Iterable[float]) -> float | None:
    listed = list(values)
    return sum(listed) / len(listed) if listed else None
