"""The verb `reconstruct`: what it may read, what its papers say, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import Episodes, load_episodes, write_store
from bench.io.workspace import Workspace
from bench.twins.kinds import kind
from bench.twins.provenance import assets_of
from bench.twins.reconstruct import read_twin, reconstruct
from tests.support.workspace import DATASET, silent

ENTRY = "delayed-echo-offset"


@pytest.fixture(scope="module")
def place(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A checkout in which the entry was reconstructed once; not to be changed."""
    root = tmp_path_factory.mktemp("reconstructed") / "checkout"
    shutil.copytree(prepared, root)
    reconstruct(Workspace(root), DATASET, ENTRY, silent)
    return Workspace(root)


def paper(place: Workspace, name: str) -> Any:
    return json.loads((place.dataset(DATASET).twin(ENTRY) / f"{name}.json").read_text())


def part(place: Workspace, name: str) -> Episodes:
    return load_episodes(place.dataset(DATASET).part(name))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plain_hashes(episodes: Episodes) -> list[dict[str, str]]:
    """Ids and content hashes, the documented hash written out."""
    found = []
    for number, episode in enumerate(episodes.info.episodes):
        digest = hashlib.sha256()
        for name in sorted(episodes.signals):
            values = episodes.signal(name, number)
            digest.update(f"{name}:float64:{values.shape}\n".encode())
            digest.update(np.ascontiguousarray(values, "<f8").tobytes())
        found.append({"id": episode.id, "hash": digest.hexdigest()})
    return found


def plain_error(place: Workspace, name: str) -> float:
    """The error of the twin that `twin.json` describes, by loops over episodes and joints."""
    values = {p["name"]: p["value"] for p in paper(place, "twin")["parameters"]}
    episodes, errors = part(place, name), []
    for number, episode in enumerate(episodes.info.episodes):
        if episode.role != "reference":
            continue
        time, command, q = (episodes.signal(n, number) for n in ("time", "q_command", "q"))
        joints = []
        for column, joint in enumerate(episodes.info.joints[:5]):
            late = np.interp(time - values["delay"], time, command[:, column])
            squares = (late + values[f"{joint}.offset"] - q[:, column]) ** 2
            area = np.trapezoid(squares[1:], time[1:])
            joints.append(np.sqrt(area / (time[-1] - time[1])))
        errors.append(np.mean(joints))
    return float(np.mean(errors))


def test_provenance_names_what_was_read_by_content(place: Workspace) -> None:
    record = paper(place, "provenance")
    assert record["calibration"]["episodes"] == plain_hashes(part(place, "calibration"))
    assert record["validation"]["episodes"] == plain_hashes(part(place, "validation"))
    assert record["validation"]["evaluations"] == 0
    assert (record["entry"], record["dataset"]) == (ENTRY, DATASET)


def test_provenance_names_holdout_guard_and_assets(place: Workspace) -> None:
    record, folder = paper(place, "provenance"), place.root / "datasets" / DATASET
    lock = json.loads((folder / "holdout.lock.json").read_text())
    assert record["holdout"] == {"dataset": DATASET, "root": lock["root"]}
    assert record["guard"]["hash"] == sha256(folder / "guard.json")
    allowed = yaml.safe_load((place.root / "params.yaml").read_text())["allow"]["reconstruct"]
    assert record["guard"]["allow_list"] == allowed
    assets = {asset["path"]: asset["sha256"] for asset in record["assets"]}
    assert assets == {path: sha256(place.root / path) for path in assets}
    assert "robots/so101/robot.json" in assets


def test_provenance_and_twin_give_the_same_parameters_and_settings(place: Workspace) -> None:
    record, twin = paper(place, "provenance"), paper(place, "twin")
    assert record["parameters"] == twin["parameters"]
    names = [p["name"] for p in twin["parameters"]]
    joints = part(place, "calibration").info.joints[:5]
    assert names == ["delay", *(f"{joint}.offset" for joint in joints)]
    params = yaml.safe_load((place.root / "params.yaml").read_text())
    assert record["method"]["settings"] == params["entries"][ENTRY]["settings"]
    assert record["method"]["seed"] == params["reconstruct"]["seed"]
    assert record["method"]["command"] == f"twinbench reconstruct {DATASET} {ENTRY}"


def test_the_errors_are_those_of_the_twin(place: Workspace) -> None:
    errors = paper(place, "provenance")["errors"]
    assert errors["fit"] == pytest.approx(plain_error(place, "calibration"), rel=1e-9)
    assert errors["validation"] == pytest.approx(plain_error(place, "validation"), rel=1e-9)
    assert errors["fit"] != errors["validation"]


def test_a_twin_is_read_as_it_was_written(place: Workspace) -> None:
    written = paper(place, "twin")
    twin = read_twin(place.dataset(DATASET).twin(ENTRY) / "twin.json")
    assert (twin.name, twin.kind, twin.robot) == (ENTRY, "echo", "so101")
    assert [(p.name, p.value, p.unit) for p in twin.parameters] == [
        (p["name"], p["value"], p["unit"]) for p in written["parameters"]
    ]
    assert dict(twin.settings) == written["settings"]


def files(place: Workspace) -> dict[str, bytes]:
    folder = place.dataset(DATASET).twin(ENTRY)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_bytes_again_and_nothing_else_is_touched(
    workspace: Workspace, place: Workspace
) -> None:
    """Also in another folder: no path of the machine stands in the papers."""
    before = {p: p.read_bytes() for p in workspace.root.rglob("*") if p.is_file()}
    reconstruct(workspace, DATASET, ENTRY, silent)
    assert files(workspace) == files(place)
    assert set(files(workspace)) == {"twin.json", "provenance.json"}
    after = {p: p.read_bytes() for p in workspace.root.rglob("*") if p.is_file()}
    assert {p: after[p] for p in before} == before
    assert {p.name for p in after.keys() - before.keys()} == {"twin.json", "provenance.json"}


