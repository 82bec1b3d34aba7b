"""`python -m tests.bench.two_writers`: a bot's inserts while an export keeps pages at full speed.

One process keeps pages of 100 messages as fast as it can, another submits jobs: first one after
another, then one now and then, which is harder, as the busy process has forgotten about it.
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
from statistics import quantiles

from storage.archive import Archive
from storage.database import Database
from storage.errors import StorageError
from storage.jobs import Jobs
from storage.models import CardPlace, ExportRequest
from tests.storage.making import CHAT_ID, full_page, url_of

PAGE = 100
TOP_ID = 2_000_000_000
PLACE = CardPlace(bot_id=1, chat_id=2, reply_to=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What keeping pages came to."""

    messages: int
    seconds: float
    """Spent in `Archive.keep`; the making of the pages is left out."""

    @property
    def rate(self) -> float:
        return self.messages / self.seconds


async def keep_pages(database: Database, stop: asyncio.Event, *, at_most: int) -> Kept:
    archive = Archive(database)
    [range_] = await archive.plan(CHAT_ID, 1, TOP_ID, part_ids=TOP_ID)
    spent, kept = 0.0, 0
    while not stop.is_set() and kept < at_most:
        page = full_page(range_.next_id + kept, size=PAGE)
        started = time.perf_counter()
        await archive.keep(1, CHAT_ID, range_.id, page)
        spent += time.perf_counter() - started
        kept += PAGE
    return Kept(messages=kept, seconds=spent)


async def insert_jobs(
    database: Database, number: int, *, pause_s: float
) -> tuple[list[float], int]:
    """Submit jobs; how long each took, in seconds, and how many failed."""
    jobs = Jobs(database)
    first = 1 + len(await jobs.unfinished())
    took, failed = [], 0
    for update_id in range(first, first + number):
        await asyncio.sleep(pause_s)
        started = time.perf_counter()
        try:
            request = ExportRequest(chat=f"chat {update_id}")
            await jobs.submit(request, update_id=update_id, card=PLACE)
        except StorageError:
            failed += 1
        took.append(time.perf_counter() - started)
    return took, failed


@asynccontextmanager
async def busy_process(url: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another process that keeps pages until its standard input ends; it prints its rate."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.bench.two_writers", "--keep", url),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        await child.stdout.readline()
        yield child
    finally:
        child.stdin.close()
        await child.wait()


async def keep_until_told(url: str) -> None:
    database = await Database.open(url)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(sys.stdin, stop.set)
    print("keeping", flush=True)
    kept = await keep_pages(database, stop, at_most=10**9)
    await database.close()
    print(f"{kept.rate:,.0f}")


async def measure(inserts: int, rows: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data" / "chatkeep.db"
        database = await Database.open(url_of(path))
        for part in range(1, 6):
            kept = await keep_pages(database, asyncio.Event(), at_most=rows // 5)
            size = sum(file.stat().st_size for file in path.parent.glob("chatkeep.db*"))
            done = rows // 5 * part
            print(f"{done:>9,} kept: {kept.rate:,.0f} messages/s, {size / done:.0f} bytes each")
        for name, number, pause_s in (("in a row", inserts, 0.0), ("apart", 20, 1.5)):
            async with busy_process(url_of(path)) as busy:
                await asyncio.sleep(1)
                took, failed = await insert_jobs(database, number, pause_s=pause_s)
            _tell(f"{number} inserts {name}", took, failed)
            assert busy.stdout is not None
            print(f"  kept meanwhile: {(await busy.stdout.read()).decode().strip()} messages/s")
        await database.close()


def _tell(what: str, took: list[float], failed: int) -> None:
    cuts = quantiles(took, n=100)
    print(
        f"{what}: {failed} failed, p50 {cuts[49] * 1000:.1f} ms, p95 {cuts[94] * 1000:.1f} ms,"
        f" longest {max(took) * 1000:.1f} ms"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--inserts", type=int, default=500)
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--keep", metavar="URL", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.keep:
        asyncio.run(keep_until_told(given.keep))
    else:
        asyncio.run(measure(given.inserts, given.rows))


if __name__ == "__main__":
    main()
