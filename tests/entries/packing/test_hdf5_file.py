from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.entries.packing.hdf5_file import read
from tests.entries.packing.sources import hdf5_file as write_hdf5
from tests.entries.toy import good_tracks, make_holdout

HOLDOUT = make_holdout()
Q = np.arange(12.0).reshape(3, 4)


def no_positions(file: Any) -> str:
    file["wave.run-a/x"] = Q
    return (
        "positions: /wave.run-a: expected positions in one of q, obs/q, obs/robot0_joint_pos, "
        "observations/qpos, came none"
    )


def two_positions(file: Any) -> str:
    file["wave.run-a/q"] = Q
    file["wave.run-a/observations/qpos"] = Q
    return (
        "positions: /wave.run-a: expected positions in one of q, obs/q, obs/robot0_joint_pos, "
        "observations/qpos, came q and observations/qpos"
    )


def soft_link(file: Any) -> str:
    file["wave.run-a/kept"] = Q
    file["wave.run-a/q"] = h5py.SoftLink("/wave.run-a/kept")
    return "link: '/wave.run-a/q': expected data in the file, came a soft or external link"


def dangling_link(file: Any) -> str:
    file["wave.run-a"] = h5py.SoftLink("/nowhere")
    return "link: '/wave.run-a': expected data in the file, came a soft or external link"


def external_link(file: Any) -> str:
    file["wave.run-a"] = h5py.ExternalLink("other.h5", "/")
    return "link: '/wave.run-a': expected data in the file, came a soft or external link"


def link_for_data(file: Any) -> str:
    file["data"] = h5py.ExternalLink("other.h5", "/")
    return "link: '/data': expected data in the file, came a soft or external link"


def external_data(file: Any) -> str:
    group = file.create_group("wave.run-a")
    group.create_dataset("q", (3, 4), "f8", external=[("/etc/passwd", 0, 96)])
    return (
        "not_plain: /wave.run-a/q: expected plain data inside the file, at most deflated or lzf, "
        "came something else"
    )


def virtual_data(file: Any) -> str:
    layout = h5py.VirtualLayout((3, 4), "f8")
    layout[:] = h5py.VirtualSource("other.h5", "q", (3, 4))
    file.create_group("wave.run-a").create_virtual_dataset("q", layout)
    return (
        "not_plain: /wave.run-a/q: expected plain data inside the file, at most deflated or lzf, "
        "came something else"
    )


def promised_rows(file: Any) -> str:
    file.create_group("wave.run-a").create_dataset("q", (10**12, 4), "f8", chunks=(1000, 4))
    return "too_large: /wave.run-a/q: expected at most 131072 rows, came (1000000000000, 4)"


def text_for_numbers(file: Any) -> str:
    file["wave.run-a/q"] = [["a", "b"]]
    return "array_form: /wave.run-a/q: expected a dataset of numbers, came something else"


def words_for_numbers(file: Any) -> str:
    kind = h5py.enum_dtype({"left": 0, "right": 1}, "i1")
    file.create_dataset("wave.run-a/q", (3, 4), kind)
    return "array_form: /wave.run-a/q: expected a dataset of numbers, came something else"


def bits_for_numbers(file: Any) -> str:
    space = h5py.h5s.create_simple((3, 4))
    group = file.create_group("wave.run-a")
    h5py.h5d.create(group.id, b"q", h5py.h5t.STD_B8LE, space)
    return "array_form: /wave.run-a/q: expected a dataset of numbers, came something else"


def group_for_numbers(file: Any) -> str:
    file.create_group("wave.run-a/q")
    return "array_form: /wave.run-a/q: expected a dataset of numbers, came something else"


def wrong_dimensions(file: Any) -> str:
    file["wave.run-a/q"] = Q[0]
    return "array_form: /wave.run-a/q: expected 2 dimensions, came (4,)"


def numbers_for_names(file: Any) -> str:
    file["wave.run-a/q"] = Q
    file["wave.run-a"].attrs["joints"] = [1, 2, 3, 4]
    return "joint_names: /wave.run-a: attribute joints: expected text, came something else"


def number_for_episode(file: Any) -> str:
    file["data/demo_0/q"] = Q
    file["data/demo_0"].attrs["episode"] = 7
    return "episode_name: /data/demo_0: attribute episode: expected text, came something else"


FAULTS: list[Callable[[Any], str]] = [
    *(
        no_positions,
        two_positions,
        soft_link,
        dangling_link,
        external_link,
        link_for_data,
        external_data,
    ),
    *(virtual_data, promised_rows, text_for_numbers, group_for_numbers, wrong_dimensions),
    *(words_for_numbers, bits_for_numbers, numbers_for_names, number_for_episode),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_one_fault_gives_one_line(tmp_path: Path, fault: Callable[[Any], str]) -> None:
    with h5py.File(tmp_path / "s.h5", "w") as file:
        line = fault(file)
    reading = read(tmp_path / "s.h5", HOLDOUT.inputs)
    assert [str(problem) for problem in reading.problems] == [line]
    assert reading.tracks == []


@pytest.mark.parametrize("holder", ["/", "wave.run-a", "wave.run-a/q"])
def test_joint_names_are_found_beside_or_above_the_positions(tmp_path: Path, holder: str) -> None:
    with h5py.File(tmp_path / "s.h5", "w") as file:
        file["wave.run-a/q"] = Q
        file[holder].attrs["joints"] = ["d", "c", "b", "a"]
    (track,) = read(tmp_path / "s.h5", HOLDOUT.inputs).tracks
    assert track.joints == ("d", "c", "b", "a")


def test_no_hdf5_file(tmp_path: Path) -> None:
    (tmp_path / "s.h5").write_bytes(b"\x89HDF\r\n\x1a\n and no more")
    (problem,) = read(tmp_path / "s.h5", HOLDOUT.inputs).problems
    assert (problem.code, problem.where) == ("not_hdf5", "s.h5")


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "s.h5"
    return write_hdf5(path, {"wave.run-a": good_tracks()["wave.run-a"]})


# Cut files alone: on files with changed bytes the HDF5 library itself may never come back.
@settings(max_examples=60)
@given(share=st.floats(0, 1, exclude_max=True))
def test_a_cut_file_gives_a_problem(
    tmp_path_factory: pytest.TempPathFactory, whole: Path, share: float
) -> None:
    data = whole.read_bytes()
    path = tmp_path_factory.mktemp("h5") / "s.h5"
    path.write_bytes(data[: int(share * len(data))])
    reading = read(path, HOLDOUT.inputs)
    assert [problem.code for problem in reading.problems] == ["not_hdf5"]
    assert reading.tracks == []
