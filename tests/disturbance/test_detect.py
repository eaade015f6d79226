"""The verb `pushes` on a small checkout of made-up recordings."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from bench.cli import pushes
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.store import Episodes, write_store
from bench.io.store_info import EpisodeInfo, StoreInfo
from bench.io.workspace import Workspace
from tests.disturbance.arms import pushed, recording
from tests.support.robots import write_chain

JOINTS = ("first", "second")
NO_STOPS = {"lower": None, "upper": None}
UNITS = {"time": ("s",), "q": ("rad",) * 2, "dq": ("rad/s",) * 2, "current": ("A",) * 2}


def signals(seed: int) -> dict[str, np.ndarray]:
    """A recording whose currents are friction and noise."""
    time, q, dq, _ = recording(seed)
    noise = 0.02 * np.random.default_rng(seed).standard_normal(q.shape)
    current = 0.4 * np.tanh(dq / 0.02) + 0.3 * dq + noise
    return {"time": time, "q": q, "dq": dq, "current": current}


def store(place: Workspace, part: Any, recordings: dict[str, dict[str, np.ndarray]]) -> None:
    episodes = tuple(
        EpisodeInfo(f"{name}.run-a", name, name, "run-a", "reference") for name in recordings
    )
    names = list(next(iter(recordings.values())))
    values = {n: np.concatenate([own[n] for own in recordings.values()]) for n in names}
    lengths = [len(own["time"]) for own in recordings.values()]
    units = {name: UNITS[name] for name in names}
    info = StoreInfo("toy", "chain", "recorded", part, JOINTS, ("rad",) * 2, units, episodes)
    start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    write_store(place.dataset("toy").part(part), Episodes(info, start, values))


@pytest.fixture
def place(repository: Path, tmp_path: Path) -> Workspace:
    (tmp_path / "datasets/toy").mkdir(parents=True)
    (tmp_path / "datasets/toy/dataset.json").write_text("{}")
    shutil.copyfile(repository / "params.yaml", tmp_path / "params.yaml")
    write_chain(repository, tmp_path, "chain", JOINTS)
    found = Workspace(tmp_path)
    store(found, "calibration", {f"c{k}": signals(k) for k in range(4)})
    store(found, "validation", {f"v{k}": signals(10 + k) for k in range(3)})
    own = signals(20)
    hit = pushed(own["time"], own["current"], 9.0, 9.8, 1, 1.5)
    store(found, "diagnostic", {"hit": {**own, "current": hit}, "quiet": signals(21)})
    return found


def run(place: Workspace, *words: str) -> Result:
    return CliRunner().invoke(pushes.command, list(words), obj=place.root)


def test_a_push_is_told_with_joint_and_interval(place: Workspace) -> None:
    done = run(place, "toy", "--json")
    assert done.exit_code == 0, done.output
    document = json.loads(done.output)
    hit, quiet = document["recordings"]
    assert (hit["id"], hit["verdict"]) == ("hit.run-a", "disturbed")
    assert (quiet["id"], quiet["verdict"]) == ("quiet.run-a", "undisturbed")
    clear = max(hit["pushes"], key=lambda push: push["ratio"])
    assert clear["interval"] == pytest.approx([9.0, 9.8], abs=0.2)
    assert clear["joints"][0] == "second"
    assert clear["peak"] == pytest.approx(1.5, abs=0.4)
    assert document["unit"] == "A"
    assert set(document["limits"]) == set(JOINTS)


def test_it_says_so_in_lines(place: Workspace) -> None:
    lines = run(place, "toy", "quiet.run-a", "hit.run-a").output.splitlines()
    assert lines[0].startswith("quiet.run-a: undisturbed: ")
    (at,) = [k for k, line in enumerate(lines) if line.startswith("hit.run-a: disturbed: ")]
    assert any("second: +" in line and " A, " in line for line in lines[at + 1 :])


def test_the_parts_that_set_the_limits_are_judged_too(place: Workspace) -> None:
    for part in ("calibration", "validation"):
        document = json.loads(run(place, "toy", "--part", part, "--json").output)
        assert {own["verdict"] for own in document["recordings"]} == {"undisturbed"}


def test_speeds_come_from_positions_where_none_are_recorded(place: Workspace) -> None:
    for part, names in (("calibration", "abcd"), ("validation", "ef"), ("diagnostic", "g")):
        made = {name: signals(ord(name)) for name in names}
        for own in made.values():
            del own["dq"]
        store(place, part, made)
    document = json.loads(run(place, "toy", "--json").output)
    assert [own["verdict"] for own in document["recordings"]] == ["undisturbed"]


def test_a_dataset_without_currents_is_a_problem(place: Workspace) -> None:
    bare = {name: values for name, values in signals(0).items() if name != "current"}
    store(place, "calibration", {"a": bare, "b": bare})
    done = run(place, "toy")
    assert isinstance(done.exception, ProblemsError)
    (problem,) = done.exception.problems
    assert str(problem) == (
        f"no_currents: {place.dataset('toy').part('calibration')}: expected recorded currents of "
        "the motors (the signals time, q, current), came signals time, q, dq"
    )


def test_one_recording_of_calibration_is_too_few(place: Workspace) -> None:
    store(place, "calibration", {"alone": signals(0)})
    done = run(place, "toy")
    assert isinstance(done.exception, ProblemsError)
    assert str(done.exception) == (
        f"too_few: {place.dataset('toy').part('calibration')}: expected two recordings, so that "
        "one can be left out, came 1"
    )


def test_a_robot_with_other_joints_is_a_problem(place: Workspace, repository: Path) -> None:
    folder = place.root / "robots" / "chain"
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    write_chain(repository, place.root, "chain", ("first", "third"))
    done = run(place, "toy")
    assert isinstance(done.exception, ProblemsError)
    assert str(done.exception) == (
        "joints: dataset toy: expected the joints first, third, came none of third"
    )


def test_unknown_names_are_told(place: Workspace) -> None:
    done = run(place, "toy", "nobody")
    assert isinstance(done.exception, UnknownNameError)
    assert str(done.exception) == (
        "unknown episode of the part diagnostic 'nobody'; valid: hit.run-a, quiet.run-a"
    )
    assert run(place, "toy", "--part", "holdout").exit_code == 2


def set_thresholds(place: Workspace, text: str) -> None:
    params = place.root / "params.yaml"
    params.write_text(params.read_text().replace("pushes: {}", f"pushes: {text}"))


def test_params_yaml_may_set_thresholds(place: Workspace) -> None:
    before = json.loads(run(place, "toy", "hit.run-a", "--json").output)
    (hit,) = before["recordings"]
    above = max(push["ratio"] for push in hit["pushes"]) + 0.1
    set_thresholds(place, f"{{verdict: {above}}}")
    after = json.loads(run(place, "toy", "hit.run-a", "--json").output)
    (calm,) = after["recordings"]
    assert (hit["verdict"], calm["verdict"]) == ("disturbed", "undisturbed")
    assert calm["pushes"] == hit["pushes"]
    changed = {**before["thresholds"], "verdict": pytest.approx(above)}
    assert after["thresholds"] == changed


def test_thresholds_that_there_are_not_are_told(place: Workspace) -> None:
    set_thresholds(place, "{verdicts: 3}")
    error = run(place, "toy").exception
    assert isinstance(error, UnknownNameError)
    valid = "duration, level, margin, same, verdict"
    assert str(error).startswith("unknown threshold of pushes 'verdicts'")
    assert str(error).endswith(f"valid: {valid}")


def test_a_threshold_that_is_no_number_is_a_problem(place: Workspace) -> None:
    set_thresholds(place, "{verdict: high}")
    error = run(place, "toy").exception
    assert isinstance(error, ProblemsError)
    (problem,) = error.problems
    assert str(problem).endswith('params.yaml: pushes/verdict: expected a number, came "high"')


@pytest.mark.parametrize("level", ["1.0e+12", "1.0e+300"])
def test_a_level_beyond_all_recordings_is_one_of_the_whole(place: Workspace, level: str) -> None:
    documents = []
    for text in ("{level: 1.0e+4}", f"{{level: {level}}}"):
        set_thresholds(place, text)
        done = run(place, "toy", "--json")
        assert done.exit_code == 0, done.output
        documents.append(json.loads(done.output))
        (place.root / "params.yaml").write_text(
            (place.root / "params.yaml").read_text().replace(f"pushes: {text}", "pushes: {}")
        )
    assert documents[0]["recordings"] == documents[1]["recordings"]


def test_no_push_lasts_longer_than_all_recordings(place: Workspace) -> None:
    set_thresholds(place, "{duration: 1.7e+308}")
    done = run(place, "toy", "--json")
    assert done.exit_code == 0, done.output
    assert all(not recording["pushes"] for recording in json.loads(done.output)["recordings"])


def test_thresholds_are_looked_at_before_recordings(place: Workspace) -> None:
    set_thresholds(place, "{verdicts: 3}")
    shutil.rmtree(place.dataset("toy").part("calibration"))
    assert isinstance(run(place, "toy").exception, UnknownNameError)


def test_a_part_that_is_not_here_is_a_problem(place: Workspace) -> None:
    gone = place.dataset("toy").part("diagnostic")
    shutil.rmtree(gone)
    error = run(place, "toy").exception
    assert isinstance(error, ProblemsError)
    (problem,) = error.problems
    assert str(problem) == (
        f"not_made: {gone}: expected a store; make it with: dvc repro split@toy, came none"
    )


def test_where_a_turn_of_an_endless_joint_ends_makes_no_difference(place: Workspace) -> None:
    description = place.root / "robots/chain/robot.json"
    robot = json.loads(description.read_text())
    for joint in robot["arms"][0]["joints"]:
        joint["type"], joint["limits"] = "continuous", {**joint["limits"], **NO_STOPS}
    description.write_text(json.dumps(robot))
    plain = run(place, "toy", "--json").output
    for part, seeds in (("calibration", range(4)), ("validation", range(10, 13))):
        made = {f"{part[0]}{k % 10}": signals(k) for k in seeds}
        store(place, part, {name: wrapped(own) for name, own in made.items()})
    hit, quiet = signals(20), signals(21)
    hit["current"] = pushed(hit["time"], hit["current"], 9.0, 9.8, 1, 1.5)
    store(place, "diagnostic", {"hit": wrapped(hit), "quiet": wrapped(quiet)})
    assert json.loads(run(place, "toy", "--json").output) == json.loads(plain)


def wrapped(own: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The same with angles that end at a place which the arm passes."""
    turned = np.where(own["q"] > 0.2, own["q"] - 2 * np.pi, own["q"])
    assert (np.abs(np.diff(turned, axis=0)) > 6).any()
    return {**own, "q": turned}


def test_currents_without_a_sign_are_a_problem(place: Workspace) -> None:
    made = {f"c{k}": signals(k) for k in range(2)}
    store(
        place, "calibration", {n: {**v, "current": np.abs(v["current"])} for n, v in made.items()}
    )
    done = run(place, "toy")
    assert isinstance(done.exception, ProblemsError)
    assert str(done.exception) == (
        f"no_sign: {place.dataset('toy').part('calibration')}: expected currents with a sign, "
        "which tells the way of the torque, came none below 0"
    )
