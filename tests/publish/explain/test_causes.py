"""What `explain` says of an attribution."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from bench.attribution.attribute import attribution_place
from bench.attribution.hypothesis import HYPOTHESES, hypothesis
from bench.io.documents import Document, check
from bench.io.problems import ProblemsError
from bench.io.workspace import Workspace
from bench.publish.explain.explaining import explain
from bench.publish.explain.words import BEHIND, FIRST, RANGE
from tests.leaderboard.made import label
from tests.support.workspace import DATASET

NAME = "command-echo"
RESULT = f"{DATASET}/{NAME}"
TERMS = {"misses": [], "parts": [], "gaps": [], "handling": []}


def member(name: str, joints: Sequence[str], outside: str = "unknown", *estimates: Document):
    return {
        "hypothesis": name,
        "component": hypothesis(name).component,
        "parameter": hypothesis(name).parameter,
        "joints": list(joints),
        "outside_residual_range": outside,
        "explains": None,
        "estimates": list(estimates),
    }


def cause(probability: float, *members: Document) -> Document:
    return {"members": list(members), "probability": probability, "terms": TERMS}


def episode(name: str, verdict: str, *causes: Document, reason: str | None = None) -> Document:
    return {
        "id": name,
        "labels": ["offset"],
        "suspect": "elbow_flex",
        "verdict": verdict,
        "reason": reason,
        "causes": list(causes),
        "flags": [],
    }


@pytest.fixture
def failing(workspace: Workspace) -> Document:
    """A result of which three episodes have a label."""
    place = workspace.dataset(DATASET).result(NAME)
    result = json.loads(place.read_text())
    ids = [one["id"] for one in result["episodes"]][:3]
    place.write_text(
        json.dumps({**result, "labels": [label("offset", i, ["elbow_flex"]) for i in ids]})
    )
    return {**result, "ids": ids}


def attributed(
    workspace: Workspace, result: Document, episodes: Sequence[Document], **fields: object
):
    document = {
        "schema": "twinbench/attribution/1",
        "dataset": result["dataset"],
        "entry": {k: result["entry"][k] for k in ("name", "lab", "hash", "predictions")},
        "scorer": result["scorer"]["version"],
        "twin": {"estimated": True, "reason": None},
        "assessed": [],
        "not_assessed": [],
        "failing": len(episodes),
        "episodes": list(episodes),
        **fields,
    }
    place = attribution_place(workspace, DATASET, NAME)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(json.dumps(check(document, "attribution", "made")))


FRICTION = {
    "parameter": "frictionloss.elbow_flex",
    "unit": "N m",
    "value": 0.05,
    "estimate": 0.09,
    "range": [0.04, 0.06],
}


def test_causes_are_told_by_what_they_are(workspace: Workspace, failing: Document) -> None:
    one, two, three = failing["ids"]
    known = cause(0.9, member("friction", ["elbow_flex"], "yes", FRICTION))
    less = cause(0.7, member("friction", ["elbow_flex"], "yes", FRICTION))
    doubt = cause(0.4, member("delay", []))
    attributed(
        workspace,
        failing,
        [
            episode(one, "undetermined", doubt, reason="no cause is more probable than 0.5"),
            episode(two, "cause", less),
            episode(three, "cause", known),
        ],
    )
    found = explain(workspace, RESULT)
    first, second = found["causes"]
    assert first["episodes"] == [two, three]
    assert (first["verdict"], first["hypotheses"], first["probability"]) == (
        "cause",
        ["friction"],
        0.9,
    )
    assert first["sentence"] == (
        f"In 2 of 3 failing episodes, first of all {three}: a joint's friction is another at "
        "elbow_flex (physics.friction); probability 0.70 to 0.90. frictionloss.elbow_flex is "
        "0.0500 N m and would be 0.0900 N m, outside its residual range of 0.0400 to 0.0600 N m."
    )
    assert second["sentence"] == (
        f"In 1 of 3 failing episodes, {one}: not determined, as no cause is more probable than "
        "0.5. Most probable is that commands act at another time (timing); probability 0.40."
    )
    assert found["advice"][:2] == [
        {"text": FIRST["friction"], "labels": ["friction"]},
        {"text": RANGE, "labels": ["friction"]},
    ]
    assert FIRST["zero"] in [advice["text"] for advice in found["advice"]]
    (alone,) = explain(workspace, RESULT, two)["causes"]
    assert alone["sentence"].startswith("Here: a joint's friction is another at elbow_flex")


def test_what_a_few_episodes_ask_for_comes_after_what_the_labels_do(
    workspace: Workspace, failing: Document
) -> None:
    one, two, three = failing["ids"]
    friction = cause(0.9, member("friction", ["elbow_flex"], "yes", FRICTION))
    doubt = cause(0.4, member("delay", []))
    open_ = [
        episode(name, "undetermined", doubt, reason="no cause is more probable than 0.5")
        for name in (one, two)
    ]
    attributed(workspace, failing, [*open_, episode(three, "cause", friction)])
    texts = [advice["text"] for advice in explain(workspace, RESULT)["advice"]]
    assert texts == [FIRST["zero"], FIRST["friction"], RANGE]
    alone = [advice["text"] for advice in explain(workspace, RESULT, three)["advice"]]
    assert alone == [FIRST["friction"], RANGE, FIRST["zero"]]


def test_a_set_names_all_and_advice_that_is_asked_for_twice_stands_once(
    workspace: Workspace, failing: Document
) -> None:
    both = cause(
        0.8, member("joint_offset", ["elbow_flex"], "no"), member("amplitude", ["elbow_flex"])
    )
    attributed(workspace, failing, [episode(name, "set", both) for name in failing["ids"]])
    found = explain(workspace, RESULT)
    (told,) = found["causes"]
    assert (
        "zero is off at elbow_flex (reconstruction.calibration), or a joint's scale"
        in told["sentence"]
    )
    assert told["sentence"].endswith("The episode does not tell which of them.")
    texts = [advice["text"] for advice in found["advice"]]
    assert texts == [FIRST["zero"], FIRST["scale"]]
    assert found["advice"][0]["labels"] == ["joint_offset", "offset"]


def test_without_an_attribution_it_says_how_to_make_one(
    workspace: Workspace, failing: Document
) -> None:
    found = explain(workspace, RESULT)
    assert found["causes"] is None
    assert found["notes"][-1] == f"What may be behind it: twinbench attribute {RESULT}"
    other = next(e["id"] for e in failing["episodes"] if e["id"] not in failing["ids"])
    assert explain(workspace, RESULT, other)["notes"] == []


def test_each_number_is_held_against_its_own_range(workspace: Workspace, failing: Document) -> None:
    """One that is outside makes the hypothesis; another may well be within."""
    inside = {**FRICTION, "parameter": "damping.elbow_flex", "estimate": 0.045}
    known = cause(0.9, member("friction", ["elbow_flex"], "yes", FRICTION, inside))
    attributed(
        workspace,
        failing,
        [episode(name, "cause", known) for name in failing["ids"]],
        not_assessed=["physics.contact", "perception"],
    )
    found = explain(workspace, RESULT)
    (told,) = found["causes"]
    assert "0.0900 N m, outside its residual range of 0.0400" in told["sentence"]
    assert "0.0450 N m, within its residual range of 0.0400" in told["sentence"]
    assert found["notes"][-1] == (
        "Not ruled out, as nothing in the dataset tells of them: physics.contact and perception."
    )


@pytest.mark.parametrize("field", ["scorer", "predictions", "episodes", "labels"])
def test_an_attribution_of_another_result_is_not_read(
    workspace: Workspace, failing: Document, field: str
) -> None:
    one = cause(0.9, member("delay", []))
    episodes = [episode(name, "cause", one) for name in failing["ids"]]
    entry = {k: failing["entry"][k] for k in ("name", "lab", "hash", "predictions")}
    changed = {
        "scorer": {"scorer": "1"},
        "predictions": {"entry": {**entry, "predictions": "0" * 64}},
    }
    made = episodes[:2] if field == "episodes" else episodes
    if field == "labels":
        made = [{**each, "labels": ["stall_missed"]} for each in episodes]
    attributed(workspace, failing, made, **changed.get(field, {}))
    found = explain(workspace, RESULT)
    assert found["causes"] is None
    assert found["notes"][-1] == (
        f"data/attributions/{RESULT}.json is of another result and is not read; make it again: "
        f"twinbench attribute {RESULT}"
    )


@pytest.mark.usefixtures("failing")
def test_a_malformed_attribution_is_a_problem(workspace: Workspace) -> None:
    place = attribution_place(workspace, DATASET, NAME)
    place.parent.mkdir(parents=True)
    place.write_text("{}")
    with pytest.raises(ProblemsError, match="schema: "):
        explain(workspace, RESULT)


def test_every_hypothesis_has_its_advice() -> None:
    assert set(BEHIND) == {each.name for each in HYPOTHESES}
    assert set(BEHIND.values()) <= set(FIRST)
