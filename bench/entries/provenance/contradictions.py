"""In what a provenance record contradicts itself, the twin beside it, or the holdout's lock."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bench.io.documents import Document
from bench.io.problems import Problem

PAPER = "provenance.json"
FITTED = ("calibration", "validation")
"""The parts of a record that name episodes."""

NO_GROUPS: Mapping[str, str] = {}

CODES = {
    "wrong_paper": "twin.json or provenance.json is of another entry, dataset or holdout",
    "holdout_episode": "provenance.json names an episode of the holdout: by id, hash or group",
    "papers_differ": "provenance.json says something else of a parameter or range than twin.json",
    "repeated_name": "a parameter, a range or data stand twice in provenance.json",
    "range_parameter": "a residual range is of no parameter of provenance.json",
    "range_value": "a residual range does not contain its parameter's value",
}
"""The problems that are found here, each with one line."""


def motion_of(episode: str) -> str:
    """The motion of an episode, by its id `<motion>.<run>`."""
    return episode.rpartition(".")[0] or episode


def holdout_problems(
    record: Document, lock: Document, groups: Mapping[str, str] = NO_GROUPS
) -> Iterator[Problem]:
    """A holdout other than the lock's, and episodes of the holdout among those that were read.

    Args:
        record: the provenance record.
        lock: `holdout.lock.json`.
        groups: group by motion, of `split.json`; a motion that is not there is its own.
    """
    claims = (
        ("dataset", record["dataset"], lock["dataset"]),
        ("holdout/dataset", record["holdout"]["dataset"], lock["dataset"]),
        ("holdout/root", record["holdout"]["root"], lock["root"]),
    )
    for where, came, expected in claims:
        if came != expected:
            yield Problem("wrong_paper", f"{PAPER}: {where}", repr(expected), repr(came))
    held = lock["episodes"]
    ids = {e["id"] for e in held}
    hashes = {e[key] for e in held for key in ("hash", "inputs_hash")}
    kept = {e["group"] for e in held} | {motion_of(e["id"]) for e in held}
    for part in FITTED:
        for number, episode in enumerate(record[part]["episodes"]):
            motion = motion_of(episode["id"])
            signs = {
                "id": episode["id"] in ids,
                "hash": episode["hash"] in hashes,
                "group": bool({motion, groups.get(motion, motion)} & kept),
            }
            if any(signs.values()):
                by = ", ".join(sign for sign, found in signs.items() if found)
                where = f"{PAPER}: {part}/episodes/{number}"
                came = f"{episode['id']!r}, by {by}"
                yield Problem("holdout_episode", where, "no episode of the holdout", came)


def twin_problems(record: Document, twin: Document) -> Iterator[Problem]:
    """Parameters and residual ranges of the record that are not those of `twin.json`."""
    for field, key in (("parameters", "name"), ("residual_ranges", "parameter")):
        own = {item[key]: item for item in twin[field]}
        claimed = {item[key]: item for item in record[field]}
        for name in dict.fromkeys([*own, *claimed]):
            where = f"{PAPER}: {field}/{name}"
            if name not in claimed:
                yield Problem("papers_differ", where, "as in twin.json", "none")
            elif name not in own:
                yield Problem("papers_differ", where, "none, as in twin.json", "one")
            else:
                yield from _differences(where, own[name], claimed[name])


def _differences(where: str, own: Document, claimed: Document) -> Iterator[Problem]:
    for field, value in own.items():
        if claimed[field] != value:
            expected = f"{_short(value)}, as in twin.json"
            yield Problem("papers_differ", f"{where}/{field}", expected, _short(claimed[field]))


def inner_problems(record: Document) -> Iterator[Problem]:
    """Names that stand twice, and residual ranges that do not fit their parameter."""
    yield from _repeated("parameters", [p["name"] for p in record["parameters"]])
    yield from _repeated("residual_ranges", [r["parameter"] for r in record["residual_ranges"]])
    yield from _repeated("data", [item["name"] for item in record.get("data", ())])
    values = {p["name"]: p["value"] for p in record["parameters"]}
    for each in record["residual_ranges"]:
        name, low, high = each["parameter"], each["low"], each["high"]
        where = f"{PAPER}: residual_ranges/{name}"
        if name not in values:
            yield Problem("range_parameter", where, "one of the record's parameters", "another")
        elif not low <= values[name] <= high:
            expected = f"a range that contains the value {values[name]:.9g}"
            yield Problem("range_value", where, expected, f"{low:.9g} to {high:.9g}")


def _repeated(field: str, names: Sequence[str]) -> Iterator[Problem]:
    for name, number in Counter(names).items():
        if number > 1:
            where = f"{PAPER}: {field}/{name}"
            yield Problem("repeated_name", where, "each name once", f"{number} times")


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 120 else text[:117] + "..."
