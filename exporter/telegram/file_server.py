"""Where an account's files come from: the file servers of Telegram's data centres.

https://core.telegram.org/api/files#downloading-files
"""

from __future__ import annotations

from dataclasses import dataclass

from exporter.errors import ItemError


class StaleReference(ItemError):
    """The file reference has expired, or there is none: its origin has to be asked again.

    https://core.telegram.org/api/file-references
    """


class FileGone(ItemError):
    """Telegram does not give the file out; the text says why."""


class FileMoved(ItemError):
    """The file lies in another data centre."""

    def __init__(self, dc_id: int) -> None:
        super().__init__(f"it lies in data centre {dc_id}")
        self.dc_id = dc_id


class HashesUnavailable(ItemError):
    """Telegram gave no hashes, or not in time: it is downloaded without."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceHash:
    """The SHA-256 of a stretch of a file, as the server has it."""

    offset: int
    limit: int
    """Its length in bytes."""
    sha256: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLimits:
    """How many files of a data centre may be under way at once.

    https://core.telegram.org/api/files#downloading-files
    """

    small: int = 5
    """Of files below `storage.media.LARGE_BYTES`."""
    large: int = 2
