"""The plain records of files: what messages carry, what is wanted of it, and what is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from storage.models import MediaRow, MessageRow

HASH_BYTES = 32
"""Of a SHA-256."""
PIECE_BYTES = 128 * 1024
"""What one of Telegram's file hashes covers: https://core.telegram.org/api/files#verifying-file-chunks"""
LARGE_BYTES = 20_000_000
"""Files from this size on are large ones, of which fewer may be fetched at once:
https://core.telegram.org/api/files#downloading-files"""


class FileState(StrEnum):
    """Where a file stands."""

    WANTED = "wanted"
    PARTIAL = "partial"
    """Some of its parts are on disk."""
    KEPT = "kept"
    SKIPPED = "skipped"
    """Not asked for; `reason` says why. Another export may want it."""
    FAILED = "failed"
    """Tried and given up; `reason` says why. `--retry-failed` wants it again."""
    UNAVAILABLE = "unavailable"
    """Telegram has it no more, or shows it to us no more."""

    @property
    def is_open(self) -> bool:
        return self in (FileState.WANTED, FileState.PARTIAL)


class FileKey(NamedTuple):
    """What is one file, in whatever messages it stands."""

    file_id: int
    """Telegram's photo or document id."""
    variant: str = ""
    """Empty: the document, or the photo's largest size. `thumb`: the document's largest still
    picture."""


class SkipReason(StrEnum):
    """Why a file is not wanted."""

    KIND = "not asked for"
    SIZE = "larger than the limit"
    EXTENSION = "its extension was not asked for"
    SLICE = "its message was not asked for"
    PICTURE = "still pictures were not asked for"
    IMPORT = "not among the imported files"
    LOST = "not given by Telegram when it was exported"
    """Of an imported message, likewise."""


Wants = Callable[[MessageRow | None, MediaRow], SkipReason | None]
"""Says why a file is not wanted; None: it is. There is no message for the photo of a chat."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFile:
    """A row of `files` that is to be fetched."""

    key: FileKey
    kind: str
    """As `MediaRow.kind`."""
    size_bytes: int
    dc_id: int
    location: bytes
    """An InputFileLocation, as TL bytes; it ends with a file reference, which expires. Empty when
    it has to be asked for first."""
    account_id: int
    """Whose location it is: file references are of value to that account only."""
    chat_id: int
    message_id: int
    """Where it stands, so that the location can be asked for again; 0 for the photo of a chat."""
    name: str | None
    parts: bytes
    """What is on disk already, a serialised pyroaring bitmap of the numbers of its parts; empty:
    nothing."""
    tries: int
    """How often it was tried and given up."""

    @property
    def is_large(self) -> bool:
        return self.size_bytes >= LARGE_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """What became of a file that a message carries."""

    message_id: int
    key: FileKey
    kind: str
    state: FileState
    reason: str | None
    size_bytes: int
    sha256: bytes | None
    """Of its content, when it is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A row of `contents`: bytes in the store, however many files have them."""

    sha256: bytes
    size_bytes: int
    mtime_ns: int
    """Of the stored file, when it was last known to be right."""
    hashes: bytes = b""
    """Telegram's hashes of its pieces, joined, 32 bytes each; empty when it gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """A file whose bytes are in the store."""

    key: FileKey
    content: Content


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A file that is given up."""

    key: FileKey
    state: FileState
    """FAILED or UNAVAILABLE."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileTotals:
    """Files of some chats, each counted once."""

    files: int = 0
    size_bytes: int = 0
