"""Whether a provenance record holds in a checkout: against stores, lock, guard, twin and files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.entries.provenance.contradictions import (
    FITTED,
    PAPER,
    holdout_problems,
    inner_problems,
    twin_problems,
)
from bench.entries.provenance.finding import Papers
from bench.io.documents import Document, file_hash, read_document
from bench.io.problems import Problem, ProblemsError
from bench.io.store import open_episodes
from bench.io.store_info import Split
from bench.io.workspace import DatasetPaths, Workspace

ELSEWHERE = "not checked here"
_SPLITS: Mapping[str, Split] = {"calibration": "calibration", "validation": "validation"}


@dataclass
class Outcome:
    """What came of a check.

    Attributes:
        problems: everything that does not hold.
        looked: by what was looked at, what it was held against; or that it could not be.
    """

    problems: list[Problem] = field(default_factory=list)
    looked: dict[str, str] = field(default_factory=dict)

    def note(self, what: str, against: str, problems: Iterator[Problem] | None) -> None:
        """Take down what was looked at; None for problems where nothing could be compared."""
        self.problems += problems or ()
        self.looked[what] = f"{ELSEWHERE}: {against}" if problems is None else against


def check_papers(workspace: Workspace, papers: Papers) -> Mapping[str, str]:
    """Hold a record against the checkout.

    Returns:
        By what was looked at, what it was held against, or that it was not checked here.

    Raises:
        ProblemsError: everything that does not hold.
    """
    dataset = papers.record["dataset"]
    if dataset not in workspace.datasets():
        expected = f"one of {', '.join(workspace.datasets())}"
        raise ProblemsError([Problem("wrong_paper", f"{PAPER}: dataset", expected, repr(dataset))])
    found = compare(workspace, workspace.dataset(dataset), papers.record, papers.twin)
    if found.problems:
        raise ProblemsError(found.problems)
    return found.looked


def compare(
    workspace: Workspace, paths: DatasetPaths, record: Document, twin: Document | None
) -> Outcome:
    """Compare a record with all that there is to compare it with.

    Args:
        workspace: the checkout.
        paths: the dataset that the record should be of.
        record: the provenance record.
        twin: `twin.json`; None if there is none.
    """
    found = Outcome()
    for part in FITTED:
        store = paths.part(part)
        shown = workspace.relative(store)
        if store.is_dir():
            found.note(part, f"as in {shown}", _episodes(store, part, record[part]["episodes"]))
        else:
            found.note(part, f"{shown} is not here", None)
    found.problems += inner_problems(record)
    if twin is None:
        found.note("parameters", "no twin.json beside the record", None)
    else:
        found.note("parameters", "as in twin.json", _twin(record, twin))
    found.note("residual ranges", _ranges(record, twin), iter(()))
    lock = read_document(paths.lock, "holdout_lock")
    held = f"{workspace.relative(paths.lock)}; no episode of it was read"
    found.note("holdout", held, holdout_problems(record, lock, groups_of(paths)))
    allowed = workspace.allowed("reconstruct").names
    guard = f"{workspace.relative(paths.guard)}, and the allow-list of params.yaml"
    found.note("guard", guard, _guard(paths, record["guard"], allowed))
    here, problems = _assets(workspace, record["assets"])
    found.problems += problems
    missing = len(record["assets"]) - here
    found.looked["assets"] = f"{here} as in this checkout"
    if missing:
        found.looked["assets"] += f"; {missing} {ELSEWHERE}: not in this checkout"
    return found


def groups_of(paths: DatasetPaths) -> Mapping[str, str]:
    """Group by motion, of the motions that share one."""
    rule = read_document(paths.folder / "split.json", "split")
    return {motion: group["name"] for group in rule["groups"] for motion in group["motions"]}


def _episodes(store: Path, part: str, named: Sequence[Document]) -> Iterator[Problem]:
    episodes = open_episodes(store, allowed=frozenset({_SPLITS[part]}))
    known = dict(zip(episodes.index, episodes.hashes(), strict=True))
    for number, episode in enumerate(named):
        where = f"{PAPER}: {part}/episodes/{number}"
        own = known.get(episode["id"])
        if own is None:
            yield Problem("other_episode", where, f"an episode of {part}", repr(episode["id"]))
        elif own != episode["hash"]:
            expected = f"{own}, the hash of {episode['id']!r}"
            yield Problem("episode_hash", where, expected, episode["hash"])


def _twin(record: Document, twin: Document) -> Iterator[Problem]:
    if record["entry"] != twin["name"]:
        expected, came = repr(twin["name"]), repr(record["entry"])
        yield Problem("wrong_paper", f"{PAPER}: entry", expected, came)
    yield from twin_problems(record, twin)


def _ranges(record: Document, twin: Document | None) -> str:
    if not record["residual_ranges"]:
        return "none, and a reason"
    own = "each around the value of its parameter"
    return own if twin is None else f"as in twin.json, {own}"


def _guard(paths: DatasetPaths, said: Document, allowed: Sequence[str]) -> Iterator[Problem]:
    own = file_hash(paths.guard)
    if said["hash"] != own:
        expected = f"{own}, the hash of guard.json"
        yield Problem("guard_differs", f"{PAPER}: guard/hash", expected, said["hash"])
    findings = read_document(paths.guard, "guard")["findings"]
    if said["findings"] != findings:
        expected, came = f"the {len(findings)} of guard.json", f"others, {len(said['findings'])}"
        yield Problem("guard_differs", f"{PAPER}: guard/findings", expected, came)
    more = [name for name in said["allow_list"] if name not in allowed]
    if more:
        came = ", ".join(map(repr, more))
        expected = f"none but {', '.join(allowed)}"
        yield Problem("guard_differs", f"{PAPER}: guard/allow_list", expected, came)


def _assets(workspace: Workspace, assets: Sequence[Document]) -> tuple[int, list[Problem]]:
    """How many assets are here, and the problems; robots belong to the checkout, others may."""
    root = workspace.root.resolve()
    here, problems = 0, []
    for number, asset in enumerate(assets):
        where = f"{PAPER}: assets/{number}"
        try:
            path = (root / asset["path"]).resolve()
            is_here = path.is_relative_to(root) and path.is_file()
        except (OSError, ValueError):  # a name that no file can have
            path, is_here = root.parent, False
        if is_here:
            here += 1
            own = file_hash(path)
            if own != asset["sha256"]:
                expected = f"{own}, the hash of {asset['path']!r}"
                problems.append(Problem("asset_differs", where, expected, asset["sha256"]))
        elif not path.is_relative_to(root) or path.is_relative_to(root / "robots"):
            expected = "a file of the checkout"
            problems.append(Problem("asset_differs", where, expected, ascii(asset["path"])))
    return here, problems
