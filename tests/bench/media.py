"""`python -m tests.bench.media`: files, from Telegram to the store and the export on disk.

The sandbox serves files of one data centre from a process of its own, and `chatkeep export` fetches
them in another. Rates are taken between the sandbox's first and last answer with bytes, so that
neither process's start counts. What raw requests for the same parts reach, made with Telethon over
as many connections and with as many under way, and their answers dropped, is measured at the same
place in the same run; so is a client by hand that deciphers answers and checks nothing, as the
floor of what they cost, and Telethon's `download_media`.
"""

import argparse
import asyncio
import hashlib
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from telethon.extensions import BinaryReader

from exporter.media.flow import START
from exporter.telegram.dc_lines import CONNECTIONS
from tests.bench.export import Served, installation
from tests.bench.gallery import Asked, Gallery, gallery
from tests.sandbox.world.files import Blob

MIB = 1024 * 1024
MB = 1_000_000
UNIT = 100 * MB
"""What CPU seconds are told for: other programs on the machine change them least."""
LARGE = 300 * MB
FAR_MS = 60
GIGABIT = 100 * MB
"""Bytes a second of a fast line; without a limit the machine's cores are measured, not the pool."""
RAW_S = 4.0
PLAIN_S = 5.0
"""Of `download_media`, which would take a minute and more."""
PHOTO = 40_000
PHOTOS = 2_000
NEAR_MS = 20
MOST_MEMORY = 350 * MIB
ABOVE_IDLE_MIB, ABOVE_LIMIT_MIB = 50, 20
SAMPLE_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """What an export of the gallery came to."""

    asked: Asked
    summary: dict[str, Any]
    peak_bytes: int
    """Of the process's memory (RSS)."""
    cpu_s: float
    """All of its work, its start too."""
    stored: frozenset[str]
    """The SHA-256 of what lies in the store, read there; empty unless it was asked for."""


async def export(served: Gallery, *, reads_back: bool = False) -> Exported:
    """Export the gallery once, with a fresh installation."""
    await served.asked()  # what was asked before is not ours
    async with installation(served.served) as chatkeep:
        process = await chatkeep.start("export", served.served.chat, "--json")
        watch = asyncio.create_task(_peak(process.pid))
        done = await chatkeep.finish(process)
        peak_bytes, cpu_s = await watch
        stored = frozenset(_stored(chatkeep.data_dir / "media") if reads_back else ())
    if done.code:
        raise RuntimeError(f"the export failed: {done.out}{done.err}")
    return Exported(
        asked=await served.asked(),
        summary=done.json,
        peak_bytes=peak_bytes,
        cpu_s=cpu_s,
        stored=stored,
    )


def _stored(folder: Path) -> Iterator[str]:
    for path in folder.glob("??/*"):
        with path.open("rb") as file:
            yield hashlib.file_digest(file, "sha256").hexdigest()


async def _peak(pid: int) -> tuple[int, float]:
    """The most memory that a process and its children hold until it ends, and its CPU seconds."""
    peak, cpu_s = 0, 0.0
    try:
        process = psutil.Process(pid)
        while process.status() != psutil.STATUS_ZOMBIE:
            family = [process, *process.children(recursive=True)]
            peak = max(peak, sum(each.memory_info().rss for each in family))
            cpu_s = sum(sum(each.cpu_times()[:2]) for each in family)
            await asyncio.sleep(SAMPLE_S)
    except psutil.NoSuchProcess:
        pass
    return peak, cpu_s


def _cpu_s(process: psutil.Process) -> float:
    return float(sum(process.cpu_times()[:2]))


async def plain(served: Gallery, seconds: float) -> float:
    """Bytes a second of Telethon's `download_media`, in its first seconds."""
    async with served.telethon() as client:
        chat = await client.get_entity(served.served.chat)
        message = (await client.get_messages(chat, limit=1))[0]
        started, received = time.perf_counter(), 0

        def count(so_far: int, _: int) -> None:
            nonlocal received
            received = so_far
            if time.perf_counter() - started >= seconds:
                raise EnoughError

        with suppress(EnoughError):
            await client.download_media(message, file=_Nowhere(), progress_callback=count)
        return received / (time.perf_counter() - started)


class EnoughError(Exception):
    """The measurement has lasted long enough."""


class _Nowhere:
    """A file that keeps nothing."""

    def __init__(self) -> None:
        self._size_bytes = 0

    def write(self, data: bytes) -> int:
        self._size_bytes += len(data)
        return len(data)

    def tell(self) -> int:
        return self._size_bytes

    def flush(self) -> None:
        """Nothing is held back."""


