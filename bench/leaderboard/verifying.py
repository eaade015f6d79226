"""The verb `verify`: a result recomputed from the data that it names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.parts import made_part
from bench.entries.checking import checked_entry
from bench.entries.entry import Entry, predictions_hash
from bench.entries.places import entry_place
from bench.io.documents import Document, check, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.agreement import (
    ABSENT,
    SAME_MACHINE,
    Agreement,
    Disagreement,
    Tolerance,
    agreement,
    leaves,
    older,
    short,
)
from bench.leaderboard.attempts import read_attempts
from bench.leaderboard.results import was_recomputed
from bench.leaderboard.settings import sampling_problems
from bench.scoring.labels.registry import thresholds
from bench.scoring.repeatability import repeats_of, score_repeat
from bench.scoring.result import SCORER_VERSION, ScoreSettings
from bench.scoring.score import Computing, score
from bench.scoring.truth import dataset_head, robot_hash


@dataclass(frozen=True)
class Verification:
    """What came of recomputing a result.

    Attributes:
        claimed: the result.
        source: folder of the entry, or store of the truth for the robot's own runs.
        settings: settings that the result names and used here, and that `params.yaml` has
            otherwise.
        agreement: of the recomputed result with the claimed one.
    """

    claimed: Document
    source: Path
    settings: tuple[Disagreement, ...]
    agreement: Agreement


def verify(
    workspace: Workspace,
    paths: DatasetPaths,
    claimed: Document,
    *,
    folder: Path | None = None,
    tolerance: Tolerance = SAME_MACHINE,
    computing: Computing | None = None,
) -> Verification:
    """Recompute a result from the entry and the truth, with the settings that it names.

    Nothing is written.

    Args:
        workspace: the checkout.
        paths: the dataset.
        claimed: the result.
        folder: of the entry; default: where the pipeline or `submit` puts it.
        tolerance: how far numbers may lie apart.
        computing: with how many processes.

    Raises:
        ProblemsError: the result names another scorer, dataset, holdout, robot or predictions
            than there are here, settings that none could have, or data that are not here.
    """
    problems = [*_heads(paths, claimed), *_settings_problems(workspace, claimed)]
    if problems:
        raise ProblemsError(problems)
    scorer = claimed["scorer"]
    settings = ScoreSettings(scorer["seed"], scorer["resamples"], scorer["level"], scorer["labels"])
    if claimed["entry"]["track"] == "repeatability":
        source = paths.part("holdout_truth")
        own = _repeat(workspace, paths, claimed, folder, computing, settings)
    else:
        source = folder or entry_place(paths, claimed)
        entry = _entry(workspace, paths, claimed, source)
        own = score(workspace, paths, entry, claimed["status"], computing, settings)
    own = older({**own, "status": _status(workspace, paths, claimed)}, claimed)
    return Verification(
        claimed=claimed,
        source=source,
        settings=tuple(_other_settings(workspace, claimed)),
        agreement=agreement(own, claimed, tolerance),
    )


def _heads(paths: DatasetPaths, claimed: Document) -> Iterator[Problem]:
    """What a result must have in common with this checkout to be recomputed in it."""
    where = f"result {claimed['entry']['name']}"
    version = claimed["scorer"]["version"]
    if version != SCORER_VERSION:
        expected = f"scorer {SCORER_VERSION}, which this checkout has"
        came = f"scorer {version}: verify it in a checkout with that one, or score the entry again"
        yield Problem("other_scorer", where, expected, came)
    head = dataset_head(paths, read_document(paths.lock, "holdout_lock"))
    here = {"dataset": head, "robot_hash": robot_hash(paths)}
    there = {key: claimed[key] for key in here}
    for at, mine, theirs in leaves(here, there):
        if mine != theirs:
            expected = f"{at} {short(mine)}, which this checkout has"
            came = f"{short(theirs)}: verify it in a checkout of that dataset and robot"
            yield Problem("other_data", where, expected, came)


def _settings_problems(workspace: Workspace, claimed: Document) -> Iterator[Problem]:
    """Settings that no `params.yaml` may have."""
    params, scorer = workspace.params(), claimed["scorer"]
    named = {key: scorer[key] for key in ("seed", "resamples", "level")}
    changed = {**params, "score": {**params["score"], **named}, "labels": scorer["labels"]}
    where = f"result {claimed['entry']['name']}: scorer"
    try:
        check(changed, "params", where)
    except ProblemsError as error:
        yield from error.problems
    else:
        yield from sampling_problems(where, scorer)
    for at, mine, theirs in leaves(thresholds({}), scorer["labels"]):
        if ABSENT in (mine, theirs):
            expected = "every threshold of the label rules and no other"
            yield Problem("threshold", f"{where}: labels", expected, f"{at} {short(theirs)}")


def _other_settings(workspace: Workspace, claimed: Document) -> Iterator[Disagreement]:
    here = ScoreSettings.of(workspace.params())
    own = {**vars(here), "labels": thresholds(here.labels)}
    named = {key: claimed["scorer"][key] for key in own}
    for where, mine, theirs in leaves(own, named):
        if mine != theirs:
            yield Disagreement(where, mine, theirs)


def _repeat(
    workspace: Workspace,
    paths: DatasetPaths,
    claimed: Document,
    folder: Path | None,
    computing: Computing | None,
    settings: ScoreSettings,
) -> Document:
    name = claimed["entry"]["name"]
    if folder is not None:
        expected = "no folder for the robot's own runs, which come from the truth"
        raise ProblemsError([Problem("other_entry", f"result {name}", expected, str(folder))])
    made_part(paths, "calibration")
    rows = {row.name: row for row in repeats_of(workspace, paths)}
    if name not in rows:
        expected = f"one of the robot's rows here: {', '.join(rows) or 'none'}"
        raise ProblemsError([Problem("other_entry", f"result {name}", expected, name)])
    return score_repeat(workspace, paths, rows[name], computing, settings)


def _entry(workspace: Workspace, paths: DatasetPaths, claimed: Document, place: Path) -> Entry:
    """The entry that a result is of, checked, with the predictions that it names."""
    entry = checked_entry(workspace, paths, place)
    named, own = claimed["entry"]["predictions"], predictions_hash(entry.episodes)
    if named != own:
        expected = f"the predictions that the result names, {named}"
        raise ProblemsError([Problem("other_entry", str(place), expected, own)])
    return entry


def _status(workspace: Workspace, paths: DatasetPaths, claimed: Document) -> str:
    """Who may have computed the result, as far as this checkout can tell."""
    if claimed["entry"]["track"] == "repeatability":
        return "reference"
    if claimed["entry"]["name"] in workspace.params()["entries"]:
        return "pipeline"
    recomputed = was_recomputed(claimed, read_attempts(paths.attempts))
    return "recomputed" if recomputed and claimed["status"] == "recomputed" else "self-scored"
