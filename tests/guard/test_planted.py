"""The tables of planted faults of pipeline, splits and holdouts in `docs/guard.md`, made again."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from tests.guard import planted_splits, tables
from tests.guard.holdout import planted as planted_holdouts
from tests.guard.pipeline import planted as planted_pipelines
from tests.guard.recorded import DATASETS, GENERATED, RECORDED

RECORDINGS = pytest.mark.parametrize("planted", [planted_splits, planted_holdouts])
EVERY = pytest.mark.parametrize("planted", [planted_splits, planted_holdouts, planted_pipelines])


def _written(planted: ModuleType) -> dict[str, dict[str, str]]:
    page = tables.PAGE.read_text(encoding="utf-8")
    return tables.written(page, planted.MARKED, DATASETS, key=0)


@RECORDINGS
@pytest.mark.parametrize("dataset", GENERATED)
def test_the_column_of_a_generated_dataset_is_what_the_guard_finds(
    planted: ModuleType, dataset: str
) -> None:
    assert planted.column(dataset) == _written(planted)[dataset]


@pytest.mark.slow
@pytest.mark.recordings
@RECORDINGS
@pytest.mark.parametrize("dataset", RECORDED)
def test_the_column_of_a_recorded_dataset_is_what_the_guard_finds(
    planted: ModuleType, dataset: str, mirror: Path
) -> None:
    assert planted.column(dataset, mirror) == _written(planted)[dataset]


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_column_of_the_pipeline_is_what_the_guard_finds(dataset: str) -> None:
    assert planted_pipelines.column(dataset) == _written(planted_pipelines)[dataset]


@EVERY
def test_the_page_says_that_all_but_the_named_are_found_and_nothing_else_is(
    planted: ModuleType,
) -> None:
    written = _written(planted)
    assert set(written) == set(DATASETS)
    for column in written.values():
        assert list(column) == list(planted.PLANTS)
        nothing = {name for name, found in column.items() if found == tables.NOTHING}
        assert nothing == {planted.HONEST, *planted.UNSEEN}
