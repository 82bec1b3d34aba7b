"""The one pool of threads for all work that blocks: hashing, copying, waiting for the disk.

What waits is started in the order of its priority, and of its coming within a priority.
"""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from enum import IntEnum
from functools import partial
from math import ceil
from types import TracebackType
from typing import Any, ParamSpec, Self, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

THREADS_PER_CORE = 1.5


class Priority(IntEnum):
    """Which of the waiting tasks goes first: the highest one."""

    LOW = 0
    NORMAL = 1
    HIGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the pool has done so far."""

    completed: int
    failed: int
    """Those that raised an error; it went to who asked."""
    waiting: int
    running: int
    latency_s: float
    """How long a task waited for its thread, on average over all that were started."""
    longest_latency_s: float


@dataclass(slots=True, eq=False)
class _Task:
    call: Callable[[], Any]
    priority: Priority
    outcome: Future[Any] = field(default_factory=Future)
    asked_at: float = field(default_factory=time.monotonic)


class Threads:
    """A pool of threads with priorities. To be closed, by `close` or as a context manager."""

    def __init__(self, workers: int = 0) -> None:
        """Start with no thread; up to `workers` come as they are needed.

        0 workers means one and a half for each core that this process may use.
        """
        self.workers = workers or ceil(usable_cores() * THREADS_PER_CORE)
        self._executor = ThreadPoolExecutor(self.workers, thread_name_prefix="chatkeep")
        self._lock = threading.RLock()
        self._waiting: dict[Priority, dict[_Task, None]] = {
            priority: {} for priority in sorted(Priority, reverse=True)
        }
        self._running = 0
        self._started = 0
        self._completed = 0
        self._failed = 0
        self._latency_s = 0.0
        self._longest_latency_s = 0.0
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    async def run(
        self,
        do: Callable[..., T],
        *args: Any,
        priority: Priority = Priority.NORMAL,
    ) -> T:
        """Call `do(*args)` in a thread, with the caller's context variables, and return its result.

        A cancelled task that still waits never runs. One that is running cannot be stopped, so
        its end is waited for: nothing goes on behind the back of who was cancelled. So work that
        takes seconds should be cut into pieces.

        Raises:
            RuntimeError: the pool is closed.
            Exception: whatever `do` raises.
        """
        outcome = self.submit(partial(copy_context().run, do, *args), priority=priority)
        heard = asyncio.wrap_future(outcome)
        try:
            return await asyncio.shield(heard)
        except asyncio.CancelledError:
            if not outcome.cancel():
                await _ended(heard)
            raise

    def submit(self, do: Callable[[], T], *, priority: Priority = Priority.NORMAL) -> Future[T]:
        """Queue a call; may be used from any thread.

        Raises:
            RuntimeError: the pool is closed.
        """
        task = _Task(do, priority)
        with self._lock:
            if self._closed:
                raise RuntimeError("the thread pool is closed")
            self._waiting[priority][task] = None
            self._start()
        task.outcome.add_done_callback(partial(self._forget, task))
        return task.outcome

    def executor(self, priority: Priority = Priority.NORMAL) -> Executor:
        """Return this pool in the form that libraries take; closing it does nothing."""
        return _AsExecutor(self, priority)

    def figures(self) -> Figures:
        """Return what was done so far, and what is to do."""
        with self._lock:
            return Figures(
                completed=self._completed,
                failed=self._failed,
                waiting=sum(map(len, self._waiting.values())),
                running=self._running,
                latency_s=self._latency_s / self._started if self._started else 0.0,
                longest_latency_s=self._longest_latency_s,
            )

    def close(self) -> None:
        """Cancel what waits, and wait for what runs."""
        with self._lock:
            self._closed = True
            left = [task for tasks in self._waiting.values() for task in tasks]
        for task in left:
            task.outcome.cancel()
        self._executor.shutdown(wait=True)

    def _start(self) -> None:
        """Give the free threads what waits; the lock is held."""
        while self._running < self.workers and (task := self._next()) is not None:
            if not task.outcome.set_running_or_notify_cancel():
                continue
            latency_s = time.monotonic() - task.asked_at
            self._latency_s += latency_s
            self._longest_latency_s = max(self._longest_latency_s, latency_s)
            self._started += 1
            self._running += 1
            self._executor.submit(task.call).add_done_callback(partial(self._done, task))

    def _next(self) -> _Task | None:
        for tasks in self._waiting.values():
            if tasks:
                task = next(iter(tasks))
                del tasks[task]
                return task
        return None

    def _done(self, task: _Task, ended: Future[Any]) -> None:
        """Hand the result to who asked, and start the next one; runs in the task's thread."""
        error = ended.exception()
        with self._lock:
            self._running -= 1
            self._completed += error is None
            self._failed += error is not None
            self._start()
        if error is None:
            task.outcome.set_result(ended.result())
        elif isinstance(error, StopIteration):  # no coroutine may raise it
            task.outcome.set_exception(RuntimeError("a task raised StopIteration"))
        else:
            task.outcome.set_exception(error)

    def _forget(self, task: _Task, _outcome: Future[Any]) -> None:
        with self._lock:
            self._waiting[task.priority].pop(task, None)


class _AsExecutor(Executor):
    def __init__(self, threads: Threads, priority: Priority) -> None:
        self._threads = threads
        self._priority = priority

    def submit(self, do: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        return self._threads.submit(partial(do, *args, **kwargs), priority=self._priority)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:  # noqa: FBT001, FBT002
        """Do nothing: the pool is another's."""


def usable_cores() -> int:
    """The number of processors that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


async def _ended(heard: asyncio.Future[Any]) -> None:
    """Wait for a task's end, however often the waiting is cancelled."""
    while not heard.done():
        try:
            await asyncio.wait([heard])
        except asyncio.CancelledError:
            continue
    if not heard.cancelled():
        heard.exception()  # nobody is left to hear it
