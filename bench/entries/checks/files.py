"""The folder holds the files of an entry and nothing else."""

from __future__ import annotations

from collections.abc import Iterable

from bench.entries.check import Check, CheckInput
from bench.io.problems import Problem

CODES = {
    "not_a_folder": "the entry is no folder",
    "missing_file": "a file that every entry has is not there",
    "unknown_file": "what no entry has, or an array or chunk that the store does not list",
    "link": "a link; entries hold plain files and folders alone",
    "not_a_file": "a pipe, socket or device",
    "unreadable": "a file or folder that cannot be opened",
    "too_large": "a file larger than an entry of this holdout can need",
    "too_many_files": "more files than an entry can need",
}


def run(given: CheckInput) -> Iterable[Problem]:
    """Report what stood in the way while the folder was listed."""
    return given.contents.problems.get("files", ())


CHECK = Check("files", "the folder holds an entry's files and nothing else", CODES, run)
