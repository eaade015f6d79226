"""A change of results, log and tables that is made whole, also if the process is killed in it.

Before the first file is put in place, a journal says what will be. If the process is killed
after that, whoever takes the board's lock next finishes the change; if before, nothing has
happened. So a killed verb leaves the old state or the new one, as soon as another has begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

from bench.io.atomic import Transaction, interrupts_deferred, write_text
from bench.io.documents import dump, file_hash, read_json
from bench.io.workspace import DatasetPaths

SCHEMA = "twinbench/change/1"


def journal_of(paths: DatasetPaths) -> Path:
    """Where the journal of a dataset's change lies while it is being made."""
    return paths.root / "data" / "locks" / f"{paths.name}.change.json"


@dataclass(frozen=True)
class Step:
    """One file or folder that is put in place or removed.

    Attributes:
        place: its path from the root.
        prepared: where its new content lies; None if it is removed.
        inode: of a prepared folder, which tells it from the old one after they were swapped.
        old: hash of the file that was there; None if there was none, or a folder.
        new: hash of the file that will be there; None if there will be none, or a folder.
    """

    place: str
    prepared: str | None
    inode: int | None
    old: str | None
    new: str | None

    @classmethod
    def of(cls, root: Path, place: Path, prepared: Path | None) -> Step:
        """The step that puts `prepared` in place."""
        return cls(
            place=str(place.relative_to(root)),
            prepared=None if prepared is None else str(prepared.relative_to(root)),
            inode=prepared.stat().st_ino if prepared and prepared.is_dir() else None,
            old=_hash(place),
            new=None if prepared is None else _hash(prepared),
        )

    def state(self, root: Path) -> Literal["due", "done", "foreign"]:
        """Whether the step is still to be made, was made, or can be neither."""
        place, prepared = root / self.place, root / (self.prepared or "")
        if self.inode is not None:
            return "due" if prepared.is_dir() and prepared.stat().st_ino == self.inode else "done"
        if self.prepared is None and place.is_dir():
            return "due"
        now = _hash(place)
        is_due = self.prepared is None or _hash(prepared) == self.new
        if now == self.old and is_due and now != self.new:
            return "due"
        return "done" if now == self.new else "foreign"


class Change(Transaction):
    """A transaction on a dataset's board, to be ended with the board's lock held."""

    def __init__(self, paths: DatasetPaths) -> None:
        """Start with nothing prepared."""
        super().__init__()
        self._root, self._journal = paths.root, journal_of(paths)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Put everything in place, or clear everything away if the block failed."""
        with interrupts_deferred():
            if kind is None:
                self._announce()
            super().__exit__(kind, error, trace)
            if kind is None:
                self._journal.unlink()

    def _announce(self) -> None:
        """Write the journal; from here on the change is made, whatever happens."""
        try:
            steps = [asdict(Step.of(self._root, *pair)) for pair in self._prepared]
            self._journal.parent.mkdir(parents=True, exist_ok=True)
            write_text(self._journal, dump({"schema": SCHEMA, "steps": steps}))
        except BaseException as error:
            super().__exit__(type(error), error, error.__traceback__)
            raise


class _Rest(Transaction):
    """What another process had prepared and not yet put in place."""

    def __init__(self, root: Path, steps: list[Step]) -> None:
        """Take the steps over."""
        super().__init__()
        self._prepared += [
            (root / step.place, None if step.prepared is None else root / step.prepared)
            for step in steps
        ]


def finish(paths: DatasetPaths) -> None:
    """Finish a change that a killed process had begun to put in place (board lock held).

    If somebody has touched the files since, for instance with git, they stay as they are.

    Raises:
        ProblemsError: the journal is no JSON.
    """
    journal = journal_of(paths)
    if not journal.exists():
        return
    steps = _steps(read_json(journal))
    states = [step.state(paths.root) for step in steps]
    if "foreign" not in states:
        due = [step for step, state in zip(steps, states, strict=True) if state == "due"]
        with _Rest(paths.root, due):
            pass
    _drop(paths.root, steps)
    journal.unlink()


def _drop(root: Path, steps: list[Step]) -> None:
    """Clear what is left beside the places: the old folders, or all that was prepared."""
    with Transaction() as transaction:
        for step in steps:
            if step.prepared is not None:
                transaction.remove(root / step.prepared)


def _steps(journal: Mapping[str, Any]) -> list[Step]:
    """The steps of a journal; none of one that another version has written."""
    if journal.get("schema") != SCHEMA:
        return []
    return [Step(**step) for step in journal["steps"]]


def _hash(place: Path) -> str | None:
    return file_hash(place) if place.is_file() else None
