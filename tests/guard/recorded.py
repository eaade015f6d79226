"""The datasets as they were recorded, from logs, without a store of the checkout."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.datasets.ingest import ingest, raw_folder
from bench.datasets.layout import Layout, load_layout
from bench.datasets.split import Parts, split
from bench.io.documents import Document, read_document
from bench.io.store import Episodes
from bench.io.workspace import Workspace

ROOT = Path(__file__).parent.parent.parent
GENERATED, RECORDED = ("so101-synth",), ("so101-sage", "ur5-force")
DATASETS = (*GENERATED, *RECORDED)


@dataclass(frozen=True)
class Recorded:
    """A dataset.

    Attributes:
        episodes: all of it; not to be changed.
        rule: of its split.
        layout: of its joints.
    """

    episodes: Episodes
    rule: Document
    layout: Layout

    def parts(self) -> Parts:
        """The parts of its split."""
        return split(self.episodes, self.rule)


@cache
def recorded(dataset: str, mirror: Path | None = None) -> Recorded:
    """A dataset, read from the mirror or from what is committed or fetched of it."""
    paths = Workspace(ROOT).dataset(dataset)
    document, layout = paths.document(), load_layout(paths)
    folder = mirror if mirror is not None else raw_folder(paths, document)
    episodes = ingest(document, folder, layout, lambda _done, _total: None)
    return Recorded(episodes, read_document(paths.folder / "split.json", "split"), layout)
