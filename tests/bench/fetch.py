"""`python -m tests.bench.fetch`: fetching alone, from Telegram to the archive on disk.

The sandbox serves pre-warmed pages from a process of its own. What it serves to a client that
reads nothing is measured at the same place, and printed beside every ratio: a figure above 0.8
of that says more about the sandbox than about us.
"""

import argparse
import asyncio
import cProfile
import itertools
import pstats
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from telethon import TelegramClient
from telethon.sessions import StringSession

from exporter.config import FilterSizes
from exporter.fetch import At, Seat, everything, fetch
from exporter.progress import ProgressBoard
from exporter.seen import Seen
from exporter.telegram.client import trust_key
from exporter.telegram.connection import Memory, Telegram, connected
from exporter.telegram.history import top_of
from exporter.telegram.resolve import resolve
from exporter.telegram.server import TelegramServer
from storage.archive import Archive
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ExportRequest
from storage.paces import Paces
from storage.takeouts import Takeouts
from tests.bench.export import Served, served
from tests.bench.raw_client import RawClient
from tests.bench.sandbox_ceiling import PAGE, all_pages
from tests.sandbox.mtproto.server import HOST

HIGHEST = 0.8
"""Of the sandbox's ceiling."""
RATE = 10
"""Requests a second of an account in takeout, as observed at Telegram."""
LATENCY_MS = 60
CEILING_S = 2.0
AT_ONCE = 100
WARM_UP_S = 40
"""In which the pacer learns the rate."""


async def ceiling(sandbox: Served, messages: int) -> float:
    """Messages a second that the sandbox serves to a client that throws them away."""
    session = StringSession(sandbox.session)
    _, client = await asyncio.get_running_loop().create_connection(
        lambda: RawClient(session.auth_key), HOST, session.port
    )
    requests = itertools.cycle(await all_pages(client, messages))
    await client.throw_away(requests, page=PAGE, at_once=AT_ONCE, seconds=CEILING_S / 2)
    answers, took_s = await client.throw_away(
        requests, page=PAGE, at_once=AT_ONCE, seconds=CEILING_S
    )
    client.close()
    return answers * PAGE / took_s


async def sequential(sandbox: Served) -> float:
    """Messages a second of Telethon's iter_messages, which keeps nothing."""
    settings = sandbox.settings
    trust_key(Path(settings["TELEGRAM_SERVER_KEY"]))
    client = TelegramClient(
        StringSession(sandbox.session),
        int(settings["API_ID"]),
        settings["API_HASH"],
        receive_updates=False,
    )
    async with client:
        chat = await client.get_entity(sandbox.chat)
        count, started, worked = 0, time.perf_counter(), time.process_time()
        async for _ in client.iter_messages(chat, wait_time=0):
            count += 1
        took_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
        print(f"  iter_messages: {_work(count, took_s, cpu_s)}", flush=True)
        return count / took_s


def _work(count: int, took_s: float, cpu_s: float) -> str:
    return (
        f"{count:,} messages in {took_s:.1f} s, with {cpu_s:.1f} s of work:"
        f" {count / cpu_s:,.0f} for a second of it"
    )


class Bench:
    """Accounts on one sandbox, and what is remembered of them from run to run."""

    def __init__(self, sandbox: Served, database: Database, telegrams: Sequence[Telegram]) -> None:
        self._sandbox = sandbox
        self._jobs = Jobs(database)
        self._archive = Archive(database)
        self._telegrams = telegrams

    async def fetch(self) -> tuple[int, float]:
        """Fetch the chat; messages kept, and the seconds it took."""
        await self._jobs.submit(ExportRequest(chat=self._sandbox.chat))
        job = await self._jobs.claim([])
        assert job is not None
        first, *later = [await self._at(telegram) for telegram in self._telegrams]

        async def others() -> AsyncGenerator[At, None]:
            for at in later:
                yield at

        top = await top_of(*first)
        board = ProgressBoard()
        seen = Seen(FilterSizes().capacity(top.total))
        started, worked = time.perf_counter(), time.process_time()
        seat = Seat(job=job, telegrams=[first])
        if later:
            seat.others = others
        await fetch(seat, everything(top), self._archive, board, seen)
        took_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
        print(f"  fetched: {_work(board.new, took_s, cpu_s)}", flush=True)
        return board.new, took_s

    async def _at(self, telegram: Telegram) -> At:
        found = await resolve(telegram, self._archive, self._sandbox.chat)
        await self._archive.save_chat(found.info)
        return telegram, found


