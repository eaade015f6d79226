"""From predictions and a description to an entry folder."""

from __future__ import annotations

from pathlib import Path

from bench.entries.checking import described_dataset, holdout_of
from bench.entries.entry import write_entry
from bench.entries.packing.pack import Packed, pack
from bench.entries.validation import check_entry
from bench.io.documents import read_json
from bench.io.workspace import Workspace


def pack_entry(
    workspace: Workspace,
    source: Path,
    description: Path,
    place: Path,
    *,
    format_name: str | None = None,
) -> Packed:
    """Read the predictions in `source`, check them as an entry, and write it to `place`.

    Args:
        workspace: the checkout with the holdout's inputs.
        source: file or folder in one of the formats.
        description: the filled-in `entry.json`.
        place: the entry folder.
        format_name: name of the format; None to detect it.

    Raises:
        ProblemsError: all that is wrong with description and predictions; nothing is written.
        UnknownNameError: no such format.
    """
    holdout = holdout_of(workspace, described_dataset(workspace, description))
    document = read_json(description)
    packed = pack(source, format_name, holdout.inputs, document, scored=holdout.scored)
    entry = check_entry(
        document,
        packed.episodes,
        {},
        inputs=holdout.inputs,
        lock=holdout.lock,
        scored=holdout.scored,
        continuous=holdout.continuous,
    )
    write_entry(place, document, entry.episodes)
    return packed
