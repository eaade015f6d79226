"""The verb `pack`: predictions in a format that labs have, as the episodes of an entry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.entries.check import listed
from bench.entries.checks.episodes import CODES as EPISODE_CODES
from bench.entries.checks.episodes import episode_problems
from bench.entries.entry import checked
from bench.entries.packing.format import Format, Reading, Track
from bench.entries.packing.registry import FORMATS
from bench.entries.texts import harmless
from bench.io.documents import Document
from bench.io.problems import Problem, ProblemsError, UnknownNameError
from bench.io.store import Episodes

CODES = {
    **EPISODE_CODES,
    "unknown_format": "no format, or more than one, fits the file or folder",
    "joints": "columns that are no joints of the dataset, or other ones than in other episodes",
    "no_clock": "no time, and another number of rows than the inputs have",
    "unreadable": "a file or folder cannot be opened",
    "shape": "time and positions have not the same number of rows, or none",
}


@dataclass(frozen=True)
class Packed:
    """Predictions, packed.

    Attributes:
        episodes: a set of the split `entry` in the order of the inputs, not yet validated.
        format: name of the format that was read.
        notes: what was assumed, one line each, to be shown to the lab.
    """

    episodes: Episodes
    format: str
    notes: tuple[str, ...]


def pack(
    source: Path,
    format_name: str | None,
    inputs: Episodes,
    document: Document,
    *,
    scored: Sequence[str] = (),
) -> Packed:
    """Read the predictions in `source` for the episodes of the inputs.

    Args:
        source: file or folder.
        format_name: name of a format, None to detect it.
        inputs: the holdout's inputs.
        document: the entry's `entry.json`, checked along with the predictions.
        scored: joints that unnamed columns mean if there are so many of them.

    Raises:
        ProblemsError: all that is wrong with document and predictions.
        UnknownNameError: no format has that name.
    """
    problems = checked(document, "entry", "entry.json")
    reading, name, columns = Reading(), "", dict[str, tuple[str, ...]]()
    try:
        chosen = _format(source, format_name)
        name, reading = chosen.name, chosen.read(source, inputs)
        problems += reading.problems
        problems += episode_problems(reading.episodes, inputs.index, ascii)
        columns = {t.episode: _columns(t, inputs, scored) for t in reading.tracks}
        problems += _fit(reading.tracks, columns, inputs)
    except ProblemsError as error:
        problems += error.problems
    except OSError as error:
        came = error.strerror or "an error"
        problems.append(Problem("unreadable", str(error.filename), "a readable file", came))
    if problems:
        raise ProblemsError(harmless(problem) for problem in problems)
    return Packed(
        episodes=_episodes(reading.tracks, columns, inputs),
        format=name,
        notes=tuple(_notes(reading.tracks, columns)),
    )


def _format(source: Path, name: str | None) -> Format:
    valid = {one.name: one for one in FORMATS}
    if name is not None:
        if name not in valid:
            raise UnknownNameError("format", name, list(valid))
        fitting = [valid[name]] if valid[name].detect(source) else []
    else:
        fitting = [one for one in FORMATS if one.detect(source)]
    if len(fitting) != 1:
        wanted = valid.values() if name is None else [valid[name]]
        expected = " or ".join(one.meaning for one in wanted)
        came = " and ".join(one.name for one in fitting) or _what(source)
        raise ProblemsError([Problem("unknown_format", source.name, expected, came)])
    return fitting[0]


def _what(source: Path) -> str:
    if not source.exists():
        return "nothing"
    return "another folder" if source.is_dir() else "another file"


def _columns(track: Track, inputs: Episodes, scored: Sequence[str]) -> tuple[str, ...]:
    """Names of a track's columns; columns without names are all joints, or the scored ones."""
    if track.joints is not None:
        return track.joints
    for names in (inputs.info.joints, tuple(n for n in inputs.info.joints if n in scored)):
        if track.q.shape[1] == len(names):
            return names
    return ()


def _fit(
    tracks: Sequence[Track], columns: dict[str, tuple[str, ...]], inputs: Episodes
) -> Iterator[Problem]:
    usual = Counter(frozenset(names) for names in columns.values()).most_common(1)
    for track in tracks:
        names = columns[track.episode]
        yield from _joints(track, names, usual[0][0], inputs)
        rows = inputs.rows(inputs.index[track.episode])
        wanted = rows.stop - rows.start
        if not len(track.q) or (track.time is not None and len(track.time) != len(track.q)):
            came = f"{len(track.q)} of positions, {'no' if track.time is None else len(track.time)}"
            expected = "as many rows of time as of positions, at least one"
            yield Problem("shape", track.where, expected, f"{came} of time")
        elif track.time is None and len(track.q) != wanted:
            expected = f"a time for each row, or the {wanted} rows of the inputs"
            yield Problem("no_clock", track.where, expected, f"{len(track.q)} rows without")


def _joints(
    track: Track, names: tuple[str, ...], usual: frozenset[str], inputs: Episodes
) -> Iterator[Problem]:
    joints = inputs.info.joints
    width = track.q.shape[1]
    if not names or len(names) != width:
        expected = f"names for the columns, or the columns {listed(joints)}"
        came = f"{width} columns" + (f", {len(names)} names" if track.joints else " without names")
        yield Problem("joints", track.where, expected, came)
    elif len(set(names)) < len(names) or not set(names) <= set(joints):
        expected = f"joints of the dataset, once each: {listed(joints)}"
        yield Problem("joints", track.where, expected, listed(names))
    elif frozenset(names) != usual:
        expected = f"the joints of the other episodes, {listed(sorted(usual))}"
        yield Problem("joints", track.where, expected, listed(names))


def _episodes(
    tracks: Sequence[Track], columns: dict[str, tuple[str, ...]], inputs: Episodes
) -> Episodes:
    """The tracks end to end in the order of the inputs, their columns in that of the dataset."""
    found = {track.episode: track for track in tracks}
    named = set(next(iter(columns.values())))
    kept = [i for i, name in enumerate(inputs.info.joints) if name in named]
    names = [inputs.info.joints[i] for i in kept]
    times, positions = [], []
    for number, episode in enumerate(inputs.index):
        track = found[episode]
        order = [columns[episode].index(name) for name in names]
        clock = inputs.signal("time", number)
        times.append(clock if track.time is None else track.time)
        positions.append(track.q[:, order])
    units = tuple(inputs.info.units[i] for i in kept)
    info = replace(
        inputs.info,
        split="entry",
        joints=tuple(names),
        units=units,
        signals={"time": ("s",), "q": units},
    )
    start = np.cumsum([0, *map(len, times)]).astype(np.int64)
    return Episodes(info, start, {"time": np.concatenate(times), "q": np.concatenate(positions)})


def _notes(tracks: Sequence[Track], columns: dict[str, tuple[str, ...]]) -> Iterator[str]:
    timeless = sum(track.time is None for track in tracks)
    if timeless:
        yield f"{timeless} episodes have no time: row by row, the clock of the inputs was taken"
    nameless = [track.episode for track in tracks if track.joints is None]
    if nameless:
        names = ", ".join(columns[nameless[0]])
        yield f"{len(nameless)} episodes name no joints: the columns were taken as {names}"
