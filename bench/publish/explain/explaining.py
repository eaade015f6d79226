"""The verb `explain`: from a result's labels to sentences, and what to try first."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bench.io.documents import Document, read_document
from bench.io.problems import ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.results import contradictions, find_formed_result
from bench.publish.explain.causes import causes_of
from bench.publish.explain.evidence import (
    Again,
    further_run,
    ranges,
    rules_missing,
    shows_too,
    the_robot,
)
from bench.publish.explain.sentences import at, capital, how_strong, span, what
from bench.publish.explain.summary import summary
from bench.publish.explain.words import FIRST, WORDS

WHOLE = 0.95
"""Share of an episode's time from which on a label stands all along."""
IN_PARTS = frozenset({"overshoot", "saturation", "unstable"})
"""Labels whose interval is from the first to the last of what they are about, and not all of it."""
NAMED = 3
"""Joints that a sentence about many episodes names."""
URGENT = "unstable"
"""What follows a simulator that broke says little."""


@dataclass(frozen=True)
class Symptom:
    """Labels that one sentence speaks of.

    Attributes:
        labels: of one name and arm, in the order of the result; there is one.
        joints: that show it, the most often first.
        weight: how much of the squared error is theirs, over all that is looked at.
        robot: what the robot's further runs show of them.
    """

    labels: tuple[Document, ...]
    joints: tuple[str, ...]
    weight: float
    robot: Again

    @property
    def name(self) -> str:
        """Name of the labels."""
        return str(self.labels[0]["label"])

    @property
    def arm(self) -> str:
        """Their arm."""
        return str(self.labels[0]["arm"])

    @property
    def strongest(self) -> Document:
        """The strongest label, the first of equals."""
        return max(self.labels, key=lambda label: float(label["strength"]))

    @property
    def first(self) -> Document:
        """Of those that show at the same joints as the strongest, the one that begins first."""
        return min(self.alike(self.strongest), key=_begins)

    def alike(self, label: Document) -> list[Document]:
        """The labels at the same joints as one of them, that one too."""
        return [each for each in self.labels if each["joints"] == label["joints"]]

    @property
    def episodes(self) -> int:
        """In how many episodes they stand."""
        return len({label["episode"] for label in self.labels})

    @property
    def advice(self) -> str | None:
        """What to try first; None of a rule that is not known here."""
        if 2 * self.robot.same > self.episodes:
            return FIRST["robot"]
        return FIRST[WORDS[self.name].first] if self.name in WORDS else None


def _begins(label: Document) -> float:
    return float(label["interval"][0])


def explain(workspace: Workspace, name: str, episode: str | None = None) -> Document:
    """Say what went wrong in an entry, or in one episode of it.

    Args:
        workspace: the checkout.
        name: path of a result file, or `<dataset>/<entry>` for the one on that board.
        episode: id of an episode; None for all.

    Returns:
        `summary`; `symptoms`, each with label, arm, joints, when it begins, strength, and a
        sentence, what matters most first; `advice`, what to try first, each with the labels that
        ask for it; `notes` on what the labels cannot say. `causes` are those that
        `twinbench attribute` found, null where it was not run on this result.

    Raises:
        UnknownNameError: no such file, dataset, entry or episode.
        ProblemsError: the file is no result, or one that contradicts itself.
    """
    paths, result = find_formed_result(workspace, name)
    problems = contradictions(name, result)
    if problems:
        raise ProblemsError(problems)
    records = _records(result, episode)
    again = further_run(_repeat(paths), result)
    symptoms = _symptoms(result, records, again, episode)
    told = causes_of(workspace, result, [record["id"] for record in records], name)
    return {
        "dataset": result["dataset"]["name"],
        "entry": result["entry"]["name"],
        "episode": episode,
        "summary": summary(result, records, again, episode),
        "symptoms": [_document(symptom, result, records, episode) for symptom in symptoms],
        "causes": told.causes,
        "advice": []
        if result["status"] == "reference"
        else _all(told.advice, _advice(symptoms), told.few),
        "notes": [*the_robot(result), *ranges(result), *rules_missing(result), *told.notes],
    }


def _repeat(paths: DatasetPaths) -> Document | None:
    place = paths.repeat("repeat")
    return read_document(place, "result") if place.is_file() else None


def _records(result: Document, episode: str | None) -> list[Document]:
    """What is looked at: the scored episodes, or one."""
    episodes: list[Document] = result["episodes"]
    if episode is None:
        return [record for record in episodes if record["rows_scored"] > 0]
    found = [record for record in episodes if record["id"] == episode]
    if not found:
        valid = list(dict.fromkeys(record["id"] for record in episodes))
        raise UnknownNameError("episode", episode, valid)
    return found


def _symptoms(
    result: Document, records: Sequence[Document], again: Document | None, episode: str | None
) -> list[Symptom]:
    """Labels put together: by name and arm, and within one episode by joints too."""
    ids = {record["id"] for record in records}
    grouped: dict[tuple[object, ...], list[Document]] = {}
    for label in result["labels"]:
        if label["episode"] in ids:
            joints = () if episode is None else tuple(label["joints"])
            grouped.setdefault((label["label"], label["arm"], joints), []).append(label)
    symptoms = [_symptom(labels, len(ids), again) for labels in grouped.values()]
    return sorted(symptoms, key=lambda s: (s.name != URGENT, -s.weight, -s.episodes))


