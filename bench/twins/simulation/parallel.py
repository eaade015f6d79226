"""Simulations that do not depend on each other, as many at once as there are cores."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

import mujoco

from bench.twins.twin import Progress

T = TypeVar("T")


def run_all(job: Callable[[int], T], number: int, progress: Progress) -> list[T]:
    """Run the jobs 0 to `number` − 1 in threads; MuJoCo computes without Python's lock.

    Returns:
        The results in the order of the jobs, the same for any number of threads.
    """
    results: list[T] = []
    with _quiet(), ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            for result in pool.map(job, range(number)):
                results.append(result)
                progress(len(results), number)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MuJoCo from writing its warnings into a log file in the current folder.

    What they say is seen in the states.
    """
    before = mujoco.get_mju_user_warning()
    mujoco.set_mju_user_warning(lambda _text: None)
    try:
        yield
    finally:
        mujoco.set_mju_user_warning(before)
