"""`python -m tests.bench.export`: the whole path, from one command to the files on disk.

The sandbox serves from a process of its own. Memory is the worker's peak above what it holds
before its first job.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.installation import Installation

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A sandbox in another process."""

    settings: dict[str, str]
    session: str
    chat: str


@asynccontextmanager
async def served(*options: str) -> AsyncIterator[Served]:
    """Serve a made-up chat by `python -m tests.sandbox`; `options` are that command's."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.sandbox", *options, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert child.stdout is not None
        settings = {}
        while "CHAT" not in settings:
            name, _, value = (await child.stdout.readline()).decode().rstrip("\n").partition("=")
            settings[name] = value
        yield Served(settings=settings, session=settings.pop("SESSION"), chat=settings.pop("CHAT"))
    finally:
        child.terminate()
        await child.wait()


@asynccontextmanager
async def installation(served_by: Served) -> AsyncIterator[Installation]:
    """Set up a fresh installation with the sandbox's account."""
    with tempfile.TemporaryDirectory() as folder:
        chatkeep = Installation(Path(folder), served_by.settings)
        await chatkeep.sign_in(served_by.session)
        try:
            yield chatkeep
        finally:
            await chatkeep.stop_all()


async def peak_above_idle(messages: int, latency_ms: float) -> None:
    async with (
        served("--messages", str(messages), "--latency", str(latency_ms)) as sandbox,
        installation(sandbox) as chatkeep,
    ):
        worker = await chatkeep.start("worker")
        await chatkeep.run("chats")  # it has connected and read its code once this is answered
        process = psutil.Process(worker.pid)
        idle = process.memory_info().rss
        words = ("export", sandbox.chat, "--json", "--media", "none")
        export = asyncio.create_task(chatkeep.run(*words))
        started, peak = time.perf_counter(), idle
        while not export.done():
            peak = max(peak, process.memory_info().rss)
            await asyncio.sleep(0.02)
        seconds = time.perf_counter() - started
        done = (await export).json
        cpu = process.cpu_times()
    took = done["duration_s"]
    print(
        f"{done['messages']:,} messages in {took:.1f} s: {done['messages'] / took:,.0f}/s,"
        f" fetched, kept and written ({seconds:.1f} s with the command's start)\n"
        f"CPU {cpu.user + cpu.system:.1f} s; memory {idle / MIB:.0f} MiB idle,"
        f" {peak / MIB:.0f} MiB at the peak, {(peak - idle) / MIB:.0f} MiB above idle"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=100_000)
    options.add_argument("--latency", type=float, default=0, help="milliseconds of each answer")
    given = options.parse_args()
    asyncio.run(peak_above_idle(given.messages, given.latency))


if __name__ == "__main__":
    main()
