"""Reading a dataset from the store, from one Zarr group an episode, and from one HDF5 file each.

    python benchmarks/stores.py                        # prints a Markdown table; about a minute
    python benchmarks/stores.py --episodes 10 100 --rounds 3
    python benchmarks/stores.py --write                # and puts it into docs/benchmarks.md

The same arrays in all three; the groups have the codecs of the store and a chunk an array, the
files are as h5py writes them. Files are in the page cache: what is timed is opening and decoding.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.io.store import Episodes, Store, load_episodes, write_store
from benchmarks import bimanual, usual
from benchmarks.measure import (
    Run,
    arguments,
    exponent,
    in_turn,
    noise,
    publish,
    short,
    table,
    versions,
)

Arrays = dict[str, NDArray[Any]]
STORE, GROUPS, FILES = "the store", "a Zarr group an episode", "an HDF5 file an episode"


def write_groups(path: Path, episodes: Episodes) -> None:
    """A Zarr 3 group an episode with an array a signal, of one chunk, in the store's codecs."""
    import zarr
    from zarr.codecs import BloscCodec

    root = zarr.create_group(store=path, zarr_format=3)
    for number, episode in enumerate(episodes.info.episodes):
        group = root.create_group(episode.id)
        for name in episodes.signals:
            values = episodes.signal(name, number)
            array = group.create_array(
                name,
                shape=values.shape,
                dtype=values.dtype,
                chunks=values.shape,
                filters=None,
                compressors=BloscCodec(cname="zstd", clevel=5, shuffle="shuffle"),
            )
            array[...] = values


def read_groups(path: Path, ids: list[str]) -> list[Arrays]:
    """All signals of the episodes."""
    import zarr

    root: Any = zarr.open_group(path, mode="r")
    return [{name: values[...] for name, values in root[one].arrays()} for one in ids]


def read_files(path: Path, ids: list[str]) -> list[Arrays]:
    return [dict(usual.read_file(path / f"{one}.hdf5")) for one in ids]


def read_rows(path: Path, rows: slice) -> Arrays:
    """All signals of some rows of a store."""
    store = Store(path)
    return {name: store.read(name, rows) for name in store.info.signals}


def measured(folder: Path, episodes: Episodes, rounds: int) -> tuple[Run, Run]:
    """All episodes, and one in the middle, read in three ways in turn."""
    ids = [episode.id for episode in episodes.info.episodes]
    write_store(folder / "store", episodes)
    write_groups(folder / "groups", episodes)
    usual.write_files(folder / "files", episodes)
    whole = load_episodes(folder / "store")
    for read in (read_groups(folder / "groups", ids), read_files(folder / "files", ids)):
        for number, arrays in enumerate(read):
            for name, values in arrays.items():
                np.testing.assert_array_equal(values, whole.signal(name, number))
    middle = len(ids) // 2
    every: dict[str, Callable[[], object]] = {
        STORE: lambda: load_episodes(folder / "store"),
        GROUPS: lambda: read_groups(folder / "groups", ids),
        FILES: lambda: read_files(folder / "files", ids),
    }
    one: dict[str, Callable[[], object]] = {
        STORE: lambda: read_rows(folder / "store", episodes.rows(middle)),
        GROUPS: lambda: read_groups(folder / "groups", ids[middle : middle + 1]),
        FILES: lambda: read_files(folder / "files", ids[middle : middle + 1]),
    }
    return in_turn(every, rounds), in_turn(one, rounds)


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--episodes", type=int, nargs="+", default=[10, 100, 1000])
    parser.add_argument("--seconds", type=float, default=10.0, help="length of an episode")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--robot", default="", help="default: the first with two arms")
    chosen = parser.parse_args()
    robot = bimanual.robot(chosen.robot)
    runs: list[Run] = []
    lines, costs = [], []
    for number in chosen.episodes:
        size = bimanual.Size(number, chosen.seconds)
        made = bimanual.make(robot, size, chosen.seed).reference
        with tempfile.TemporaryDirectory() as folder:
            every, one = measured(Path(folder), made, chosen.rounds)
        runs += [every, one]
        costs.append([every.times[way].median for way in (STORE, GROUPS, FILES)])
        lines.append(
            [
                f"{number:,}",
                f"{size.rows:,}",
                f"{every.times[STORE].median * 1e3:.0f}",
                str(every.ratio(GROUPS, STORE)),
                str(every.ratio(FILES, STORE)),
                f"{one.times[STORE].median * 1e3:.1f}",
                str(one.ratio(GROUPS, STORE)),
                str(one.ratio(FILES, STORE)),
            ]
        )
    head = ["episodes", "rows", "store, ms", "groups, times", "HDF5 files, times"]
    head += ["one episode: store, ms", "group, times", "HDF5 file, times"]
    grown = [exponent(chosen.episodes, cost) for cost in zip(*costs, strict=True)]
    values = sum(v.shape[1] if v.ndim > 1 else 1 for v in made.signals.values())
    about = (
        f"{values} float64 values a row, episodes of {short(chosen.seconds)} s at 50 Hz. Cost as "
        f"episodes to the power of: store {grown[0]:.2f}, groups {grown[1]:.2f}, files "
        f"{grown[2]:.2f}. {versions('zarr', 'numcodecs', 'h5py')}; {noise(runs)}"
    )
    publish("stores", [table(head, lines), about], chosen.write)


if __name__ == "__main__":
    main()
