from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets.readers import counts
from bench.datasets.readers.counts import (
    CountedJoint,
    CountedRun,
    CountsLog,
    read_counts,
    write_counts,
)
from bench.datasets.readers.registry import reader
from bench.io.problems import ProblemsError

JOINTS = (
    CountedJoint("hip", "rad", 0.0015, 1e-6),
    CountedJoint("jaw", "fraction", 1 / 1250, 1e-5),
)
DATASET = {
    "reader_settings": {"file": "log.npz"},
    "joints": [
        {"name": "jaw_joint", "log": "jaw", "unit": "fraction"},
        {"name": "hip_joint", "log": "hip", "unit": "rad"},
    ],
    "runs": [{"name": "first", "role": "reference"}, {"name": "second", "role": "repeat"}],
}


def quiet(_done: int, _of: int) -> None:
    pass


def run_of(motion: str, name: str, rows: int, seed: int) -> CountedRun:
    draw, same = np.random.default_rng(seed), np.random.default_rng(len(motion))
    return CountedRun(
        motion,
        name,
        np.cumsum(draw.integers(1, 30_000, rows)),
        same.integers(-1_000_000, 1_000_000, (rows, 2)),
        draw.integers(-2000, 2000, (rows, 2)),
    )


def log() -> CountsLog:
    return CountsLog(
        JOINTS,
        (
            run_of("wave", "second", 5, 1),
            run_of("go", "first", 3, 2),
            run_of("wave", "first", 5, 3),
        ),
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    write_counts(tmp_path / "log.npz", log())
    return tmp_path / "log.npz"


def arrays_of(path: Path) -> dict[str, Any]:
    with np.load(path, allow_pickle=False) as archive:
        return dict(archive)


def problems_of(path: Path) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        read_counts(path)
    return [str(problem).replace(f"{path}", "LOG") for problem in caught.value.problems]


def test_numpy_alone_can_read_it(path: Path) -> None:
    arrays = arrays_of(path)
    assert {name: str(values.dtype) for name, values in arrays.items()} == {
        "joint": "<U3",
        "unit": "<U8",
        "position_step": "float64",
        "command_step": "float64",
        "motion": "<U4",
        "rows": "int64",
        "recorded": "int64",
        "run": "<U6",
        "time": "uint32",
        "command": "int32",
        "position": "int16",
    }
    assert arrays["motion"].tolist() == ["wave", "go"]
    assert arrays["recorded"].tolist() == [0, 1, 0]
    wave, go, _ = log().runs
    assert np.cumsum(np.cumsum(arrays["command"][:5], 0), 0).tolist() == wave.command.tolist()
    assert np.cumsum(arrays["time"][5:8]).tolist() == go.time.tolist()
    assert np.cumsum(arrays["position"][5:8], 0).tolist() == go.position.tolist()


runs = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@given(runs, st.integers(0, 2**32 - 1))
def test_what_is_written_is_read(
    tmp_path_factory: pytest.TempPathFactory, lengths: list[int], seed: int
) -> None:
    path = tmp_path_factory.mktemp("counts") / "log.npz"
    written = CountsLog(
        JOINTS, tuple(run_of(f"m{i}", "first", rows, seed + i) for i, rows in enumerate(lengths))
    )
    write_counts(path, written)
    came = read_counts(path)
    assert came.joints == JOINTS
    for a, b in zip(came.runs, written.runs, strict=True):
        assert (a.motion, a.run) == (b.motion, b.run)
        for name in ("time", "command", "position"):
            assert getattr(a, name).tolist() == getattr(b, name).tolist()


def test_the_same_log_gives_the_same_bytes(path: Path, tmp_path: Path) -> None:
    write_counts(tmp_path / "other.npz", log())
    assert (tmp_path / "other.npz").read_bytes() == path.read_bytes()


def test_recordings_are_in_seconds_and_the_units_of_the_joints(path: Path) -> None:
    assert reader("counts") is counts.READER
    told: list[tuple[int, int]] = []
    came = list(counts.READER.read(DATASET, path.parent, lambda done, of: told.append((done, of))))
    assert told == [(1, 3), (2, 3), (3, 3)]
    assert [(r.motion, r.run) for r in came] == [
        ("go", "first"),
        ("wave", "first"),
        ("wave", "second"),
    ]
    go = log().runs[1]
    assert came[0].signals["time"] == pytest.approx(go.time / 1e6, rel=1e-15)
    assert came[0].signals["q"][:, 1] == pytest.approx(go.position[:, 0] * 0.0015, rel=1e-15)
    assert came[0].signals["q"][:, 0] == pytest.approx(go.position[:, 1] / 1250, rel=1e-15)
    assert came[0].signals["q_command"][:, 0] == pytest.approx(go.command[:, 1] * 1e-5)
    assert came[0].signals["q_command"][:, 1] == pytest.approx(go.command[:, 0] * 1e-6)


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        (
            ("joints", 0, "unit"),
            "rad",
            "joints: LOG: expected hip in rad, jaw in rad, came hip in rad, jaw in fraction",
        ),
        (
            ("joints", 0, "log"),
            "toe",
            "joints: LOG: expected hip in rad, toe in fraction, came hip in rad, jaw in fraction",
        ),
        (("runs", 1, "name"), "third", "runs: LOG: expected the runs first, third, came second"),
    ],
)
def test_a_log_of_another_dataset(
    path: Path, place: tuple[str, int, str], value: str, message: str
) -> None:
    dataset: dict[str, Any] = copy.deepcopy(DATASET)
    dataset[place[0]][place[1]][place[2]] = value
    with pytest.raises(ProblemsError) as caught:
        list(counts.READER.read(dataset, path.parent, quiet))
    assert [str(p).replace(str(path), "LOG") for p in caught.value.problems] == [message]


