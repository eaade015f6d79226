from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bench.io.documents import Document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import Workspace
from bench.publish.explain.evidence import further_run, ranges
from bench.publish.explain.explaining import explain
from bench.publish.explain.words import FIRST, WORDS
from tests.leaderboard.made import label
from tests.support.workspace import DATASET

Explain = Callable[..., Document]
CIRCLE, POURING, WIPING = "circle.run-a", "pouring.run-a", "wiping.run-a"


@pytest.fixture
def explained(prepared: Path, tmp_path: Path) -> Explain:
    """Explains the result of an echo with other labels; fields may be replaced."""

    def explain_labels(
        labels: Sequence[Document], episode: str | None = None, **fields: Any
    ) -> Document:
        place = Workspace(prepared).dataset(DATASET).result("command-echo")
        result = {**json.loads(place.read_text()), "labels": list(labels), **fields}
        path = tmp_path / "other.json"
        path.write_text(json.dumps(result))
        return explain(Workspace(prepared), str(path), episode)

    return explain_labels


def made(name: str, episode: str, joints: list[str], interval: list[float], **numbers: float):
    strength = numbers.pop("strength", 0.5)
    own = label(name, episode, joints, strength=strength)
    return {**own, "interval": interval, "numbers": numbers}


STALL = made("stall_missed", CIRCLE, ["elbow_flex"], [3.0, 4.5], entry_distance=0.2, strength=0.31)


def test_one_episode_says_what_where_when_and_how_strong(explained: Explain) -> None:
    found = explained([STALL], CIRCLE)
    (symptom,) = found["symptoms"]
    assert symptom["sentence"] == (
        "From 3.00 to 4.50 s at elbow_flex: the robot stands still though commanded away, and the "
        "prediction gets 200.00 mrad beyond it; 31 % of the arm's squared error. A further run of "
        "the robot does not differ from this one so."
    )
    assert symptom["since"] == {"episode": CIRCLE, "interval": [3.0, 4.5]}
    assert (symptom["joints"], symptom["times"], symptom["strength"]) == (["elbow_flex"], 1, 0.31)
    assert found["advice"] == [{"text": FIRST["contact"], "labels": ["stall_missed"]}]
    assert found["summary"].endswith(" mrad; labels: stall_missed.")
    assert found["causes"] is None
    (note,) = found["notes"]
    assert note.startswith("What may be behind it: twinbench attribute /")
    assert note.endswith("/other.json")


def test_what_comes_again_is_counted_from_the_first_on(explained: Explain) -> None:
    late, last = ({**STALL, "interval": [t, t + 1], "strength": 0.9} for t in (7.0, 9.0))
    (symptom,) = explained([last, STALL, late], CIRCLE)["symptoms"]
    assert symptom["since"]["interval"] == [3.0, 4.5]
    assert "The same 2 times more, the last from 9.00 to 10.00 s." in symptom["sentence"]
    (symptom,) = explained([STALL, late], CIRCLE)["symptoms"]
    assert "The same once more, the last from 7.00 to 8.00 s." in symptom["sentence"]


def test_what_lasts_as_long_as_the_episode_is_all_along(explained: Explain) -> None:
    offset = made("offset", CIRCLE, ["elbow_flex", "wrist_flex"], [0.02, 15.6], mean_error=0.04)
    (symptom,) = explained([offset], CIRCLE)["symptoms"]
    assert symptom["sentence"].startswith(
        "All along at elbow_flex and wrist_flex: the predicted angle is 40.00 mrad larger than the "
        "robot's; 50 % of the arm's squared error."
    )


def test_what_comes_in_parts_is_never_all_along(explained: Explain) -> None:
    parts = made("saturation", CIRCLE, ["elbow_flex"], [0.02, 15.6], time=2.5)
    (symptom,) = explained([parts], CIRCLE)["symptoms"]
    assert symptom["sentence"].startswith("From 0.02 to 15.60 s at elbow_flex: for 2.50 s the")


