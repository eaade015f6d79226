"""Reading apart: the same as here, and nothing worse than a problem whatever the reader does."""

from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest

from bench.entries.packing import hdf5_file
from bench.entries.packing.apart import read_apart
from bench.entries.packing.format import Budget, Reading, Track
from bench.io.problems import Problem
from bench.io.store import Episodes
from tests.entries.packing.sources import aloha_file
from tests.entries.packing.sources import hdf5_file as write_hdf5
from tests.entries.toy import JOINTS, Holdout, Tracks


def hang(_source: Path, _inputs: Episodes) -> Reading:
    time.sleep(600)
    return Reading()


def crash(_source: Path, _inputs: Episodes) -> Reading:
    os.abort()


def run_out_of_memory(_source: Path, _inputs: Episodes) -> Reading:
    return Reading(episodes=[str(len(bytearray(2**34)))])


def send_too_much(_source: Path, inputs: Episodes) -> Reading:
    q = np.zeros((Budget.of(inputs).left + 1, 1))
    return Reading(tracks=[Track("a", "b", q, None, None)])


def everything(source: Path, inputs: Episodes) -> Reading:
    q = np.arange(8.0).reshape(2, 4).T  # not in the order of its rows
    tracks = [
        Track("one", "here", q, JOINTS[:2], np.arange(4.0)),
        Track("two\udcff", "there", np.zeros((0, 3)), None, None),
    ]
    problems = [Problem("code", source.name, ",".join(inputs.index), "\udcff")]
    return Reading(["one", "two\udcff"], tracks, problems)


def same(one: Track, other: Track) -> bool:
    if (one.time is None) != (other.time is None) or not np.array_equal(one.q, other.q):
        return False
    if one.time is not None and not np.array_equal(one.time, other.time):
        return False
    return (one.episode, one.where, one.joints) == (other.episode, other.where, other.joints)


@pytest.mark.parametrize("write", [write_hdf5, aloha_file])
def test_it_reads_what_is_read_here(
    tmp_path: Path, holdout: Holdout, tracks: Tracks, write: object
) -> None:
    assert callable(write)
    source = write(tmp_path / "s.h5", tracks)
    here = hdf5_file.read(source, holdout.inputs)
    apart = read_apart(hdf5_file.read, source, holdout.inputs)
    assert (apart.episodes, apart.problems) == (here.episodes, here.problems)
    assert len(apart.tracks) == len(here.tracks) == len(tracks)
    assert all(map(same, apart.tracks, here.tracks))


def test_everything_comes_over(tmp_path: Path, holdout: Holdout) -> None:
    apart = read_apart(everything, tmp_path / "s", holdout.inputs)
    here = everything(tmp_path / "s", holdout.inputs)
    assert (apart.episodes, apart.problems) == (here.episodes, here.problems)
    assert all(map(same, apart.tracks, here.tracks))


@pytest.mark.parametrize(
    ("read", "came"),
    [
        (hang, "no answer within 3 s"),
        (crash, "the process ended with status -6"),
        (run_out_of_memory, "MemoryError"),
    ],
)
def test_a_reader_that_does_not_come_back_is_a_problem(
    tmp_path: Path, holdout: Holdout, read: object, came: str
) -> None:
    assert callable(read)
    reading = read_apart(read, tmp_path / "s.h5", holdout.inputs, seconds=3 if read is hang else 60)
    assert [str(problem) for problem in reading.problems] == [
        f"not_read: s.h5: expected a file that can be read within bounds, came {came}"
    ]
    assert (reading.episodes, reading.tracks) == ([], [])


def test_what_a_reader_sends_is_bounded(tmp_path: Path, holdout: Holdout) -> None:
    reading = read_apart(send_too_much, tmp_path / "s.h5", holdout.inputs)
    assert [problem.code for problem in reading.problems] == ["not_read"]
    assert reading.tracks == []