class Report:
    """Prints figures beside what they are held against, and remembers whether all are reached."""

    def __init__(self) -> None:
        self.failed = False

    def at_least(self, what: str, value: float, wanted: float) -> None:
        self._say(f"{what}: {value:.3f} (wanted {wanted:g})", good=value >= wanted)

    def at_most(self, what: str, value: float, most: float, unit: str) -> None:
        self._say(f"{what}: {value:,.0f} {unit} (at most {most:,.0f})", good=value <= most)

    def _say(self, line: str, *, good: bool) -> None:
        self.failed = self.failed or not good
        print(f"{line}{'' if good else '  <-- NOT REACHED'}", flush=True)


def rate_of(asked: Asked, latency_ms: float) -> float:
    """Bytes a second; the first answer took a latency to come, too."""
    return asked.size_bytes / (asked.took_s + latency_ms / 1000)


async def one_large(
    report: Report, latency_ms: float, *, wanted: float, bandwidth: float = 0
) -> None:
    """A large file against raw requests; `bandwidth` is the line's, bytes a second, 0: no limit."""
    async with gallery(files=1, size=LARGE, latency_ms=latency_ms, bandwidth=bandwidth) as served:
        telethon = await plain(served, PLAIN_S) if latency_ms and not bandwidth else 0.0
        sandbox, client = psutil.Process(served.child.pid), psutil.Process()
        serving_s = _cpu_s(sandbox)
        done = await export(served)
        # without latency the sandbox answers before it reads on, and counts one at a time
        at_once = max(done.asked.parts_at_once, START) // CONNECTIONS * CONNECTIONS
        served_s, asking_s = _cpu_s(sandbox), _cpu_s(client)
        raw = await served.requests_rate(connections=CONNECTIONS, at_once=at_once, seconds=RAW_S)
        raw_units = raw * RAW_S / UNIT
        raw_s, raw_served_s = _cpu_s(client) - asking_s, _cpu_s(sandbox) - served_s
        floor = await served.floor_rate(connections=CONNECTIONS, at_once=at_once, seconds=RAW_S)
    ours = rate_of(done.asked, latency_ms)
    over = f" over a line of {bandwidth / MB:g} MB/s" if bandwidth else ""
    print(
        f"300 MB at {latency_ms:g} ms{over}: {ours / MB:,.0f} MB/s with up to"
        f" {done.asked.parts_at_once} parts under way; raw requests {raw / MB:,.0f} MB/s with"
        f" {at_once}, and {floor / MB:,.0f} MB/s if answers are deciphered and no more",
        flush=True,
    )
    print(
        f"  CPU seconds of 100 MB: {done.cpu_s / LARGE * UNIT:.2f} with the start of the program,"
        f" the sandbox {(served_s - serving_s) / LARGE * UNIT:.2f};"
        f" raw requests {raw_s / raw_units:.2f},"
        f" the sandbox {raw_served_s / raw_units:.2f}",
        flush=True,
    )
    report.at_least("  against raw requests", ours / raw, wanted)
    if telethon:
        print(f"  download_media reaches {telethon / MB:,.1f} MB/s")
        report.at_least("  against download_media", ours / telethon, 30)
    report.at_most("  memory", done.peak_bytes / MIB, MOST_MEMORY / MIB, "MiB")


async def many_photos(report: Report) -> None:
    """Small files: as many at once as Telegram allows, each a request and a wait."""
    async with gallery(files=PHOTOS, size=PHOTO, kind="photo", latency_ms=NEAR_MS) as served:
        done = await export(served)
    allowed = 5
    rate = done.asked.parts / (done.asked.took_s + NEAR_MS / 1000)
    print(
        f"{done.asked.parts:,} photos at {NEAR_MS} ms: {rate:,.0f}/s,"
        f" {done.asked.files_at_once} at once, {done.asked.hashes:,} calls for hashes beside them;"
        f" {done.cpu_s:.1f} s of work",
        flush=True,
    )
    report.at_least("  against files at once / latency", rate / (allowed / NEAR_MS * 1000), 0.85)
    report.at_most("  files at once", done.asked.files_at_once, allowed, "")
    report.at_most("  memory", done.peak_bytes / MIB, MOST_MEMORY / MIB, "MiB")


