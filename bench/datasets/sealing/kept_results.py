"""The full results of a sealed holdout: kept beside its leaderboard for those who can open it.

A full result says how far off an entry is in every episode. Ranking needs that, and publishing it
would let a twin be tuned episode by episode. The results lie in one sealed file whose keys are
drawn from the truth's data key: only who can open the truth can read it, or write one that opens.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from bench.datasets.sealing.archive import pack, unpack
from bench.datasets.sealing.header import NOBODY, RESULTS, Header, read_header
from bench.datasets.sealing.keys import RANDOM, Source
from bench.datasets.sealing.opened import OpenedPaths
from bench.datasets.sealing.sealed_file import opened_pieces, write_sealed
from bench.io.problems import Problem, ProblemsError
from bench.io.workspace import DatasetPaths


def kept_results(paths: DatasetPaths) -> Path:
    """Where the sealed file with the results lies."""
    return paths.board / "results.sealed"


def fetch_results(paths: OpenedPaths) -> None:
    """Put the results that are kept into `paths.results`, and nothing else.

    Raises:
        ProblemsError: the file was changed, is of another holdout, or was not written by someone
            who can open the truth.
    """
    shutil.rmtree(paths.results, ignore_errors=True)
    paths.results.mkdir()
    place = kept_results(paths)
    if not place.exists():
        return
    where = str(place)
    with place.open("rb") as file:
        header, mac = read_header(file, where)
        own = (header.content, header.dataset, header.root.hex())
        if own != (RESULTS, paths.name, paths.sealed["root"]):
            expected = f"results of {paths.name} on {paths.sealed['root'][:12]}"
            came = f"content {own[0]} of {own[1]} on {own[2][:12]}"
            raise ProblemsError([Problem("sealed_other", where, expected, came)])
        pieces = opened_pieces(file, header, mac, paths.data_key, where)
        unpack(pieces, paths.results, where)


def keep_results(paths: OpenedPaths, target: Path, source: Source = RANDOM) -> None:
    """Seal all that lies in `paths.results`.

    Args:
        paths: the dataset, open.
        target: the file to write.
        source: of random bytes.
    """
    root = bytes.fromhex(paths.sealed["root"])
    header = Header(RESULTS, paths.name, root, NOBODY, source(32), ())
    write_sealed(target, header, paths.data_key, pack(paths.results))
