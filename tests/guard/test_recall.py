"""The table of planted copies and honest entries in `docs/guard.md`, made again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.guard import recall


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