def set_at(name: str, place: int, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(arrays: dict[str, Any]) -> None:
        arrays[name][place] = value

    return change


def replaced(name: str, by: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    def change(arrays: dict[str, Any]) -> None:
        arrays[name] = by(arrays[name])

    return change


@pytest.mark.parametrize(
    ("change", "messages"),
    [
        (
            set_at("time", 7, 0),
            ["clock_not_rising: LOG: go.first row 2: expected a time after {1} us, came {1} us"],
        ),
        (
            replaced("position", lambda v: v[:-1]),
            ["shape: LOG: position: expected (13, 2), came (12, 2)"],
        ),
        (
            replaced("joint", lambda v: v[:1]),
            [
                "shape: LOG: command: expected (8, 1), came (8, 2)",
                "shape: LOG: command_step: expected (1,), came (2,)",
                "shape: LOG: position: expected (13, 1), came (13, 2)",
                "shape: LOG: position_step: expected (1,), came (2,)",
                "shape: LOG: unit: expected (1,), came (2,)",
            ],
        ),
        (
            replaced("position", lambda v: v.astype(float)),
            ["wrong_form: LOG: position: expected int16 with 2 axes, came float64 with 2 axes"],
        ),
        (
            replaced("time", lambda v: v[:, None]),
            ["wrong_form: LOG: time: expected uint32 with 1 axes, came uint32 with 2 axes"],
        ),
        (
            set_at("recorded", 1, 7),
            ["out_of_range: LOG: recorded 1: expected a motion's number, came 7"],
        ),
        (
            set_at("rows", 0, -5),
            ["out_of_range: LOG: rows 0: expected at least one row, came -5"],
        ),
        (
            set_at("position_step", 1, np.nan),
            ["out_of_range: LOG: position_step 1: expected a positive number, came nan"],
        ),
        (
            set_at("run", 0, "first"),
            ["repeated: LOG: recorded and run: expected each once, came (0, 'first') 2 times"],
        ),
        (
            set_at("motion", 1, "wave"),
            ["repeated: LOG: motion: expected each once, came 'wave' 2 times"],
        ),
    ],
)
def test_what_is_wrong_is_said(
    path: Path, change: Callable[[dict[str, Any]], None], messages: list[str]
) -> None:
    arrays = arrays_of(path)
    change(arrays)
    np.savez(path, **arrays)
    time = log().runs[1].time
    assert problems_of(path) == [message.format(*time) for message in messages]


def test_runs_of_a_motion_have_equal_commands(tmp_path: Path) -> None:
    a, b = run_of("wave", "first", 5, 1), run_of("wave", "second", 4, 1)
    with pytest.raises(ValueError, match="the runs of wave have different commands"):
        write_counts(tmp_path / "log.npz", CountsLog(JOINTS, (a, b)))
    assert list(tmp_path.iterdir()) == []


def test_a_difference_that_does_not_fit(tmp_path: Path) -> None:
    run = run_of("wave", "first", 5, 1)
    run.position[2] = 40_000
    with pytest.raises(ValueError, match="a difference of position does not fit into int16"):
        write_counts(tmp_path / "log.npz", CountsLog(JOINTS, (run,)))
