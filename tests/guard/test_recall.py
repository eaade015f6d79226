"""The tables of planted copies and near-duplicates in `docs/guard.md`, made again."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.guard import recall
from tests.guard.near_duplicates import recall as near
from tests.guard.recorded import DATASETS, GENERATED, RECORDED

GENERATED_COLUMNS = [
    *((recall, dataset) for dataset in GENERATED),
    *(pytest.param(near, dataset, marks=pytest.mark.slow) for dataset in near.GENERATED),
]
RECORDED_COLUMNS = [
    *((recall, dataset) for dataset in RECORDED),
    *((near, dataset) for dataset in near.RECORDED),
]


def _written(table: ModuleType) -> dict[str, dict[str, str]]:
    columns: dict[str, dict[str, str]] = table.written(table.PAGE.read_text(encoding="utf-8"))
    return columns


@pytest.mark.parametrize(("table", "dataset"), GENERATED_COLUMNS)
def test_the_column_of_a_generated_dataset_is_what_the_guard_finds(
    table: ModuleType, dataset: str
) -> None:
    assert table.column(dataset) == _written(table)[dataset]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.recordings
@pytest.mark.parametrize(("table", "dataset"), RECORDED_COLUMNS)
def test_the_column_of_a_recorded_dataset_is_what_the_guard_finds(
    table: ModuleType, dataset: str, mirror: Path
) -> None:
    assert table.column(dataset, mirror) == _written(table)[dataset]


def test_the_page_says_no_honest_entry_is_found_and_every_plain_copy_is() -> None:
    written = _written(recall)
    assert set(written) == set(DATASETS)
    for column in written.values():
        assert {column[name] for name in recall.HONEST} == {recall.NOTHING}
        assert column["every row"] == column["one episode"] == "certain"
        assert column["10 %, the rest a twin"] == "likely"


ALIKE = {"so101-sage": 4}
"""Pairs of different groups that are likely: of both runs, lissajous_pattern in circular_motion.

Both are held out, so that nothing leaks; the given groups have them apart.
"""


def test_the_page_says_no_other_motion_is_likely_and_every_shifted_one_is() -> None:
    written = _written(near)
    assert set(written) == set(near.DATASETS)
    for dataset, column in written.items():
        likely, _, _ = column["another motion, of another group"].split(", ")
        assert int(likely) == ALIKE.get(dataset, 0)
        _, hints, nothing = column["shifted by 3 s"].split(", ")
        assert hints == nothing == "0"
