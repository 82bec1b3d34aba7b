"""Long work steps back for those who wait for an answer, and goes on all the same."""

from __future__ import annotations

import asyncio

from storage.foreground import Foreground


async def test_work_waits_while_an_answer_is_under_way() -> None:
    foreground = Foreground()
    order = []

    async def work() -> None:
        await foreground.let_pass()
        order.append("work")

    with foreground.answering():
        working = asyncio.create_task(work())
        for _ in range(20):
            await asyncio.sleep(0)
        order.append("answer")
    await working

    assert order == ["answer", "work"]


async def test_work_goes_on_although_there_is_always_a_question() -> None:
    foreground = Foreground()

    with foreground.answering(), foreground.answering():
        for _ in range(3):
            await foreground.let_pass()


async def test_the_last_of_several_answers_lets_the_work_go_on() -> None:
    foreground = Foreground()

    with foreground.answering():
        with foreground.answering():
            pass
        working = asyncio.create_task(foreground.let_pass())
        for _ in range(20):
            await asyncio.sleep(0)
        assert not working.done()

    await working
