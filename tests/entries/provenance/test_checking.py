"""A record against a checkout: what holds, what does not, and what cannot be told here."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.entries.provenance.checking import check_papers
from bench.entries.provenance.finding import find_papers
from bench.io.problems import UnknownNameError
from bench.io.workspace import Workspace
from bench.leaderboard.submission import submit
from tests.entries.provenance.records import HASHES, change, refused
from tests.support.workspace import DATASET, no_run

ENTRY = "delayed-echo"
NAME = f"{DATASET}/{ENTRY}"


def run(place: Workspace, name: str = NAME) -> dict[str, str]:
    return dict(check_papers(place, find_papers(place, name)))


def edit(place: Workspace, kind: str, how: Callable[[Any], object]) -> None:
    change(place.dataset(DATASET).twin(ENTRY) / f"{kind}.json", kind, how)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_the_pipeline_s_records_hold(prepared: Path) -> None:
    assert run(Workspace(prepared)) == {
        "calibration": f"as in data/split/{DATASET}/calibration.zarr",
        "validation": f"as in data/split/{DATASET}/validation.zarr",
        "parameters": "as in twin.json",
        "residual ranges": "none, and a reason",
        "holdout": f"datasets/{DATASET}/holdout.lock.json; no episode of it was read",
        "guard": f"datasets/{DATASET}/guard.json, and the allow-list of params.yaml",
        "assets": "1 as in this checkout",
    }


def test_what_is_not_here_is_said(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    for part in ("calibration", "validation"):
        shutil.rmtree(paths.part(part))
    (paths.twin(ENTRY) / "twin.json").unlink()
    asset = {"path": "methods/weights.bin", "sha256": HASHES[0]}
    edit(workspace, "provenance", lambda d: d["assets"].append(asset))
    looked = run(workspace)
    assert looked["calibration"] == (
        f"not checked here: data/split/{DATASET}/calibration.zarr is not here"
    )
    assert looked["parameters"] == "not checked here: no twin.json beside the record"
    assert looked["assets"] == ("1 as in this checkout; 1 not checked here: not in this checkout")


def spoil(document: Any) -> None:
    document["calibration"]["episodes"][0]["hash"] = HASHES[0]
    document["calibration"]["episodes"][1]["id"] = "ghost.run-a"
    document["validation"]["episodes"][0] = dict(document["calibration"]["episodes"][2])
    document["parameters"][0]["value"] = 0.2
    document["holdout"]["root"] = HASHES[1]
    document["guard"] = {
        "hash": HASHES[2],
        "findings": [{"code": "made", "certainty": "hint", "evidence": {}, "anchor": "x"}],
        "allow_list": ["calibration.zarr", "holdout_truth.zarr"],
    }
    document["assets"] = [
        {"path": "robots/so101/robot.json", "sha256": HASHES[3]},
        {"path": "robots/so101/ghost.stl", "sha256": HASHES[4]},
        {"path": "../outside", "sha256": HASHES[5]},
    ]


def test_everything_that_does_not_hold_is_listed_at_once(workspace: Workspace) -> None:
    paths = workspace.dataset(DATASET)
    good = find_papers(workspace, NAME).record
    first, moved = (good["calibration"]["episodes"][n] for n in (0, 2))
    delay, root = good["parameters"][0]["value"], good["holdout"]["root"]
    edit(workspace, "provenance", spoil)
    robot, guard = sha256(workspace.root / "robots/so101/robot.json"), sha256(paths.guard)
    assert refused(lambda: run(workspace)) == [
        f"asset_differs: provenance.json: assets/0: expected {robot}, the hash of "
        f"'robots/so101/robot.json', came {HASHES[3]}",
        "asset_differs: provenance.json: assets/1: expected a file of the checkout, came "
        "'robots/so101/ghost.stl'",
        "asset_differs: provenance.json: assets/2: expected a file of the checkout, came "
        "'../outside'",
        f"episode_hash: provenance.json: calibration/episodes/0: expected {first['hash']}, the "
        f"hash of '{first['id']}', came {HASHES[0]}",
        "other_episode: provenance.json: calibration/episodes/1: expected an episode of "
        "calibration, came 'ghost.run-a'",
        "guard_differs: provenance.json: guard/allow_list: expected none but calibration.zarr, "
        "validation.zarr, holdout.lock.json, guard.json, came 'holdout_truth.zarr'",
        "guard_differs: provenance.json: guard/findings: expected the 0 of guard.json, came "
        "others, 1",
        f"guard_differs: provenance.json: guard/hash: expected {guard}, the hash of guard.json, "
        f"came {HASHES[2]}",
        f"wrong_paper: provenance.json: holdout/root: expected '{root}', came '{HASHES[1]}'",
        f"papers_differ: provenance.json: parameters/delay/value: expected {delay}, as in "
        "twin.json, came 0.2",
        "other_episode: provenance.json: validation/episodes/0: expected an episode of "
        f"validation, came '{moved['id']}'",
    ]


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ("calibration", "top level: expected the fields calibration, came none of them"),
        ("parameters", "top level: expected the fields parameters, came none of them"),
        ("residual_ranges", "top level: expected the fields residual_ranges, came none of them"),
        ("holdout", "top level: expected the fields holdout, came none of them"),
        ("guard", "top level: expected the fields guard, came none of them"),
    ],
)
def test_a_part_that_is_not_named_is_a_problem(
    workspace: Workspace, part: str, message: str
) -> None:
    edit(workspace, "provenance", lambda document: document.pop(part))
    place = workspace.dataset(DATASET).twin(ENTRY) / "provenance.json"
    assert f"schema: {place}: {message}" in refused(lambda: run(workspace))


def test_another_dataset_is_a_problem_and_not_a_wrong_name(workspace: Workspace) -> None:
    edit(workspace, "provenance", lambda document: document.update(dataset="ghost"))
    listed = ", ".join(workspace.datasets())
    assert refused(lambda: run(workspace)) == [
        f"wrong_paper: provenance.json: dataset: expected one of {listed}, came 'ghost'"
    ]


def test_a_group_of_the_holdout_is_known_from_the_split(workspace: Workspace) -> None:
    """A motion of the diagnostic pool may share a group with the holdout."""
    rule = workspace.dataset(DATASET).folder / "split.json"
    group = {"name": "circle", "motions": ["circle", "pool"]}
    change(rule, "split", lambda document: document["groups"].append(group))
    pool = {"id": "pool.run-a", "hash": HASHES[0]}
    edit(workspace, "provenance", lambda d: d["calibration"]["episodes"].append(pool))
    number = len(find_papers(workspace, NAME).record["calibration"]["episodes"]) - 1
    where = f"provenance.json: calibration/episodes/{number}"
    assert refused(lambda: run(workspace)) == [
        f"holdout_episode: {where}: expected no episode of the holdout, came 'pool.run-a', by "
        "group",
        f"other_episode: {where}: expected an episode of calibration, came 'pool.run-a'",
    ]


# What an argument names.


def test_a_record_is_found_by_file_folder_and_name(prepared: Path) -> None:
    place = Workspace(prepared)
    folder = place.dataset(DATASET).twin(ENTRY)
    found = find_papers(place, NAME)
    assert found.place == folder / "provenance.json"
    assert found.twin is not None
    for name in (folder, folder / "provenance.json"):
        assert find_papers(place, str(name)) == found
    entry = place.dataset(DATASET).rollout(ENTRY)
    assert find_papers(place, str(entry)).record == found.record


def test_a_submitted_entry_is_found_by_name(workspace: Workspace, tmp_path: Path) -> None:
    """The version that is on the board, of several."""
    paths = workspace.dataset(DATASET)
    shutil.copytree(paths.rollout(ENTRY), tmp_path / "lab")
    kinds = {"entry": "name", "twin": "name", "provenance": "entry"}
    for lab, method in (("A Lab", "first"), ("A Lab", "second")):
        own = {"lab": lab, "method": method}
        for kind, field in kinds.items():
            fields = {field: "lab-echo", **(own if kind == "entry" else {})}
            path = tmp_path / "lab" / f"{kind}.json"
            change(path, kind, lambda document, fields=fields: document.update(fields))
        result, _ = submit(workspace, tmp_path / "lab", no_run)
    found = find_papers(workspace, f"{DATASET}/lab-echo")
    assert found.place.parent == paths.submitted("lab-echo") / result["entry"]["hash"]
    assert found.record["entry"] == "lab-echo"
    paths.result("lab-echo").unlink()
    assert refused(lambda: find_papers(workspace, f"{DATASET}/lab-echo")) == [
        f"not_made: {paths.submitted('lab-echo')}: expected one version, or a result that names "
        "one; else name the folder, came 2 versions"
    ]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ghost", "unknown provenance record 'ghost'; valid: a provenance.json, "),
        ("ghost/x", "unknown dataset 'ghost'; valid: "),
        (f"{DATASET}/ghost", "unknown entry 'ghost'; valid: command-echo, delayed-echo"),
    ],
)
def test_unknown_names(prepared: Path, name: str, message: str) -> None:
    with pytest.raises(UnknownNameError) as raised:
        find_papers(Workspace(prepared), name)
    assert str(raised.value).startswith(message)


def test_no_record_is_a_problem(prepared: Path, tmp_path: Path) -> None:
    for name in (tmp_path, tmp_path / "provenance.json"):
        assert refused(lambda name=name: find_papers(Workspace(prepared), str(name))) == [
            f"missing_file: {tmp_path / 'provenance.json'}: expected a JSON file, came no such file"
        ]


@pytest.mark.parametrize("path", ["a\x00b", "x" * 256])
def test_a_name_that_no_file_can_have_is_a_problem(workspace: Workspace, path: str) -> None:
    asset = {"path": path, "sha256": HASHES[0]}
    edit(workspace, "provenance", lambda d: d.update(assets=[asset]))
    assert refused(lambda: run(workspace)) == [
        f"asset_differs: provenance.json: assets/0: expected a file of the checkout, came {path!a}"
    ]
