"""Copies of bytes from file to file: within the kernel, or by reading and writing."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path

import aiofiles

from storage.threads import Threads

READ_BYTES = 1024 * 1024
"""At once, where the bytes pass through us; more is little faster, and takes memory."""
IMPOSSIBLE = frozenset(
    {
        errno.EXDEV,
        errno.EMLINK,
        errno.EPERM,
        errno.EACCES,
        errno.EOPNOTSUPP,
        errno.ENOSYS,
        errno.ENOTTY,
        errno.ENOTSOCK,
        errno.EINVAL,
    }
)
"""This system, this disk or these two disks cannot do it in this way; another way may do."""


async def send(source: Path, target: Path, *, chunk_bytes: int, threads: Threads) -> bool:
    """Copy into an existing empty file within the kernel; False where that is impossible.

    Room is reserved before, so that a full disk is noticed at once, and the copy takes a third
    less of the processor. Each chunk is a task of its own, so that others get their turn.

    Raises:
        OSError: the disk is full, for one.
    """
    if sys.platform != "linux":
        return False
    read = await threads.run(os.open, source, os.O_RDONLY | os.O_CLOEXEC)
    try:
        written = await threads.run(os.open, target, os.O_WRONLY | os.O_CLOEXEC)
        try:
            await threads.run(_reserve, written, os.fstat(read).st_size)
            return await _send(read, written, chunk_bytes, threads)
        finally:
            os.close(written)
    finally:
        os.close(read)


def _reserve(descriptor: int, size_bytes: int) -> None:
    if size_bytes == 0:
        return
    try:
        os.posix_fallocate(descriptor, 0, size_bytes)
    except OSError as error:
        if error.errno not in IMPOSSIBLE:
            raise


async def _send(read: int, written: int, chunk_bytes: int, threads: Threads) -> bool:
    offset = 0
    try:
        while sent := await threads.run(os.sendfile, written, read, offset, chunk_bytes):
            offset += sent
    except OSError as error:
        if offset == 0 and error.errno in IMPOSSIBLE:
            return False
        raise
    return True


async def read_and_write(
    source: Path, target: Path, *, threads: Threads, chunk_bytes: int = READ_BYTES
) -> None:
    """Copy into an existing empty file by reading and writing.

    Raises:
        OSError: the disk is full, for one.
    """
    pool = threads.executor()
    async with (
        aiofiles.open(source, "rb", executor=pool) as read,
        aiofiles.open(target, "r+b", executor=pool) as written,
    ):
        while block := await read.read(chunk_bytes):
            await written.write(block)
