"""What a record leaves open: what a twin was fitted on cannot be known then."""

from __future__ import annotations

from collections.abc import Iterator

from bench.entries.provenance.contradictions import FITTED
from bench.guard.finding import Finding
from bench.guard.record.check import RecordCheck
from bench.guard.record.known import KnownHoldout
from bench.guard.record.naming import LISTED
from bench.io.documents import Document

CODE = "provenance_unknown"
NO_RECORD = "there is no provenance record"
UNWATCHED = "the twin was made by a command, and what it read was not watched"


def run(record: Document | None, _known: KnownHoldout) -> Iterator[Finding]:
    """Say what cannot be known; a record that says everything gives nothing."""
    reasons = [NO_RECORD] if record is None else [*_episodes(record), *_data(record)]
    if record is not None and "command" in record["method"]["settings"]:
        reasons.append(UNWATCHED)
    if reasons:
        yield Finding(CODE, "unknown", {"reasons": reasons[:LISTED], "number": len(reasons)})


def _episodes(record: Document) -> Iterator[str]:
    fitted = any(p["determined"].partition(":")[0] == "fitted" for p in record["parameters"])
    for part in FITTED:
        why = record[part].get("unnamed")
        if why == "undisclosed":
            yield f"{part}: the lab does not say what was read"
        elif why == "other_data" and not record.get("data"):
            yield f"{part}: other data were read, and none are named"
        elif why == "nothing" and part == "calibration" and fitted and not record.get("data"):
            yield "calibration: parameters are fitted, and nothing was read"


def _data(record: Document) -> Iterator[str]:
    for number, item in enumerate(record.get("data", ())):
        if item["kind"] == "derived" and not item["derived_from"]:
            yield f"data/{number}: made from something, and it is not said from what"
        elif item["kind"] == "recorded" and "sha256" not in item:
            yield f"data/{number}: recorded, and without a hash that could be compared"


CHECK = RecordCheck(
    "record_unknown", "the record says what the twin was fitted and chosen on", CODE, run
)
