"""The five things that a provenance record must name, in numbers and in a line each."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

from bench.entries.provenance.contradictions import motion_of
from bench.io.documents import Document

LABELS = ("calibration", "parameters", "residual ranges", "holdout", "guard")
DIGITS = 12
"""Digits of a hash that a line shows."""
UNNAMED = {
    "nothing": "nothing was read",
    "other_data": "only other data",
    "undisclosed": "the lab does not say",
}
"""What a record may say in the place of episodes, in words."""
LISTED = 5
"""Ways in which parameters were determined that a line shows."""


def claims(record: Document) -> Document:
    """What a record says, in numbers."""
    ranges, guard = record["residual_ranges"], record["guard"]
    return {
        "entry": record["entry"],
        "dataset": record["dataset"],
        "calibration": _episodes(record["calibration"]),
        "validation": {
            **_episodes(record["validation"]),
            "evaluations": record["validation"]["evaluations"],
        },
        "data": dict(sorted(Counter(item["kind"] for item in record.get("data", ())).items())),
        "parameters": {
            "number": len(record["parameters"]),
            "determined": _determined(record["parameters"]),
        },
        "residual_ranges": {
            "number": len(ranges),
            "distributions": dict(sorted(Counter(r["distribution"] for r in ranges).items())),
            "missing": record["residual_ranges_missing"],
        },
        "holdout": record["holdout"],
        "guard": {
            "hash": guard["hash"],
            "findings": dict(sorted(Counter(f["certainty"] for f in guard["findings"]).items())),
            "allow_list": guard["allow_list"],
        },
        "errors": record["errors"],
    }


def _episodes(part: Document) -> Document:
    episodes = part["episodes"]
    lines = sorted(f"{episode['id']} {episode['hash']}" for episode in episodes)
    return {
        "episodes": len(episodes),
        "motions": len({motion_of(episode["id"]) for episode in episodes}),
        "hash": hashlib.sha256("\n".join(lines).encode()).hexdigest(),
        "unnamed": part.get("unnamed"),
    }


def _determined(parameters: Sequence[Document]) -> dict[str, int]:
    """How many parameters were determined how, without the reasons; the most frequent first."""
    counted = Counter(p["determined"].partition(":")[0].strip() for p in parameters)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))


def lines(said: Document) -> list[tuple[str, str]]:
    """A label and plain words for each of the five (see `claims`)."""
    calibration, validation, guard = said["calibration"], said["validation"], said["guard"]
    chosen = _count(validation["evaluations"], "candidate")
    fitted_on = (
        f"{_read(calibration)}; validation {_read(validation)}, {chosen} compared there"
        f"{_other(said['data'])}",
        f"{said['parameters']['number']}: {_ways(said['parameters']['determined'])}",
        _ranges(said["residual_ranges"]),
        f"{said['holdout']['dataset']}, {said['holdout']['root'][:DIGITS]}",
        f"{guard['hash'][:DIGITS]}, {_findings(guard['findings'])}; "
        f"might read {', '.join(guard['allow_list'])}",
    )
    return list(zip(LABELS, fitted_on, strict=True))


def _read(part: Document) -> str:
    if part["unnamed"]:
        return UNNAMED[str(part["unnamed"])]
    episodes, motions = _count(part["episodes"], "episode"), _count(part["motions"], "motion")
    return f"{episodes} of {motions}, {part['hash'][:DIGITS]}"


def _other(data: Mapping[str, int]) -> str:
    return "".join(f"; {_count(number, 'set')} of {kind} data" for kind, number in data.items())


def _count(number: int, name: str) -> str:
    return f"{number or 'no'} {name}{'' if number == 1 else 's'}"


def _ways(determined: Mapping[str, int]) -> str:
    shown = [f"{number} {way}" for way, number in list(determined.items())[:LISTED]]
    rest = sum(list(determined.values())[LISTED:])
    return ", ".join([*shown, *([f"{rest} otherwise"] if rest else [])])


def _ranges(ranges: Document) -> str:
    if not ranges["number"]:
        return f"none: {ranges['missing']}"
    kinds = ", ".join(f"{number} {name}" for name, number in ranges["distributions"].items())
    return f"{ranges['number']}: {kinds}"


def _findings(findings: Mapping[str, int]) -> str:
    number = sum(findings.values())
    if not number:
        return "no findings"
    sure = ", ".join(f"{count} {certainty}" for certainty, count in findings.items())
    return f"{_count(number, 'finding')} ({sure})"
