"""Planted faults in dvc.yaml, dvc.lock and params.yaml, in a checkout with those files alone."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from bench.guard.pipeline.guarding import guard_pipeline
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace

ONE = "so101-synth"
TRUTH = f"data/split/{ONE}/holdout_truth.zarr"
Edit = Callable[[Any], object]


@pytest.fixture
def checkout(repository: Path, tmp_path: Path) -> Workspace:
    """The committed pipeline without its lock, which follows from a run."""
    (tmp_path / "datasets").mkdir()
    for name in ("dvc.yaml", "params.yaml"):
        shutil.copyfile(repository / name, tmp_path / name)
    return Workspace(tmp_path)


def edit(place: Workspace, name: str, how: Edit) -> None:
    path = place.root / name
    loaded = yaml.safe_load(path.read_text()) if path.exists() else {"stages": {}}
    how(loaded)
    path.write_text(yaml.safe_dump(loaded, sort_keys=False))


def found(place: Workspace) -> list[tuple[str, Any]]:
    findings = guard_pipeline(place)
    assert {finding.code for finding in findings} <= {"stage_reads_more"}
    return [(finding.certainty, finding.evidence) for finding in findings]


def read(stage: str, path: str) -> Edit:
    return lambda pipeline: pipeline["stages"][stage]["do"]["deps"].append(path)


def test_the_committed_pipeline_reads_no_more(repository: Path, checkout: Workspace) -> None:
    assert found(checkout) == []
    assert found(Workspace(repository)) == []  # with the lock of the last run


def test_a_checkout_without_a_pipeline_has_nothing_to_look_at(checkout: Workspace) -> None:
    (checkout.root / "dvc.yaml").unlink()
    assert found(checkout) == []


@pytest.mark.parametrize(
    "path",
    [
        TRUTH,
        f"{TRUTH}/q",
        f"data/split/{ONE}",
        "data/split",
        "data",
        f"data/episodes/{ONE}/all.zarr",
        "data/raw/so101-sage",
        "data/raw/so101-sage/isaac-sim2real",
        f"datasets/{ONE}",
        f"datasets/{ONE}/counts.npz",
        f"data/split/{ONE}/copy.zarr",
    ],
)
@pytest.mark.parametrize("stage", ["reconstruct", "rollout"])
def test_the_truth_and_what_lies_around_it_is_found(
    checkout: Workspace, stage: str, path: str
) -> None:
    edit(checkout, "dvc.yaml", read(stage, path))
    assert found(checkout) == [("certain", {"in": "dvc.yaml", "stage": stage, "reads": {path: []}})]


def test_the_truth_of_every_item_is_named(checkout: Workspace) -> None:
    edit(checkout, "dvc.yaml", read("rollout", "data/split/${item.dataset}/holdout_truth.zarr"))
    reads = {
        f"data/split/{name}/holdout_truth.zarr": []
        for name in ("so101-sage", "so101-synth", "ur5-force")
    }
    assert found(checkout) == [("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": reads})]


@pytest.mark.parametrize(
    ("path", "maker"),
    [
        (f"leaderboards/{ONE}/results/delayed-echo.json", f"score@{ONE}-delayed-echo"),
        (f"data/traces/{ONE}/delayed-echo.zarr", f"score@{ONE}-delayed-echo"),
        (f"data/traces/{ONE}/repeats", f"repeatability@{ONE}"),
    ],
)
def test_what_was_made_from_the_truth_is_found(checkout: Workspace, path: str, maker: str) -> None:
    """A twin that is fitted to the errors of another one is fitted on the holdout."""
    edit(checkout, "dvc.yaml", read("reconstruct", path))
    through = [maker, TRUTH]
    assert found(checkout) == [
        ("certain", {"in": "dvc.yaml", "stage": "reconstruct", "reads": {path: through}})
    ]


def test_the_truth_is_followed_through_stages_of_a_lab(checkout: Workspace) -> None:
    """Two stages between, declared in the wrong order; both read the truth themselves."""

    def plant(pipeline: Any) -> None:
        stages = pipeline["stages"]
        stages["second"] = {"cmd": "x", "deps": ["work/first/all.csv"], "outs": ["work/second.npz"]}
        stages["first"] = {"cmd": "x", "deps": [TRUTH], "outs": [{"work/first": {"cache": False}}]}
        stages["rollout"]["do"]["deps"].append("work/second.npz")

    edit(checkout, "dvc.yaml", plant)
    way = ["second", "work/first/all.csv", "first", TRUTH]
    assert found(checkout) == [
        ("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": {"work/second.npz": way}}),
        (
            "certain",
            {"in": "dvc.yaml", "stage": "second", "reads": {"work/first/all.csv": way[2:]}},
        ),
        ("certain", {"in": "dvc.yaml", "stage": "first", "reads": {TRUTH: []}}),
    ]


@pytest.mark.parametrize(
    ("stage", "path"),
    [
        ("reconstruct", f"data/split/{ONE}/holdout_inputs.zarr"),
        ("reconstruct", "elsewhere/notes.csv"),
        ("rollout", f"data/split/{ONE}/calibration.zarr"),
        ("rollout", f"datasets/{ONE}/guard.json"),
        ("sync", f"data/split/{ONE}/validation.zarr"),
    ],
)
def test_what_is_on_no_list_is_likely(checkout: Workspace, stage: str, path: str) -> None:
    edit(checkout, "dvc.yaml", read(stage, path))
    assert found(checkout) == [("likely", {"in": "dvc.yaml", "stage": stage, "reads": [path]})]


@pytest.mark.parametrize(
    "path",
    [f"./{TRUTH}", f"data//split/{ONE}/calibration.zarr/../holdout_truth.zarr/", f"x/../{TRUTH}"],
)
def test_detours_do_not_hide_the_truth(checkout: Workspace, path: str) -> None:
    edit(checkout, "dvc.yaml", read("rollout", path))
    reads = {TRUTH: []}
    assert found(checkout) == [("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": reads})]


def test_paths_begin_in_the_folder_of_a_stage(checkout: Workspace) -> None:
    """Also those that it makes, and those of the lock, which does not say the folder."""

    def plant(pipeline: Any) -> None:
        own = {"wdir": "work/here", "cmd": "x", "deps": [f"../../{TRUTH}"], "outs": ["made.npz"]}
        pipeline["stages"]["own"] = own
        pipeline["stages"]["rollout"]["do"]["deps"].append("work/here/made.npz")

    def ran(lock: Any) -> None:
        lock["stages"]["own"] = {"cmd": "x", "deps": [{"path": f"../../{TRUTH}", "md5": "x"}]}

    edit(checkout, "dvc.yaml", plant)
    edit(checkout, "dvc.lock", ran)
    way = ["own", TRUTH]
    assert found(checkout) == [
        ("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": {"work/here/made.npz": way}}),
        ("certain", {"in": "dvc.yaml", "stage": "own", "reads": {TRUTH: []}}),
        ("certain", {"in": "dvc.lock", "stage": "own", "reads": {TRUTH: []}}),
    ]


def test_every_combination_of_a_matrix_is_a_stage(checkout: Workspace) -> None:
    def plant(pipeline: Any) -> None:
        matrix = {"of": "${entries.nowhere}", "part": ["holdout_truth", "calibration"]}
        deps = [f"data/split/{ONE}/${{item.part}}.zarr"]
        pipeline["stages"]["none"] = {"matrix": matrix, "cmd": "x", "deps": deps}
        pipeline["stages"]["own"] = {"matrix": {**matrix, "of": [1, 2]}, "cmd": "x", "deps": deps}

    edit(checkout, "dvc.yaml", plant)
    assert found(checkout) == [
        ("certain", {"in": "dvc.yaml", "stage": "own", "reads": {TRUTH: []}})
    ]


def test_a_command_may_name_no_more_than_a_stage_reads(checkout: Workspace) -> None:
    """What it makes and code are free."""
    command = f"python methods/own/fit.py --on={TRUTH} work/notes.csv data/twins/x/y/twin.json"

    def plant(pipeline: Any) -> None:
        do = pipeline["stages"]["rollout"]["do"]
        do["cmd"], do["outs"] = command, ["work/notes.csv"]

    edit(checkout, "dvc.yaml", plant)
    assert found(checkout) == [
        ("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": {TRUTH: []}})
    ]


def test_code_of_a_lab_is_free(checkout: Workspace) -> None:
    edit(checkout, "dvc.yaml", read("reconstruct", "methods/own/fit.py"))
    assert found(checkout) == []


@pytest.mark.parametrize(
    ("stage", "name"),
    [
        ("reconstruct", "holdout_truth.zarr"),
        ("reconstruct", "holdout_inputs.zarr"),
        ("rollout", "holdout_truth.zarr"),
        ("rollout", "calibration.zarr"),
        ("stepper", "holdout_truth.zarr"),
        ("sync", "validation.zarr"),
    ],
)
def test_a_list_that_allows_too_much_is_found(checkout: Workspace, stage: str, name: str) -> None:
    edit(checkout, "params.yaml", lambda params: params["allow"][stage].append(name))
    assert found(checkout) == [("certain", {"in": "params.yaml", "stage": stage, "allows": [name]})]


def test_a_widened_list_does_not_hide_the_truth(checkout: Workspace) -> None:
    edit(checkout, "params.yaml", lambda p: p["allow"]["rollout"].append("holdout_truth.zarr"))
    edit(checkout, "dvc.yaml", read("rollout", TRUTH))
    assert found(checkout) == [
        ("certain", {"in": "params.yaml", "stage": "rollout", "allows": ["holdout_truth.zarr"]}),
        ("certain", {"in": "dvc.yaml", "stage": "rollout", "reads": {TRUTH: []}}),
    ]


def test_what_a_stage_ran_with_is_held_against_the_same_rules(checkout: Workspace) -> None:
    """The lock says what was read when the results were made, whatever dvc.yaml says since."""
    name = f"reconstruct@{ONE}-delayed-echo"

    def plant(lock: Any) -> None:
        ran = [{"path": TRUTH, "md5": "x"}, {"path": "notes.csv", "md5": "x"}]
        lock["stages"][name] = {"cmd": "x", "deps": ran, "outs": []}

    edit(checkout, "dvc.lock", plant)
    assert found(checkout) == [
        ("certain", {"in": "dvc.lock", "stage": "reconstruct", "reads": {TRUTH: []}}),
        ("likely", {"in": "dvc.lock", "stage": "reconstruct", "reads": ["notes.csv"]}),
        (
            "likely",
            {"in": "dvc.lock", "stage": "reconstruct", "undeclared": [TRUTH, "notes.csv"]},
        ),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("stages: [", "not_yaml: dvc.yaml: expected YAML, came while parsing a flow node"),
        ("stages: {x: 1}", "schema: dvc.yaml: stages/x: expected an object, came 1"),
        ("[]", "schema: dvc.yaml: top level: expected an object, came []"),
        (
            "stages: {x: {foreach: [a]}}",
            "schema: dvc.yaml: stages/x: expected dependentRequired",
        ),
        (
            "stages: {x: {deps: a}}",
            'schema: dvc.yaml: stages/x/deps: expected a list or null, came "a"',
        ),
    ],
)
def test_a_file_that_is_no_pipeline_is_a_problem(
    checkout: Workspace, text: str, message: str
) -> None:
    (checkout.root / "dvc.yaml").write_text(text)
    with pytest.raises(ProblemsError) as raised:
        guard_pipeline(checkout)
    (problem,) = raised.value.problems
    assert str(problem).startswith(message)


def test_links_are_followed_and_a_circle_of_them_is_not(checkout: Workspace) -> None:
    """Also where the data lie on another disk, to which `data` is a link."""
    disk = checkout.root.parent / "disk"
    truth = disk / "split" / ONE / "holdout_truth.zarr"
    truth.mkdir(parents=True)
    (checkout.root / "data").symlink_to(disk)
    assert found(checkout) == []
    own = checkout.root / "methods" / "own"
    own.mkdir(parents=True)
    (own / "moves").symlink_to(truth)
    (own / "circle").symlink_to(own / "circle")
    edit(checkout, "dvc.yaml", read("reconstruct", "methods/own/circle"))
    assert found(checkout) == []
    edit(checkout, "dvc.yaml", read("reconstruct", "methods/own/moves"))
    ((certainty, evidence),) = found(checkout)
    assert certainty == "certain"
    assert list(evidence["reads"]) == [TRUTH]
