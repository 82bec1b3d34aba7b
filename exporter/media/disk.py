"""Room on the disk: downloads pause before it is full, and go on when there is room again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Sequence
from pathlib import Path

import structlog

from storage.threads import Priority, Threads
from storage.wording import Sentence

LOOK_EVERY_S = 1.0
MB = 1_000_000
GB = 1_000_000_000

log = structlog.get_logger()


class Disk:
    """Watches the free space of the folders that files are written to.

    Whoever is about to ask for bytes awaits `room`. The sentence of a pause is in `reason`.
    """

    def __init__(
        self,
        folders: Sequence[Path],
        min_free_bytes: int,
        threads: Threads,
        *,
        look_every_s: float = LOOK_EVERY_S,
    ) -> None:
        """`folders` need not be there yet; several on one device count once."""
        self.reason: str | None = None
        """Why downloads pause; None: they do not."""
        self._folders = folders
        self._min_free_bytes = min_free_bytes
        self._threads = threads
        self._look_every_s = look_every_s
        self._room = asyncio.Event()
        self._room.set()

    async def room(self) -> None:
        """Return at once while there is room, else when there is again."""
        await self._room.wait()

    async def watch(self) -> None:
        """Look again and again, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(self._look_every_s)

    async def look(self) -> None:
        """Look now."""
        reason = await self._threads.run(self._scarce, priority=Priority.HIGH)
        if (reason is None) != (self.reason is None):
            log.warning("downloads go on" if reason is None else "downloads pause", reason=reason)
        self.reason = reason
        if reason is None:
            self._room.set()
        else:
            self._room.clear()

    async def lacks(self, wanted_bytes: int) -> str | None:
        """Say so if the disk has no room for so many bytes more; None: it has."""
        return await self._threads.run(self._too_small_for, wanted_bytes)

    def _scarce(self) -> str | None:
        for folder in self._folders:
            free_bytes = shutil.disk_usage(existing(folder)).free
            if free_bytes < self._min_free_bytes:
                return Sentence(
                    "Files wait: the disk of {folder} has {free} free, and {reserve} are to stay"
                    " free (MIN_FREE_DISK_MB). Free some space, and they go on.",
                    folder=str(folder),
                    free=in_words(free_bytes),
                    reserve=in_words(self._min_free_bytes),
                )
        return None

    def _too_small_for(self, wanted_bytes: int) -> str | None:
        for folder in self._folders:
            free_bytes = shutil.disk_usage(existing(folder)).free
            if free_bytes - self._min_free_bytes < wanted_bytes:
                return Sentence(
                    "The files take {wanted}, more than the disk of {folder} has room for ({free}"
                    " free). What fits is fetched; the rest waits until there is space.",
                    wanted=in_words(wanted_bytes),
                    folder=str(folder),
                    free=in_words(free_bytes),
                )
        return None


def existing(path: Path) -> Path:
    """The innermost folder of a path that exists already."""
    while not path.exists() and path != path.parent:
        path = path.parent
    return path


def in_words(size_bytes: int) -> str:
    """Write a size as a person says it: "480 MB", "1.2 GB"."""
    if size_bytes >= GB:
        tenths = round(size_bytes * 10 / GB)
        return Sentence("{whole}.{tenth} GB", whole=tenths // 10, tenth=str(tenths % 10))
    return Sentence("{n} MB", n=size_bytes // MB)
