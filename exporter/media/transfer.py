"""From the store into an export: without copying where the disk allows it, and never by halves."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from exporter.config import CopyConfig
from exporter.errors import ItemError
from storage.threads import Threads


class Method(StrEnum):
    """How a file came to its place."""

    THERE = "there already"
    REFLINK = "reflink"
    """A copy of its own that shares the bytes on disk until one of the two is changed."""
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
    raise NotImplementedError
