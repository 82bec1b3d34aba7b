"""`python -m tests.bench.transfer`: from the store into an export folder.

Copies a file that the system holds in memory, by sendfile and by aiofiles with chunks of several
sizes, in turns; each target is a new file. What the disk takes to write it down is the same for
all, so the copies are measured without it; whole placings, with comparing and syncing, come after.
"""

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from exporter.config import CopyConfig
from exporter.media.copying import read_and_write, send
from exporter.media.transfer import Method, place
from storage.threads import Threads

KIB, MIB = 1024, 1024 * 1024
CHUNKS = (64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB)
USUAL = CHUNKS[0]
LINKS = 1000
Copy = Callable[[Path], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Took:
    """One copy."""

    wall_s: float
    cpu_s: float
    """Of all threads, in the kernel too."""


async def timed(copy: Copy, target: Path) -> Took:
    target.unlink(missing_ok=True)
    target.touch()
    cpu, wall = time.process_time(), time.perf_counter()
    await copy(target)
    return Took(time.perf_counter() - wall, time.process_time() - cpu)


def best_of(took: list[Took]) -> Took:
    """The shortest times: what else the machine does can only make them longer."""
    return Took(min(one.wall_s for one in took), min(one.cpu_s for one in took))


async def copies(source: Path, folder: Path, rounds: int, threads: Threads) -> dict[str, Took]:
    """The best by way; the ways take turns, so that a slow moment hits all of them."""

    def by_aiofiles(chunk_bytes: int) -> Copy:
        return lambda to: read_and_write(source, to, threads=threads, chunk_bytes=chunk_bytes)

    ways: dict[str, Copy] = {
        f"aiofiles {chunk // KIB:,} KiB": by_aiofiles(chunk) for chunk in CHUNKS
    }
    chunk_bytes = CopyConfig().chunk_bytes
    ways["sendfile"] = lambda to: send(source, to, chunk_bytes=chunk_bytes, threads=threads)
    took: dict[str, list[Took]] = {way: [] for way in ways}
    for number in range(rounds + 1):
        for way, copy in ways.items():
            one = await timed(copy, folder / "copy")
            if number:  # the first one warms up
                took[way].append(one)
    return {way: best_of(all_of_it) for way, all_of_it in took.items()}


def tell_copies(found: dict[str, Took], size_bytes: int) -> None:
    for way, took in found.items():
        rate = size_bytes / took.wall_s / 1e6
        print(f"{way:>18}: {rate:6,.0f} MB/s, {took.cpu_s / size_bytes * 1e9:.2f} CPU s/GB")
    sent = found.pop("sendfile")
    best = min(found.values(), key=lambda took: took.wall_s)
    usual = found[f"aiofiles {USUAL // KIB} KiB"]
    print(
        f"sendfile is {usual.wall_s / sent.wall_s:.1f} × aiofiles at {USUAL // KIB} KiB (target 3),"
        f" {best.wall_s / sent.wall_s:.2f} × its best chunk (target 1.2)"
        f" at {sent.cpu_s / best.cpu_s:.2f} × its CPU seconds (target 0.7 at most)"
    )


async def placings(source: Path, folder: Path, threads: Threads) -> None:
    """Whole placings, and links without a byte copied."""
    digest = sha256(source.read_bytes()).digest()
    size_bytes = source.stat().st_size
    copying = CopyConfig(links=False, zero_copy_from_bytes=0)
    for name, config in (
        ("sendfile, compared", copying),
        ("sendfile", replace(copying, verify=False)),
        ("aiofiles, compared", replace(copying, zero_copy=False)),
        ("aiofiles", replace(copying, zero_copy=False, verify=False)),
    ):
        target = folder / "placed" / "1.bin"
        wall = time.perf_counter()
        placed = await place(source, target, sha256=digest, config=config, threads=threads)
        rate = size_bytes / (time.perf_counter() - wall) / 1e6
        print(f"placed and on disk by {name} ({placed.method}): {rate:,.0f} MB/s")
        target.unlink()
    before = os.statvfs(folder)
    wall = time.perf_counter()
    for number in range(LINKS):
        target = folder / "links" / f"{number}.bin"
        placed = await place(source, target, sha256=digest, config=CopyConfig(), threads=threads)
    each_us = (time.perf_counter() - wall) / LINKS * 1e6
    grown = (before.f_bfree - os.statvfs(folder).f_bfree) * before.f_frsize
    shared = placed.method in (Method.LINK, Method.REFLINK)
    print(
        f"{LINKS:,} placings by {placed.method}: {each_us:,.0f} µs each; of {LINKS * size_bytes:,}"
        f" bytes the disk holds {max(grown, 0):,} more{'' if shared else ' (copied)'}"
    )


async def measure(folder: Path, size_mib: int, rounds: int) -> None:
    source = folder / "stored"
    with source.open("wb") as file:
        for _ in range(size_mib):
            file.write(os.urandom(MIB))
        os.fsync(file.fileno())
    source.chmod(0o400)
    with Threads() as threads:
        if sys.platform == "linux":
            tell_copies(await copies(source, folder, rounds, threads), size_mib * MIB)
        await placings(source, folder, threads)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--size-mib", type=int, default=256)
    options.add_argument("--rounds", type=int, default=7)
    options.add_argument("--folder", help="where to copy; the temporary folder otherwise")
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as folder:
        asyncio.run(measure(Path(folder), given.size_mib, given.rounds))


if __name__ == "__main__":
    main()
