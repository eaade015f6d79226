"""Records that name the holdout in some way, and what the guard says of each.

Run as a module it writes the table of `docs/guard.md`:

    python -m tests.guard.record.planted
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from bench.guard.record.guarding import guard_record
from bench.io.documents import Document
from tests.entries.provenance.records import HASHES, record
from tests.guard.record.test_checks import KNOWN, item, reading, source

PAGE = Path(__file__).parent.parent.parent.parent / "docs" / "guard.md"
MARKED = re.compile(r"(<!-- records: begin -->\n).*?(<!-- records: end -->)", re.DOTALL)
NOTHING = "–"
OWN = item("own-arm", kind="recorded", sha256=HASHES[7])


def _data(*items: Document) -> Document:
    return record(data=list(items))


RECORDS: Mapping[str, Document | None] = {
    "an episode of the holdout": reading("circle.run-a", HASHES[4]),
    "an episode of the holdout under another name": reading("renamed.run-a", HASHES[4]),
    "a raw file of the holdout": _data(
        item("x", kind="recorded", path="owner/logs/abc/first/circle/state.csv", sha256=HASHES[7])
    ),
    "the store with all episodes": _data(
        item("x", kind="recorded", path="x/all.zarr", sha256=HASHES[7])
    ),
    "another run of a holdout motion": reading("circle.run-c"),
    "an augmented run of a holdout motion": reading("circle.run-a-aug1"),
    "a motion of the group of one": reading("pushed.run-a"),
    "data declared as made from the holdout": _data(
        item("x", derived_from=[source("circle.run-a", "resimulated")])
    ),
    "the same by way of other data": _data(
        item("x", derived_from=[source("y", "augmented")]),
        item("y", derived_from=[source("circle.run-a", "shifted")]),
    ),
    "a name with a whole id of the holdout": reading("aug.circle.run-a"),
    "a name with a motion, and re-simulated": reading("pick-place-resim"),
    "a name with a motion": reading("my-pick-place"),
    "a name that says nothing": reading("recording-17"),
    "no record": None,
    "derived data without origin": _data(item("x")),
    "calibration episodes": reading("wave.run-a"),
    "calibration episodes, augmented": reading("wave.run-a-aug1"),
    "recordings of its own, and noise on them": _data(
        OWN, item("own-arm-noise", derived_from=[source("own-arm")])
    ),
}
"""What a record names, by what it is; the last three are honest, the name that says nothing is a
copy that cannot be found."""
HONEST = tuple(RECORDS)[-3:]


def told(made: Document | None) -> str:
    """Certainty and code of what is found."""
    findings = guard_record(made, KNOWN)
    return ", ".join(f"{f.certainty}: `{f.code}`" for f in findings) or NOTHING


def table() -> str:
    lines = ["| the record names | found |", "| --- | --- |"]
    return "\n".join([*lines, *(f"| {name} | {told(made)} |" for name, made in RECORDS.items())])


def main() -> None:
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(MARKED.sub(rf"\g<1>\n{table()}\n\n\g<2>", page), encoding="utf-8")


if __name__ == "__main__":
    main()
