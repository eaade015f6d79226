"""The verb `attribute`: causes of the failures that a result's labels name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.attribution.causes import Cause, Conclusion, Member
from bench.attribution.classifier import classifiers
from bench.attribution.episode import Examined, conclude, examine
from bench.attribution.estimation import Estimate
from bench.attribution.features import Symptom
from bench.attribution.hypothesis import COMPONENTS, STREAMS
from bench.attribution.vocabulary import terms
from bench.entries.checking import checked_entry
from bench.entries.entry import Entry, predictions_hash
from bench.io.documents import Document, check, nine_digits
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes
from bench.io.workspace import DatasetPaths, Workspace
from bench.scoring.alignment import NEEDED, traces
from bench.scoring.score import declared, robot_of
from bench.scoring.truth import dataset_head, open_truth
from bench.twins.kinds import KINDS
from bench.twins.twin import Progress, Twin, twin_of

SHORTEST_STEP = 5e-4
"""s: twins that simulate in shorter steps are not estimated, as that would take too long."""


def attribute(
    workspace: Workspace,
    paths: DatasetPaths,
    result: Document,
    folder: Path,
    chosen: Sequence[str],
    progress: Progress,
) -> Document:
    """Attribute the failing episodes of a result.

    Args:
        workspace: the checkout.
        paths: the dataset.
        result: the entry's result; its labels are the symptoms.
        folder: of the entry.
        chosen: ids of episodes; all that fail if there are none.
        progress: told of every episode.

    Returns:
        The document, checked, floats with nine significant digits.

    Raises:
        UnknownNameError: the result has no episode of a chosen id.
        ProblemsError: the result is no rollout's, or is not of the entry or holdout that is here.
    """
    check_result(result, chosen)
    entry = checked_entry(workspace, paths, folder)
    truth, lock = open_truth(paths)
    head = dataset_head(paths, lock)
    _check_same(result, head, entry, folder)
    twin, reason = usable_twin(entry, head["robot"])
    robot, folder_of_robot = robot_of(workspace, paths), workspace.robot_folder(head["robot"])
    if not robot.scored_angles:
        expected = "a scored turning joint: it is angles that causes are told by"
        raise ProblemsError([Problem("no_angle", f"robot {head['robot']}", expected, "none")])
    known = declared(paths.document(), result["scorer"]["seed"])
    regressions = classifiers()
    symptoms = symptoms_of(result)
    ids = [name for name in dict.fromkeys(chosen or symptoms) if name in symptoms]
    verdict = result["divergence"]["verdict"]
    still = "body_pose" in truth.info.signals and "body_pose" not in entry.episodes.info.signals
    flags = ["compounding"] * (verdict == "compounding") + ["static_scene"] * still
    episodes = []
    for number, name in enumerate(ids, 1):
        reference = _of_truth(truth, name)
        own = entry.episodes.select([entry.episodes.index[name]], "entry")
        trace = next(traces(own, reference, robot, known))
        examined = examine(reference, trace, symptoms[name], twin, robot, folder_of_robot)
        conclusion, _ = conclude(examined, regressions)
        episodes.append(_episode(name, examined, conclusion, flags))
        progress(number, len(ids))
    document: Document = {
        "schema": "twinbench/attribution/1",
        "dataset": head,
        "entry": {key: result["entry"][key] for key in ("name", "lab", "hash", "predictions")},
        "scorer": result["scorer"]["version"],
        "twin": {"estimated": twin is not None, "reason": reason},
        "assessed": [name for name in COMPONENTS if STREAMS.get(name) in truth.info.signals],
        "not_assessed": [
            name for name in COMPONENTS if STREAMS.get(name) not in truth.info.signals
        ],
        "failing": len(symptoms),
        "episodes": episodes,
    }
    return check(nine_digits(document), "attribution", f"attribution of {head['name']}")


def attribution_place(workspace: Workspace, dataset: str, entry: str) -> Path:
    """Where `twinbench attribute` puts what it says of an entry."""
    return workspace.root / "data" / "attributions" / dataset / f"{entry}.json"


def usable_twin(entry: Entry, robot: str) -> tuple[Twin | None, str | None]:
    """The entry's twin if its numbers can be estimated here, else why not."""
    document = entry.documents.get("twin")
    if document is None:
        return None, "the entry has no twin.json"
    if document["kind"] not in KINDS:
        return None, "the twin is of a kind that is not simulated here"
    if document["robot"] != robot:
        return None, "the twin is of another robot"
    step = document["settings"].get("step", 1.0)
    if not isinstance(step, (int, float)) or step < SHORTEST_STEP:
        return None, f"the twin is simulated in steps below {SHORTEST_STEP:g} s"
    return twin_of(document), None


