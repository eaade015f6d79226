"""The table of planted copies and honest entries in `docs/guard.md`, made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guard import recall
from tests.guard.near_duplicates import recall as near


def _written() -> dict[str, dict[str, str]]:
    return recall.written(recall.PAGE.read_text(encoding="utf-8"))


@pytest.mark.parametrize("dataset", recall.GENERATED)
def test_the_column_of_a_generated_dataset_is_what_the_guard_finds(dataset: str) -> None:
    assert recall.column(dataset) == _written()[dataset]


@pytest.mark.slow
@pytest.mark.recordings
@pytest.mark.parametrize("dataset", recall.RECORDED)
def test_the_column_of_a_recorded_dataset_is_what_the_guard_finds(
    dataset: str, mirror: Path
) -> None:
    assert recall.column(dataset, mirror) == _written()[dataset]


def test_the_page_says_no_honest_entry_is_found_and_every_plain_copy_is() -> None:
    written = _written()
    assert set(written) == set(recall.DATASETS)
    for column in written.values():
        assert {column[name] for name in recall.HONEST} == {recall.NOTHING}
        assert column["every row"] == column["one episode"] == "certain"
        assert column["10 %, the rest a twin"] == "likely"


def _near() -> dict[str, dict[str, str]]:
    return near.written(near.PAGE.read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("dataset", near.GENERATED)
def test_the_column_of_near_duplicates_of_a_generated_dataset(dataset: str) -> None:
    assert near.column(dataset) == _near()[dataset]


@pytest.mark.slow
@pytest.mark.recordings
@pytest.mark.parametrize("dataset", near.RECORDED)
def test_the_column_of_near_duplicates_of_a_recorded_dataset(dataset: str, mirror: Path) -> None:
    assert near.column(dataset, mirror) == _near()[dataset]


def test_the_page_says_no_other_motion_is_likely_and_every_shifted_one_is() -> None:
    written = _near()
    assert set(written) == set(near.DATASETS)
    for column in written.values():
        likely, _, _ = column["another motion, of another group"].split(", ")
        assert likely == "0"
        _, hints, nothing = column["shifted by 3 s"].split(", ")
        assert hints == nothing == "0"