async def repeats(report: Report, share: float, wanted: float) -> None:
    """Uploads of what was uploaded before."""
    async with gallery(files=1_000, size=200_000, reuploads=share, latency_ms=5) as served:
        done = await export(served)
        total = served.total_bytes
    saved = 1 - done.asked.size_bytes / total
    print(f"{share:.0%} of {total / MB:,.0f} MB come again, under ids of their own", flush=True)
    report.at_least("  share of bytes not asked for", saved, wanted)


async def limited(report: Report) -> None:
    """A worker that may take little more than when it is idle fetches all files, in less memory."""
    files, size_bytes = 24, 25 * MB
    async with gallery(files=files, size=size_bytes, latency_ms=FAR_MS) as served:
        plain = await worked(served.served)
        limit = plain.idle_bytes // MIB + ABOVE_IDLE_MIB
        held = await worked(served.served, memory_mb=limit)
    print(
        f"{files} files of {size_bytes / MB:g} MB at {FAR_MS} ms: memory"
        f" {plain.idle_bytes / MIB:.0f} MiB idle, {plain.peak_bytes / MIB:.0f} at the peak, in"
        f" {plain.took_s:.1f} s; with a limit of {limit}: {held.peak_bytes / MIB:.0f}, in"
        f" {held.took_s:.1f} s",
        flush=True,
    )
    report.at_least("  files kept", min(plain.kept, held.kept) / files, 1)
    report.at_most("  above the limit", held.peak_bytes / MIB - limit, ABOVE_LIMIT_MIB, "MiB")


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """What a worker took for one export."""

    idle_bytes: int
    """Of memory (RSS), when it had connected and read its code."""
    peak_bytes: int
    kept: int
    """Files."""
    took_s: float


async def worked(served: Served, *, memory_mb: int = 2048) -> Worked:
    """Have a worker export the gallery, with a fresh installation."""
    async with installation(served) as chatkeep:
        worker = await chatkeep.start("worker", PARALLEL_MEDIA_MEMORY_LIMIT_MB=str(memory_mb))
        await chatkeep.run("chats")  # it has connected once this is answered
        process = psutil.Process(worker.pid)
        idle = peak = process.memory_info().rss
        export = asyncio.create_task(chatkeep.run("export", served.chat, "--json"))
        while not export.done():
            peak = max(peak, process.memory_info().rss)
            await asyncio.sleep(SAMPLE_S)
        done = (await export).json
    return Worked(
        idle_bytes=idle, peak_bytes=peak, kept=done["media"]["kept"], took_s=done["duration_s"]
    )


async def huge(report: Report) -> None:
    """4 GiB: the largest file that Telegram takes."""
    size_bytes = 4 * 1024 * MIB
    async with gallery(files=1, size=size_bytes) as served:
        done = await export(served, reads_back=True)
    file_id = BinaryReader(bytes.fromhex(served.locations[0])).tgread_object().id
    truth = Blob(file_id, size_bytes).sha256().hex()
    rate = rate_of(done.asked, 0)
    print(f"4 GiB: {rate / MB:,.0f} MB/s, {done.cpu_s:.0f} s of work", flush=True)
    report.at_least("  files of which the SHA-256 is right", float(done.stored == {truth}), 1)
    report.at_most("  memory", done.peak_bytes / MIB, MOST_MEMORY / MIB, "MiB")


@asynccontextmanager
async def _said(what: str) -> AsyncIterator[None]:
    started = time.perf_counter()
    yield
    print(f"  ({what}: {time.perf_counter() - started:.0f} s)", flush=True)


MEASURED = ("far", "line", "near", "photos", "repeats", "limited", "huge")


async def measure(chosen: list[str], report: Report) -> None:
    for name in chosen:
        async with _said(name):
            match name:
                case "far":
                    await one_large(report, FAR_MS, wanted=0.85)
                case "line":
                    await one_large(report, FAR_MS, wanted=0.85, bandwidth=GIGABIT)
                case "near":
                    await one_large(report, 0, wanted=0.65)
                case "photos":
                    await many_photos(report)
                case "repeats":
                    await repeats(report, 0.3, 0.29)
                    await repeats(report, 0.95, 0.94)
                case "limited":
                    await limited(report)
                case "huge":
                    await huge(report)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.media", description=__doc__)
    parser.add_argument("--only", choices=MEASURED, help="one of the figures")
    parser.add_argument("--huge", action="store_true", help="a file of 4 GiB too; needs the space")
    given = parser.parse_args()
    chosen = [given.only] if given.only else [each for each in MEASURED if each != "huge"]
    if given.huge and "huge" not in chosen:
        chosen.append("huge")
    report = Report()
    asyncio.run(measure(chosen, report))
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main())
