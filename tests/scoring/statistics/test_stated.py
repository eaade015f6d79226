"""The coverage and error that docs/statistics.md states come out of the simulation again."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.interval_coverage import GROUPS, SHAPES, coverage, false_winners, skill_coverage


def _table(repository: Path, title: str) -> dict[tuple[str, ...], list[str]]:
    """The rows of a table of the page, by the cells that name them."""
    page = (repository / "docs" / "statistics.md").read_text(encoding="utf-8")
    lines = page.split(f"**{title}**")[1].split("**")[0].splitlines()
    rows = [line.strip("| ").split(" | ") for line in lines if line.startswith("| ")]
    named = sum(heading in ("groups", "shape") for heading in rows[0])
    return {tuple(row[:named]): row[named:] for row in rows[2:]}


@pytest.mark.parametrize(
    "title",
    [
        "Coverage of 95 % intervals of a mean",
        "Coverage of 95 % intervals of skill",
        "Share of boards of ten equal entries with a false winner",
    ],
)
def test_every_number_of_groups_and_shape_is_stated(repository: Path, title: str) -> None:
    assert list(_table(repository, title)) == [(str(g), s) for g in GROUPS for s in SHAPES]


def test_the_coverage_of_skill_comes_out_again(repository: Path) -> None:
    stated = _table(repository, "Coverage of 95 % intervals of skill")
    found = skill_coverage("unequal", 6, 1000, 1999)
    assert [f"{share:.3f}" for share in found] == stated["6", "unequal"]


@pytest.mark.slow
def test_the_coverage_of_a_mean_comes_out_again(repository: Path) -> None:
    stated = _table(repository, "Coverage of 95 % intervals of a mean")["6", "unequal"]
    found = coverage("unequal", 6, 2000, 9999)
    assert [f"{share:.3f}" for share in found.values()] == stated


@pytest.mark.slow
def test_the_error_of_a_board_comes_out_again(repository: Path) -> None:
    title = "Share of boards of ten equal entries with a false winner"
    family, alone, power = false_winners("unequal", 9, 1000, 999)
    assert [f"{family:.3f}", f"{alone:.3f}", f"{power:.2f}"] == _table(repository, title)[
        "9", "unequal"
    ]


def test_no_board_is_stated_to_exceed_the_error_of_the_family(repository: Path) -> None:
    title = "Share of boards of ten equal entries with a false winner"
    assert all(float(cells[0]) <= 0.05 for cells in _table(repository, title).values())
