"""The pool of threads: priorities, cancellation, figures."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextvars import ContextVar

import pytest

from storage.threads import Priority, Threads

who: ContextVar[str] = ContextVar("who", default="nobody")


@pytest.fixture
def threads() -> Iterator[Threads]:
    """A pool of one thread, so that everything else waits."""
    with Threads(1) as pool:
        yield pool


class Gate:
    """Keeps a thread busy until it is opened."""

    def __init__(self) -> None:
        self._entered = threading.Event()
        self._opened = threading.Event()

    def hold(self) -> str:
        """Run in a thread: say that it began, and wait."""
        self._entered.set()
        assert self._opened.wait(60)
        return "held"

    async def entered(self) -> None:
        """Wait until the thread is in."""
        while not self._entered.is_set():
            await asyncio.sleep(0.001)

    def open(self) -> None:
        self._opened.set()


async def test_a_result_comes_back(threads: Threads) -> None:
    assert await threads.run(pow, 2, 10) == 1024


async def test_an_error_comes_back_and_the_thread_goes_on(threads: Threads) -> None:
    with pytest.raises(ZeroDivisionError):
        await threads.run(divmod, 1, 0)

    assert await threads.run(len, "abc") == 3
    assert threads.figures().failed == 1
    assert threads.figures().completed == 1


async def test_even_an_error_that_no_coroutine_may_raise_comes_back(threads: Threads) -> None:
    with pytest.raises(RuntimeError, match="StopIteration"):
        await threads.run(next, iter(()))


async def test_a_task_sees_the_callers_context(threads: Threads) -> None:
    who.set("the caller")

    assert await threads.run(who.get) == "the caller"


async def test_a_high_task_waits_for_the_running_one_only(threads: Threads) -> None:
    gate = Gate()
    done: list[object] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(threads.run(gate.hold))
        await gate.entered()
        for number in range(1000):
            group.create_task(threads.run(done.append, number, priority=Priority.LOW))
        await asyncio.sleep(0)
        group.create_task(threads.run(done.append, "normal"))
        group.create_task(threads.run(done.append, "high", priority=Priority.HIGH))
        await asyncio.sleep(0)
        assert threads.figures().waiting == 1002
        gate.open()

    assert done == ["high", "normal", *range(1000)]


async def test_a_cancelled_task_that_waits_never_runs(threads: Threads) -> None:
    gate = Gate()
    done: list[object] = []
    async with asyncio.TaskGroup() as group:
        group.create_task(threads.run(gate.hold))
        await gate.entered()
        waiting = group.create_task(threads.run(done.append, "cancelled"))
        group.create_task(threads.run(done.append, "the next"))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.wait([waiting])
        assert threads.figures().waiting == 1
        gate.open()

    assert waiting.cancelled()
    assert done == ["the next"]
    assert threads.figures().completed == 2


async def test_a_cancelled_task_that_runs_is_waited_for(threads: Threads) -> None:
    gate = Gate()
    running = asyncio.create_task(threads.run(gate.hold))
    await gate.entered()

    running.cancel()
    await asyncio.sleep(0.01)
    running.cancel()
    await asyncio.sleep(0.01)
    assert not running.done()
    gate.open()
    await asyncio.wait([running])

    assert running.cancelled()
    assert threads.figures().running == 0


async def test_tasks_run_side_by_side_up_to_the_number_of_workers() -> None:
    together = threading.Barrier(3, timeout=60)
    with Threads(3) as threads:
        async with asyncio.TaskGroup() as group:
            for _ in range(6):
                group.create_task(threads.run(together.wait))

        assert threads.figures().completed == 6


async def test_figures_tell_what_runs_and_how_long_tasks_waited(threads: Threads) -> None:
    gate = Gate()
    async with asyncio.TaskGroup() as group:
        group.create_task(threads.run(gate.hold))
        await gate.entered()
        group.create_task(threads.run(int))
        await asyncio.sleep(0.05)
        assert (threads.figures().running, threads.figures().waiting) == (1, 1)
        gate.open()

    figures = threads.figures()
    assert (figures.running, figures.waiting, figures.completed) == (0, 0, 2)
    assert figures.longest_latency_s >= 0.04
    assert figures.latency_s >= 0.02


async def test_a_closed_pool_runs_nothing_more() -> None:
    threads = Threads(1)
    gate = Gate()
    done: list[object] = []
    running = asyncio.create_task(threads.run(gate.hold))
    waiting = asyncio.create_task(threads.run(done.append, "too late"))
    await gate.entered()
    asyncio.get_running_loop().call_later(0.01, gate.open)
    threading.Timer(0.05, gate.open).start()  # the loop is busy with closing

    threads.close()
    await asyncio.wait([running, waiting])

    assert running.result() == "held"
    assert waiting.cancelled()
    assert done == []
    with pytest.raises(RuntimeError, match="closed"):
        await threads.run(int)


async def test_libraries_can_use_the_pool_as_an_executor(threads: Threads) -> None:
    loop = asyncio.get_running_loop()

    assert await loop.run_in_executor(threads.executor(), int, "7") == 7
    assert threads.figures().completed == 1


async def test_a_cancelled_call_of_a_library_leaves_the_queue(threads: Threads) -> None:
    gate = Gate()
    async with asyncio.TaskGroup() as group:
        group.create_task(threads.run(gate.hold))
        await gate.entered()
        waiting = asyncio.get_running_loop().run_in_executor(threads.executor(), int)
        assert threads.figures().waiting == 1
        waiting.cancel()
        await asyncio.sleep(0)
        assert threads.figures().waiting == 0
        gate.open()


def test_one_and_a_half_threads_for_each_core_are_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(6)), raising=False)

    with Threads() as threads:
        assert threads.workers == 9
