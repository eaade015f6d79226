"""The episode store is whole."""

from __future__ import annotations

from collections.abc import Iterable

from bench.entries.check import Check, CheckInput
from bench.io.problems import Problem

CODES = {
    "not_a_store": "trajectories.zarr is no Zarr 3 group",
    "missing_file": "an array has no zarr.json",
    "missing_array": "an array that the store's attributes list is not there",
    "missing_chunk": "a chunk is not there",
    "broken_chunk": "a chunk is cut short, inflates to another size, or does not decode",
    "link": "a chunk is reached through a link",
    "unreadable": "a file of the store cannot be opened",
    "not_utf8": "a zarr.json is not UTF-8 text",
    "not_json": "a zarr.json is not JSON, for example because it is cut short",
    "duplicate_key": "a zarr.json has the same key twice",
    "not_finite": "a number in a zarr.json is NaN, infinite, or beyond what a float holds",
    "too_deep": "a zarr.json is nested too deep",
    "schema": "the store's attributes do not fit their schema",
    "store_form": "the group or an array is not in the one form that is read",
    "store_codecs": "an array uses other codecs than bytes (little endian) and blosc",
    "shape": "an array has another shape than the joints, episodes and other arrays ask for",
    "offsets": "the offsets in start do not rise from 0 to the number of rows",
    "too_large": "more rows, values or chunks than an entry of this holdout can need",
    "not_allowed": "the store is not of the split entry",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Report what stood in the way while the store was read."""
    return given.contents.problems.get("store", ())


CHECK = Check("store", "trajectories.zarr is a whole episode store", CODES, run)
