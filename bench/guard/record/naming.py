"""Whether a name, a path or a hash of a record is one of the holdout, exactly or by its look."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from bench.entries.provenance.contradictions import FITTED, motion_of
from bench.guard.finding import Certainty, Finding
from bench.guard.record.known import KnownHoldout, Spelled, words_of
from bench.io.documents import Document

Kind = Literal["holdout", "whole", "group"]
LISTED = 30
"""Names that the evidence of a finding lists; beyond them it says how many there are."""

_MADE = """
    aug augment augmented augmentation copy cropped crop denoised derived filtered flipped
    interpolated jitter jittered mirrored noise noised noisy perturbed quantised quantized
    replay replayed rerun resampled rescaled resim resimulated resimulation retimed scaled shift
    shifted sim simulated smoothed stretched synthetic timescaled warped
"""
_ENDING = re.compile(
    r"(?:\.(?:csv|npz|npy|h5|hdf5|zarr|json|jsonl|txt|mat|bag|mcap|parquet|zip|tar"
    r"|tgz|gz|xz|zst))+$",
    re.IGNORECASE,
)
_TAKE = re.compile(r"(?:run|take|trial|rep|repeat|episode|recording|attempt|no)(?:[a-z]|\d+)|\d+")
MADE = frozenset(_MADE.split())
"""Words in a name that say that it was made from what else the name says."""


@dataclass(frozen=True)
class Named:
    """One thing that a record names.

    Attributes:
        where: its place in the record.
        name: what it is called there.
        content: its SHA-256; None if it is not said.
        path: its path or address; None if it is not said.
    """

    where: str
    name: str
    content: str | None = None
    path: str | None = None


@dataclass(frozen=True)
class Match:
    """What a thing that a record names is.

    Attributes:
        kind: an episode of the `holdout`, a store of the `whole` dataset, or another recording of
            a holdout `group`.
        known: what of the holdout it is.
        by: the signs: `id`, `hash`, `path`, `group`.
        sure: `likely` where it is a part of a path that is spelt so, or a store with more in it.
    """

    kind: Kind
    known: str
    by: tuple[str, ...]
    sure: Certainty = "certain"


def read_by(record: Document) -> Iterator[Named]:
    """Everything that a record names as read: episodes of the dataset, and data of other origin."""
    for part in FITTED:
        for number, episode in enumerate(record[part]["episodes"]):
            yield Named(f"{part}/episodes/{number}", episode["id"], episode["hash"])
    for number, item in enumerate(record.get("data", ())):
        yield Named(f"data/{number}", item["name"], item.get("sha256"), item.get("path"))


def exact(known: KnownHoldout, named: Named) -> Match | None:
    """What a name, path or hash is of the holdout, by its hash, its place or its spelling."""
    texts = [text.rstrip("/") for text in (named.name, named.path) if text]
    signs: dict[str, str] = {}
    for text in texts:
        if text in known.ids:
            signs["id"] = text
        folder = _folder(known, text)
        if folder is not None and known.folders[folder] in known.held:
            signs["path"] = text
    if named.content is not None and named.content in known.hashes:
        signs["hash"] = known.hashes[named.content]
    if signs:
        return Match("holdout", next(iter(signs.values())), tuple(sorted(signs)))
    for part in (part for text in texts for part in text.split("/")):
        for store in known.whole:
            if part == store or part.startswith(f"{store}."):
                return Match("whole", store, ("path",), "likely")
    if named.content in known.whole:
        return Match("whole", str(named.content), ("hash",), "likely")
    for text in texts:
        motion = motion_of(text) if motion_of(text) in known.motions else text
        if motion in known.motions:
            return Match("group", known.motions[motion], ("group",))
        folder = _folder(known, text)
        if folder is not None:
            return Match("group", known.motions[known.folders[folder]], ("path",))
    return next(_spelt(known, texts), None)


def _spelt(known: KnownHoldout, texts: Sequence[str]) -> Iterator[Match]:
    """What texts name that is spelt otherwise: in capitals, with an ending, as a take of a motion.

    A name by itself says what it is; a part of a path may be called so by chance.
    """
    for text in texts:
        parts = [
            words_of(_ENDING.sub("", part)) for part in text.split("/") if part not in ("", ".")
        ]
        own = [parts[-1], *([(*parts[-2], *parts[-1])] if len(parts) > 1 else [])] if parts else []
        for words in own:
            sure: Certainty = "certain" if len(parts) == 1 else "likely"
            one = known.spelled.get(words)
            if one is not None and one.sort == "id":
                yield Match("holdout", one.name, ("id",), sure)
            motion = one or known.spelled.get(_without_take(words))
            if motion is not None and motion.sort == "motion":
                yield Match("group", known.motions[motion.name], ("group",), sure)


def _without_take(words: tuple[str, ...]) -> tuple[str, ...]:
    """Words without those at the end that say which take it is: `run c`, `take2`, `07`."""
    for count in (2, 1):
        end = words[-count:]
        if len(words) > count and _TAKE.fullmatch("".join(end)):
            return words[:-count]
    return words


def _folder(known: KnownHoldout, text: str) -> str | None:
    """The folder of raw files that a path lies in, or is; also below another root."""
    parts = text.split("/")
    for last in (number for number, part in enumerate(parts, 1) if part in known.ends):
        for depth in known.depths:
            folder = "/".join(parts[last - depth : last]) if depth <= last else ""
            if folder in known.folders:
                return folder
    return None


def look(known: KnownHoldout, text: str) -> tuple[str, Certainty] | None:
    """The holdout motion or episode that a name looks to be made from, and how sure that is.

    A name of the dataset outside the holdout looks like nothing else, and so does what lies
    within such a name.

    Returns:
        `likely` where the name has the words of a whole id of the holdout, or of a holdout motion
        of several words and one of `MADE`; `hint` where it has a motion of several words, or of
        one word and one of `MADE`.
    """
    words = words_of(text)
    hits = list(_hits(known, words))
    others = [(first, last) for first, last, one in hits if one.sort == "other"]
    sure: dict[Certainty, str] = {}
    for first, last, one in sorted(hits, key=lambda hit: hit[0] - hit[1]):
        inside = any(
            start <= first and last <= end and (start, end) != (first, last)
            for start, end in others
        )
        if one.sort != "other" and not inside:
            made = any(word.rstrip("0123456789") in MADE for word in words[:first] + words[last:])
            signs = 2 * (one.sort == "id") + (last - first > 1) + made
            if signs:
                sure.setdefault("likely" if signs > 1 else "hint", one.name)
    for certainty in ("likely", "hint"):
        if certainty in sure:
            return sure[certainty], certainty
    return None


def _hits(known: KnownHoldout, words: Sequence[str]) -> Iterator[tuple[int, int, Spelled]]:
    """The names of the dataset among words: first word, one past the last, and the name."""
    for first in (number for number, word in enumerate(words) if word in known.begins):
        for last in range(first + 1, min(len(words), first + known.longest) + 1):
            one = known.spelled.get(tuple(words[first:last]))
            if one is not None:
                yield first, last, one


def findings(
    code: str, found: Sequence[tuple[Certainty, Mapping[str, object]]]
) -> Iterator[Finding]:
    """One finding for each certainty, with everything that was found with it."""
    for certainty in ("certain", "likely", "hint"):
        own = [dict(what) for sure, what in found if sure == certainty]
        if own:
            evidence = {"named": own[:LISTED], "number": len(own)}
            yield Finding(code, certainty, evidence)
