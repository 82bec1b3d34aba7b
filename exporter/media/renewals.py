"""Files whose location is to be asked for anew: those that wait together are asked for together."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from exporter.errors import ItemError
from exporter.telegram.connection import Telegram
from exporter.telegram.convert.carried import CUSTOM_EMOJI
from exporter.telegram.references import Renewed, renew_many
from storage.archive import Archive
from storage.files import Files
from storage.media import FileKey, WantedFile
from storage.wording import Sentence

TOGETHER = 100
"""As many messages as one request takes."""
NO_MORE = Sentence("Telegram has it no more: its message was deleted, or shows another file now")


class Neighbours(Protocol):
    """Files that wait, and will probably need the same."""

    def alike(self, file: WantedFile) -> Sequence[WantedFile]:
        """Return those that one request may as well ask for."""

    def renewed(self, file: WantedFile) -> None:
        """One of them is to be asked for this way from now on."""


class Unavailable(ItemError):
    """Telegram has the file no more, or shows it to this account no more."""


class Elsewhere(ItemError):
    """The file's message has gone; an older one has it too, and is to be asked."""


@dataclass(eq=False, slots=True)
class _Waiting:
    file: WantedFile
    renewed: Renewed | None = None
    done: bool = False


class Renewals:
    """Asks for new locations, for all files of the process."""

    def __init__(self, archive: Archive, files: Files) -> None:
        self._archive = archive
        self._files = files
        self._waiting: dict[int, list[_Waiting]] = defaultdict(list)
        self._asking: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def renew(self, telegram: Telegram, file: WantedFile, beside: Neighbours) -> WantedFile:
        """Return a file as it is to be asked for from now on; the row says it too.

        Raises:
            Elsewhere, Unavailable: not there any more.
            JobError: Telegram is out of reach, or the account cannot be used.
        """
        renewed = await self._ask(telegram, file, beside)
        if renewed is None:
            if file.kind != CUSTOM_EMOJI and await self._files.elsewhere(file.key):
                raise Elsewhere("its message was deleted")
            raise Unavailable(NO_MORE)
        return _as(renewed, file, telegram)

    async def _ask(
        self, telegram: Telegram, file: WantedFile, beside: Neighbours
    ) -> Renewed | None:
        waiting = _Waiting(file)
        queue = self._waiting[telegram.account_id]
        queue.append(waiting)
        try:
            async with self._asking[telegram.account_id]:
                while not waiting.done:
                    await self._ask_all(telegram, queue[:TOGETHER], beside)
        except BaseException:
            if waiting in queue:
                queue.remove(waiting)
            raise
        return waiting.renewed

    async def _ask_all(
        self, telegram: Telegram, together: Sequence[_Waiting], beside: Neighbours
    ) -> None:
        files: dict[FileKey, WantedFile] = {each.file.key: each.file for each in together}
        for other in beside.alike(together[0].file):
            if len(files) >= TOGETHER:
                break
            files.setdefault(other.key, other)
        found = await renew_many(telegram, self._archive, list(files.values()))
        for key, renewed in found.items():
            if renewed is not None:
                await self._files.renewed(
                    key,
                    location=renewed.location,
                    dc_id=renewed.dc_id,
                    account_id=telegram.account_id,
                    size_bytes=renewed.size_bytes or None,
                )
                beside.renewed(_as(renewed, files[key], telegram))
        queue = self._waiting[telegram.account_id]
        for each in together:
            each.renewed, each.done = found[each.file.key], True
            if each in queue:
                queue.remove(each)


def _as(renewed: Renewed, file: WantedFile, telegram: Telegram) -> WantedFile:
    return replace(
        file,
        location=renewed.location,
        dc_id=renewed.dc_id,
        size_bytes=renewed.size_bytes or file.size_bytes,
        account_id=telegram.account_id,
    )
