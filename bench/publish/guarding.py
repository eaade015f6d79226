"""What the guard says of a dataset or an entry, for `twinbench guard`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.datasets.sealing.commitment import is_sealed
from bench.datasets.sealing.keys import SecretKey
from bench.datasets.sealing.opening import opened
from bench.entries.checking import checked_entry, dataset_of_entry
from bench.io.documents import Document, nine_digits, read_document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.workspace import DatasetPaths, Workspace
from bench.leaderboard.released import released_place
from bench.leaderboard.results import find_result
from bench.scoring.guarded_entry import guard_with_truth


@dataclass(frozen=True)
class Guarded:
    """What the guard says.

    Attributes:
        dataset: name of the dataset.
        entry: name of the entry; None of a dataset.
        checks: the checks that ran, and how many things each compared; None where that is not
            published.
        findings: what was found.
    """

    dataset: str
    entry: str | None
    checks: list[Document] | None
    findings: list[Document]

    @property
    def certain(self) -> bool:
        """Whether something is certain."""
        return any(finding["certainty"] == "certain" for finding in self.findings)


def guarded_dataset(paths: DatasetPaths) -> Guarded:
    """What was found in a split.

    Raises:
        ProblemsError: it has not been made.
    """
    guard = read_document(paths.guard, "guard")
    return Guarded(paths.name, None, guard["checks"], guard["findings"])


def guarded_result(workspace: Workspace, dataset: str, entry: str) -> Guarded:
    """What was found in an entry when it was scored and ranked.

    Raises:
        UnknownNameError: no such dataset or entry.
        ProblemsError: it was scored before the guard looked at entries.
    """
    paths = workspace.dataset(dataset)
    if is_sealed(paths):
        place = released_place(paths, entry)
        if not place.is_file():
            names = sorted(path.stem for path in place.parent.glob("*.json"))
            raise UnknownNameError("entry", entry, names)
        result = read_document(place, "released")
        checks = None
    else:
        _, result = find_result(workspace, f"{dataset}/{entry}")
        checks = result.get("checks")
        if checks is None and result["status"] != "reference":
            expected = "one that the guard looked at; score it again"
            raise ProblemsError(
                [Problem("not_guarded", f"result {entry}", expected, "an older one")]
            )
    findings = list(result["findings"])
    known = {finding["code"] for finding in findings}
    return Guarded(
        dataset,
        entry,
        checks,
        [_whole(finding) for finding in findings]
        + [finding for finding in _on_board(paths, result) if finding["code"] not in known],
    )


def _whole(finding: Document) -> Document:
    """A finding with every field; of a sealed holdout its code and certainty alone are released."""
    anchor = f"docs/guard.md#{finding['code']}"
    return {"evidence": {}, "anchor": anchor, **finding}


def _on_board(paths: DatasetPaths, result: Document) -> list[Document]:
    """What the board says of these predictions; only a look at all entries finds some of it."""
    place = paths.board / "leaderboard.json"
    if not place.is_file():
        return []
    rows = read_document(place, "leaderboard")["rows"]
    own = (result["entry"]["name"], result["entry"]["hash"])
    return [f for row in rows if (row["entry"], row["hash"]) == own for f in row["findings"]]


def guarded_folder(
    workspace: Workspace,
    folder: Path,
    key: SecretKey | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Guarded:
    """Hold the entry in a folder against the truth of the holdout that it names.

    Args:
        workspace: the checkout.
        folder: of the entry.
        key: of an organiser, for a sealed holdout.
        progress: told how many episodes were looked at, and of how many.

    Raises:
        ProblemsError: every problem of the entry, or of the truth.
    """
    paths = dataset_of_entry(workspace, folder)
    entry = checked_entry(workspace, paths, folder)
    with opened(paths, key) as place:
        checks, findings = guard_with_truth(workspace, place, entry, progress)
    documents = [nine_digits(finding.document()) for finding in findings]
    return Guarded(paths.name, entry.document["name"], checks, documents)
