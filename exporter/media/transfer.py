"""From the store into an export: without copying where the disk allows it, and never by halves.

Shared bytes first: a reflink (a file of its own, whose bytes the disk copies when one of the two
is changed), else a hard link to the read-only stored file. Else a copy, made and compared beside
its final name and then renamed.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256 as hash_of
from pathlib import Path

from exporter.config import CopyConfig
from exporter.errors import ItemError
from exporter.media.copying import IMPOSSIBLE, read_and_write, send
from exporter.media.hashing import sha256_of
from storage.sqlite import create_folder
from storage.threads import Threads
from storage.wording import Sentence

FICLONE = 0x40049409
"""Of ioctl_ficlone(2); a few rare processors number it otherwise and just have no reflinks."""
UNFINISHED = ".chatkeep-{}.part"
"""A file on its way to a name, by that name's hash: so the next attempt finds it."""


class Method(StrEnum):
    """How a file came to its place."""

    THERE = "there already"
    REFLINK = "reflink"
    LINK = "hard link"
    SENDFILE = "sendfile"
    READ_WRITE = "read and write"


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A file that is in its place."""

    method: Method
    size_bytes: int


class CopyDiffers(ItemError):
    """A copy does not hold the bytes that it should; it was taken away again."""


async def place(
    source: Path, target: Path, *, sha256: bytes, config: CopyConfig, threads: Threads
) -> Placed:
    """Make `target` a file with the content of the stored file `source`, whose hash is `sha256`.

    Folders above it are made. What is there and differs is replaced, and nothing is done when it
    is right already. `target` appears whole or not at all. Two calls at the same time must not
    have the same target.

    Raises:
        CopyDiffers: the copy is wrong; probably the stored file is.
        OSError: the disk is full, or the folder cannot be written.
    """
    with _named(target):
        stored, method = await threads.run(_without_copying, source, target, config)
        if method is None and await _holds(target, sha256, stored, threads):
            method = Method.THERE
        if method is None:
            with _unfinished(target) as part:
                await threads.run(_create, part)
                method = await _copy(source, part, stored.st_size, config, threads)
                await _compare(part, target, sha256 if config.verify else None, stored, threads)
                await threads.run(_sync, part)
                await threads.run(_finish, part, target, stored)
    return Placed(method=method, size_bytes=stored.st_size)


def is_placed(source: Path, target: Path, config: CopyConfig) -> bool:
    """Whether `place` would find nothing to do, as far as size and time tell. Blocks.

    Raises:
        OSError: one of the two cannot be looked at.
    """
    there, stored = _lstat(target), _lstat(source)
    return there is not None and stored is not None and _is_right(there, stored, config)


def clear_unfinished(folder: Path) -> int:
    """Remove what a killed export left half-way in the folders of an export; how many. Blocks."""
    found = list(folder.glob(f"*/{UNFINISHED.format('*')}"))
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _without_copying(
    source: Path, target: Path, config: CopyConfig
) -> tuple[os.stat_result, Method | None]:
    """Do what needs no look at the bytes; no method when that is not enough."""
    stored, there = source.stat(), _lstat(target)
    if there is None:
        create_folder(target.parent)
    elif _is_right(there, stored, config):
        return stored, Method.THERE
    if (config.links or config.zero_copy) and _reflink(source, target, stored):
        return stored, Method.REFLINK
    if config.links and _hard_link(source, target, replaces=there is not None):
        return stored, Method.LINK
    return stored, None


def _is_right(there: os.stat_result, stored: os.stat_result, config: CopyConfig) -> bool:
    """Whether it is the wanted link, or an untouched copy."""
    if os.path.samestat(there, stored):
        return config.links
    return _is_untouched(there, stored)


def _is_untouched(there: os.stat_result, stored: os.stat_result) -> bool:
    """Whether it has the size of the stored file, and its time, which copies are given."""
    return (
        stat.S_ISREG(there.st_mode)
        and there.st_size == stored.st_size
        and there.st_mtime_ns == stored.st_mtime_ns
    )


async def _holds(target: Path, sha256: bytes, stored: os.stat_result, threads: Threads) -> bool:
    """Whether a file of its own is there, with the right bytes."""
    there = await threads.run(_lstat, target)
    return (
        there is not None
        and stat.S_ISREG(there.st_mode)
        and there.st_size == stored.st_size
        and not os.path.samestat(there, stored)
        and await sha256_of(target, threads) == sha256
    )


def _reflink(source: Path, target: Path, stored: os.stat_result) -> bool:
    if sys.platform != "linux":
        return False
    from fcntl import ioctl  # noqa: PLC0415 - Windows has none

    with _unfinished(target) as part:
        _create(part)
        with source.open("rb") as read, part.open("r+b") as written:
            try:
                ioctl(written, FICLONE, read.fileno())
            except OSError as error:
                if error.errno in IMPOSSIBLE:
                    return False
                raise
        _finish(part, target, stored)
    return True


def _hard_link(source: Path, target: Path, *, replaces: bool) -> bool:
    with _unfinished(target) as part:
        part.unlink(missing_ok=True)
        try:
            os.link(source, part if replaces else target)
        except OSError as error:
            if error.errno in IMPOSSIBLE:
                return False
            raise
        if replaces:
            part.replace(target)
    return True


async def _copy(
    source: Path, part: Path, size_bytes: int, config: CopyConfig, threads: Threads
) -> Method:
    in_kernel = config.zero_copy and size_bytes >= config.zero_copy_from_bytes
    if in_kernel and await send(source, part, chunk_bytes=config.chunk_bytes, threads=threads):
        return Method.SENDFILE
    await read_and_write(source, part, threads=threads)
    return Method.READ_WRITE


async def _compare(
    part: Path, target: Path, sha256: bytes | None, stored: os.stat_result, threads: Threads
) -> None:
    """Compare the size of a copy, and its hash if there is one to compare it with."""
    copied = await threads.run(os.stat, part)
    if copied.st_size != stored.st_size or (
        sha256 is not None and await sha256_of(part, threads) != sha256
    ):
        raise CopyDiffers(
            Sentence(
                "The copy for {path} differs from what was stored; it was removed", path=str(target)
            )
        )


def _create(part: Path) -> None:
    part.unlink(missing_ok=True)  # of a killed attempt
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _sync(part: Path) -> None:
    with part.open("r+b") as file:
        os.fsync(file.fileno())


def _finish(part: Path, target: Path, stored: os.stat_result) -> None:
    """Give a copy the time of the stored file, which tells later that it is untouched."""
    os.utime(part, ns=(stored.st_atime_ns, stored.st_mtime_ns))
    part.replace(target)


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """Where to make what is to become `target`; whatever is left there at the end is removed."""
    digits = hash_of(os.fsencode(target.name)).hexdigest()[:24]
    part = target.with_name(UNFINISHED.format(digits))
    try:
        yield part
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _named(target: Path) -> Iterator[None]:
    """Let errors of the system that name no file name `target`."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or error.errno is None:
            raise
        raise OSError(error.errno, error.strerror, str(target)) from error


def _lstat(path: Path) -> os.stat_result | None:
    try:
        return path.lstat()
    except FileNotFoundError:
        return None