@asynccontextmanager
async def bench(sandbox: Served, *, memory: Memory | None = None) -> AsyncIterator[Bench]:
    """Connect every account of a sandbox, with a fresh archive."""
    settings = sandbox.settings
    host, port = settings["TELEGRAM_SERVER"].split(":")
    server = TelegramServer(
        api_id=int(settings["API_ID"]),
        api_hash=settings["API_HASH"],
        host=host,
        port=int(port),
        dc_id=int(settings["TELEGRAM_SERVER_DC"]),
        key=Path(settings["TELEGRAM_SERVER_KEY"]),
    )
    names = sorted(name for name in settings if name.startswith("SESSION_"))
    sessions = [sandbox.session, *(settings[name] for name in names)]
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        database = await Database.open(f"sqlite+aiosqlite:///{Path(folder) / 'chatkeep.db'}")
        stack.push_async_callback(database.close)
        telegrams = [
            await stack.enter_async_context(connected(server, number, session, memory=memory))
            for number, session in enumerate(sessions, start=1)
        ]
        yield Bench(sandbox, database, telegrams)


@asynccontextmanager
async def memory() -> AsyncIterator[Memory]:
    with tempfile.TemporaryDirectory() as folder:
        database = await Database.open(f"sqlite+aiosqlite:///{Path(folder) / 'memory.db'}")
        try:
            yield Memory(paces=Paces(database), takeouts=Takeouts(database))
        finally:
            await database.close()


class Report:
    """Prints figures beside what they are held against, and remembers whether all are reached."""

    def __init__(self) -> None:
        self.failed = False

    def says(self, what: str, rate: float, *, of: float, wanted: float, highest: float) -> None:
        ratio = rate / of
        share = rate / highest
        good = ratio >= wanted and share <= HIGHEST
        self.failed = self.failed or not good
        print(
            f"{what}: {rate:,.0f} messages/s = {ratio:.3f} x {of:,.0f}/s (wanted {wanted:g});"
            f" the sandbox serves {highest:,.0f}/s, so {share:.2f} of it"
            f"{'' if good else '  <-- NOT REACHED'}",
            flush=True,
        )


async def at_telegrams_rate(report: Report, seconds: float) -> None:
    """One, two and four accounts at the rate that Telegram allows each."""
    async with served("--messages", "20000", "--latency", str(LATENCY_MS), "--prewarm") as free:
        highest = await ceiling(free, 20_000)
    one = 0.0
    async with memory() as kept:
        await _limited(kept, 4, WARM_UP_S)
        for accounts, wanted in ((1, 0.95), (2, 1.9), (4, 3.7)):
            rate = await _limited(kept, accounts, seconds)
            one = one or rate
            of = RATE * PAGE if accounts == 1 else one
            report.says(f"{accounts} at {RATE}/s", rate, of=of, wanted=wanted, highest=highest)


async def _limited(kept: Memory, accounts: int, seconds: float) -> float:
    """Messages a second of so many accounts, each at Telegram's rate."""
    words = {
        "--messages": int(accounts * RATE * PAGE * seconds),
        "--accounts": accounts,
        "--latency": LATENCY_MS,
        "--rate": RATE,
    }
    async with (
        served(*(str(word) for pair in words.items() for word in pair)) as sandbox,
        bench(sandbox, memory=kept) as ours,
    ):
        count, took_s = await ours.fetch()
        return count / took_s


async def against_iter_messages(
    report: Report, messages: int, *, latency_ms: float, wanted: float
) -> None:
    words = ("--messages", str(messages), "--latency", str(latency_ms), "--prewarm")
    async with served(*words) as sandbox:
        highest = await ceiling(sandbox, messages)
        plain = await sequential(sandbox)
        async with bench(sandbox) as ours:
            count, took_s = await ours.fetch()
    assert count == messages
    name = f"{latency_ms:g} ms, no limit, against iter_messages"
    report.says(name, count / took_s, of=plain, wanted=wanted, highest=highest)


async def profile(messages: int) -> None:
    """Where the time goes: the event loop's thread; SQLite works in another."""
    async with (
        served("--messages", str(messages), "--prewarm") as sandbox,
        bench(sandbox) as ours,
    ):
        watch = cProfile.Profile()
        with watch:
            await ours.fetch()
    pstats.Stats(watch).strip_dirs().sort_stats("tottime").print_stats(30)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.fetch", description=__doc__)
    parser.add_argument("--messages", type=int, default=50_000, help="where there is no limit")
    parser.add_argument("--seconds", type=float, default=60, help="at Telegram's rate")
    parser.add_argument("--only", choices=["rate", "latency", "bare"], help="one of the figures")
    parser.add_argument("--profile", action="store_true", help="show where the time goes instead")
    given = parser.parse_args()
    if given.profile:
        asyncio.run(profile(given.messages))
        return 0
    report = Report()
    if given.only in (None, "bare"):
        bare = against_iter_messages(report, given.messages, latency_ms=0, wanted=0.55)
        asyncio.run(bare)
    if given.only in (None, "latency"):
        far = against_iter_messages(report, given.messages, latency_ms=LATENCY_MS, wanted=6)
        asyncio.run(far)
    if given.only in (None, "rate"):
        asyncio.run(at_telegrams_rate(report, given.seconds))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
