"""Where things lie: what is found, which names exist, what a stage may read."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import AllowList, DatasetPaths, Workspace


@pytest.fixture
def place(prepared: Path) -> Workspace:
    """A checkout that is only looked at."""
    return Workspace(prepared)


def make_checkout(root: Path) -> Path:
    (root / "datasets").mkdir(parents=True)
    (root / "params.yaml").write_text("a: 1\n")
    return root


@pytest.mark.parametrize("below", ["", "datasets", "data/split/x", "not/there/yet"])
def test_a_workspace_is_found_from_within(tmp_path: Path, below: str) -> None:
    root = make_checkout(tmp_path / "checkout")
    (root / "data" / "split" / "x").mkdir(parents=True)
    assert Workspace.find(root / below).root == root.resolve()


def test_the_nearest_workspace_is_meant(tmp_path: Path) -> None:
    outer = make_checkout(tmp_path / "outer")
    inner = make_checkout(outer / "data" / "inner")
    assert Workspace.find(inner / "datasets").root == inner.resolve()
    assert Workspace.find(inner.parent).root == outer.resolve()


@pytest.mark.parametrize("lack", ["datasets", "params.yaml"])
def test_half_a_workspace_is_none(tmp_path: Path, lack: str) -> None:
    """A file in place of the folder, or a folder in place of the file, does not count."""
    root = make_checkout(tmp_path / "checkout")
    if lack == "datasets":
        (root / lack).rmdir()
        (root / lack).write_text("")
    else:
        (root / lack).unlink()
        (root / lack).mkdir()
    with pytest.raises(ProblemsError) as raised:
        Workspace.find(root)
    assert str(raised.value) == (
        f"no_workspace: {root}: expected a folder with datasets/ and params.yaml, here or above, "
        "came none"
    )


def test_a_dataset_is_a_folder_with_a_dataset_document(tmp_path: Path) -> None:
    root = make_checkout(tmp_path)
    for name in ("b", "a", "draft"):
        (root / "datasets" / name).mkdir()
        if name != "draft":
            (root / "datasets" / name / "dataset.json").write_text("{}")
    place = Workspace(root)
    assert place.datasets() == ["a", "b"]
    assert place.dataset("b") == DatasetPaths(root, "b")
    with pytest.raises(UnknownNameError) as raised:
        place.dataset("draft")
    assert str(raised.value) == "unknown dataset 'draft'; valid: a, b"


@pytest.mark.parametrize("name", ["", ".", "..", "../datasets/so101-synth", "so101-synth/"])
def test_no_name_leads_elsewhere(place: Workspace, name: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        place.dataset(name)
    assert str(raised.value) == f"unknown dataset {name!r}; valid: so101-sage, so101-synth"
    with pytest.raises(UnknownNameError, match="unknown robot "):
        place.robot_folder(name)


def test_a_robot_is_a_folder_with_a_description(tmp_path: Path) -> None:
    place = Workspace(make_checkout(tmp_path))
    with pytest.raises(UnknownNameError) as none:
        place.robot_folder("so101")
    assert str(none.value) == "unknown robot 'so101'; valid: none"
    (tmp_path / "robots" / "arm").mkdir(parents=True)
    (tmp_path / "robots" / "arm" / "description.json").write_text("{}")
    assert place.robot_folder("arm") == tmp_path / "robots" / "arm"
    with pytest.raises(UnknownNameError) as other:
        place.robot_folder("so101")
    assert str(other.value) == "unknown robot 'so101'; valid: arm"


def test_an_entry_that_is_not_in_the_parameters(place: Workspace) -> None:
    assert place.method("command-echo")["kind"] == "echo"
    with pytest.raises(UnknownNameError) as raised:
        place.method("echo")
    assert str(raised.value) == f"unknown entry 'echo'; valid: {', '.join(raised.value.valid)}"
    assert {"command-echo", "delayed-echo", "nominal-a"} <= set(raised.value.valid)
    assert list(raised.value.valid) == sorted(raised.value.valid)


def test_what_the_stages_may_read_keeps_the_truth_apart(place: Workspace) -> None:
    """Neither fitting nor predicting may open the truth, or a store that holds it."""
    names = {stage: set(place.allowed(stage).names) for stage in ("reconstruct", "rollout")}
    for read in names.values():
        assert not read & {"holdout_truth.zarr", "all.zarr"}
    assert "holdout_inputs.zarr" not in names["reconstruct"]
    assert not names["rollout"] & {"calibration.zarr", "validation.zarr"}


def test_a_path_on_the_list_is_given_back_and_others_are_refused() -> None:
    may_read = AllowList("rollout", ("twin.json", "holdout_inputs.zarr"))
    path = Path("a", "b", "twin.json")
    assert may_read(path) is path
    for other in (Path("a/truth.zarr"), Path("twin.json/truth.zarr")):
        with pytest.raises(ProblemsError) as raised:
            may_read(other)
        assert str(raised.value) == (
            f"not_allowed: {other}: expected one of what rollout may read: "
            "twin.json, holdout_inputs.zarr, came truth.zarr"
        )


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\tentries: 1", "a: !!python/object:x.y {}"])
def test_parameters_that_are_no_yaml(tmp_path: Path, text: str) -> None:
    (make_checkout(tmp_path) / "params.yaml").write_text(text)
    with pytest.raises(ProblemsError) as raised:
        Workspace(tmp_path).params()
    (problem,) = raised.value.problems
    assert (problem.code, problem.where, problem.expected) == (
        "not_yaml",
        str(tmp_path / "params.yaml"),
        "YAML",
    )
    assert 0 < len(problem.came) <= 200
    assert "\n" not in problem.came


@pytest.mark.parametrize(("text", "came"), [("", "null"), ("[1]", "[1]"), ("words", '"words"')])
def test_parameters_that_are_no_mapping(tmp_path: Path, text: str, came: str) -> None:
    (make_checkout(tmp_path) / "params.yaml").write_text(text)
    with pytest.raises(ProblemsError) as raised:
        Workspace(tmp_path).params()
    assert str(raised.value) == (
        f"schema: {tmp_path / 'params.yaml'}: top level: expected an object, came {came}"
    )


@pytest.mark.parametrize("text", [b"2026-01-01", b"!!set {a}", b"!!binary aGk=", b"a: \xff"])
def test_parameters_that_json_cannot_say(tmp_path: Path, text: bytes) -> None:
    (make_checkout(tmp_path) / "params.yaml").write_bytes(text)
    with pytest.raises(ProblemsError):
        Workspace(tmp_path).params()


def test_paths_are_written_from_the_root(tmp_path: Path) -> None:
    place = Workspace(make_checkout(tmp_path / "checkout"))
    robot = place.root / "datasets" / ".." / "robots" / "arm" / "robot.json"
    assert place.relative(robot) == "robots/arm/robot.json"
    (tmp_path / "link").symlink_to(place.root)
    assert Workspace(tmp_path / "link").relative(robot) == "robots/arm/robot.json"
    with pytest.raises(ValueError, match="is not in the subpath of"):
        place.relative(tmp_path / "outside.json")


def test_every_file_of_a_dataset_has_a_place_of_its_own() -> None:
    paths = DatasetPaths(Path("root"), "toy")
    places = [
        *(paths.part(split) for split in ("calibration", "holdout_truth")),
        *(paths.episodes, paths.raw, paths.lock, paths.guard, paths.attempts),
        *(paths.twin("e"), paths.rollout("e"), paths.submitted("e"), paths.result("e")),
    ]
    assert len(set(places)) == len(places)
    assert all("toy" in place.parts for place in places)
    assert paths.part("holdout_truth") == Path("root/data/split/toy/holdout_truth.zarr")
    assert paths.lock == Path("root/datasets/toy/holdout.lock.json")
    assert paths.result("e") == Path("root/leaderboards/toy/results/e.json")


def test_data_may_lie_on_another_disk(tmp_path: Path) -> None:
    place = Workspace(make_checkout(tmp_path / "checkout"))
    (tmp_path / "disk").mkdir()
    (place.root / "data").symlink_to(tmp_path / "disk")
    assert place.relative(place.root / "data" / "traces" / "x.zarr") == "data/traces/x.zarr"
