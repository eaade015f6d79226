"""Episodes in forms that other tools read: a folder of CSV files, or one HDF5 file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.io.atomic import Transaction
from bench.io.problems import UnknownNameError
from bench.io.store import Episodes
from bench.io.store_info import PER_EPISODE, PER_JOINT, WIDTHS

Progress = Callable[[int, int], None]
Writer = Callable[[Path, Episodes, Progress], None]


@dataclass(frozen=True)
class Form:
    """A form of export: what writes it, and whether it is a folder."""

    write: Writer
    folder: bool


def export(form: str, place: Path, episodes: Episodes, progress: Progress) -> None:
    """Write the episodes to `place` in one of `FORMS`, whole or not at all.

    Raises:
        UnknownNameError: there is no such form.
    """
    _form(form).write(place, episodes, progress)


def is_folder(form: str) -> bool:
    """Whether this form is a folder rather than a file.

    Raises:
        UnknownNameError: there is no such form.
    """
    return _form(form).folder


def _form(name: str) -> Form:
    if name not in FORMS:
        raise UnknownNameError("format", name, sorted(FORMS))
    return FORMS[name]


def write_csv(place: Path, episodes: Episodes, progress: Progress) -> None:
    """Write a folder with `<episode>.csv` each: `time`, then `<signal>.<joint>` columns.

    Numbers are written so that reading them gives the same double again. A signal with one value
    an episode stands in the first row alone.
    """
    with Transaction() as transaction:
        folder = transaction.folder(place)
        for number, info in enumerate(episodes.info.episodes):
            lines = [",".join(_headings(episodes)), *_lines(episodes, number)]
            (folder / f"{info.id}.csv").write_text("\n".join(lines) + "\n")
            progress(number + 1, len(episodes))


def _row_signals(episodes: Episodes) -> list[str]:
    rest = sorted(n for n in episodes.signals if n != "time" and n not in PER_EPISODE)
    return ["time", *rest, *sorted(n for n in episodes.signals if n in PER_EPISODE)]


def _headings(episodes: Episodes) -> list[str]:
    return [head for name in _row_signals(episodes) for head in _columns(name, episodes)]


def _columns(name: str, episodes: Episodes) -> list[str]:
    """Headings of one signal: by joint, by number, or its name alone."""
    if name in PER_JOINT:
        return [f"{name}.{joint}" for joint in episodes.info.joints]
    return [f"{name}.{k}" for k in range(WIDTHS[name])] if name in WIDTHS else [name]


def _lines(episodes: Episodes, number: int) -> Iterator[str]:
    signals = [(n, episodes.signal(n, number)) for n in _row_signals(episodes)]
    rows = episodes.rows(number)
    for row in range(rows.stop - rows.start):
        cells: list[str] = []
        for name, values in signals:
            if name in PER_EPISODE:
                width = np.atleast_1d(values).size
                cells += map(repr, np.atleast_1d(values).tolist()) if row == 0 else [""] * width
            else:
                cells += map(repr, np.atleast_1d(values[row]).tolist())
        yield ",".join(cells)


def write_hdf5(place: Path, episodes: Episodes, progress: Progress) -> None:
    """Write one HDF5 file: a group an episode with a dataset a signal, units as attributes."""
    import h5py

    with Transaction() as transaction:
        temporary = transaction.file(place)
        with h5py.File(temporary, "w", track_order=False) as file:
            file.attrs["dataset"] = episodes.info.dataset
            file.attrs["joints"] = list(episodes.info.joints)
            for number, info in enumerate(episodes.info.episodes):
                group = file.create_group(info.id, track_order=False)
                for key in ("group", "motion", "run", "role"):
                    group.attrs[key] = getattr(info, key)
                for name in sorted(episodes.signals):
                    data = group.create_dataset(name, data=episodes.signal(name, number))
                    data.attrs["units"] = list(episodes.info.signals[name])
                progress(number + 1, len(episodes))


FORMS: Mapping[str, Form] = {"csv": Form(write_csv, True), "hdf5": Form(write_hdf5, False)}
