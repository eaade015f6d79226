"""One HDF5 file with a group for each episode: plain, as robomimic, or as ALOHA lay it out.

Only hard links inside the file are followed; no virtual or external data, no filter plugins.
The library underneath may hang or crash on a file that was damaged on purpose, so `pack` reads in
a process of its own (`apart`); entries that are handed in hold no HDF5.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.entries.packing.apart import NOT_READ, read_apart
from bench.entries.packing.format import (
    MAX_JOINTS,
    Budget,
    Format,
    Reading,
    Track,
    most_rows,
    too_many_rows,
)
from bench.io.problems import Problem, ProblemsError
from bench.io.store import Episodes

POSITIONS = ("q", "obs/q", "obs/robot0_joint_pos", "observations/qpos")
CLOCKS = ("time", "obs/time", "observations/time")
MAX_EPISODES = 100_000
MAX_CHUNK_BYTES = 2**28
_FILTERS = frozenset({1, 2, 3, 32000})  # deflate, shuffle, fletcher32, lzf: built into h5py

CODES = {
    "not_hdf5": "the file is no HDF5 file, or is damaged",
    "link": "a soft or external link",
    "not_plain": "data that lie outside the file, are virtual, or need a filter plugin",
    "positions": "an episode has no positions, or has them in two places",
    "array_form": "a dataset is not of numbers or has not the shape of its kind",
    "joint_names": "the attribute joints is not a list of texts",
    "episode_name": "the attribute episode is not a text",
    "not_read": NOT_READ,
    "too_large": "a dataset has more rows, or the file more groups, than they can need",
}


def read(source: Path, inputs: Episodes) -> Reading:
    """Read every group of the file that is an episode."""
    import h5py

    reading, budget = Reading(), Budget.of(inputs)
    try:
        with h5py.File(source, "r") as file:
            for path, group in _groups(file, reading):
                _episode(file, path, group, inputs, reading, budget)
    except (
        *(OSError, RuntimeError, KeyError, ValueError, TypeError),
        *(AttributeError, MemoryError, OverflowError, SystemError),
    ) as error:
        came = " ".join(str(error).split())[:120] or type(error).__name__
        reading.problems.append(Problem("not_hdf5", source.name, "an HDF5 file", came))
    return reading


def _groups(file: Any, reading: Reading) -> Iterator[tuple[str, Any]]:
    """The groups that are episodes: those of `/data` where there is such a group, else of `/`."""
    try:
        place = "data" if _follow(file, "data") is not None else ""
        parent = _follow(file, "data") if place else file
    except ProblemsError as error:
        reading.problems.extend(error.problems)
        return
    if len(parent) > MAX_EPISODES:
        wrong = Problem("too_large", f"/{place}", f"at most {MAX_EPISODES} groups", "more")
        reading.problems.append(wrong)
        return
    for name in parent:
        if isinstance(name, bytes):  # no UTF-8, and so the id of no episode
            reading.episodes.append(name.decode("utf-8", "surrogateescape"))
            continue
        path = f"{place}/{name}".lstrip("/")
        try:
            group = _follow(file, path)
            if group is None:
                raise KeyError(f"{name!r} is listed and not there")
            yield path, group
        except ProblemsError as error:
            reading.problems.extend(error.problems)
            reading.episodes.append(name)


def _follow(root: Any, path: str) -> Any:
    """What lies at a path of hard links; None if nothing does.

    Raises:
        ProblemsError: a link of another kind on the way.
    """
    import h5py

    here = root
    for name in path.split("/"):
        link = here.get(name, getlink=True) if isinstance(here, h5py.Group) else None
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            where = ascii(f"{here.name}/{name}".replace("//", "/"))
            wrong = Problem("link", where, "data in the file", "a soft or external link")
            raise ProblemsError([wrong])
        here = here[name]
    return here


def _episode(
    file: Any, path: str, group: Any, inputs: Episodes, reading: Reading, budget: Budget
) -> None:
    where = ascii(f"/{path}")[1:-1]
    try:
        named = _texts(group, "episode", "episode_name", where)
        episode = named[0] if named else path.rpartition("/")[2]
        reading.episodes.append(episode)
        if episode in inputs.index:
            most = most_rows(inputs, episode)
            reading.tracks.append(_track(episode, file, group, where, most, budget))
    except ProblemsError as error:
        reading.problems.extend(error.problems)


def _track(episode: str, file: Any, group: Any, where: str, most: int, budget: Budget) -> Track:
    found = [(name, data) for name in POSITIONS if (data := _follow(group, name)) is not None]
    if len(found) != 1:
        expected = "positions in one of " + ", ".join(POSITIONS)
        came = " and ".join(name for name, _ in found) or "none"
        raise ProblemsError([Problem("positions", where, expected, came)])
    name, data = found[0]
    q = _values(data, f"{where}/{name}", 2, most, budget)
    time = None
    for clock in CLOCKS:
        if time is None and (data_of_clock := _follow(group, clock)) is not None:
            time = _values(data_of_clock, f"{where}/{clock}", 1, most, budget)
    joints = None
    for holder in (data, group, group.parent, file):
        joints = joints or _texts(holder, "joints", "joint_names", where)
    return Track(episode, where, q, joints, time)


def _values(
    data: Any, where: str, dimensions: int, most: int, budget: Budget
) -> np.ndarray[Any, Any]:
    import h5py

    if not isinstance(data, h5py.Dataset) or not _is_of_numbers(data):
        wrong = Problem("array_form", where, "a dataset of numbers", "something else")
        raise ProblemsError([wrong])
    if data.shape is None or len(data.shape) != dimensions:
        wrong = Problem("array_form", where, f"{dimensions} dimensions", f"{data.shape}")
        raise ProblemsError([wrong])
    if data.shape[0] > most or data.shape[-1] > (MAX_JOINTS if dimensions == 2 else most):
        raise ProblemsError([too_many_rows(where, most, f"{data.shape}")])
    layout = data.id.get_create_plist()
    filters = {layout.get_filter(i)[0] for i in range(layout.get_nfilters())}
    chunk = int(np.prod(data.chunks or (0,), dtype=np.int64)) * data.dtype.itemsize
    if data.is_virtual or data.external or filters - _FILTERS or chunk > MAX_CHUNK_BYTES:
        expected = "plain data inside the file, at most deflated or lzf"
        raise ProblemsError([Problem("not_plain", where, expected, "something else")])
    budget.take(where, int(np.prod(data.shape, dtype=np.int64)))
    with np.errstate(over="ignore"):  # beyond a double is infinite, and a problem as such
        return np.asarray(data[()], dtype=np.float64)


def _is_of_numbers(data: Any) -> bool:
    """Whether the file itself has numbers: h5py also gives those behind enumerations and bits."""
    from h5py import h5t

    kinds = (h5t.FLOAT, h5t.INTEGER)
    return data.dtype.kind in "fiu" and data.id.get_type().get_class() in kinds


def _texts(holder: Any, name: str, code: str, where: str) -> tuple[str, ...] | None:
    """The texts of an attribute, None if there is none."""
    import h5py

    if name not in holder.attrs:
        return None
    attribute = holder.attrs.get_id(name)
    size = int(np.prod(attribute.shape or (), dtype=np.int64))
    is_text = h5py.check_string_dtype(attribute.dtype) is not None
    if (
        not is_text
        or attribute.shape is None
        or size > MAX_JOINTS
        or attribute.get_storage_size() > 2**20
    ):
        wrong = Problem(code, f"{where}: attribute {name}", "text", "something else")
        raise ProblemsError([wrong])
    values = np.atleast_1d(holder.attrs[name]).tolist()
    return tuple(v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in values)


def detect(source: Path) -> bool:
    """Whether the file begins as an HDF5 file does."""
    if not source.is_file():
        return False
    with source.open("rb") as file:
        return file.read(8) == b"\x89HDF\r\n\x1a\n"


FORMAT = Format(
    name="hdf5",
    meaning="one HDF5 file with a group for each episode, plain or as robomimic or ALOHA have it",
    codes=CODES,
    detect=detect,
    read=lambda source, inputs: read_apart(read, source, inputs),
)
