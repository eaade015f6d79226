"""Records that name the holdout in some way, and what the guard says of each.

Run as a module it writes the table of `docs/guard.md`:

    python -m tests.guard.record.planted
"""

from __future__ import annotations

from collections.abc import Mapping

from bench.guard.record.guarding import guard_record
from bench.io.documents import Document
from tests.entries.provenance.records import HASHES, record
from tests.guard import tables
from tests.guard.record.test_checks import KNOWN, item, reading, source

MARKED = tables.marks("records")
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
    "the store of the truth, packed, or a file in it": _data(
        item("x", kind="recorded", path="x/holdout_truth.zarr/q/c/0/0", sha256=HASHES[7]),
        item("y", kind="recorded", path="x/all.zarr.zip", sha256=HASHES[7]),
    ),
    "another run of a holdout motion": reading("circle.run-c"),
    "the same, written `Circle_run_c`": reading("Circle_run_c"),
    "a file that is called like a holdout motion": _data(
        item("x", kind="recorded", path="recordings/circle.csv", sha256=HASHES[7])
    ),
    "a take in a folder that is called so": _data(
        item("x", kind="recorded", path="recordings/circle/take2.csv", sha256=HASHES[7])
    ),
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
    return tables.told(guard_record(made, KNOWN))


def table() -> str:
    """The table in Markdown."""
    rows = ((name, told(made)) for name, made in RECORDS.items())
    return tables.in_markdown(("the record names", "found"), rows)


if __name__ == "__main__":
    tables.renew(MARKED, table())
