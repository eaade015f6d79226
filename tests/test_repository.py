"""What holds for the repository as a whole."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

LARGEST = 1_000_000


def _tracked(repository: Path) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=repository, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [repository / name for name in filter(None, listed.stdout.split("\0"))]


def test_everything_committed_is_small(repository: Path) -> None:
    sizes = {path: path.stat().st_size for path in _tracked(repository) if path.is_file()}
    assert {path: size for path, size in sizes.items() if size > LARGEST} == {}


def test_no_mesh_and_no_recording_of_others_is_committed(repository: Path) -> None:
    endings = {path.suffix.lower() for path in _tracked(repository)}
    assert not endings & {".stl", ".obj", ".dae", ".ply", ".glb", ".hdf5", ".h5", ".bag", ".mcap"}


def test_tests_lie_in_a_tree_that_mirrors_the_package(repository: Path) -> None:
    packages = {path.name for path in (repository / "bench").iterdir() if path.is_dir()}
    folders = {path.name for path in (repository / "tests").iterdir() if path.is_dir()}
    beside = {"benchmarks", "cases", "docs", "oracles", "pipeline", "support"}
    assert {f for f in folders if not f.startswith("__")} - beside <= packages


@pytest.mark.slow
def test_the_wheel_carries_the_schemas_and_reads_them(repository: Path, tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=repository, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    names = {path.name for path in (tmp_path / "installed/bench/schemas").iterdir()}
    assert names == {path.name for path in (repository / "schemas").iterdir()}
    script = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'installed')!r})\n"
        "import bench.io.documents as d\n"
        "print(d.schema_folder(), len([d.schema(kind) for kind in d.KINDS]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout.split()[0] == str(tmp_path / "installed/bench/schemas")
