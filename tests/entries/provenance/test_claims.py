"""The five lines."""

from __future__ import annotations

import hashlib

from bench.entries.provenance.claims import claims, lines
from tests.entries.provenance.records import HASHES, ROOT, parameter, record, residual


def test_five_lines_say_what_the_record_names() -> None:
    episodes = [
        {"id": "wave.run-b", "hash": HASHES[1]},
        {"id": "wave.run-a", "hash": HASHES[0]},
        {"id": "step.run-a", "hash": HASHES[2]},
    ]
    finding = {"code": "made", "certainty": "likely", "evidence": {}, "anchor": "x"}
    made = record(
        calibration={"episodes": episodes},
        parameters=[
            parameter("a"),
            parameter("b"),
            parameter("c", determined="published", source="made"),
            parameter("d", determined="not determined: it hardly moves"),
        ],
        residual_ranges=[residual("a", 0, 1), residual("b", 0, 1)],
        residual_ranges_missing=None,
        guard={"hash": HASHES[2], "findings": [finding], "allow_list": ["x.zarr", "y.json"]},
    )
    said = claims(made)
    plain = f"step.run-a {HASHES[2]}\nwave.run-a {HASHES[0]}\nwave.run-b {HASHES[1]}"
    content = hashlib.sha256(plain.encode()).hexdigest()
    assert said["calibration"] == {"episodes": 3, "motions": 2, "hash": content, "unnamed": None}
    other = said["validation"]["hash"]
    assert lines(said) == [
        (
            "calibration",
            f"3 episodes of 2 motions, {content[:12]}; validation 1 episode of 1 motion, "
            f"{other[:12]}, no candidates compared there",
        ),
        ("parameters", "4: 2 fitted, 1 not determined, 1 published"),
        ("residual ranges", "2: 2 uniform"),
        ("holdout", f"toy, {ROOT[:12]}"),
        ("guard", f"{HASHES[2][:12]}, 1 finding (1 likely); might read x.zarr, y.json"),
    ]


def test_other_data_and_what_is_not_named_are_said() -> None:
    data = [
        {"name": name, "kind": kind, "derived_from": []}
        for name, kind in (("a", "simulated"), ("b", "derived"), ("c", "simulated"))
    ]
    made = record(
        calibration={"episodes": [], "unnamed": "other_data"},
        validation={"episodes": [], "unnamed": "undisclosed", "evaluations": 3},
        data=data,
    )
    assert lines(claims(made))[0][1] == (
        "only other data; validation the lab does not say, 3 candidates compared there; 1 set of "
        "derived data; 2 sets of simulated data"
    )


def test_no_range_says_why() -> None:
    assert lines(claims(record()))[2] == ("residual ranges", "none: none were estimated")


def test_many_ways_are_not_all_listed() -> None:
    many = [parameter(f"p{i}", determined=f"way {i}") for i in range(9)]
    assert lines(claims(record(parameters=many)))[1][1] == (
        "9: 1 way 0, 1 way 1, 1 way 2, 1 way 3, 1 way 4, 4 otherwise"
    )
