"""What may be in memory of files that are under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import psutil
import pytest

from exporter.media.memory import Memory

MIB = 1024 * 1024
PLENTY = 1 << 50


async def took(memory: Memory, size_bytes: int, *, urgent: bool = False) -> asyncio.Task[None]:
    """Begin to take; the task is done when it was granted."""
    task = asyncio.create_task(memory.take(size_bytes, urgent=urgent))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return task


@pytest.fixture(autouse=True)
async def nothing_is_left_waiting() -> AsyncIterator[None]:
    yield
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def test_no_more_than_the_budget_is_granted_and_what_is_given_back_is() -> None:
    memory = Memory(PLENTY, most_bytes=3 * MIB)
    first, second = await took(memory, 2 * MIB), await took(memory, 2 * MIB)

    assert first.done()
    assert not second.done()
    memory.give(2 * MIB)
    await second


async def test_small_files_go_before_large_ones_and_else_the_first_comes_first() -> None:
    memory = Memory(PLENTY, most_bytes=MIB)
    await memory.take(MIB)
    large = [await took(memory, MIB), await took(memory, MIB)]
    small = await took(memory, MIB, urgent=True)
    memory.give(MIB)
    await small

    assert not any(task.done() for task in large)
    memory.give(MIB)
    await large[0]
    assert not large[1].done()


async def test_one_part_is_granted_whatever_the_limit() -> None:
    memory = Memory(0)
    await memory.take(MIB)
    second = await took(memory, MIB)

    assert not second.done()
    memory.give(MIB)
    await second
    assert memory.figures().throttles >= 1


async def test_at_the_limit_of_the_process_one_waits_and_goes_on_below_it() -> None:
    taken_bytes = psutil.Process().memory_info().rss
    memory = Memory(taken_bytes + 64 * MIB)
    await memory.take(MIB)
    ballast = bytearray(b"x") * (128 * MIB)
    second = await took(memory, MIB)

    assert not second.done()
    assert memory.figures().throttles == 1
    assert memory.figures().peak_bytes >= taken_bytes + len(ballast)
    ballast.clear()
    await second


async def test_who_is_cancelled_while_waiting_takes_nothing() -> None:
    memory = Memory(PLENTY, most_bytes=MIB)
    await memory.take(MIB)
    waiting, next_one = await took(memory, MIB), await took(memory, MIB)
    waiting.cancel()
    memory.give(MIB)
    await next_one

    assert waiting.cancelled()


async def test_what_is_granted_to_one_just_cancelled_goes_to_the_next() -> None:
    memory = Memory(PLENTY, most_bytes=MIB)
    await memory.take(MIB)
    waiting, next_one = await took(memory, MIB), await took(memory, MIB)
    memory.give(MIB)
    waiting.cancel()
    await next_one

    assert waiting.cancelled()
