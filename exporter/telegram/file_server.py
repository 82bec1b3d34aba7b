"""Where an account's files come from: the file servers of Telegram's data centres.

https://core.telegram.org/api/files#downloading-files
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from telethon import errors
from telethon.tl.functions.help import GetAppConfigRequest
from telethon.tl.functions.upload import GetFileHashesRequest, GetFileRequest
from telethon.tl.types import JsonNumber
from telethon.tl.types.upload import FileCdnRedirect

from exporter.errors import ItemError
from exporter.telegram.dc_addresses import DcAddresses
from exporter.telegram.dc_keys import DcKeys, KeyStore
from exporter.telegram.dc_lines import DcLines, NoSuchDc
from exporter.telegram.home import Home
from exporter.telegram.locations import Location
from exporter.telegram.pacing import Refused, WaitTooLong
from storage.wording import Sentence

GET_FILE = "upload.getFile"
GET_HASHES = "upload.getFileHashes"
LEAST_LIMIT = 4096
"""Of a part, whatever the server says of longer ones."""
ON_CDN = Sentence(
    "Telegram gives it out only over its content delivery network, which Chatkeep does not use"
)
STALE = (
    errors.FileReferenceEmptyError,
    errors.FileReferenceExpiredError,
    errors.FileReferenceInvalidError,
    errors.FilerefUpgradeNeededError,
)


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


class FileServer:
    """Gets parts of files, and their hashes, for one account.

    Nothing is opened before something is asked for. As many requests as wanted may be under way.
    """

    def __init__(self, home: Home, store: KeyStore | None = None) -> None:
        """`store` keeps the keys of other data centres for later runs."""
        self.home = home
        self._addresses = DcAddresses(home.ask)
        self._keys = DcKeys(home, store)
        self._lines: dict[int, DcLines] = {}
        self._limits: QueueLimits | None = None

    async def part(self, file_dc: int, location: bytes, offset: int, limit: int) -> bytes:
        """Return up to `limit` bytes of a file from `offset` on; fewer at its end, none beyond.

        `file_dc` is where it lies, `location` an InputFileLocation as TL bytes. Both numbers are
        multiples of 1 KiB, and the stretch lies within one block of 1 MiB of the file:
        https://core.telegram.org/api/files#downloading-files. The answer is as the server gave it:
        its length is for the caller to look at.

        Raises:
            StaleReference, FileGone, FileMoved: it cannot be had this way.
            JobError: as in `Telegram.ask`.
        """
        if not location:
            raise StaleReference("where it lies has to be asked for first")
        request = GetFileRequest(Location(location), offset, limit, precise=True)
        try:
            answer = await self._at(file_dc).ask(request, GET_FILE)
        except NoSuchDc as error:
            raise FileGone(str(error)) from error
        except Refused as refused:
            if isinstance(refused.error, errors.LimitInvalidError) and limit >= 2 * LEAST_LIMIT:
                return await self._in_halves(file_dc, location, offset, limit)
            raise _item_error(refused) from refused
        if isinstance(answer, FileCdnRedirect):
            raise FileGone(ON_CDN)
        return bytes(answer.bytes)

    async def hashes(
        self, file_dc: int, location: bytes, offset: int, *, timeout_s: float
    ) -> tuple[PieceHash, ...]:
        """Return the hashes of a window of a file that begins at `offset`; none: it has none.

        https://core.telegram.org/method/upload.getFileHashes. Who is the first to ask a data
        centre waits until it lets the account in; that does not count.

        Raises:
            HashesUnavailable: an error, or no answer within `timeout_s`.
            StaleReference, FileMoved: as in `part`.
            JobError: there is no way to the data centre at all.
        """
        if not location:
            raise StaleReference("where it lies has to be asked for first")
        lines = self._at(file_dc)
        request = GetFileHashesRequest(Location(location), offset)
        try:
            await lines.find(patience_s=timeout_s)
            async with asyncio.timeout(timeout_s):
                answer = await lines.ask(request, GET_HASHES, longest_wait_s=timeout_s)
        except TimeoutError as late:
            raise HashesUnavailable(f"no hashes within {timeout_s:g} s") from late
        except (NoSuchDc, WaitTooLong) as error:
            raise HashesUnavailable(str(error)) from error
        except Refused as refused:
            reason = _item_error(refused)
            if isinstance(reason, FileGone):
                raise HashesUnavailable(str(reason)) from refused
            raise reason from refused
        return tuple(
            PieceHash(offset=each.offset, limit=each.limit, sha256=each.hash) for each in answer
        )

    async def limits(self) -> QueueLimits:
        """Return how many files may be under way at once, as the server says; asked for once."""
        if self._limits is None:
            try:
                answer = await self.home.ask(GetAppConfigRequest(hash=0))
            except Refused:
                self._limits = QueueLimits()
            else:
                self._limits = _limits_in(answer)
        return self._limits

    def answer_s(self, dc_id: int) -> float:
        """Return how long the last answer of a data centre took to come; 0 before the first."""
        return self._at(dc_id).answer_s

    def floods(self, dc_id: int) -> int:
        """Return how often Telegram made us wait for parts from a data centre."""
        return self.home.pacer.floods(f"{GET_FILE} dc{dc_id}")

    async def rest(self) -> None:
        """Close the connections that have nothing to do; they are opened again when needed."""
        for lines in tuple(self._lines.values()):
            await lines.rest()

    async def close(self) -> None:
        """Close all connections; what is under way ends with a JobError."""
        for lines in tuple(self._lines.values()):
            await lines.close()

    def _at(self, dc_id: int) -> DcLines:
        if dc_id not in self._lines:
            self._lines[dc_id] = DcLines(dc_id, self.home, self._addresses, self._keys)
        return self._lines[dc_id]

    async def _in_halves(self, file_dc: int, location: bytes, offset: int, limit: int) -> bytes:
        """Ask for a part that the server finds too long in two."""
        half = limit // 2 // LEAST_LIMIT * LEAST_LIMIT
        first = await self.part(file_dc, location, offset, half)
        if len(first) != half:
            return first
        return first + await self.part(file_dc, location, offset + half, limit - half)


def _item_error(refused: Refused) -> ItemError:
    """Say what it means for a file that a request for it was refused."""
    error = refused.error
    if isinstance(error, errors.FileMigrateError):
        return FileMoved(error.new_dc)
    name = str(getattr(error, "message", ""))
    if isinstance(error, STALE) or name.startswith("FILE_REFERENCE_"):
        return StaleReference("its file reference has expired")
    return FileGone(str(refused))


def _limits_in(answer: Any) -> QueueLimits:
    """Read help.appConfig, https://core.telegram.org/api/config#client-configuration."""
    usual = QueueLimits()
    entries = getattr(getattr(answer, "config", None), "value", ())
    numbers = {
        entry.key: int(entry.value.value)
        for entry in entries
        if isinstance(entry.value, JsonNumber) and entry.value.value >= 1
    }
    return QueueLimits(
        small=numbers.get("small_queue_max_active_operations_count", usual.small),
        large=numbers.get("large_queue_max_active_operations_count", usual.large),
    )
