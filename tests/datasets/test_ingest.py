"""From logs to one store: roles, units, order, and what is refused."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datasets import ingest as module
from bench.datasets.ingest import equal_commands, ingest, raw_folder
from bench.datasets.readers.counts import CountedJoint, CountedRun, CountsLog, write_counts
from bench.datasets.recording import Progress, Reader, Recording
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import write_store
from bench.io.workspace import DatasetPaths

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


def recording(motion: str, run: str, command: np.ndarray = COMMAND, **more: Any) -> Recording:
    time = np.arange(len(command)) * 0.02
    return Recording(motion, run, {"time": time, "q": command + 1, "q_command": command, **more})


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Ingest these recordings, as a log reader would have read them."""

    def ingested(recordings: Sequence[Recording], **changes: Any) -> Any:
        def of(_dataset: object, _raw: Path, _progress: Progress) -> Iterator[Recording]:
            yield from recordings

        made = Reader("made", "in memory", {"dq": "rad/s", "current": "count"}, of)
        monkeypatch.setattr(module, "reader", lambda _name: made)
        return ingest({**DATASET, **changes}, Path("raw"), silent)

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
    found = read([recording("a", "first", dq=COMMAND, current=COMMAND)]).info
    assert found.signals == {
        "time": ("s",),
        "q": ("rad", "fraction"),
        "q_command": ("rad", "fraction"),
        "dq": ("rad/s",),
        "current": ("count",),
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
        ingest(DATASET, Path("raw"), silent)
    assert str(raised.value).startswith("unknown log reader 'made'; valid: counts, sage")


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
    found = ingest(LOGGED, tmp_path, lambda *step: done.append(step))
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
        write_store(tmp_path / name, ingest(LOGGED, tmp_path, silent))
        files = sorted(p for p in (tmp_path / name).rglob("*") if p.is_file())
        written.append({str(p.relative_to(tmp_path / name)): p.read_bytes() for p in files})
    assert written[0] == written[1]
    assert "q/c/0/0" in written[0]


def test_raw_files_lie_where_they_were_fetched_or_beside_the_dataset() -> None:
    paths = DatasetPaths(Path("root"), "toy")
    assert raw_folder(paths, {"raw": "committed"}) == Path("root/datasets/toy")
    assert raw_folder(paths, {"raw": "fetched"}) == Path("root/data/raw/toy")
