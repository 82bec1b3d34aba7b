"""Files of an export into the store: shared with it where the disk can, else copied.

Never by a hard link: the stored file is read-only, and so would be the one in the export; and an
edit of that would be an edit of the stored one. The export stays as it is.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from exporter.media.copying import IMPOSSIBLE
from exporter.media.store import Store
from exporter.media.transfer import FICLONE
from storage.media import PIECE_BYTES, Content, FileKey
from storage.threads import Threads

if TYPE_CHECKING:
    from hashlib import _Hash

PIECES_AT_ONCE = 128
"""Read in one task of a thread: 16 MiB."""


async def take(file: BinaryIO, key: FileKey, store: Store, threads: Threads) -> Content:
    """Take over the bytes of an open file; return the content, which the store has now.

    It knows the hashes of its pieces: so Telegram's own file is recognised when it is asked for.

    Raises:
        OSError: the disk is full, or the store cannot be written.
    """
    part = store.part_path(key)
    shared = await threads.run(_begin, file, part)
    digest = sha256()
    pieces: list[bytes] = []
    size_bytes = 0
    try:
        with part.open("rb" if shared else "r+b") as ours:
            source, target = (ours, None) if shared else (file, ours)
            while read := await threads.run(_pass_on, source, target, digest, pieces):
                size_bytes += read
        return await store.adopt(part, digest.digest(), size_bytes, hashes=b"".join(pieces))
    finally:
        await threads.run(_forget, part)


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)


def _begin(file: BinaryIO, part: Path) -> bool:
    """Make the partial file; whether it shares the bytes of the export's by a reflink."""
    part.unlink(missing_ok=True)  # of a killed attempt
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(part, flags, 0o600)
    try:
        return _cloned(descriptor, file.fileno())
    finally:
        os.close(descriptor)


def _cloned(target: int, source: int) -> bool:
    if sys.platform != "linux":
        return False
    from fcntl import ioctl  # noqa: PLC0415 - Windows has none

    try:
        ioctl(target, FICLONE, source)
    except OSError as error:
        if error.errno in IMPOSSIBLE:
            return False
        raise
    return True


def _pass_on(source: BinaryIO, target: BinaryIO | None, digest: _Hash, pieces: list[bytes]) -> int:
    """Read the next pieces, hash them and write them on; how many bytes, 0 at the end."""
    length = 0
    for _ in range(PIECES_AT_ONCE):
        piece = source.read(PIECE_BYTES)
        if not piece:
            break
        digest.update(piece)
        pieces.append(sha256(piece).digest())
        if target is not None:
            target.write(piece)
        length += len(piece)
    if target is not None:
        target.flush()
    return length
