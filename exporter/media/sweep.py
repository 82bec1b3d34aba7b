"""What in the store nothing needs any more: found, counted and, if that is wished, removed."""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TypeVar

from exporter.media.store import Store
from storage.contents import Contents
from storage.database import Database
from storage.files import Files
from storage.leftovers import Leftovers
from storage.media import FileKey, FileTotals
from storage.threads import Threads

AT_ONCE = 500
"""Files between two turns; their rows go in one transaction."""
STRAY_AFTER_S = 24 * 3600.0
"""A stored file without a row may be one whose transaction is still to come."""

T = TypeVar("T")


@dataclass(slots=True)
class Swept:
    """What was found, or removed."""

    contents: FileTotals = field(default_factory=FileTotals)
    """Known contents that no message needs."""
    strays: FileTotals = field(default_factory=FileTotals)
    """Stored files that the archive does not know."""
    parts: FileTotals = field(default_factory=FileTotals)
    """Partial files of which nobody wants the rest."""
    aside: FileTotals = field(default_factory=FileTotals)
    """Files that were changed from outside. They are never removed."""


class Sweep:
    """Looks through the store. While something is removed, no export may run."""

    def __init__(self, database: Database, store: Store, threads: Threads) -> None:
        self._contents = Contents(database)
        self._files = Files(database)
        self._leftovers = Leftovers(database)
        self._store = store
        self._threads = threads

    async def run(self, *, delete: bool, now: float | None = None) -> Swept:
        """Count what nothing needs; with `delete`, remove it. `now` is in seconds since 1970.

        Rows go before the bytes, so that a killed run leaves at most bytes without a row, which
        the next one finds.

        Raises:
            OSError: the store cannot be read, or written.
        """
        swept = Swept()
        await self._sweep_contents(swept, delete=delete)
        if delete:
            await self._files.remove_unnamed()
        await self._sweep_strays(swept, time.time() if now is None else now, delete=delete)
        await self._sweep_parts(swept, delete=delete)
        for path in await self._threads.run(self._store.aside):
            swept.aside = _with(swept.aside, (await self._threads.run(path.lstat)).st_size)
        return swept

    async def _sweep_contents(self, swept: Swept, *, delete: bool) -> None:
        after = b""
        while found := await self._contents.unnamed(AT_ONCE, after=after):
            after = found[-1].sha256
            gone = {content.sha256 for content in found}
            if delete:
                gone = set(await self._contents.remove(list(gone)))
                await self._threads.run(_each, self._store.remove, list(gone))
            for content in found:
                if content.sha256 in gone:
                    swept.contents = _with(swept.contents, content.size_bytes)

    async def _sweep_strays(self, swept: Swept, now: float, *, delete: bool) -> None:
        """Look through all stored files; a link or copy made of one counts as a change of it."""
        async for batch in self._batches(self._store.contents()):
            old = {
                sha256: found.st_size
                for sha256, found in batch
                if now - max(found.st_ctime, found.st_mtime) > STRAY_AFTER_S
            }
            strays = old.keys() - await self._leftovers.known(list(old))
            if delete:
                await self._threads.run(_each, self._store.remove, list(strays))
            for sha256 in strays:
                swept.strays = _with(swept.strays, old[sha256])

    async def _sweep_parts(self, swept: Swept, *, delete: bool) -> None:
        async for batch in self._batches(self._store.parts()):
            parts: dict[FileKey, os.stat_result] = dict(batch)
            left = parts.keys() - await self._leftovers.wanted(list(parts))
            if delete:
                await self._threads.run(_each, _unlink, [self._store.part_path(k) for k in left])
            for key in left:
                swept.parts = _with(swept.parts, parts[key].st_size)

    async def _batches(self, found: Iterator[T]) -> AsyncIterator[list[T]]:
        while batch := await self._threads.run(lambda: list(islice(found, AT_ONCE))):
            yield batch


def _with(totals: FileTotals, size_bytes: int) -> FileTotals:
    return FileTotals(files=totals.files + 1, size_bytes=totals.size_bytes + size_bytes)


def _each(do: Callable[[T], None], items: Sequence[T]) -> None:
    for item in items:
        do(item)


def _unlink(path: Path) -> None:
    path.unlink(missing_ok=True)
