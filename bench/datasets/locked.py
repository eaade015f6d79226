"""In what the truth of a holdout, or its inputs, differ from the lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.datasets.split import locked_episodes
from bench.io.documents import Document
from bench.io.store import Episodes

COMPARED = ("hash", "group", "role", "rows")


@dataclass(frozen=True)
class Difference:
    """One field of one episode; None stands for an episode that is not there.

    Attributes:
        episode: its id.
        field: `hash`, `group`, `role`, `rows`, or `inputs_hash`.
        locked: what the lock says.
        found: what there is.
    """

    episode: str
    field: str
    locked: str | int | None
    found: str | int | None


def truth_differences(lock: Document, truth: Episodes) -> Iterator[Difference]:
    """Hold the truth against its lock; every episode is hashed once, one after the other."""
    yield from _differences(lock["episodes"], locked_episodes(truth), COMPARED)


def inputs_differences(lock: Document, inputs: Episodes) -> Iterator[Difference]:
    """Hold what participants see against the lock."""
    locked = [episode for episode in lock["episodes"] if episode["inputs_hash"] is not None]
    shown = zip(inputs.index, inputs.hashes(), strict=True)
    found = [{"id": name, "inputs_hash": content} for name, content in shown]
    yield from _differences(locked, found, ("inputs_hash",))


def _differences(
    locked: Sequence[Document], found: Sequence[Document], fields: Sequence[str]
) -> Iterator[Difference]:
    expected, came = ({episode["id"]: episode for episode in each} for each in (locked, found))
    for name in sorted(expected.keys() | came.keys()):
        for field in fields:
            own = expected.get(name, {}).get(field), came.get(name, {}).get(field)
            if own[0] != own[1]:
                yield Difference(name, field, *own)