def _symptom(labels: Sequence[Document], episodes: int, again: Document | None) -> Symptom:
    shown: dict[str, set[str]] = {}
    strongest: dict[str, float] = {}
    for label in labels:
        name, strength = label["episode"], float(label["strength"])
        strongest[name] = max(strongest.get(name, 0.0), strength)
        for joint in label["joints"]:
            shown.setdefault(joint, set()).add(name)
    joints = sorted(shown, key=lambda joint: -len(shown[joint]))
    robot = shows_too(labels, again)
    return Symptom(tuple(labels), tuple(joints), sum(strongest.values()) / episodes, robot)


def _document(
    symptom: Symptom, result: Document, records: Sequence[Document], episode: str | None
) -> Document:
    by_id = {record["id"]: record for record in records}
    several = episode is None and symptom.episodes > 1
    shown = symptom.strongest if several else symptom.first
    many = _over_all(symptom, result, by_id) if several else ""
    told = _one(shown, symptom, result, by_id, named=episode is None)
    return {
        "label": symptom.name,
        "arm": symptom.arm,
        "joints": list(symptom.joints),
        "episodes": symptom.episodes,
        "times": len(symptom.labels),
        "since": {"episode": shown["episode"], "interval": list(shown["interval"])},
        "strength": symptom.strongest["strength"],
        "sentence": " ".join(part for part in (many, told, _again(symptom)) if part),
    }


def _over_all(symptom: Symptom, result: Document, by_id: Mapping[str, Document]) -> str:
    """Where and how often, over many episodes."""
    joints = symptom.joints[:NAMED]
    place = at(joints, symptom.arm, len(result["arms"]))
    more = len(symptom.joints) - len(joints)
    others = f" and {more} more" if more else ""
    return f"{capital(place)}{others}, in {symptom.episodes} of {len(by_id)} episodes."


def _one(
    label: Document,
    symptom: Symptom,
    result: Document,
    by_id: Mapping[str, Document],
    *,
    named: bool,
) -> str:
    """When, where, what and how strong, of one label; and how often it comes again.

    Args:
        label: which one.
        symptom: whose it is.
        result: the result.
        by_id: the episodes that are looked at.
        named: say the episode, as there are several.
    """
    record = by_id[label["episode"]]
    begin, end = label["interval"]
    long = record["time"] > 0 and end - begin >= WHOLE * record["time"]
    when = "all along" if long and label["label"] not in IN_PARTS else span(label["interval"])
    place = at(label["joints"], label["arm"], len(result["arms"]))
    told = f"{when} {place}: {what(label['label'], label['numbers'])}"
    strong = how_strong(float(label["strength"]))
    told = f"{told}; {strong}." if strong else f"{told}."
    if named and symptom.episodes > 1:
        return f"Strongest in {label['episode']}, {told}"
    if named:
        told = f"In 1 of {len(by_id)} episodes, {label['episode']}, {told}"
    return f"{capital(told)}{_times(symptom, label)}{_elsewhere(symptom, label)}"


def _times(symptom: Symptom, label: Document) -> str:
    """How often a label of one episode comes again, and when for the last time."""
    own = symptom.alike(label)
    more = len(own) - 1
    if not more:
        return ""
    last = max(own, key=_begins)
    times = "once" if more == 1 else f"{more} times"
    return f" The same {times} more, the last {span(last['interval'])}."


def _elsewhere(symptom: Symptom, label: Document) -> str:
    """At which other joints one episode has such labels."""
    others = [joint for joint in symptom.joints if joint not in label["joints"]]
    return f" Also {at(others, symptom.arm, 1)}." if others else ""


def _again(symptom: Symptom) -> str:
    """Whether the robot itself differs from run to run in the same way."""
    robot = symptom.robot
    if not robot.ran:
        return ""
    if symptom.episodes == 1:
        shown = (
            "differs from this one in the same way"
            if robot.same
            else "does not differ from this one so"
        )
        shown = "differs in the same way, but by less" if robot.less else shown
        return f"A further run of the robot {shown}."
    less = f", and less of it in {robot.less}" if robot.less else ""
    same = robot.same or "none"
    if robot.ran == symptom.episodes:
        of = f"{same} of these {robot.ran}{less}"
        return f"Further runs of the robot differ in the same way in {of}."
    return (
        f"The robot did {robot.ran} of these {symptom.episodes} again; further runs differ in the "
        f"same way in {same}{less}."
    )


def _advice(symptoms: Iterable[Symptom]) -> list[Document]:
    """What to try first, with the labels that ask for it, in the order of what matters most."""
    asked: dict[str, list[str]] = {}
    for symptom in symptoms:
        if symptom.advice is not None:
            labels = asked.setdefault(symptom.advice, [])
            if symptom.name not in labels:
                labels.append(symptom.name)
    return [{"text": text, "labels": labels} for text, labels in asked.items()]


def _all(*parts: Iterable[Document]) -> list[Document]:
    """Advice of several sides in turn; what more than one of them asks for stands once."""
    asked: dict[str, list[str]] = {}
    for advice in itertools.chain(*parts):
        names = asked.setdefault(advice["text"], [])
        names += [name for name in advice["labels"] if name not in names]
    return [{"text": text, "labels": names} for text, names in asked.items()]