def test_other_joints_are_not_the_same_again(explained: Explain) -> None:
    """Over all episodes labels of a name are told together: the strongest, and where else."""
    weak = {**STALL, "joints": ["wrist_flex"], "interval": [1.0, 2.0], "strength": 0.1}
    (symptom,) = explained([weak, STALL])["symptoms"]
    assert " circle.run-a, from 3.00 to 4.50 s at elbow_flex: the robot" in symptom["sentence"]
    assert "squared error. Also at wrist_flex. A further run" in symptom["sentence"]
    assert "The same" not in symptom["sentence"]
    assert symptom["since"]["interval"] == [3.0, 4.5]


def test_an_event_is_at_one_time_and_no_share_of_the_error(explained: Explain) -> None:
    event = made("event_missed", CIRCLE, ["gripper"], [5.0, 5.0], time=5.0, strength=0.0)
    (symptom,) = explained([event], CIRCLE)["symptoms"]
    assert symptom["sentence"].startswith(
        "At 5.00 s at gripper: an event of the robot does not happen in the prediction. A further"
    )


def test_many_episodes_are_counted_and_the_strongest_is_told(explained: Explain) -> None:
    labels = [
        made("lag", CIRCLE, ["elbow_flex"], [1.0, 2.0], lag=0.1, strength=0.2),
        made("lag", POURING, ["elbow_flex", "wrist_flex"], [1.0, 2.0], lag=-0.2, strength=0.6),
    ]
    found = explained(labels)
    (symptom,) = found["symptoms"]
    assert symptom["sentence"] == (
        "At elbow_flex and wrist_flex, in 2 of 12 episodes. Strongest in pouring.run-a, from 1.00 "
        "to 2.00 s at elbow_flex and wrist_flex: the prediction comes 0.200 s early; 60 % of the "
        "arm's squared error. Further runs of the robot differ in the same way in none of these 2."
    )
    assert (symptom["episodes"], symptom["since"]["episode"]) == (2, POURING)
    assert found["summary"].endswith("; 2 of 12 episodes have a label.")


def test_what_is_in_one_episode_of_many_names_it(explained: Explain) -> None:
    (symptom,) = explained([STALL])["symptoms"]
    assert symptom["sentence"].startswith(
        "In 1 of 12 episodes, circle.run-a, from 3.00 to 4.50 s at elbow_flex: the robot stands"
    )
    assert explained([STALL])["summary"].endswith("; 1 of 12 episodes has a label.")


def test_what_weighs_most_comes_first_and_a_broken_simulator_before_all(explained: Explain) -> None:
    labels = [
        made("noise", CIRCLE, ["elbow_flex"], [0.0, 1.0], strength=0.0),
        made("event_extra", CIRCLE, ["gripper"], [0.0, 1.0], strength=0.0),
        made("event_extra", WIPING, ["gripper"], [0.0, 1.0], strength=0.0),
        made("offset", CIRCLE, ["elbow_flex"], [0.0, 1.0], mean_error=0.1, strength=0.3),
        made("lag", CIRCLE, ["elbow_flex"], [0.0, 1.0], lag=0.1, strength=0.2),
        made("lag", POURING, ["elbow_flex"], [0.0, 1.0], lag=0.1, strength=0.2),
        made("unstable", POURING, ["elbow_flex"], [0.0, 1.0], strength=0.1),
    ]
    found = explained(labels)
    order = [symptom["label"] for symptom in found["symptoms"]]
    assert order == ["unstable", "lag", "offset", "event_extra", "noise"]
    expected = [FIRST[WORDS[name].first] for name in order]
    assert [advice["text"] for advice in found["advice"]] == expected


def test_labels_that_ask_for_the_same_share_one_advice(explained: Explain) -> None:
    labels = [
        made(name, CIRCLE, ["gripper"], [1.0, 1.0], shift=0.5)
        for name in ("event_missed", "event_shifted", "event_missed")
    ]
    (advice,) = explained(labels)["advice"]
    assert advice == {"text": FIRST["commands"], "labels": ["event_missed", "event_shifted"]}


