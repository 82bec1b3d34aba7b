"""Ranges that wait for hands, and hands that wait for ranges."""

from __future__ import annotations

import asyncio

from exporter.leftover import Leftover
from storage.models import Range


def part(number: int, *, length: int = 10) -> Range:
    first_id = number * 100
    return Range(id=number, first_id=first_id, last_id=first_id + length - 1, next_id=first_id)


async def test_each_range_goes_on_where_it_was_put_down_until_it_is_done() -> None:
    left = Leftover([part(1)])
    steps = []
    while (taken := await left.take()) is not None:
        steps.append(taken.next_id)
        left.put_down(taken, taken.next_id + 4)

    assert steps == [100, 104, 108]
    assert left.done


async def test_no_more_ranges_are_begun_than_there_are_hands() -> None:
    left = Leftover(part(number) for number in range(1, 6))
    seen: list[int] = []

    async def work() -> None:
        while (taken := await left.take()) is not None:
            seen.append(taken.id)
            await asyncio.sleep(0)
            left.put_down(taken, taken.next_id + 5)

    async with asyncio.TaskGroup() as group:
        group.create_task(work())
        group.create_task(work())

    assert sorted(seen) == [number for number in range(1, 6) for _ in range(2)]
    assert set(seen[:4]) == {1, 2}


async def test_who_waits_gets_what_is_put_down_before_who_put_it_down() -> None:
    left = Leftover([part(1)])
    taken = await left.take()
    assert taken is not None
    other = asyncio.create_task(left.take())
    await asyncio.sleep(0)
    left.put_down(taken, 105)
    again = asyncio.create_task(left.take())
    await asyncio.wait([other])

    assert not again.done()
    handed_over = other.result()
    assert handed_over is not None
    left.put_down(handed_over, 110)
    assert await again is None


async def test_a_range_given_back_unfinished_is_taken_by_who_waits() -> None:
    left = Leftover([part(1)])
    taken = await left.take()
    assert taken is not None
    other = asyncio.create_task(left.take())
    await asyncio.sleep(0)
    left.put_down(taken, taken.next_id)

    assert await other == taken
    assert not left.done


async def test_who_stops_waiting_takes_nothing_along() -> None:
    left = Leftover([part(1)])
    taken = await left.take()
    assert taken is not None
    other = asyncio.create_task(left.take())
    await asyncio.sleep(0)
    other.cancel()
    await asyncio.wait([other])
    left.put_down(taken, 110)

    assert left.done
    assert await left.take() is None
