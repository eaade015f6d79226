"""A stepper driven through an episode, against plain loops; and what it is sent."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from bench.formulas.rolling_origin import origins
from bench.io.problems import ProblemsError
from bench.io.stepper_process import Limits, Stepper
from bench.scoring.sync.drive import Driven, drive
from bench.scoring.sync.episode import Recording, followed
from bench.scoring.sync.naive import naive_predictions
from bench.scoring.sync.result import driven_numbers, numbers
from tests.scoring.sync.steppers import first_order

LIMITS = Limits(20, 20, 20, 20, 20)
LAG = 0.1


def recording(q: np.ndarray | None = None, rows: int = 260, masked: tuple[int, ...] = ()):
    """Two joints that are commanded in sines, an uneven clock; what is measured may be given."""
    time = 3e-6 + np.cumsum(np.r_[0.0, 0.02 + 0.001 * np.sin(np.arange(rows - 1))])
    command = np.stack([0.5 * np.sin(2 * time), 0.3 * np.cos(3 * time)], axis=1)
    valid = np.ones(rows, bool)
    valid[list(masked)] = False
    return Recording(
        id="wave.run-a",
        group="wave",
        joints=("a", "b"),
        units=("rad", "rad"),
        time=time,
        q=lagged(time, command) if q is None else q,
        command=command,
        dq_start=None,
        masked=len(masked),
        origins=origins(time, valid),
        scored=(0, 1),
        endless=np.zeros(2, bool),
    )


def lagged(time: np.ndarray, command: np.ndarray, lag: float = LAG) -> np.ndarray:
    """What a first-order lag does, by a plain loop."""
    q = [command[0] * 0 + 0.1]
    for k in range(1, len(time)):
        share = math.exp(-(time[k] - time[k - 1]) / lag)
        q.append(command[k - 1] + share * (q[-1] - command[k - 1]))
    return np.array(q)


def driven(tmp_path: Path, episode: Recording, correction: str = "harness", **made) -> Driven:
    with Stepper(first_order(tmp_path, **made), LIMITS, "test") as stepper:
        return drive(stepper, episode, correction)


@pytest.mark.parametrize("correction", ["harness", "own"])
def test_a_perfect_model_has_no_error(tmp_path: Path, correction: str) -> None:
    found = driven_numbers(recording(), driven(tmp_path, recording(), correction))
    assert found["rmse"] == pytest.approx(0, abs=1e-12)
    assert found["horizons"] == pytest.approx([0, 0, 0, 0], abs=1e-12)
    assert found["innovation"] == pytest.approx(0, abs=1e-12)
    assert found["effort"] == pytest.approx(0, abs=1e-9)


def test_a_planted_offset_by_hand(tmp_path: Path) -> None:
    """The model goes to 0.05 beside the command; what was corrected fades with its lag.

    The robot is the same lag without the offset: h s after a full correction the error is
    0.05 (1 − exp(−h/0.1)), in both joints and at every origin.
    """
    episode = recording()
    found = numbers(episode, driven(tmp_path, episode, "own", offset=0.05).predicted)
    rows = episode.origins
    ahead = episode.time[rows.target_rows][:, None] - episode.time[rows.origin_rows]
    error = 0.05 * (1 - np.exp(-ahead / LAG))
    wanted = np.sqrt((error**2).mean(axis=0))
    assert found["horizons"] == pytest.approx(wanted.tolist(), rel=1e-9)
    assert found["joints"]["b"] == pytest.approx(wanted.tolist(), rel=1e-9)
    assert found["rmse"] == pytest.approx((wanted[0] + wanted[1] + wanted[3]) / 3, rel=1e-9)
    assert wanted[0] == pytest.approx(0.05 * (1 - math.exp(-5)), rel=2e-3)


def test_the_harness_corrects_as_the_page_says(tmp_path: Path) -> None:
    """Another lag than the robot's, against the page's rules in plain loops."""
    episode = recording()
    found = driven(tmp_path, episode, lag=0.25)
    time, q, command = episode.time, episode.q, episode.command
    state, states, innovation, moved, path = q[0].copy(), [q[0].copy()], [], 0.0, 0.0
    last = episode.origins.rows[-2]
    for k in range(1, last + 1):
        share = math.exp(-(time[k] - time[k - 1]) / 0.25)
        before = command[k - 1] + share * (state - command[k - 1])
        gain = 1 - math.exp(-(time[k] - time[k - 1]) / 0.09)
        state = before + gain * (q[k] - before)
        states.append(state)
        if time[k] > time[0] + 2:
            innovation.append(q[k] - before)
            moved += math.dist(state, before)
            path += math.dist(q[k], q[k - 1])
    for target, row in enumerate(episode.origins.target_rows):
        for horizon, origin in enumerate(episode.origins.origin_rows[target]):
            ahead = states[origin].copy()
            for k in range(origin + 1, row + 1):
                share = math.exp(-(time[k] - time[k - 1]) / 0.25)
                ahead = command[k - 1] + share * (ahead - command[k - 1])
            assert found.predicted[target, horizon] == pytest.approx(ahead, abs=1e-12)
    assert found.effort == pytest.approx(moved / path, rel=1e-9)
    plain = np.sqrt((np.array(innovation) ** 2).mean(axis=0)).mean()
    assert found.innovation == pytest.approx(plain, rel=0.02)  # there every row weighs its time


def test_nothing_measured_later_reaches_a_copy(tmp_path: Path) -> None:
    spy, episode = tmp_path / "spy", recording(masked=(200,))
    for correction in ("harness", "own"):
        driven(tmp_path, episode, correction, spy=spy)
        sent = [json.loads(line) for line in spy.read_text().splitlines()]
        spy.unlink()
        measured, forked, copies = episode.time[0], None, 0
        by_time = dict(zip(episode.time.tolist(), episode.q.tolist(), strict=True))
        for message in sent:
            assert episode.id not in json.dumps(message)
            if message["op"] == "correct":
                assert message["q"] == [by_time[t] for t in message["time"]]
                measured = message["time"][-1]
            elif message["op"] == "fork":
                forked, copies = measured, copies + 1
            elif message["op"] == "step":
                assert set(message) == {"id", "op", "state", "time", "command"}
                assert message["state"] == "ahead"
                assert measured == forked
                assert message["time"][0] > measured
        origins_used = {int(row) for row in episode.origins.origin_rows.ravel()}
        assert copies == len(origins_used)


def test_velocities_are_from_rows_up_to_each(tmp_path: Path) -> None:
    spy, episode = tmp_path / "spy", recording()
    driven(tmp_path, episode, spy=spy)
    sent = [json.loads(line) for line in spy.read_text().splitlines()]
    rows = [r for m in sent if m["op"] == "correct" for r in zip(m["time"], m["dq"], strict=True)]
    for time, velocity in rows:
        past = (episode.time <= time) & (episode.time >= time - 0.1 - 1e-9)
        slope = np.polyfit(episode.time[past] - time, episode.q[past], 1)[0]
        assert velocity == pytest.approx(slope.tolist(), rel=1e-6, abs=1e-9)


def test_long_ways_are_sent_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = driven(tmp_path, recording(), lag=0.3)
    monkeypatch.setattr("bench.scoring.sync.drive.most_rows", lambda _joints: 7)
    parts = driven(tmp_path, recording(), lag=0.3)
    assert (whole.predicted == parts.predicted).all()
    assert whole.innovation == parts.innovation


def test_one_that_does_not_follow_the_correction_is_found(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as raised:
        driven(tmp_path, recording(), offset=0.1, follow=0.5)
    message = str(raised.value)
    assert message.startswith(
        "stepper_correction: episode wave.run-a, correction harness: row 1: "
        "expected positions after the harness's correction, to 1e-06, came 0.00"
    )


def test_naive_rows_against_plain_loops() -> None:
    episode = recording()
    time, q, command = episode.time, episode.q, episode.command
    found = naive_predictions(episode, 0.033)
    for target, row in enumerate(episode.origins.target_rows):
        for horizon, origin in enumerate(episode.origins.origin_rows[target]):
            window = slice(
                max(i for i in range(origin) if time[i] < time[origin] - 0.1 - 1e-9) + 1, origin + 1
            )
            for joint in range(2):
                slope = np.polyfit(time[window] - time[origin], q[window, joint], 1)[0]
                echo = [np.interp(time[k] - 0.033, time, command[:, joint]) for k in (row, origin)]
                here = q[origin, joint]
                wanted = {
                    "hold": here,
                    "constant-velocity": here + slope * (time[row] - time[origin]),
                    "delayed-echo-residual": echo[0] + here - echo[1],
                }
                for name, value in wanted.items():
                    assert found[name][target, horizon, joint] == pytest.approx(value, abs=1e-9)


def test_turning_joints_are_followed_from_the_start() -> None:
    turning = np.array([True, False])
    values = np.array([[3.1, 3.1], [-3.1, -3.1], [-2.9, -2.9]])
    found = followed(values, np.array([3.1 - 4 * math.pi, 0.0]), turning)
    assert found[:, 1].tolist() == [3.1, -3.1, -2.9]
    wanted = np.array([3.1, 2 * math.pi - 3.1, 2 * math.pi - 2.9]) - 4 * math.pi
    assert found[:, 0] == pytest.approx(wanted)
    assert (
        followed(values[:2], np.array([0.0, 0.0]), turning)[:2]
        == followed(values, np.array([0.0, 0.0]), turning)[:2]
    ).all()
