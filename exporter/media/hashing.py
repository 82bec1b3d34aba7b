"""The SHA-256 of files on disk, in pieces, so that the threads stay free for what is urgent."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from storage.media import PIECE_BYTES
from storage.threads import Priority, Threads

if TYPE_CHECKING:
    from hashlib import _Hash

AT_ONCE = 32 * 1024 * 1024
"""Bytes in one task: some tens of milliseconds."""
BUFFER = 1024 * 1024


async def sha256_of(path: Path, threads: Threads, *, priority: Priority = Priority.NORMAL) -> bytes:
    """Read a file and return its SHA-256, 32 bytes.

    Raises:
        OSError: it cannot be read.
    """
    file = await threads.run(_open, path, priority=priority)
    with file:
        digest = sha256()
        while await threads.run(_feed, digest, file, priority=priority) == AT_ONCE:
            pass
    return digest.digest()


async def pieces_of(path: Path, threads: Threads) -> bytes:
    """Read a file and return the SHA-256 of each of its pieces, joined: as Telegram hashes them.

    Raises:
        OSError: it cannot be read.
    """
    file = await threads.run(_open, path)
    found: list[bytes] = []
    with file:
        while pieces := await threads.run(_hashed, file):
            found.append(pieces)
    return b"".join(found)


def _hashed(file: BinaryIO) -> bytes:
    """Hash the next pieces of a file; none at its end."""
    found: list[bytes] = []
    while len(found) < AT_ONCE // PIECE_BYTES and (piece := _read(file, PIECE_BYTES)):
        found.append(sha256(piece).digest())
    return b"".join(found)


def _read(file: BinaryIO, length: int) -> bytes:
    """Read so many bytes; fewer at the end of the file."""
    data = file.read(length)
    while data and len(data) < length and (more := file.read(length - len(data))):
        data += more
    return data


def _open(path: Path) -> BinaryIO:
    return path.open("rb", buffering=0)


def _feed(digest: _Hash, file: BinaryIO) -> int:
    """Hash the next bytes of a file; fewer than `AT_ONCE` at its end."""
    buffer = memoryview(bytearray(BUFFER))
    done = 0
    while done < AT_ONCE and (read := file.readinto(buffer[: AT_ONCE - done])):  # type: ignore[attr-defined]
        digest.update(buffer[:read])
        done += read
    return done
