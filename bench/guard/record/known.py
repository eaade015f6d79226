"""What is known of a holdout without its truth: by which names and hashes a record may give it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Literal

from bench.entries.provenance.contradictions import motion_of
from bench.io.documents import Document, file_hash, read_document
from bench.io.workspace import DatasetPaths

_NONE: Mapping[str, str] = MappingProxyType({})
WHOLE = ("holdout_truth.zarr", "all.zarr")
"""Stores of the pipeline that hold the truth."""
_WORD = re.compile(r"[a-z0-9]+")


def words_of(text: str) -> tuple[str, ...]:
    """The words of a name: letters and digits, in lower case, whatever stands between them."""
    return tuple(_WORD.findall(text.lower()))


@dataclass(frozen=True)
class Spelled:
    """A name of the dataset as words.

    Attributes:
        name: the name.
        sort: a whole `id` of the holdout, a `motion` or group of it, or of the `others`.
    """

    name: str
    sort: Literal["id", "motion", "other"]


@dataclass(frozen=True)
class KnownHoldout:
    """The holdout of a dataset, by everything that may name it.

    Attributes:
        ids: holdout episode by its id.
        hashes: holdout episode or raw file of one by SHA-256: of what was measured, of the
            episode's inputs, of the raw file.
        motions: group by name, of the motions that were held out, of those that share a group with
            them, and of the groups themselves.
        held: the motions that were held out.
        others: names of motions and episodes that are not of the holdout.
        folders: motion of a holdout group by the folder of its raw files.
        whole: what a store or file that holds the truth of all is called or hashed.
    """

    ids: frozenset[str]
    hashes: Mapping[str, str]
    motions: Mapping[str, str]
    held: frozenset[str]
    others: frozenset[str] = frozenset()
    folders: Mapping[str, str] = field(default_factory=dict)
    whole: frozenset[str] = frozenset(WHOLE)

    @functools.cached_property
    def spelled(self) -> Mapping[tuple[str, ...], Spelled]:
        """Every name by its words; what is of the holdout goes before what is not."""
        return {
            **{words_of(name): Spelled(name, "other") for name in self.others},
            **{words_of(name): Spelled(name, "motion") for name in self.motions},
            **{words_of(name): Spelled(name, "id") for name in self.ids},
        }

    @functools.cached_property
    def begins(self) -> frozenset[str]:
        """The first word of every name."""
        return frozenset(words[0] for words in self.spelled if words)

    @functools.cached_property
    def longest(self) -> int:
        """Words of the longest name."""
        return max(map(len, self.spelled))

    @functools.cached_property
    def ends(self) -> frozenset[str]:
        """The last part of every folder of raw files."""
        return frozenset(folder.rpartition("/")[2] for folder in self.folders)

    @functools.cached_property
    def depths(self) -> frozenset[int]:
        """How many parts the folders of raw files have."""
        return frozenset(folder.count("/") + 1 for folder in self.folders)


def known_holdout(
    lock: Document,
    rule: Document | None = None,
    dataset: Document | None = None,
    raw: Mapping[str, str] = _NONE,
) -> KnownHoldout:
    """Gather what is known.

    Args:
        lock: `holdout.lock.json`.
        rule: `split.json`, for motions that share a group and for those that are not held out.
        dataset: `dataset.json`, for the folders of raw files.
        raw: SHA-256 by path, of the raw files, below the folder of `fetch` or the dataset's own.
    """
    held = {motion_of(e["id"]): e["group"] for e in lock["episodes"]}
    motions = {**held, **{group: group for group in held.values()}}
    groups = {} if rule is None else {m: g["name"] for g in rule["groups"] for m in g["motions"]}
    motions |= {m: g for m, g in groups.items() if g in set(held.values())}
    assigned = () if rule is None else (m for part in rule["assignment"].values() for m in part)
    others = set(assigned) - motions.keys()
    folders = {} if dataset is None else dict(_folders(dataset, motions))
    hashes = {h: e["id"] for e in lock["episodes"] for h in (e["hash"], e["inputs_hash"]) if h}
    whole = set(WHOLE)
    if dataset is not None and dataset["raw"] == "committed":
        whole |= {text for item in raw.items() for text in item}
    return KnownHoldout(
        ids=frozenset(e["id"] for e in lock["episodes"]),
        hashes=_raw_hashes(raw, folders, held) | hashes,
        motions=motions,
        held=frozenset(held),
        others=frozenset(others),
        folders=folders,
        whole=frozenset(whole),
    )


def _folders(dataset: Document, motions: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The folder of each recording of a holdout group, as the readers' settings place it."""
    runs = dataset["reader_settings"].get("runs", {})
    for run in runs.values() if isinstance(runs, dict) else ():
        placed = run.get("motions")
        for motion in motions:
            if placed is None or motion in placed:
                inner = motion if placed is None else placed[motion]
                folder = f"{run['folder']}/{inner}"
                yield folder, motion
                # In the upstream repository the path begins behind owner, name and commit.
                yield "/".join(folder.split("/")[3:]), motion


def _raw_hashes(
    raw: Mapping[str, str], folders: Mapping[str, str], held: Mapping[str, str]
) -> dict[str, str]:
    """Raw file by hash, of the files that lie with holdout recordings and nowhere else."""
    mine: dict[str, str] = {}
    elsewhere = set()
    for path, content in raw.items():
        if folders.get(str(PurePosixPath(path).parent)) in held:
            mine[content] = path
        else:
            elsewhere.add(content)
    return {content: path for content, path in mine.items() if content not in elsewhere}


def known_of(paths: DatasetPaths) -> KnownHoldout:
    """The holdout of a dataset of the checkout.

    Raises:
        ProblemsError: a document of the dataset is missing or malformed.
    """
    dataset = paths.document()
    return known_holdout(
        read_document(paths.lock, "holdout_lock"),
        read_document(paths.folder / "split.json", "split"),
        dataset,
        _raw(paths, dataset),
    )


def _raw(paths: DatasetPaths, dataset: Document) -> Mapping[str, str]:
    if dataset["raw"] == "committed":
        name = dataset["reader_settings"].get("file")
        place = paths.folder / str(name)
        return {place.name: file_hash(place)} if name and place.is_file() else {}
    source = paths.folder / "source.json"
    if not source.is_file():
        return {}
    return {
        f"{tree['repository']}/{tree['commit']}/{file['path']}": file["sha256"]
        for tree in read_document(source, "source")["trees"]
        for file in tree["files"]
    }
