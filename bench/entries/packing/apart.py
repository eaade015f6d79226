"""Reading in a process of its own, where a library may not come back from a hostile file.

The process is held to memory and time. What it gives is plain JSON and arrays of numbers whose
sizes are bounded; nothing that it sends is run.
"""

from __future__ import annotations

import contextlib
import json
import math
import multiprocessing
from collections.abc import Callable, Iterator
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import numpy as np

from bench.entries.packing.format import Budget, Floats, Reading, Track
from bench.io.problems import Problem
from bench.io.store import Episodes

Read = Callable[[Path, Episodes], Reading]

MAX_SECONDS = 120
"""For one file; a sound one takes a few."""
MEMORY = 2 * 2**30
"""Bytes of address space beside the predictions themselves."""
COPIES = 4
"""How often the predictions lie in memory at most, while they are read."""
MAX_HEADER = 64 * 2**20
NOT_READ = "reading the file takes more time or memory than any needs, or ends the process"


def read_apart(
    read: Read, source: Path, inputs: Episodes, *, seconds: float = MAX_SECONDS
) -> Reading:
    """What `read` gives for the source, read in a process of its own.

    Args:
        read: a function of a module; it may look at names and rows of the inputs alone.
        source: file or folder.
        inputs: the holdout's inputs.
        seconds: after which it is ended.

    Returns:
        What was found; the problem `not_read` alone where nothing came back.
    """
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    named = replace(inputs, signals={})
    limits = math.ceil(seconds), MEMORY + COPIES * 8 * Budget.of(inputs).left
    process = context.Process(target=_serve, args=(read, source, named, limits, theirs))
    process.daemon = True
    process.start()
    theirs.close()
    try:
        if not mine.poll(seconds):
            return _nothing(source, f"no answer within {seconds:g} s")
        return _received(mine, Budget.of(inputs).left)
    except (EOFError, OSError):
        process.join(1)
        return _nothing(source, f"the process ended with status {process.exitcode}")
    finally:
        process.kill()
        process.join()
        mine.close()


def _nothing(source: Path, came: str) -> Reading:
    expected = "a file that can be read within bounds"
    return Reading(problems=[Problem("not_read", source.name, expected, came)])


def _serve(
    read: Read, source: Path, inputs: Episodes, limits: tuple[int, int], answer: Connection
) -> None:
    """What the process does: hold itself to the limits, read, and answer."""
    _limit(*limits)
    try:
        reading = read(source, inputs)
    except Exception as error:  # whatever a damaged file makes of the library
        reading = _nothing(source, type(error).__name__)
    header = {
        "episodes": reading.episodes,
        "problems": [[p.code, p.where, p.expected, p.came] for p in reading.problems],
        "tracks": [
            [t.episode, t.where, t.joints, *(_shape(values) for values in (t.q, t.time))]
            for t in reading.tracks
        ],
    }
    answer.send_bytes(json.dumps(header).encode())
    for track in reading.tracks:
        for values in (track.q, track.time):
            if values is not None:
                answer.send_bytes(np.ascontiguousarray(values, dtype="<f8").tobytes())


def _shape(values: Floats | None) -> list[int] | None:
    return None if values is None else list(values.shape)


def _limit(seconds: int, memory: int) -> None:
    """Hold this process to processor time and memory, where the system can."""
    try:
        import resource
    except ImportError:
        return
    # A crash is an answer as well, and leaves no image of the memory behind.
    for kind, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        allowed = most if hard == resource.RLIM_INFINITY else min(most, hard)
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (allowed, hard))


def _received(answer: Connection, most: int) -> Reading:
    """The reading that the process sends, held against what it may hold.

    Raises:
        EOFError: the process ended before it was done.
        OSError: it sends more than it may.
    """
    header = json.loads(answer.recv_bytes(MAX_HEADER))
    tracks = list(_tracks(header["tracks"], answer, most))
    problems = [Problem(*each) for each in header["problems"]]
    return Reading(episodes=header["episodes"], tracks=tracks, problems=problems)


def _tracks(listed: list[Any], answer: Connection, most: int) -> Iterator[Track]:
    for episode, where, joints, shape, clock in listed:
        q = _array(answer, shape, most)
        time = None if clock is None else _array(answer, clock, most)
        yield Track(episode, where, q, None if joints is None else tuple(joints), time)


def _array(answer: Connection, shape: list[int], most: int) -> Floats:
    data = answer.recv_bytes(8 * max(1, most))
    values: Floats = np.frombuffer(data, dtype="<f8").reshape(shape)
    return values
