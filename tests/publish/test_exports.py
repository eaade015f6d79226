"""Exports say what the store says, in forms that other tools read."""

from __future__ import annotations

import csv
from pathlib import Path

import h5py
import numpy as np
import pytest

from bench.datasets.split import inputs_of
from bench.io.problems import UnknownNameError
from bench.publish.exports import export
from tests.support.episodes import JOINTS, make_episodes
from tests.support.workspace import silent


def test_csv_reads_back_to_the_same_doubles(tmp_path: Path) -> None:
    episodes = make_episodes(split="calibration")
    export("csv", tmp_path / "out", episodes, silent)
    for number, info in enumerate(episodes.info.episodes):
        with (tmp_path / "out" / f"{info.id}.csv").open(newline="") as file:
            head, *rows = csv.reader(file)
        table = np.array(rows, dtype=np.float64)
        np.testing.assert_array_equal(table[:, 0], episodes.signal("time", number))
        for name in ("q", "q_command", "dq"):
            columns = [head.index(f"{name}.{joint}") for joint in JOINTS]
            np.testing.assert_array_equal(table[:, columns], episodes.signal(name, number))


def test_csv_shows_the_first_state_once(tmp_path: Path) -> None:
    inputs = inputs_of(make_episodes(split="holdout_truth"))
    export("csv", tmp_path / "out", inputs, silent)
    info = inputs.info.episodes[0]
    with (tmp_path / "out" / f"{info.id}.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    shown = [float(rows[0][f"q_start.{joint}"]) for joint in JOINTS]
    assert shown == inputs.signal("q_start", 0).tolist()
    assert all(row[f"q_start.{joint}"] == "" for row in rows[1:] for joint in JOINTS)


def test_hdf5_holds_every_signal_with_its_unit(tmp_path: Path) -> None:
    episodes = make_episodes(split="validation")
    export("hdf5", tmp_path / "out.h5", episodes, silent)
    with h5py.File(tmp_path / "out.h5") as file:
        assert list(file.attrs["joints"]) == list(JOINTS)
        for number, info in enumerate(episodes.info.episodes):
            group = file[info.id]
            assert group.attrs["role"] == info.role
            for name, units in episodes.info.signals.items():
                np.testing.assert_array_equal(group[name][()], episodes.signal(name, number))
                assert list(group[name].attrs["units"]) == list(units)


def test_an_unknown_form_names_the_valid_ones(tmp_path: Path) -> None:
    with pytest.raises(UnknownNameError, match="unknown format 'xlsx'; valid: csv, hdf5"):
        export("xlsx", tmp_path / "out", make_episodes(), silent)
