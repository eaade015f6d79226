"""From logs to one store: roles, units, order, and what is refused."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets import ingest as module
from bench.datasets.ingest import equal_commands, ingest, ingest_dataset, raw_folder
from bench.datasets.layout import Layout
from bench.datasets.readers.counts import CountedJoint, CountedRun, CountsLog, write_counts
from bench.datasets.recording import LogWarning, Progress, Reader, Recording
from bench.io.documents import dump, read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import load_episodes, write_store
from bench.io.workspace import DatasetPaths
from bench.kinematics.robot import load_robot
from tests.support.robots import write_chain

COMMAND = np.array([[0.1, 0.2], [0.3, 0.4], [0.5, 0.6]])
DATASET: dict[str, Any] = {
    "name": "toy",
    "robot": "arm",
    "kind": "recorded",
    "reader": "made",
    "joints": [
        {"name": "hip_joint", "log": "hip", "unit": "rad"},
        {"name": "jaw_joint", "log": "jaw", "unit": "fraction"},
    ],
    "runs": [
        {"name": "first", "role": "reference"},
        {"name": "second", "role": "repeat"},
        {"name": "third", "role": "other"},
    ],
}


def silent(_done: int, _total: int) -> None:
    pass


def layout(dataset: dict[str, Any]) -> Layout:
    """Both joints are the chain's."""
    declared = dataset.get("measurement_noise", {})
    return Layout(((0, 1),), np.array([declared.get(j["name"], 0.0) for j in dataset["joints"]]))