def _largest(prepared: Path) -> tuple[str, str, str, str, str]:
    """Of the echo: the worst episode, its error, its worst joint, that, and a further run's."""
    paths = Workspace(prepared).dataset(DATASET)
    result = json.loads(paths.result("command-echo").read_text())
    again = json.loads(paths.repeat("repeat").read_text())
    size, worst = max((e["metrics"]["joint_rmse"], e["id"]) for e in result["episodes"])
    (joints,) = (e["joints"] for e in result["episodes"] if e["id"] == worst)
    del joints["gripper"]  # a share of its range, and no angle
    most, joint = max((value, name) for name, value in joints.items())
    (robot,) = (e["metrics"]["joint_rmse"] for e in again["episodes"] if e["id"] == worst)
    shown = (f"{1e3 * value:.2f}" for value in (size, most, robot))
    return (worst, joint, *shown)  # type: ignore[return-value]


def test_nothing_failed_and_where_most_is_left(explained: Explain, prepared: Path) -> None:
    worst, joint, size, most, robot = _largest(prepared)
    below = "what is left is below the thresholds of all rules; it is largest"
    again = f"A further run of the robot has {robot} mrad in this motion."
    for episode, ending in (
        (None, f" in 12 episodes: {below} in {worst} ({size} mrad), at {joint} ({most} mrad)."),
        (worst, f": {below} at {joint} ({most} mrad)."),
    ):
        found = explained([], episode)
        assert (found["symptoms"], found["advice"], found["notes"]) == ([], [], [])
        assert found["summary"].endswith(f" mrad; no label{ending} {again}")
        assert found["summary"].startswith("joint_rmse ")


def test_a_robot_that_was_not_run_again_is_not_spoken_of(workspace: Workspace) -> None:
    workspace.dataset(DATASET).repeat("repeat").unlink()
    place = workspace.dataset(DATASET).result("command-echo")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": []}))
    assert "further run" not in explain(workspace, f"{DATASET}/command-echo")["summary"]


def test_labels_of_other_episodes_are_left_out(explained: Explain) -> None:
    assert explained([STALL], POURING)["symptoms"] == []


def _with_repeat(workspace: Workspace, labels: Sequence[Document]) -> None:
    place = workspace.dataset(DATASET).repeat("repeat")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": list(labels)}))


@pytest.mark.parametrize(
    ("changed", "shown"),
    [
        ({"interval": [4.0, 9.0]}, True),
        ({"joints": ["wrist_flex", "elbow_flex"]}, True),
        ({"interval": [4.6, 9.0]}, False),
        ({"joints": ["wrist_flex"]}, False),
        ({"label": "stall_false"}, False),
        ({"arm": "other"}, False),
        ({"episode": POURING}, False),
    ],
)
def test_the_robots_further_run_is_held_beside_it(workspace: Workspace, changed, shown) -> None:
    _with_repeat(workspace, [{**STALL, **changed}])
    place = workspace.dataset(DATASET).result("command-echo")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": [STALL]}))
    found = explain(workspace, f"{DATASET}/command-echo", CIRCLE)
    sentence = found["symptoms"][0]["sentence"]
    said = "differs from this one in the same way" if shown else "does not differ from this one so"
    assert sentence.endswith(f"A further run of the robot {said}.")
    assert found["advice"][0]["text"] == FIRST["robot" if shown else "contact"]


@pytest.mark.parametrize(
    ("robots", "said", "first"),
    [
        (0.080, "differs from this one in the same way", "robot"),
        (0.057, "differs from this one in the same way", "robot"),
        (0.040, "differs in the same way, but by less", "zero"),
        (-0.080, "does not differ from this one so", "zero"),
    ],
)
def test_a_further_run_has_to_be_off_as_far_and_to_the_same_side(
    workspace: Workspace, robots: float, said: str, first: str
) -> None:
    own, other = (
        made("offset", CIRCLE, ["elbow_flex"], [0.0, 9.0], mean_error=mean)
        for mean in (0.080, robots)
    )
    _with_repeat(workspace, [other])
    place = workspace.dataset(DATASET).result("command-echo")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": [own]}))
    found = explain(workspace, f"{DATASET}/command-echo", CIRCLE)
    assert found["symptoms"][0]["sentence"].endswith(f"A further run of the robot {said}.")
    assert found["advice"][0]["text"] == FIRST[first]


