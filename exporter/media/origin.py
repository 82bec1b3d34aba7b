"""Where the bytes of one file come from, at the moment."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from exporter.errors import ItemError, said
from exporter.media.renewals import Neighbours, Renewals, Unavailable
from exporter.telegram.connection import Telegram
from exporter.telegram.file_server import FileGone, FileMoved, PieceHash, StaleReference
from storage.files import Files
from storage.media import WantedFile
from storage.wording import Sentence

RENEWALS = 3
"""Without a part in between."""
MOVES = 3


class Origin:
    """Asks for parts and hashes of one file; renews its reference once for all that need it."""

    def __init__(
        self,
        file: WantedFile,
        telegram: Telegram,
        files: Files,
        renewals: Renewals,
        beside: Neighbours,
        *,
        hash_timeout_s: float,
    ) -> None:
        self.file = file
        """As it is known now: location, data centre and size may change."""
        self.telegram = telegram
        self.asking = 0
        """Requests for parts that are under way."""
        self.progress_at = _now()
        """When a part last came, or was asked for while none was under way."""
        self._files = files
        self._renewals = renewals
        self._beside = beside
        self._hash_timeout_s = hash_timeout_s
        self._renewing = asyncio.Lock()
        self._renewed = 0
        self._moves = 0
        self._was_gone = False

    async def locate(self) -> None:
        """Find out where the file lies, if that is not known.

        Raises:
            ItemError: it is not to be had; JobError: Telegram is out of reach.
        """
        if not self.file.location:
            await self.renew(b"")

    async def part(self, offset: int, limit: int) -> bytes:
        """Return what the server gives of a stretch: see `FileServer.part`.

        Raises:
            FileMoved: it lies in another data centre, which `file` names by now.
            ItemError: it is not to be had; JobError: Telegram is out of reach.
        """
        if not self.asking:
            self.progress_at = _now()
        self.asking += 1
        try:
            data = await self._part(offset, limit)
        finally:
            self.asking -= 1
        self.progress_at = _now()
        self._renewed, self._was_gone = 0, False
        return data

    async def hashes(self, offset: int) -> Sequence[PieceHash]:
        """Return the hashes of a window: see `FileServer.hashes`.

        Raises:
            HashesUnavailable: there are none.
            ItemError: the file is not to be had; JobError: Telegram is out of reach.
        """
        while True:
            file = self.file
            try:
                return await self.telegram.files.hashes(
                    file.dc_id, file.location, offset, timeout_s=self._hash_timeout_s
                )
            except StaleReference:
                await self.renew(file.location)
            except FileMoved as moved:
                await self._move(file.dc_id, moved.dc_id)

    async def renew(self, stale: bytes) -> None:
        """Ask where the file is now, unless that was done since `stale` was its location.

        Raises:
            ItemError: it is not to be had; JobError: Telegram is out of reach.
        """
        async with self._renewing:
            if self.file.location != stale:
                return
            self._renewed += 1
            if self._renewed > RENEWALS:
                raise ItemError(
                    Sentence("Telegram accepts none of the references that it gives for it")
                )
            self.file = await self._renewals.renew(self.telegram, self.file, self._beside)

    async def _part(self, offset: int, limit: int) -> bytes:
        while True:
            file = self.file
            try:
                return await self.telegram.files.part(file.dc_id, file.location, offset, limit)
            except StaleReference:
                await self.renew(file.location)
            except FileMoved as moved:
                await self._move(file.dc_id, moved.dc_id)
                raise
            except FileGone as gone:
                await self._look_again(file.location, gone)

    async def _look_again(self, location: bytes, gone: FileGone) -> None:
        """Look once whether the file is to be had in another place."""
        async with self._renewing:
            if self._was_gone and self.file.location == location:
                raise Unavailable(said(gone)) from gone
            if self.file.location != location:
                return
            self._was_gone = True
            self.file = await self._renewals.renew(self.telegram, self.file, self._beside)

    async def _move(self, from_dc: int, to_dc: int) -> None:
        """Note the data centre that a file lies in; of several told at once, only the first."""
        if self.file.dc_id != from_dc:
            return
        self._moves += 1
        if self._moves > MOVES or from_dc == to_dc:
            raise ItemError(Sentence("Telegram sends us from one data centre to the next for it"))
        self.file = replace(self.file, dc_id=to_dc)
        await self._files.moved(self.file.key, to_dc)


def _now() -> float:
    return asyncio.get_running_loop().time()
