"""A report is drawn from the traces and the truth of its result, or not at all."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from bench.io.documents import Document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.publish.report.sources import Sources, load_result
from tests.publish.report.made import DATASET, ENTRY, Case, make_case

ARRAYS = ("time", "weights", "norm", "position", "orientation", "measured", "command", "error")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return make_case(tmp_path, rows=60)


def _codes(action: Callable[[], Any]) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        action()
    return [problem.code for problem in caught.value.problems]


def test_every_array_is_that_of_its_episode(case: Case) -> None:
    sources = Sources(case.workspace, case.result)
    for number in (2, 0, 1):
        found, made = sources.episode(number), case.episodes[number]
        for name in ARRAYS:
            np.testing.assert_array_equal(getattr(found, name), getattr(made, name), err_msg=name)
        assert (found.joints, found.arms, found.labels) == (made.joints, made.arms, made.labels)
        assert (found.record, found.number, found.failed_at) == (made.record, number, None)


def test_a_result_is_found_by_dataset_and_entry_and_by_path(case: Case) -> None:
    path = case.workspace.dataset(DATASET).result(ENTRY)
    assert load_result(case.workspace, f"{DATASET}/{ENTRY}") == case.stored
    assert load_result(case.workspace, str(path)) == case.stored
    with pytest.raises(UnknownNameError, match="unknown entry 'other'; valid: made-up"):
        load_result(case.workspace, f"{DATASET}/other")


def test_an_older_result_is_one_problem_that_says_to_score_again(case: Case) -> None:
    older = copy.deepcopy(case.result)
    for name in ("traces", "arms", "divergence", "samples", "signal"):
        del older[name]
    for record in older["episodes"]:
        del record["events"], record["rows"]
    path = case.workspace.dataset(DATASET).result(ENTRY)
    path.write_text(json.dumps(older))
    with pytest.raises(ProblemsError, match="score the entry again") as caught:
        load_result(case.workspace, str(path))
    assert [problem.code for problem in caught.value.problems] == ["result_form"]


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("pipeline", "twinbench score two-arms made-up"),
        ("self-scored", "twinbench recompute two-arms made-up"),
        ("recomputed", "twinbench recompute two-arms made-up"),
        ("reference", "twinbench repeatability two-arms"),
    ],
)
def test_missing_traces_are_a_problem_that_says_how_to_make_them(
    case: Case, status: str, hint: str
) -> None:
    result = {**case.result, "status": status}
    shutil.rmtree(case.workspace.root / case.result["traces"])
    with pytest.raises(ProblemsError, match=hint) as caught:
        Sources(case.workspace, result)
    assert [problem.code for problem in caught.value.problems] == ["no_traces"]
    path = case.workspace.dataset(DATASET).result(ENTRY)
    path.write_text(json.dumps({**result, "traces": None}))
    with pytest.raises(ProblemsError, match=hint):
        load_result(case.workspace, str(path))


@pytest.mark.parametrize("place", ["../traces.zarr", "/etc", "data/split/two-arms", "data"])
def test_traces_lie_in_their_folder(case: Case, place: str) -> None:
    assert _codes(lambda: Sources(case.workspace, {**case.result, "traces": place})) == [
        "not_allowed"
    ]


def _another_entry(result: Document) -> None:
    result["entry"]["predictions"] = "d" * 64


def _fewer_episodes(result: Document) -> None:
    del result["episodes"][0]


@pytest.mark.parametrize("change", [_another_entry, _fewer_episodes])
def test_traces_of_another_result_are_refused(
    case: Case, change: Callable[[Document], None]
) -> None:
    result = copy.deepcopy(case.result)
    change(result)
    assert _codes(lambda: Sources(case.workspace, result)) == ["traces_differ"]


def test_traces_of_other_rows_are_refused(case: Case) -> None:
    time = zarr.open_array(case.workspace.root / case.result["traces"] / "time")
    time[70] += 0.001  # in the second episode
    sources = Sources(case.workspace, case.result)
    sources.episode(0)
    assert _codes(lambda: sources.episode(1)) == ["traces_differ"]


def test_a_changed_truth_is_refused(case: Case) -> None:
    store = case.workspace.dataset(DATASET).part("holdout_truth")
    zarr.open_array(store / "q")[70, 0] += 1e-9
    sources = Sources(case.workspace, case.result)
    sources.episode(0)
    assert _codes(lambda: sources.episode(1)) == ["holdout_changed"]


def test_a_result_of_another_holdout_is_refused(case: Case) -> None:
    result = copy.deepcopy(case.result)
    result["dataset"]["holdout"] = "d" * 64
    assert _codes(lambda: Sources(case.workspace, result)) == ["holdout_changed"]


def test_no_store_but_the_truth_is_opened_in_its_place(case: Case) -> None:
    store = case.workspace.dataset(DATASET).part("holdout_truth")
    text = (store / "zarr.json").read_text()
    (store / "zarr.json").write_text(text.replace('"holdout_truth"', '"calibration"'))
    assert "not_allowed" in _codes(lambda: Sources(case.workspace, case.result))
    shutil.rmtree(store)
    assert _codes(lambda: Sources(case.workspace, case.result)) == ["not_made"]


def _first_chunk(case: Case, array: str) -> Path:
    folder = case.workspace.root / case.result["traces"] / array / "c"
    return min(path for path in folder.rglob("*") if path.is_file())


def test_a_missing_or_broken_chunk_is_no_zeros(case: Case) -> None:
    chunk = _first_chunk(case, "position")
    chunk.write_bytes(chunk.read_bytes()[:-7])
    assert _codes(lambda: Sources(case.workspace, case.result).episode(0)) == ["broken_chunk"]
    chunk.unlink()
    assert _codes(lambda: Sources(case.workspace, case.result)) == ["missing_chunk"]


@pytest.mark.parametrize(
    ("array", "column", "named"),
    [
        ("error", 0, "RMSE of joint left_shoulder"),
        ("norm", 1, "rmse_norm_rms of arm right"),
        ("norm", 2, "rmse_norm_rms"),
        ("position", 0, "position_rmse of arm left"),
        ("orientation", 1, "orientation_rmse of arm right"),
    ],
)
def test_traces_with_other_errors_are_refused(
    case: Case, array: str, column: int, named: str
) -> None:
    values = zarr.open_array(case.workspace.root / case.result["traces"] / array)
    values[:, column] = values[:, column] * np.float32(1.0001)
    with pytest.raises(ProblemsError) as caught:
        Sources(case.workspace, case.result).episode(1)
    (problem,) = caught.value.problems
    assert problem.code == "traces_differ"
    assert "reach-1.run-a" in problem.where
    assert problem.came.startswith(f"{named} ")
    assert problem.came.count("result") == 1


def test_traces_with_other_weights_are_refused(case: Case) -> None:
    weights = zarr.open_array(case.workspace.root / case.result["traces"] / "weights")
    weights[:] = 0.02  # what was masked would count
    with pytest.raises(ProblemsError, match=r"in the result .*; and \d+ more numbers"):
        Sources(case.workspace, case.result).episode(1)


def test_a_problem_names_the_episode_that_differs(case: Case) -> None:
    result = copy.deepcopy(case.result)
    result["episodes"][1]["id"] = "another"
    with pytest.raises(ProblemsError, match=r"episode 2 of 3: expected another; .* came reach-1"):
        Sources(case.workspace, result)


def _mean(result: Document) -> None:
    result["metrics"]["joint_rmse"]["value"] *= 1.01


def _robot(result: Document) -> None:
    result["robot_hash"] = "0" * 64


@pytest.mark.parametrize(("change", "code"), [(_mean, "result_mean"), (_robot, "other_data")])
def test_a_result_that_contradicts_itself_is_not_drawn(
    case: Case, change: Callable[[Document], None], code: str
) -> None:
    path = case.workspace.dataset(DATASET).result(ENTRY)
    result = case.stored
    change(result)
    path.write_text(json.dumps(result))
    assert _codes(lambda: load_result(case.workspace, str(path))) == [code]
