"""The log formats that `ingest` reads: one line each."""

from __future__ import annotations

import importlib

from bench.datasets.recording import Reader
from bench.io.problems import UnknownNameError

READERS = {
    "sage": "bench.datasets.readers.sage",
    "counts": "bench.datasets.readers.counts",
    "ur_csv": "bench.datasets.readers.ur_csv",
}


def reader(name: str) -> Reader:
    """The reader of that name.

    Raises:
        UnknownNameError: there is none.
    """
    if name not in READERS:
        raise UnknownNameError("log reader", name, sorted(READERS))
    found: Reader = importlib.import_module(READERS[name]).READER
    return found
