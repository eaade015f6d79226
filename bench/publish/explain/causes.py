"""What an attribution says of a result, in sentences, and what to try first because of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.attribution.attribute import attribution_place, symptoms_of
from bench.attribution.features import Symptom
from bench.attribution.hypothesis import hypothesis
from bench.io.documents import Document, read_document
from bench.io.workspace import Workspace
from bench.publish.explain.sentences import listed
from bench.publish.explain.words import BEHIND, FIRST, RANGE
from bench.publish.report.numbers import number

NUMBERS = 2
"""Estimated numbers that a sentence names."""


@dataclass(frozen=True)
class Told:
    """What may be behind the labels.

    Attributes:
        causes: `episodes`, `verdict`, `hypotheses`, the largest `probability`, and a `sentence`,
            what is behind most episodes first; None where nothing was attributed.
        advice: what to try first, each with the hypotheses that ask for it.
        few: the same of causes of less than half of the episodes, which say less than the labels.
        notes: why there are no causes, where there could be.
    """

    causes: list[Document] | None
    advice: list[Document]
    few: list[Document]
    notes: list[str]


def causes_of(
    workspace: Workspace, result: Document, episodes: Collection[str], asked: str
) -> Told:
    """Read the attribution of a result, where `twinbench attribute` has put one.

    Args:
        workspace: the checkout.
        result: the result.
        episodes: ids of those that are looked at.
        asked: how the result was named.
    """
    failing = symptoms_of(result)
    dataset, name = result["dataset"]["name"], result["entry"]["name"]
    reference = result["status"] == "reference"
    if reference or result["entry"]["track"] != "rollout" or not set(episodes) & set(failing):
        return Told(None, [], [], [])
    place = attribution_place(workspace, dataset, name)
    if not place.is_file():
        note = f"What may be behind it: twinbench attribute {asked}"
        return Told(None, [], [], [note])
    found = read_document(place, "attribution")
    if not _is_of(found, result, failing):
        note = (
            f"{workspace.relative(place)} is of another result and is not read; make it again: "
            f"twinbench attribute {asked}"
        )
        return Told(None, [], [], [note])
    own = [each for each in found["episodes"] if each["id"] in episodes]
    grouped: dict[tuple[object, ...], list[Document]] = {}
    for each in own:
        grouped.setdefault(_kind(each), []).append(each)
    ordered = sorted(grouped.values(), key=lambda group: (_open(group[0]), -len(group)))
    causes = [_told(group, len(own)) for group in ordered]
    most, few = _advice(own)
    return Told(causes, most, few, list(_not_assessed(found)))


def _is_of(found: Document, result: Document, failing: Mapping[str, Sequence[Symptom]]) -> bool:
    """Whether an attribution is of this result: the same predictions, truth and labels."""
    labels = {name: {symptom.name for symptom in own} for name, own in failing.items()}
    return (
        found["dataset"] == result["dataset"]
        and found["scorer"] == result["scorer"]["version"]
        and found["entry"]["predictions"] == result["entry"]["predictions"]
        and [each["id"] for each in found["episodes"]] == list(failing)
        and all(set(each["labels"]) == labels[each["id"]] for each in found["episodes"])
    )


def _not_assessed(found: Document) -> Iterator[str]:
    """What could be behind it, and was not looked at."""
    if found["not_assessed"]:
        missing = listed(found["not_assessed"])
        yield f"Not ruled out, as nothing in the dataset tells of them: {missing}."


def _open(episode: Document) -> bool:
    return bool(episode["verdict"] == "undetermined")


def _kind(episode: Document) -> tuple[object, ...]:
    """Episodes with the same cause, or undetermined for the same reason, are told together."""
    if _open(episode):
        return (episode["reason"],)
    return tuple((m["hypothesis"], *m["joints"]) for m in episode["causes"][0]["members"])


def _told(group: Sequence[Document], total: int) -> Document:
    likely = max(group, key=lambda each: float(each["causes"][0]["probability"]))
    first = likely["causes"][0]
    return {
        "episodes": [each["id"] for each in group],
        "verdict": likely["verdict"],
        "hypotheses": [member["hypothesis"] for member in first["members"]],
        "probability": first["probability"],
        "sentence": " ".join(_sentences(group, likely, total)),
    }


def _sentences(group: Sequence[Document], likely: Document, total: int) -> Iterator[str]:
    named = likely["id"] if len(group) == 1 else f"first of all {likely['id']}"
    where = f"In {len(group)} of {total} failing episodes, {named}" if total > 1 else "Here"
    first = likely["causes"][0]
    said = _members(first["members"])
    probable = _probable([float(each["causes"][0]["probability"]) for each in group])
    if _open(likely):
        yield f"{where}: not determined, as {likely['reason']}."
        yield f"Most probable is that {said}; {probable}."
        return
    yield f"{where}: {said}; {probable}."
    if likely["verdict"] == "set":
        yield "The episode does not tell which of them."
    for estimate in first["members"][0]["estimates"][:NUMBERS]:
        yield _number(estimate, first["members"][0]["outside_residual_range"])


def _probable(found: Sequence[float]) -> str:
    least, most = f"{min(found):.2f}", f"{max(found):.2f}"
    return f"probability {most}" if least == most else f"probability {least} to {most}"


def _members(members: Sequence[Document]) -> str:
    return ", or ".join(
        f"{hypothesis(m['hypothesis']).meaning}{_at(m['joints'])} ({m['component']})"
        for m in members
    )


def _at(joints: Sequence[str]) -> str:
    return f" at {listed(joints)}" if joints else ""


def _number(estimate: Document, outside: str) -> str:
    """A number of the twin, as it is and as the episode has it, and its residual range."""
    unit = "" if estimate["unit"] == "1" else f" {estimate['unit']}"
    value, other = (number(estimate[key], 1) for key in ("value", "estimate"))
    told = f"{estimate['parameter']} is {value}{unit} and would be {other}{unit}"
    if estimate["range"] is None:
        return f"{told}; the twin declares no range for it."
    low, high = (number(end, 1) for end in estimate["range"])
    within = estimate["range"][0] <= estimate["estimate"] <= estimate["range"][1]
    word = "within" if within else "outside" if outside == "yes" else "not clearly outside"
    return f"{told}, {word} its residual range of {low} to {high}{unit}."


def _advice(episodes: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """What determined causes of at least half of the episodes ask for, and what others do.

    Each with what most episodes ask for first.
    """
    asked: dict[str, list[str]] = {}
    by: dict[str, set[str]] = {}
    for each in (each for each in episodes if not _open(each)):
        for member in each["causes"][0]["members"]:
            outside = member["outside_residual_range"] == "yes"
            for text in (FIRST[BEHIND[member["hypothesis"]]], *([RANGE] if outside else [])):
                asked.setdefault(text, []).append(member["hypothesis"])
                by.setdefault(text, set()).add(each["id"])
    advice = [
        (len(by[text]), {"text": text, "labels": list(dict.fromkeys(asked[text]))})
        for text in sorted(asked, key=lambda text: -len(by[text]))
    ]
    half = len(episodes) / 2
    return (
        [document for count, document in advice if count >= half],
        [document for count, document in advice if count < half],
    )