def recording(motion: str, run: str, command: np.ndarray = COMMAND, **more: Any) -> Recording:
    time = np.arange(len(command)) * 0.02
    return Recording(motion, run, {"time": time, "q": command + 1, "q_command": command, **more})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ingest these recordings, as a log reader would have read them."""

    def ingested(recordings: Sequence[Recording], **changes: Any) -> Any:
        def of(_dataset: object, _raw: Path, _progress: Progress) -> Iterator[Recording]:
            yield from recordings

        units = {"dq": ("rad/s",), "current": ("count",), "tool_pose": ("m",) * 3 + ("1",) * 4}
        made = Reader("made", "in memory", units, of)
        monkeypatch.setattr(module, "reader", lambda _name: made)
        dataset = {**DATASET, **changes}
        return ingest(dataset, Path("raw"), layout(dataset), silent)

    return ingested


def roles(episodes: Any) -> dict[str, str]:
    return {episode.id: episode.role for episode in episodes.info.episodes}


def test_equal_commands_make_a_repeat_whatever_the_run_is_called(read: Any) -> None:
    moved = COMMAND + np.array([0.0, 2e-9])
    found = read(
        [
            recording("wave", "first"),
            recording("reach", "first", moved),
            recording("wave", "second", COMMAND - 0.9e-9),
            recording("reach", "second"),
            recording("nod", "second"),
            recording("wave", "third", COMMAND + 0.9e-9),
            recording("reach", "third", moved[:-1]),
        ]
    )
    assert roles(found) == {
        "wave.first": "reference",
        "reach.first": "reference",
        "wave.second": "repeat",
        "reach.second": "other",  # commanded as wave was, not as reach
        "nod.second": "other",  # nothing to repeat
        "wave.third": "repeat",
        "reach.third": "other",  # a row fewer
    }


@given(
    st.lists(st.sampled_from([0.0, 0.5e-9, -0.9e-9, 1.1e-9, -3e-9, 1.0]), min_size=6, max_size=6)
)
def test_commands_are_equal_if_every_one_is_within_a_nanoradian(changes: list[float]) -> None:
    other = COMMAND + np.reshape(changes, (3, 2))
    same = all(abs(change) < 1e-9 for change in changes)
    assert equal_commands(COMMAND, other) is same
    assert equal_commands(other, COMMAND) is same


def test_masked_rows_are_not_compared() -> None:
    other = COMMAND.copy()
    other[1] += 0.5
    masked, all_valid = np.array([True, False, True]), np.ones(3, dtype=bool)
    assert not equal_commands(COMMAND, other, all_valid, all_valid)
    assert not equal_commands(COMMAND, other, None, all_valid)
    assert equal_commands(COMMAND, other, masked, all_valid)
    assert equal_commands(COMMAND, other, None, masked)
    assert not equal_commands(COMMAND, COMMAND, masked, ~masked)  # no row is compared


def test_rows_stand_end_to_end_in_the_order_of_the_reader(read: Any) -> None:
    parts = [
        recording("b", "first"),
        recording("a", "first", COMMAND[:1] + 5),
        recording("b", "second", COMMAND[:2] - 5),
    ]
    found = read(parts)
    assert [e.id for e in found.info.episodes] == ["b.first", "a.first", "b.second"]
    assert found.start.tolist() == [0, 3, 4, 6]
    assert found.start.dtype == np.int64
    np.testing.assert_array_equal(
        found.signals["q_command"], np.vstack([COMMAND, COMMAND[:1] + 5, COMMAND[:2] - 5])
    )
    np.testing.assert_array_equal(found.signals["time"], [0, 0.02, 0.04, 0, 0, 0.02])


def test_units_are_those_of_the_joints_or_of_the_reader(read: Any) -> None:
    poses = np.ones((3, 7))
    found = read([recording("a", "first", dq=COMMAND, current=COMMAND, tool_pose=poses)]).info
    assert found.signals == {
        "time": ("s",),
        "q": ("rad", "fraction"),
        "q_command": ("rad", "fraction"),
        "dq": ("rad/s",),
        "current": ("count",),
        "tool_pose": ("m", "m", "m", "1", "1", "1", "1"),
    }
    assert (found.joints, found.units) == (("hip_joint", "jaw_joint"), ("rad", "fraction"))
    assert (found.dataset, found.robot, found.kind, found.split) == (
        "toy",
        "arm",
        "recorded",
        "all",
    )


def test_every_episode_is_its_motions_group_for_now(read: Any) -> None:
    (episode,) = read([recording("wave", "first")]).info.episodes
    assert (episode.group, episode.motion, episode.run) == ("wave", "wave", "first")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_every_signal_that_is_not_finite_is_named(read: Any, value: float) -> None:
    q, time = COMMAND.copy(), np.array([0.0, value, value])
    q[2, 0] = value
    with pytest.raises(ProblemsError) as raised:
        read(
            [
                recording("a", "first"),
                recording("a", "second", time=time),
                recording("b", "first", q=q),
            ]
        )
    assert [str(problem) for problem in raised.value.problems] == [
        "not_finite: a.second time row 1: expected a number, came none",
        "not_finite: b.first q row 2: expected a number, came none",
    ]


@pytest.mark.parametrize("joints", [1, 3])
def test_another_number_of_joints_is_refused(read: Any, joints: int) -> None:
    with pytest.raises(ProblemsError) as raised:
        read([recording("a", "first"), recording("b", "first", np.zeros((4, joints)))])
    assert str(raised.value) == f"joints: b.first: expected 2 joints, came {joints}"


def test_no_recordings_are_no_dataset(read: Any) -> None:
    with pytest.raises(ProblemsError) as raised:
        read([])
    assert str(raised.value) == "no_recordings: raw: expected at least one recording, came none"


def test_a_reader_that_does_not_exist() -> None:
    with pytest.raises(UnknownNameError) as raised:
        ingest(DATASET, Path("raw"), layout(DATASET), silent)
    assert str(raised.value).startswith("unknown log reader 'made'; valid: counts, sage")


def leaking(rows: int = 30) -> Recording:
    """The command of rows 10 to 19 is what was measured in the row before."""
    time = np.arange(rows) * 0.02
    q = np.random.default_rng(3).normal(size=(rows, 2))
    command = q + 1
    command[10:20] = q[9:19]
    odd = (LogWarning("odd_log", "leak.first", "was odd"),)
    return Recording("leak", "first", {"time": time, "q": q, "q_command": command}, odd)


def test_commands_that_are_measurements_are_masked_and_kept(read: Any) -> None:
    found = read([leaking(), recording("wave", "first")])
    valid = found.signal("q_command_valid", 0)
    assert np.flatnonzero(~valid).tolist() == list(range(10, 20))
    assert found.signal("q_command_valid", 1).all()
    assert found.info.signals["q_command_valid"] == ("1",)
    np.testing.assert_array_equal(found.signal("q_command", 0), leaking().signals["q_command"])


def test_a_mask_of_the_reader_stays(read: Any) -> None:
    own = np.arange(30) != 3
    leak = leaking()
    one = Recording(leak.motion, leak.run, {**leak.signals, "q_command_valid": own})
    valid = read([one]).signal("q_command_valid", 0)
    assert np.flatnonzero(~valid).tolist() == [3, *range(10, 20)]


def test_without_such_rows_there_is_no_mask(read: Any) -> None:
    assert "q_command_valid" not in read([recording("wave", "first")]).signals


def test_declared_noise_is_that_of_the_joint_it_names(read: Any) -> None:
    """Row 15 is off by 1e-5 in the jaw: more than no noise explains, less than declared noise."""
    leak = leaking()
    command = leak.signals["q_command"].copy()
    command[15] = leak.signals["q"][4:26].min(axis=0)
    command[15, 1] -= 1e-5
    one = Recording(leak.motion, leak.run, {**leak.signals, "q_command": command})
    for joint, masked in (("jaw_joint", True), ("hip_joint", False)):
        valid = read([one], measurement_noise={joint: 1e-5}).signal("q_command_valid", 0)
        assert valid[15] != masked
        assert not valid[[14, 16]].any()


def test_what_is_declared_names_joints_of_the_dataset(read: Any) -> None:
    event = {"name": "opens", "joint": "finger", "direction": "rising"}
    with pytest.raises(ProblemsError) as raised:
        read([leaking()], measurement_noise={"elbow": 1e-5, "hip_joint": 1e-5}, events=[event])
    assert [str(problem) for problem in raised.value.problems] == [
        "joints: dataset.json: events/opens: expected one of hip_joint, jaw_joint, came finger",
        "joints: dataset.json: measurement_noise: expected one of hip_joint, jaw_joint, came elbow",
    ]


@pytest.fixture
def place(repository: Path, tmp_path: Path) -> DatasetPaths:
    """A checkout with a robot, and a dataset whose log is committed."""
    write_chain(repository, tmp_path, "arm", ["hip_joint", "jaw_joint"])
    paths = DatasetPaths(tmp_path, "toy")
    paths.folder.mkdir(parents=True)
    about = {
        **{"title": "made", "licence": "MIT", "homepage": "here", "version": 1},
        **{"superseded_by": None, "raw": "committed"},
    }
    runs = DATASET["runs"][:2]
    document = {"schema": "twinbench/dataset/1", **LOGGED, **about, "runs": runs}
    (paths.folder / "dataset.json").write_text(dump(document))
    write_counts(paths.folder / "log.npz", LOG)
    return paths


def test_the_store_and_what_was_odd_are_written_together(place: DatasetPaths) -> None:
    record = ingest_dataset(place, silent)
    assert record == read_document(place.folder / "ingest.json", "ingest")
    assert record == {
        "schema": "twinbench/ingest/1",
        "dataset": "toy",
        "reader": "counts",
        "episodes": 4,
        "rows": 12,
        "rows_masked": 0,
        "counts": {},
        "warnings": [],
    }
    assert len(load_episodes(place.episodes)) == 4


def test_warnings_are_counted_and_listed(
    place: DatasetPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    def of(_dataset: object, _raw: Path, _progress: Progress) -> Iterator[Recording]:
        yield leaking()
        yield recording("wave", "first")

    monkeypatch.setattr(module, "reader", lambda _name: Reader("made", "in memory", {}, of))
    record = ingest_dataset(place, silent)
    assert (record["rows"], record["rows_masked"]) == (33, 10)
    assert record["counts"] == {"command_is_measurement": 1, "odd_log": 1}
    assert record["warnings"] == [
        {"code": "odd_log", "where": "leak.first", "what": "was odd"},
        {
            "code": "command_is_measurement",
            "where": "leak.first",
            "what": "the command is a measurement in 10 of 30 rows; masked",
        },
    ]


def test_one_arm_of_two_is_masked_beside_commands_of_the_other(
    place: DatasetPaths, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The arms are those of the robot that the dataset names."""
    robot = load_robot(repository / "robots" / "mobile-ai" / "robot.json")
    shutil.copytree(repository / "robots" / "mobile-ai", place.root / "robots" / "mobile-ai")
    document = read_document(place.folder / "dataset.json", "dataset")
    joints = [{"name": j.name, "log": j.name, "unit": j.unit} for j in robot.logged_joints]
    made = {**document, "robot": "mobile-ai", "joints": joints}
    (place.folder / "dataset.json").write_text(dump(made))
    q = np.random.default_rng(3).normal(size=(30, 14))
    command = q + 1
    command[10:20, 7:13] = q[9:19, 7:13]
    one = Recording("leak", "first", {"time": np.arange(30) * 0.02, "q": q, "q_command": command})
    monkeypatch.setattr(
        module, "reader", lambda _name: Reader("made", "in memory", {}, lambda *_: iter([one]))
    )
    assert ingest_dataset(place, silent)["rows_masked"] == 10
    valid = load_episodes(place.episodes).signal("q_command_valid", 0)
    assert np.flatnonzero(~valid).tolist() == list(range(10, 20))


