from __future__ import annotations

from dataclasses import replace

import numpy as np

from bench.entries.check import CheckInput, Contents
from bench.entries.checks.holdout import run
from bench.io.documents import Document
from bench.io.store import Episodes
from tests.entries.toy import ROWS, SCORED, Holdout


def found(document: Document | None, inputs: Episodes, lock: Document) -> list[str]:
    return [str(p) for p in run(CheckInput(Contents(document=document), inputs, lock, SCORED))]


def stale(holdout: Holdout, number: int, first: str) -> str:
    return (
        f"stale_inputs: inputs: expected the inputs of toy with the root {holdout.lock['root']} "
        "(fetch the inputs again with twinbench inputs), "
        f"came others: {number} episodes differ, the first is {first!r}"
    )


def test_entry_and_inputs_of_the_lock_pass(holdout: Holdout) -> None:
    assert found(holdout.document, holdout.inputs, holdout.lock) == []
    assert found(None, holdout.inputs, holdout.lock) == []


def test_an_entry_for_another_root(holdout: Holdout) -> None:
    root = holdout.lock["root"]
    other = root[:-1] + ("0" if root[-1] != "0" else "1")
    document = holdout.document | {"holdout": other}
    assert found(document, holdout.inputs, holdout.lock) == [
        f"wrong_holdout: entry.json: holdout: expected the root {root} of toy "
        f"(fetch the inputs again with twinbench inputs), came {other}"
    ]


def test_one_command_that_differs_makes_the_inputs_stale(holdout: Holdout) -> None:
    command = holdout.inputs.signals["q_command"].copy()
    command[-1, 0] = np.nextafter(command[-1, 0], 9)
    changed = replace(holdout.inputs, signals={**holdout.inputs.signals, "q_command": command})
    line = stale(holdout, 1, "wave.run-a")
    assert found(holdout.document, changed, holdout.lock) == [line]


def test_episodes_that_one_side_lacks_differ(holdout: Holdout) -> None:
    fewer = holdout.inputs.select([2], "holdout_inputs")
    line = stale(holdout, 2, "circle.run-a")
    assert found(holdout.document, fewer, holdout.lock) == [line]
    short = {**holdout.lock, "episodes": holdout.lock["episodes"][1:]}
    line = stale(holdout, 1, "circle.run-a")
    assert found(holdout.document, holdout.inputs, short) == [line]


def test_locked_repeats_have_no_inputs(holdout: Holdout) -> None:
    repeat = {**holdout.lock["episodes"][0], "id": "circle.run-b", "role": "repeat"}
    lock = {**holdout.lock, "episodes": [*holdout.lock["episodes"], repeat | {"inputs_hash": None}]}
    assert found(holdout.document, holdout.inputs, lock) == []
    order = holdout.inputs.select([2, 0, 1], "holdout_inputs")
    assert sorted(order.index) == sorted(ROWS)
    assert found(holdout.document, order, lock) == []
