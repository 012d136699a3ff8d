"""Waiting for another process without blaming it for a late event loop."""

import asyncio
from typing import Any

PARTS = 5


async def done_within(seconds: float, awaited: asyncio.Future[Any]) -> bool:
    """Returns whether the future is done within the time; neither cancels it nor raises its error.

    The time is counted in parts, so that a loop that is blocked, however long, uses up one of them:
    the others are left for what the loop has not sent or read meanwhile.
    """
    for _ in range(PARTS):
        await asyncio.wait([awaited], timeout=seconds / PARTS)
        if awaited.done():
            return True
    return False


async def end(*tasks: asyncio.Future[Any]) -> None:
    """Cancels tasks until they have ended: a library may have swallowed the first cancellation."""
    while running := [task for task in tasks if not task.done()]:
        for task in running:
            task.cancel()
        await asyncio.wait(running, timeout=0.05)
    for task in tasks:
        if not task.cancelled():
            # So that asyncio does not log it.
            task.exception()


async def finish(task: asyncio.Future[Any]) -> None:
    """Waits until the task has ended, even when the waiting task is cancelled meanwhile."""
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
