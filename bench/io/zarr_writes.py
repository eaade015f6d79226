"""Writing with Zarr so that an interrupt finds nothing still being written."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

LONGEST = 10.0
"""s; how long is waited for writes that have begun."""


@contextmanager
def settled() -> Iterator[None]:
    """Wait, if the block fails, for what Zarr has begun to write in its own thread.

    Zarr writes chunks in a thread of its own. An interrupt leaves the waiting caller and not that
    thread, which would go on to write into a folder that is being removed.
    """
    try:
        yield
    except BaseException:
        _wait()
        raise


def _wait() -> None:
    from zarr.core import sync

    (loop,) = sync.loop
    if loop is not None and loop.is_running():
        asyncio.run_coroutine_threadsafe(_others(), loop).result(LONGEST)


async def _others() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    if tasks:
        await asyncio.wait(tasks, timeout=LONGEST)
