"""Which origin a mirror's name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datasets.download import WebOrigin, open_origin
from bench.datasets.source import FolderOrigin, SourceFile
from bench.io.problems import ProblemsError

FILE = SourceFile("lab/arm/c0/a b/ü.csv", "https://example.org/x/a%20b/%C3%BC.csv", 1, "0" * 64)


@pytest.mark.parametrize("mirror", ["http://127.0.0.1:9/m", "http://127.0.0.1:9/m//"])
def test_a_url_is_the_base_of_every_path(mirror: str) -> None:
    origin = open_origin(mirror, 1.0)
    assert isinstance(origin, WebOrigin)
    assert origin.address(FILE) == "http://127.0.0.1:9/m/lab/arm/c0/a%20b/%C3%BC.csv"


def test_no_mirror_means_upstream() -> None:
    assert open_origin(None, 1.0).address(FILE) == FILE.url


def test_folders_by_path_text_and_url(tmp_path: Path) -> None:
    folder = tmp_path / "a b"
    folder.mkdir()
    spellings: list[str | Path] = [
        folder,
        str(folder),
        folder.as_uri(),
        f"file://localhost{tmp_path}/a%20b/",
    ]
    for spelling in spellings:
        origin = open_origin(spelling, 1.0)
        assert isinstance(origin, FolderOrigin)
        assert origin.address(FILE) == str(folder / FILE.path)


@pytest.mark.parametrize(
    "mirror",
    [
        "ftp://example.org/m",
        "s3://bucket/m",
        "http:///m",
        "http://[::1/m",
        "file://example.org/m",
        "https://example.org/m?token=hush",
        "https://example.org/m#part",
        "https://me:hush@example.org/m",
    ],
)
def test_other_urls_are_refused_and_secrets_not_repeated(mirror: str) -> None:
    with pytest.raises(ProblemsError, match="bad_mirror: mirror: expected a folder") as raised:
        open_origin(mirror, 1.0)
    assert "hush" not in str(raised.value)


def test_a_folder_that_is_missing(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for name, came in [("none", "no such folder"), ("file", "a file")]:
        with pytest.raises(ProblemsError) as raised:
            open_origin(tmp_path / name, 1.0)
        assert str(raised.value) == (
            f"missing_mirror: {tmp_path / name}: expected a folder, came {came}"
        )
