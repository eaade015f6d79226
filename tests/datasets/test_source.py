"""The list of upstream files, and a folder that mirrors them."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets.fetch import fetch
from bench.datasets.source import FolderOrigin, SourceFile, describe_tree, listed_files
from bench.io.documents import check, dump, read_document
from bench.io.problems import ProblemsError

COMMIT = "0123456789abcdef0123456789abcdef01234567"
HOME = f"lab/arm/{COMMIT}"
URL = "https://example.org/lab/arm/"


def source_of(
    paths: list[str], data: bytes = b"data", repository: str = "lab/arm"
) -> dict[str, Any]:
    sha256 = hashlib.sha256(data).hexdigest()
    files = [{"path": path, "size": len(data), "sha256": sha256} for path in paths]
    tree = {"name": "run-a", "repository": repository, "commit": COMMIT, "url": URL}
    return {
        "schema": "twinbench/source/1",
        "dataset": "example",
        "trees": [tree | {"licence": "MIT", "files": files}],
    }


def refused(source: dict[str, Any]) -> list[str]:
    with pytest.raises(ProblemsError) as raised:
        listed_files(source)
    return [str(problem) for problem in raised.value.problems]


def test_listed_files_have_their_place_and_address() -> None:
    sha256 = hashlib.sha256(b"data").hexdigest()
    assert listed_files(source_of(["b/x y.csv", "a/ü?#%.csv"])) == (
        SourceFile(f"{HOME}/b/x y.csv", URL + "b/x%20y.csv", 4, sha256),
        SourceFile(f"{HOME}/a/ü?#%.csv", URL + "a/%C3%BC%3F%23%25.csv", 4, sha256),
    )


@pytest.mark.parametrize(
    ("path", "came"),
    [
        ("../up", "the part '..'"),
        ("a/../../up", "the part '..'"),
        ("a/./b", "the part '.'"),
        ("a//b", "the part ''"),
        ("/etc/passwd", "the part ''"),
        ("a/", "the part ''"),
        ("", "the part ''"),
        ("a\\b", "a backslash"),
        ("a\nb", "characters that cannot be printed"),
        ("a\x00b", "characters that cannot be printed"),
        ("a\u202eb", "characters that cannot be printed"),
        ("a\ud800b", "characters that cannot be printed"),
        ("a/" + 67 * "漢" + "/b", "a part of more than 200 bytes"),
        ("a/b.part", "a name that ends in .part, which marks unfinished downloads"),
    ],
)
def test_unsafe_paths_are_refused(path: str, came: str) -> None:
    where = f"source: {f'{HOME}/{path}'!r}"
    expected = "a plain relative path"
    assert refused(source_of([path])) == [f"unsafe_path: {where}: expected {expected}, came {came}"]


def test_the_repository_is_part_of_the_path() -> None:
    (problem,) = refused(source_of(["a"], repository="../.."))
    assert problem.startswith("unsafe_path: source: '../../")


@given(st.text(st.sampled_from("./\\ab\n"), max_size=8))
def test_what_passes_stays_below_the_destination(path: str) -> None:
    try:
        (file,) = listed_files(source_of([path]))
    except ProblemsError:
        return
    place = os.path.normpath(f"/raw/{file.path}")
    assert place == f"/raw/{file.path}"
    assert place.startswith(f"/raw/{HOME}/")


@given(st.text(st.sampled_from("./\\ab\n"), max_size=8))
def test_the_schema_and_the_code_refuse_the_same_paths(path: str) -> None:
    def passes(test: Any, *arguments: Any) -> bool:
        try:
            test(*arguments)
        except ProblemsError:
            return False
        return True

    source = source_of([path])
    assert passes(check, source, "source", "source") == passes(listed_files, source)


def test_clashing_paths_are_refused() -> None:
    assert refused(source_of(["a", "b/c", "a", "b", "bc"])) == [
        f"duplicate_path: source: '{HOME}/a': expected each file once, came the same path twice",
        f"duplicate_path: source: '{HOME}/b/c': expected each file once, "
        "came a folder in it that is itself listed as a file",
    ]


def test_a_tree_is_described_in_order_and_fetched_again(tmp_path: Path) -> None:
    root = tmp_path / "mirror" / HOME
    contents = {"logs/b/1.csv": b"one", "logs/a.csv": b"", "other.txt": b"no part of it"}
    for path, data in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    about = {"name": "run-a", "repository": "lab/arm", "commit": COMMIT, "url": URL}
    tree = describe_tree(tmp_path / "mirror", **about, licence="MIT", folder="logs")
    assert tree == about | {
        "licence": "MIT",
        "files": [
            {"path": "logs/a.csv", "size": 0, "sha256": hashlib.sha256(b"").hexdigest()},
            {"path": "logs/b/1.csv", "size": 3, "sha256": hashlib.sha256(b"one").hexdigest()},
        ],
    }
    source = {"schema": "twinbench/source/1", "dataset": "example", "trees": [tree]}
    check(source, "source", "source")
    fetch(source, tmp_path / "raw", mirror=tmp_path / "mirror")
    assert (tmp_path / "raw" / HOME / "logs" / "b" / "1.csv").read_bytes() == b"one"
    with pytest.raises(ProblemsError, match="missing_file"):
        describe_tree(tmp_path / "mirror", **about, licence="MIT", folder="none")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A mirror with one right file, `right`."""
    (tmp_path / "mirror" / HOME).mkdir(parents=True)
    (tmp_path / "mirror" / HOME / "right").write_bytes(b"data")
    return tmp_path / "mirror"