def test_a_log_with_problems_leaves_what_was_there(place: DatasetPaths) -> None:
    ingest_dataset(place, silent)
    before = (place.folder / "ingest.json").read_bytes()
    (place.folder / "log.npz").write_bytes(b"no archive")
    with pytest.raises(ProblemsError):
        ingest_dataset(place, silent)
    assert (place.folder / "ingest.json").read_bytes() == before
    assert len(load_episodes(place.episodes)) == 4


# With a log on disk.

LOG = CountsLog(
    (CountedJoint("jaw", "fraction", 0.001, 1e-5), CountedJoint("hip", "rad", 0.0015, 1e-6)),
    tuple(
        CountedRun(
            motion,
            run,
            np.array([5, 20_000, 40_000]) + ("first", "second").index(run),
            np.array([[1000, 100_000], [2000, 200_000], [3000, 300_000]])
            * ("ab".index(motion) + 1),
            np.array([[1, 10], [2, 20], [3, 30]]),
        )
        for motion, run in (("b", "second"), ("b", "first"), ("a", "second"), ("a", "first"))
    ),
)
LOGGED = {**DATASET, "reader": "counts", "reader_settings": {"file": "log.npz"}}


def test_a_log_on_disk_in_the_datasets_order_of_joints(tmp_path: Path) -> None:
    write_counts(tmp_path / "log.npz", LOG)
    done: list[tuple[int, int]] = []
    found = ingest(LOGGED, tmp_path, layout(LOGGED), lambda *step: done.append(step))
    assert done == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert roles(found) == {
        "a.first": "reference",
        "b.first": "reference",
        "a.second": "repeat",
        "b.second": "repeat",
    }
    np.testing.assert_allclose(found.signal("time", 2), [6e-6, 0.020001, 0.040001], rtol=1e-15)
    np.testing.assert_allclose(
        found.signal("q", 0), [[0.015, 0.001], [0.03, 0.002], [0.045, 0.003]], rtol=1e-15
    )
    np.testing.assert_allclose(
        found.signal("q_command", 1), [[0.2, 0.02], [0.4, 0.04], [0.6, 0.06]], rtol=1e-15
    )


def test_the_same_log_gives_the_same_bytes(tmp_path: Path) -> None:
    write_counts(tmp_path / "log.npz", LOG)
    written = []
    for name in ("one.zarr", "two.zarr"):
        write_store(tmp_path / name, ingest(LOGGED, tmp_path, layout(LOGGED), silent))
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        written.append({str(p.relative_to(tmp_path / name)): p.read_bytes() for p in files})
    assert written[0] == written[1]
    assert "q/c/0/0" in written[0]


def test_raw_files_lie_where_they_were_fetched_or_beside_the_dataset() -> None:
    paths = DatasetPaths(Path("root"), "toy")
    assert raw_folder(paths, {"raw": "committed"}) == Path("root/datasets/toy")
    assert raw_folder(paths, {"raw": "fetched"}) == Path("root/data/raw/toy")
