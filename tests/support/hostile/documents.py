"""Documents that are too much to be files of this repository."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.entries.provenance.records import record


def _own(**fields: Any) -> dict[str, Any]:
    """A record of the toy entry that names no episode of its holdout."""
    calibration = {"episodes": [{"id": "still.run-a", "hash": "0" * 64}]}
    return record(entry="good-entry", calibration=calibration, **fields)


def nested_without_end(entry: Path) -> None:
    (entry / "events.json").write_text('{"a": ' + "[" * 100_000)


def values_without_end(entry: Path) -> None:
    (entry / "events.json").write_text('{"a": [' + "[]," * 4_000_000 + "0]}")


def departures_without_end(entry: Path) -> None:
    (entry / "provenance.json").write_text(json.dumps(_own(parameters=[0] * 100_000)))


def fields_without_end(entry: Path) -> None:
    fields = ", ".join(f'"{number}": 0' for number in range(5_000))
    (entry / "entry.json").write_text(f'{{"dataset": "toy", {fields}}}')


def data_of_one_name_without_end(entry: Path) -> None:
    source = {"name": "d", "method": "noise"}
    item = {"name": "d", "kind": "derived", "derived_from": [source] * 8}
    (entry / "provenance.json").write_text(json.dumps(_own(data=[item] * 10_000)))


def key_of_a_megabyte(entry: Path) -> None:
    (entry / "provenance.json").write_text(json.dumps(_own(figures={"a" * 2**20: "\x07"})))


def control_characters_without_end(entry: Path) -> None:
    (entry / "events.json").write_text(json.dumps({"a": ["\x07"] * 200_000}))


def number_beyond_any_float_in_a_paper(entry: Path) -> None:
    made = _own()
    made["parameters"][0]["value"] = 10**400
    (entry / "provenance.json").write_text(json.dumps(made))


def digits_without_end(entry: Path) -> None:
    (entry / "events.json").write_text('{"a": ' + "9" * 1_000_000 + "}")


def digits_without_end_behind_a_point(entry: Path) -> None:
    (entry / "events.json").write_text('{"a": ' + "9" * 1_000_000 + ".0}")
