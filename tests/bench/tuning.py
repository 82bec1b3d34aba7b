"""`python -m tests.bench.tuning`: how soon the number of parts under way is the right one.

One large file is asked for over real sockets: by the number that tunes itself, from its start and
after a wait that Telegram asks for, and then by that one and by fixed numbers in turns. The bytes
are dropped: only the line, the client and the tuning count.
"""

import argparse
import asyncio
import itertools
import sys
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from telethon.extensions import BinaryReader

from exporter.media.flow import MOST
from exporter.media.lanes import Lane
from exporter.telegram.connection import Telegram, connected
from exporter.telegram.file_server import QueueLimits
from exporter.telegram.server import TelegramServer
from tests.bench.gallery import FLOOD_S, Gallery, gallery
from tests.sandbox.sandbox import HOME_DC

MIB = 1024 * 1024
MB = 1_000_000
LATENCIES_MS = (5, 60, 200)
BANDWIDTHS = (0, 25 * MB)
"""Bytes a second; 0: what the machine makes."""
WINDOWS = (2, 4, 8, 16, MOST)
WITHIN_S = 10.0
ROUNDS = 5
TURN_S = 1.5
WARM_S = 0.5
"""Of a turn, until parts come evenly."""
GLIMPSE_S = 1.0
WANTED = 0.9


class Tap:
    """Asks for the parts of one file, again and again, and drops them."""

    def __init__(self, telegram: Telegram, location: bytes, size_bytes: int, lane: Lane) -> None:
        self._files = telegram.files
        self._location = location
        self._offsets = itertools.cycle(range(0, size_bytes // MIB * MIB, MIB))
        self._lane = lane
        self._lane.floods = self._files.floods(HOME_DC)
        self._came: list[float] = []
        self._idle_s = 0.0
        self._rests_since = _now()

    async def run(self, seconds: float) -> None:
        """Keep as many parts under way as the lane lets in."""
        self._idle_s += _now() - self._rests_since
        until = time.perf_counter() + seconds
        async with asyncio.TaskGroup() as group:
            while time.perf_counter() < until:
                await self._lane.enter(large=True)
                group.create_task(self._part(next(self._offsets)))
        self._rests_since = _now()

    def rate(self, since: float, seconds: float) -> float:
        """Bytes a second that came in a stretch of time."""
        return sum(since <= at < since + seconds for at in self._came) * MIB / seconds

    def reached(self, rate: float, since: float, until: float) -> float | None:
        """How long after `since` so many bytes a second came for the first time."""
        for at in self._came:
            if since <= at <= until - GLIMPSE_S and self.rate(at, GLIMPSE_S) >= rate:
                return at - since
        return None

    @property
    def _busy_s(self) -> float:
        """The clock of the tuning, which stands still while others have their turns."""
        return _now() - self._idle_s

    async def _part(self, offset: int) -> None:
        lane, asked_at = self._lane, self._busy_s
        data = await self._files.part(HOME_DC, self._location, offset, MIB)
        now = self._busy_s
        if (floods := self._files.floods(HOME_DC)) > lane.floods:
            lane.floods = floods
            lane.flow.flooded(now)
        else:
            lane.flow.answered(now, now - asked_at, len(data), full=lane.is_full)
        lane.leave()
        self._came.append(time.perf_counter())


@asynccontextmanager
async def signed_in(served: Gallery) -> AsyncIterator[Telegram]:
    settings = served.served.settings
    host, port = settings["TELEGRAM_SERVER"].split(":")
    server = TelegramServer(
        api_id=int(settings["API_ID"]),
        api_hash=settings["API_HASH"],
        host=host,
        port=int(port),
        dc_id=int(settings["TELEGRAM_SERVER_DC"]),
        key=Path(settings["TELEGRAM_SERVER_KEY"]),
    )
    async with connected(server, 1, served.served.session) as telegram:
        yield telegram


@dataclass(slots=True, kw_only=True)
class Race:
    """The number that tunes itself against fixed ones, in turns: the machine does other things."""

    make: Callable[[int | None], Tap]
    tuned: Tap

    async def run(self) -> tuple[float, dict[int, float]]:
        """Bytes a second of the tuned one, and of each fixed one."""
        came: dict[int, list[float]] = {window: [] for window in (0, *WINDOWS)}
        for _ in range(ROUNDS):
            for window, rates in came.items():
                tap = self.make(window) if window else self.tuned
                began = time.perf_counter()
                await tap.run(TURN_S)
                rates.append(tap.rate(began + WARM_S, TURN_S - WARM_S))
        rate = {window: median(rates) for window, rates in came.items()}
        return rate.pop(0), rate


async def tuned(latency_ms: float, bandwidth: float) -> bool:
    """Compare with the best fixed number; whether that was nearly reached in time."""
    size_bytes = 256 * MIB
    async with (
        gallery(files=1, size=size_bytes, latency_ms=latency_ms, bandwidth=bandwidth) as served,
        signed_in(served) as telegram,
    ):
        location = bytes(BinaryReader(bytes.fromhex(served.locations[0])).tgread_object())

        def make(parts: int | None) -> Tap:
            return Tap(telegram, location, size_bytes, Lane(QueueLimits(), parts=parts))

        await make(MOST).run(1.0)  # all connections are open from here on
        line = f"{bandwidth / MB:g} MB/s" if bandwidth else "no limit"
        print(f"{latency_ms:g} ms, {line}:", flush=True)
        race = Race(make=make, tuned=make(None))
        from_start = await _run(race, "from its start", wait_s=0)
        served.flood()
        return await _run(race, "after a wait", wait_s=FLOOD_S) and from_start


async def _run(race: Race, name: str, *, wait_s: float) -> bool:
    tap, since = race.tuned, time.perf_counter() + wait_s
    await tap.run(wait_s + WITHIN_S)
    rate, fixed = await race.run()
    best = max(fixed.values())
    first = tap.reached(WANTED * best, since, since + WITHIN_S)
    when = "no sooner" if first is None else f"after {first:.1f} s"
    is_good = rate >= WANTED * best  # measured past the time that it has for it
    each = ", ".join(f"{window}: {rate / MB:,.0f}" for window, rate in fixed.items())
    print(
        f"  {name}: {rate / best:.2f} of the best of fixed numbers (wanted {WANTED:g}), reached"
        f" {when}; {rate / MB:,.0f} MB/s, fixed {each}{'' if is_good else '  <-- NOT REACHED'}",
        flush=True,
    )
    return is_good


def _now() -> float:
    return asyncio.get_running_loop().time()


async def measure(latencies_ms: Sequence[float], bandwidths: Sequence[float]) -> bool:
    reached = [
        await tuned(latency_ms, bandwidth)
        for bandwidth in bandwidths
        for latency_ms in latencies_ms
    ]
    return all(reached)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.tuning", description=__doc__)
    parser.add_argument("--latency", type=float, nargs="+", default=LATENCIES_MS, help="in ms")
    parser.add_argument(
        "--bandwidth", type=float, nargs="+", default=BANDWIDTHS, help="bytes a second; 0: no limit"
    )
    given = parser.parse_args()
    return 0 if asyncio.run(measure(given.latency, given.bandwidth)) else 1


if __name__ == "__main__":
    sys.exit(main())
