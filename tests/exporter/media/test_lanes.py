"""Which file and which part comes next."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from exporter.media.lanes import Lane, Lanes
from exporter.telegram.file_server import QueueLimits

LIMITS = QueueLimits(small=5, large=2)


class Held:
    """A file that has, or waits for, a place."""

    def __init__(self, lanes: Lanes, lane: Lane, *, large: bool = False, owner: str = "") -> None:
        self.begun = False
        self.over = asyncio.Event()
        self.task = asyncio.create_task(self._hold(lanes, lane, large, owner))

    async def _hold(self, lanes: Lanes, lane: Lane, large: bool, owner: str) -> None:
        async with lanes.place(lane, large=large, owner=owner):
            self.begun = True
            await self.over.wait()

    async def end(self) -> None:
        self.over.set()
        await self.task


@pytest.fixture(autouse=True)
async def nothing_is_left_waiting() -> AsyncIterator[None]:
    async with AsyncExitStack():
        yield
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_each_data_centre_has_its_own_small_and_large_files() -> None:
    lanes, here, there = Lanes(), Lane(LIMITS), Lane(LIMITS)
    held = [Held(lanes, lane, large=large) for lane in (here, there) for large in [False, True] * 8]
    await settled()

    assert sum(each.begun for each in held) == 2 * (5 + 2)
    assert lanes.peak == 14


async def test_in_all_no_more_than_so_many_begin_and_small_ones_first() -> None:
    lanes, lane = Lanes(at_once=2), Lane(LIMITS)
    first = [Held(lanes, lane), Held(lanes, lane)]
    await settled()
    large, small = Held(lanes, lane, large=True), Held(lanes, lane)
    await settled()
    assert not large.begun
    await first[0].end()
    await settled()

    assert small.begun
    assert not large.begun


async def test_jobs_begin_in_turn() -> None:
    lanes, lane = Lanes(at_once=1), Lane(LIMITS)
    lanes.joins("long")
    held = [Held(lanes, lane, owner="long") for _ in range(6)]
    await settled()
    lanes.joins("late")
    late = [Held(lanes, lane, owner="late") for _ in range(2)]
    await settled()
    begun = []
    waiting = {**dict.fromkeys(held, "long"), **dict.fromkeys(late, "late")}
    while waiting:
        [now] = [each for each in waiting if each.begun]
        begun.append(waiting.pop(now))
        await now.end()
        await settled()

    assert sorted(begun[:5]) == ["late"] * 2 + ["long"] * 3


async def test_a_cancelled_file_leaves_its_place_to_the_next() -> None:
    lanes, lane = Lanes(at_once=1), Lane(LIMITS)
    first, second, third = (Held(lanes, lane) for _ in range(3))
    await settled()
    second.task.cancel()
    first.task.cancel()
    await settled()

    assert third.begun


async def test_no_more_parts_than_the_window_are_under_way() -> None:
    lane = Lane(LIMITS)
    window = lane.flow.window
    for _ in range(window):
        await lane.enter(large=True)
    large = asyncio.create_task(lane.enter(large=True))
    small = asyncio.create_task(lane.enter(large=False))
    await settled()
    assert lane.is_full
    lane.leave()
    await small

    assert not large.done()
    small_again = asyncio.create_task(lane.enter(large=False))
    await settled()
    small_again.cancel()
    lane.leave()
    await large
    assert not lane.is_full