def symptoms_of(result: Document) -> dict[str, tuple[Symptom, ...]]:
    """The labels of a result by episode, of those that have one, in the result's order."""
    found: dict[str, list[Symptom]] = {each["id"]: [] for each in result["episodes"]}
    for label in result["labels"]:
        first, last = label["interval"]
        own = Symptom(label["label"], tuple(label["joints"]), (first, last))
        found[label["episode"]].append(own)
    return {name: tuple(own) for name, own in found.items() if own}


def check_result(result: Document, chosen: Sequence[str]) -> None:
    """Whether there are causes to look for.

    Raises:
        ProblemsError: the result is not one of a rollout.
        UnknownNameError: it has no episode of a chosen id.
    """
    name, track = result["entry"]["name"], result["entry"]["track"]
    if track != "rollout":
        expected = "a result of the track rollout"
        raise ProblemsError([Problem("other_track", f"result {name}", expected, track)])
    known = [each["id"] for each in result["episodes"]]
    for one in chosen:
        if one not in known:
            raise UnknownNameError("episode", one, known)


def _check_same(result: Document, head: Document, entry: Entry, folder: Path) -> None:
    """The result must be of this holdout and of the entry's predictions."""
    problems = []
    name = result["entry"]["name"]
    if result["dataset"] != head:
        came = f"version {result['dataset']['version']}, holdout {result['dataset']['holdout']}"
        expected = f"version {head['version']}, holdout {head['holdout']}, which are here"
        problems.append(Problem("other_data", f"result {name}: dataset", expected, came))
    own = predictions_hash(entry.episodes)
    if result["entry"]["predictions"] != own:
        expected = f"the predictions that the result names, {result['entry']['predictions']}"
        problems.append(Problem("other_entry", str(folder), expected, own))
    if problems:
        raise ProblemsError(problems)


def _of_truth(truth: Episodes, name: str) -> Episodes:
    """One episode of the truth, in memory."""
    names = [n for n in (*NEEDED, "dq") if n in truth.info.signals]
    return truth.select([truth.index[name]], "holdout_truth", names)


def _episode(
    name: str,
    examined: Examined,
    conclusion: Conclusion,
    flags: Sequence[str],
) -> Document:
    labels = list(examined.labels)
    own = [f for f in flags if f != "compounding" or "divergence" in labels]
    return {
        "id": name,
        "labels": labels,
        "suspect": examined.suspect,
        "verdict": conclusion.verdict,
        "reason": conclusion.reason or None,
        "causes": [_cause(cause, own, examined.twin) for cause in conclusion.causes],
        "flags": own,
    }


def _cause(cause: Cause, flags: Sequence[str], twin: Twin | None) -> Document:
    components = [member.hypothesis.component for member in cause.members]
    beyond = any(member.outside == "yes" for member in cause.members)
    return {
        "members": [_member(member, twin) for member in cause.members],
        "probability": cause.probability,
        "terms": terms(components, beyond, flags),
    }


def _member(member: Member, twin: Twin | None) -> Document:
    one, estimate = member.hypothesis, member.estimate
    return {
        "hypothesis": one.name,
        "component": one.component,
        "parameter": one.parameter,
        "joints": list(member.joints),
        "outside_residual_range": member.outside,
        "explains": None if estimate is None else max(1 - estimate.left, 0.0),
        "estimates": [] if estimate is None or twin is None else list(_values(estimate, twin)),
    }


def _values(estimate: Estimate, twin: Twin) -> Iterator[Document]:
    """Each number that the hypothesis changes: as it is, as it would be, and its range."""
    ranges = {each.parameter: each for each in twin.residual_ranges}
    units = {each.name: each.unit for each in twin.parameters}
    for name, value in estimate.values.items():
        own = ranges.get(name)
        yield {
            "parameter": name,
            "unit": units[name],
            "value": twin.value(name),
            "estimate": value,
            "range": None if own is None else [own.low, own.high],
        }