def test_episodes_that_the_robot_did_not_do_again_are_counted_apart(workspace: Workspace) -> None:
    place = workspace.dataset(DATASET).repeat("repeat")
    repeat = json.loads(place.read_text())
    others = [each for each in repeat["episodes"] if each["id"] != POURING]
    stalls = [{**STALL, "episode": name} for name in (CIRCLE, POURING, WIPING)]
    place.write_text(json.dumps({**repeat, "episodes": others, "labels": stalls[:1]}))
    place = workspace.dataset(DATASET).result("command-echo")
    place.write_text(json.dumps({**json.loads(place.read_text()), "labels": stalls}))
    (symptom,) = explain(workspace, f"{DATASET}/command-echo")["symptoms"]
    assert symptom["sentence"].endswith(
        "The robot did 2 of these 3 again; further runs differ in the same way in 1."
    )


def test_a_further_run_scored_otherwise_says_nothing() -> None:
    own = {"status": "pipeline", "dataset": {"holdout": "a"}, "scorer": {"version": "2"}}
    repeat = {**own, "status": "reference"}
    assert further_run(repeat, own) == repeat
    assert further_run({**repeat, "scorer": {"version": "1"}}, own) is None
    assert further_run({**repeat, "dataset": {"holdout": "b"}}, own) is None
    assert further_run(repeat, repeat) is None
    assert further_run(None, own) is None


def test_the_robot_itself_has_nothing_to_mend(prepared: Path, explained: Explain) -> None:
    found = explain(Workspace(prepared), f"{DATASET}/repeat")
    assert found["entry"] == "repeat"
    found = explained([STALL], status="reference")
    assert found["advice"] == []
    assert found["notes"] == [
        "This is a further run of the robot itself: what it differs in, no twin can know."
    ]


def test_bands_that_cover_too_little_ask_for_wider_ranges() -> None:
    def covered(value: float | None, high: float | None) -> Document:
        return {"metrics": {"band_coverage": {"value": value, "low": 0.1, "high": high}}}

    assert list(ranges(covered(0.62, 0.7))) == [
        "Widen the residual ranges: the executions' band covers 62.00 % of the measured "
        "positions, and should cover 90 %."
    ]
    assert not list(ranges(covered(0.85, 0.93)))
    assert not list(ranges(covered(0.62, None)))
    assert not list(ranges(covered(None, None)))


def test_rules_that_came_later_are_named(explained: Explain, prepared: Path) -> None:
    place = Workspace(prepared).dataset(DATASET).result("command-echo")
    scorer = json.loads(place.read_text())["scorer"]
    del scorer["labels"]["lag"], scorer["labels"]["noise"]
    assert explained([], scorer=scorer)["notes"] == [
        "Scored before these rules were there, and not looked at by them: lag and noise."
    ]


def test_a_label_of_a_rule_that_is_not_known_has_no_advice(explained: Explain) -> None:
    odd = made("of_tomorrow", CIRCLE, [], [1.0, 2.0])
    found = explained([odd], CIRCLE)
    assert found["advice"] == []
    assert "somewhere: the label of_tomorrow, which" in found["symptoms"][0]["sentence"]


def test_unknown_names_list_the_valid_ones(prepared: Path) -> None:
    place = Workspace(prepared)
    with pytest.raises(UnknownNameError, match=r"unknown entry 'x'; valid: command-echo, delay"):
        explain(place, f"{DATASET}/x")
    with pytest.raises(UnknownNameError, match=r"unknown episode 'x'; valid: .*circle.run-a"):
        explain(place, f"{DATASET}/command-echo", "x")
    with pytest.raises(UnknownNameError, match=r"unknown result 'x'"):
        explain(place, "x")


def test_a_result_that_contradicts_itself_is_not_explained(explained: Explain) -> None:
    with pytest.raises(ProblemsError) as raised:
        explained([{**STALL, "episode": "elsewhere"}])
    (problem,) = raised.value.problems
    assert (problem.code, problem.came) == ("result_episodes", '"elsewhere"')


def test_a_file_of_another_form_is_one_problem(prepared: Path, tmp_path: Path) -> None:
    path = tmp_path / "old.json"
    path.write_text('{"schema": "twinbench/result/1"}')
    with pytest.raises(ProblemsError) as raised:
        explain(Workspace(prepared), str(path))
    (problem,) = raised.value.problems
    assert problem.code == "result_form"
    assert "score the entry again" in problem.expected