def fetched(mirror: Path, paths: list[str]) -> list[str]:
    """Fetch from a folder; the problems, with short names for the folders."""
    place = mirror.parent / "raw"
    try:
        fetch(source_of(paths), place, mirror=mirror)
    except ProblemsError as error:
        found = [str(problem) for problem in error.problems]
    else:
        found = []
    assert not list(place.rglob("*.part"))
    return [line.replace(str(mirror), "MIRROR").replace(HOME, "HOME") for line in found]


def test_missing_and_wrong_files_of_a_folder(folder: Path) -> None:
    home = folder / HOME
    (home / "longer").write_bytes(b"data and more")
    (home / "other").write_bytes(b"dAta")
    (home / "plain").write_bytes(b"data")
    (home / "folder").mkdir()
    os.mkfifo(home / "pipe")
    (home / "loop").symlink_to("loop")
    paths = ["missing", "plain/below", "longer", "other", "folder", "pipe", "loop"]
    found = fetched(folder, paths)
    assert [line.split(": expected")[0] for line in found] == [
        f"{code}: HOME/{path} from MIRROR/HOME/{path}"
        for code, path in [
            ("missing_file", "folder"),
            ("wrong_size", "longer"),
            ("missing_file", "loop"),
            ("missing_file", "missing"),
            ("wrong_hash", "other"),
            ("missing_file", "pipe"),
            ("missing_file", "plain/below"),
        ]
    ]
    assert found[1].endswith("expected 4 bytes, came 13 bytes")
    assert fetched(folder, ["right", "missing"]) == [
        "missing_file: HOME/missing from MIRROR/HOME/missing: "
        "expected a file, came No such file or directory"
    ]
    assert (folder.parent / "raw" / HOME / "right").read_bytes() == b"data"


def test_links_are_followed_within_the_mirror_only(folder: Path) -> None:
    (folder.parent / "secret").write_bytes(b"data")
    (folder / HOME / "inside").symlink_to("right")
    (folder / HOME / "outside").symlink_to(folder.parent / "secret")
    (folder / HOME / "way").symlink_to(folder.parent)
    assert fetched(folder, ["inside", "outside", "way/secret"]) == [
        f"outside_mirror: HOME/{path} from MIRROR/HOME/{path}: "
        "expected a file in the mirror, came a link out of it"
        for path in ("outside", "way/secret")
    ]
    inside = folder.parent / "raw" / HOME / "inside"
    assert (inside.is_symlink(), inside.read_bytes()) == (False, b"data")


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read(folder: Path) -> None:
    (folder / HOME / "right").chmod(0)
    assert fetched(folder, ["right"]) == [
        "not_readable: HOME/right from MIRROR/HOME/right: expected a file, came Permission denied"
    ]


def test_a_mirror_may_be_the_destination(folder: Path) -> None:
    report = fetch(source_of(["right"]), folder, mirror=folder)
    assert report.kept == (f"{HOME}/right",)


def test_a_folder_opens_a_file_from_any_byte(folder: Path) -> None:
    (file,) = listed_files(source_of(["right"]))
    origin = FolderOrigin(folder)
    stream = origin.open(file, 2)
    try:
        assert (stream.start, stream.read(1), stream.read(9), stream.read(9)) == (
            2,
            b"t",
            b"a",
            b"",
        )
    finally:
        stream.close()
    origin.cancel()


def test_the_committed_list_of_so101(repository: Path) -> None:
    path = repository / "datasets" / "so101-sage" / "source.json"
    source = read_document(path, "source")
    assert path.read_text() == dump(source)
    assert path.stat().st_size < 200_000
    files = listed_files(source)
    assert sum(file.size for file in files) == 143_860_601
    names = ["control.csv", "event.csv", "joint_list.txt", "state_motor.csv"]
    motions = {}
    for tree, root in zip(source["trees"], ["output", "results"], strict=True):
        split = [entry["path"].rsplit("/", 2) for entry in tree["files"]]
        assert {place for place, _, _ in split} == {f"{root}/real/so101/custom"}
        motions[tree["name"]] = sorted({motion for _, motion, _ in split})
        expected = [[motion, name] for motion in motions[tree["name"]] for name in names]
        assert [[motion, name] for _, motion, name in split] == expected
        assert tree["url"].endswith(f"/{tree['repository']}/{tree['commit']}/")
    assert motions["run-a"] == motions["run-b"]
    assert len(motions["run-a"]) == 50


@pytest.mark.recordings
def test_the_committed_list_describes_the_mirror(repository: Path, mirror: Path) -> None:
    source = read_document(repository / "datasets" / "so101-sage" / "source.json", "source")
    for tree, folder in zip(source["trees"], ["output", "results"], strict=True):
        about = {key: tree[key] for key in ("name", "repository", "commit", "url", "licence")}
        assert describe_tree(mirror, **about, folder=f"{folder}/real/so101/custom") == tree
