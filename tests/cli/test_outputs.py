"""Places that a user names: nothing of theirs is replaced unasked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from bench.cli.outputs import check_output
from bench.io.problems import ProblemsError


def _full(place: Path) -> None:
    place.mkdir()
    (place / "thesis.tex").write_text("years of work")


def _file(place: Path) -> None:
    place.write_text("x")


def _link(place: Path) -> None:
    place.symlink_to(place.parent)


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize("folder", [False, True])
def test_an_absent_place_is_free(tmp_path: Path, folder: bool, overwrite: bool) -> None:
    check_output(tmp_path / "new", folder=folder, overwrite=overwrite)


def test_an_empty_folder_is_free_for_a_folder(tmp_path: Path) -> None:
    check_output(tmp_path, folder=True, overwrite=False)


@pytest.mark.parametrize(
    ("make", "folder", "overwrite", "message"),
    [
        (_full, True, False, "no file or an empty folder, came a folder with files; --overwrite"),
        (_full, False, True, "no file, came a folder"),
        (_full, False, False, "no file, came a folder"),
        (_file, False, False, "no file, came a file; --overwrite replaces it"),
        (_file, True, True, "no file or an empty folder, came a file"),
        (_link, True, True, "no file or an empty folder, came a link"),
    ],
)
def test_what_is_there_stays(
    tmp_path: Path, make: Callable[[Path], None], folder: bool, overwrite: bool, message: str
) -> None:
    place = tmp_path / "place"
    make(place)
    with pytest.raises(ProblemsError) as raised:
        check_output(place, folder=folder, overwrite=overwrite)
    assert str(raised.value).startswith(f"output_exists: {place}: expected {message}")


@pytest.mark.parametrize(("make", "folder"), [(_full, True), (_file, False)])
def test_the_like_may_be_overwritten(
    tmp_path: Path, make: Callable[[Path], None], folder: bool
) -> None:
    make(tmp_path / "place")
    check_output(tmp_path / "place", folder=folder, overwrite=True)


def test_a_folder_with_other_things_is_never_replaced(tmp_path: Path) -> None:
    place = tmp_path / "report"
    place.mkdir()
    (place / "index.html").write_text("x")
    (place / "thesis.txt").write_text("x")
    with pytest.raises(ProblemsError) as raised:
        check_output(place, folder=True, overwrite=True, own=("index.html", "*.png"))
    assert str(raised.value) == (
        f"output_exists: {place}: expected a folder that this verb wrote, "
        "came one that also holds thesis.txt"
    )
    (place / "thesis.txt").unlink()
    check_output(place, folder=True, overwrite=True, own=("index.html", "*.png"))


def test_the_current_folder_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "a" / "b")
    for place in (Path(), tmp_path / "a", tmp_path):
        with pytest.raises(ProblemsError, match="expected a folder beside or below the current"):
            check_output(place, folder=True, overwrite=True)


def test_what_is_read_may_not_lie_in_what_is_written(tmp_path: Path) -> None:
    source = tmp_path / "predictions"
    source.mkdir()
    for place in (source, tmp_path):
        with pytest.raises(ProblemsError, match="expected a place that does not hold what is read"):
            check_output(place, folder=True, overwrite=True, source=source)
