"""No record names what was made from the holdout: augmented, simulated again, shifted."""

from __future__ import annotations

from collections import deque
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.guard.finding import Certainty, Finding
from bench.guard.record.check import RecordCheck
from bench.guard.record.known import KnownHoldout
from bench.guard.record.naming import LISTED, Named, exact, findings, look, read_by
from bench.io.documents import Document

CODE = "provenance_derived_from_holdout"
ORDER: Sequence[Certainty] = ("certain", "likely", "hint")
Found = tuple[Certainty, Mapping[str, object]]


def run(record: Document | None, known: KnownHoldout) -> Iterator[Finding]:
    """Follow what `data` says that it was made from, and look at the names themselves."""
    if record is None:
        return
    declared = list(_declared(record.get("data", ()), known))
    told = {str(each["where"]) for _, each in declared}
    yield from findings(CODE, [*declared, *_alike(record, known, told)])


@dataclass(frozen=True)
class _Origin:
    """Where data come from.

    Attributes:
        sure: how sure that is.
        what: which part of the holdout, by which signs.
        method: how they were made from it, or from the first of `through`.
        through: names of the data between, the nearest first.
    """

    sure: Certainty
    what: Document
    method: str
    through: tuple[str, ...] = ()


def _declared(data: Sequence[Document], known: KnownHoldout) -> Iterator[Found]:
    """Data that say that they were made from the holdout, directly or by way of other data."""
    made_from: dict[str, list[tuple[int, str]]] = {}
    for number, item in enumerate(data):
        for source in item["derived_from"]:
            made_from.setdefault(source["name"], []).append((number, source["method"]))
    origins = dict(_direct(data, known))
    waiting = deque(origins)
    seen = deque(n for n, item in enumerate(data) if _is_holdout(item, known) and n not in origins)
    while waiting or seen:
        number = (waiting or seen).popleft()
        own = origins.get(number)
        name = data[number]["name"]
        # Whatever else has this name makes nothing more of the same data.
        for other, method in made_from.pop(name, ()):
            if other not in origins:
                what = own.what if own else {"is": name, "by": ["data"]}
                sure: Certainty = own.sure if own else "certain"
                through = (name, *(own.through if own else ()))[:LISTED]
                origins[other] = _Origin(sure, what, method, through)
                waiting.append(other)
    for number in sorted(origins):
        own = origins[number]
        says = {"where": f"data/{number}", "says": data[number]["name"], **own.what}
        yield own.sure, {**says, "method": own.method, "through": list(own.through)}


def _direct(data: Sequence[Document], known: KnownHoldout) -> Iterator[tuple[int, _Origin]]:
    """The data of which a source is of the holdout; the surest source of each."""
    names = {item["name"] for item in data}
    for number, item in enumerate(data):
        found = [o for source in item["derived_from"] if (o := _origin(source, known, names))]
        if found:
            yield number, min(found, key=lambda origin: ORDER.index(origin.sure))


def _origin(source: Document, known: KnownHoldout, names: Container[str]) -> _Origin | None:
    name, method = source["name"], source["method"]
    match = exact(known, Named("", name, source.get("sha256"), name))
    if match is not None:
        return _Origin(match.sure, {"is": match.known, "by": list(match.by)}, method)
    alike = None if name in names else look(known, name)
    return None if alike is None else _Origin(alike[1], {"is": alike[0], "by": ["name"]}, method)


def _is_holdout(item: Document, known: KnownHoldout) -> bool:
    match = exact(known, Named("", item["name"], item.get("sha256"), item.get("path")))
    return match is not None and match.kind != "whole"


def _alike(record: Document, known: KnownHoldout, told: set[str]) -> Iterator[Found]:
    """Names that look as if they were made from the holdout, where nothing surer is known."""
    for named in read_by(record):
        if named.where in told or exact(known, named) is not None:
            continue
        looks = (look(known, text) for text in (named.name, named.path) if text)
        alike = next((one for one in looks if one is not None), None)
        if alike is not None:
            says = {"where": named.where, "says": named.name, "is": alike[0], "by": ["name"]}
            yield alike[1], says


CHECK = RecordCheck(
    "record_derived", "nothing that the record names was made from the holdout", CODE, run
)
