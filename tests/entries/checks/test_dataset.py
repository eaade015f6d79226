from __future__ import annotations

from dataclasses import replace

import pytest

from bench.entries.check import CheckInput, Contents
from bench.entries.checks.dataset import run
from tests.entries.toy import SCORED, Holdout, Tracks, episodes_of


def found(holdout: Holdout, tracks: Tracks, document: str | None, **store: str) -> list[str]:
    info = replace(episodes_of(tracks).info, **store)
    own = None if document is None else holdout.document | {"dataset": document}
    contents = Contents(document=own, info=info)
    return [str(p) for p in run(CheckInput(contents, holdout.inputs, holdout.lock, SCORED))]


@pytest.mark.parametrize("document", ["toy", None])
def test_the_same_names_pass(holdout: Holdout, tracks: Tracks, document: str | None) -> None:
    assert found(holdout, tracks, document) == []


def test_document_and_store_are_compared_each_for_itself(holdout: Holdout, tracks: Tracks) -> None:
    assert found(holdout, tracks, "tin") == [
        "wrong_dataset: entry.json: dataset: expected 'toy', came 'tin'"
    ]
    assert found(holdout, tracks, None, dataset="Toy", robot="toy-arm-2") == [
        "wrong_dataset: trajectories.zarr: dataset: expected 'toy', came 'Toy'",
        "wrong_robot: trajectories.zarr: robot: expected 'toy-arm', came 'toy-arm-2'",
    ]


def test_nothing_to_compare(holdout: Holdout) -> None:
    assert list(run(CheckInput(Contents(), holdout.inputs, holdout.lock, SCORED))) == []