def test_the_holdout_is_not_read(workspace: Workspace, place: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    for store in (paths.part("holdout_truth"), paths.part("holdout_inputs"), paths.episodes):
        shutil.rmtree(store)
    reconstruct(workspace, DATASET, ENTRY, silent)
    assert files(workspace) == files(place)


# Refused, and nothing written.


@pytest.mark.parametrize(
    "name", ["calibration.zarr", "validation.zarr", "holdout.lock.json", "guard.json"]
)
def test_a_path_outside_the_allow_list_is_refused(workspace: Workspace, name: str) -> None:
    file = workspace.root / "params.yaml"
    params = yaml.safe_load(file.read_text())
    params["allow"]["reconstruct"].remove(name)
    file.write_text(yaml.safe_dump(params))
    with pytest.raises(ProblemsError) as raised:
        reconstruct(workspace, DATASET, ENTRY, silent)
    (problem,) = raised.value.problems
    listed = ", ".join(params["allow"]["reconstruct"])
    assert Path(problem.where).name == name
    assert str(problem) == (
        f"not_allowed: {problem.where}: expected one of what reconstruct may read: {listed}, "
        f"came {name}"
    )
    assert not workspace.dataset(DATASET).twin(ENTRY).exists()


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("calibration", "holdout_truth"),
        ("calibration", "validation"),
        ("validation", "holdout_truth"),
        ("validation", "calibration"),
    ],
)
def test_a_store_of_another_split_is_refused(workspace: Workspace, name: str, other: str) -> None:
    """A store says itself what it is: another one under the right name is not read."""
    paths = workspace.dataset(DATASET)
    shutil.rmtree(paths.part(name))
    shutil.copytree(paths.part(other), paths.part(name))
    with pytest.raises(ProblemsError) as raised:
        reconstruct(workspace, DATASET, ENTRY, silent)
    assert str(raised.value) == (
        f"not_allowed: {paths.part(name)}: expected a store of {name}, came {other}"
    )
    assert not paths.twin(ENTRY).exists()


@pytest.mark.parametrize(
    ("dataset", "entry", "message"),
    [("ghost", ENTRY, "unknown dataset 'ghost'; "), (DATASET, "ghost", "unknown entry 'ghost'; ")],
)
def test_unknown_names(prepared: Path, dataset: str, entry: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        reconstruct(Workspace(prepared), dataset, entry, silent)
    assert str(raised.value).startswith(message + "valid: ")


def without_repeats(episodes: Episodes) -> Episodes:
    keep = [i for i, e in enumerate(episodes.info.episodes) if e.role == "reference"]
    return episodes.select(keep, "validation")


def as_repeats(episodes: Episodes) -> Episodes:
    infos = tuple(replace(e, role="repeat") for e in episodes.info.episodes)
    return replace(episodes, info=replace(episodes.info, episodes=infos))


@pytest.mark.parametrize(("change", "known"), [(without_repeats, True), (as_repeats, False)])
def test_the_error_is_none_where_there_is_no_reference(
    workspace: Workspace, place: Workspace, change: Callable[[Episodes], Episodes], known: bool
) -> None:
    store = workspace.dataset(DATASET).part("validation")
    write_store(store, change(load_episodes(store)))
    errors = reconstruct(workspace, DATASET, ENTRY, silent)["errors"]
    expected = paper(place, "provenance")["errors"]
    assert errors["fit"] == expected["fit"]
    assert errors["validation"] == (expected["validation"] if known else None)


@pytest.mark.parametrize(
    ("entry", "settings", "problem"),
    [
        (
            "delayed-echo",
            {"delay": "fitted", "offset": "none", "longest_delay": "many"},
            "schema: params.yaml: entries/delayed-echo/settings: longest_delay: expected a number, "
            'came "many"',
        ),
        (
            "command-regression",
            {"lengths": [5, -1], "ridges": [0.1]},
            "schema: params.yaml: entries/command-regression/settings: lengths/1: expected at "
            "least 1, came -1",
        ),
        (
            "nominal-a",
            {},
            "schema: params.yaml: entries/nominal-a/settings: top level: expected the fields "
            "servo, came none of them",
        ),
    ],
)
def test_settings_that_do_not_fit_their_kind_are_refused(
    workspace: Workspace, entry: str, settings: dict[str, object], problem: str
) -> None:
    path = workspace.root / "params.yaml"
    params = yaml.safe_load(path.read_text())
    params["entries"][entry]["settings"] = settings
    path.write_text(yaml.safe_dump(params))
    with pytest.raises(ProblemsError) as raised:
        reconstruct(workspace, "so101-synth", entry, lambda _done, _total: None)
    assert str(raised.value) == problem


@pytest.mark.parametrize(
    ("robot", "sort", "names"),
    [
        ("so101", "calibrated", ["robot.json", "robot.urdf", "servos.json"]),
        ("ur5", "mujoco", ["robot.json", "dh.json", "servos.json"]),
        ("ur5", "sysid", ["robot.json", "dh.json", "servos.json"]),
        ("ur5", "echo", ["robot.json"]),
        ("mico", "mujoco", ["robot.json", "robot.urdf"]),
    ],
)
def test_assets_name_the_model_that_was_simulated(
    repository: Path, robot: str, sort: str, names: list[str]
) -> None:
    place = Workspace(repository)
    records = assets_of(place, kind(sort), place.robot_folder(robot))
    assert [record["path"] for record in records] == [f"robots/{robot}/{name}" for name in names]
    for record in records:
        assert record["sha256"] == sha256(repository / record["path"])
