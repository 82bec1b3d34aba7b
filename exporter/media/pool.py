"""The pool that fetches files: for all jobs of the process, beside their messages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from exporter.config import MediaConfig
from exporter.media.disk import Disk
from exporter.media.download import Means
from exporter.media.fetching import Fetching
from exporter.media.filing import Filing
from exporter.media.known import Known
from exporter.media.lanes import Lanes
from exporter.media.memory import Memory
from exporter.media.orders import Fetched, Order
from exporter.media.renewals import Renewals
from exporter.media.store import Store
from exporter.media.workshop import TelegramOf, Workshop
from storage.archive import Archive
from storage.contents import Contents
from storage.files import Files
from storage.threads import Threads

STALLED_AFTER_S = 120.0
RETRY_AFTER_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolFigures:
    """What the pool has done so far."""

    processed: int
    """Files kept or given up."""
    received_bytes: int
    peak: int
    """The most files under way at once."""
    average: float
    """Files under way, on average over the time in which there were any."""
    throttles: int
    """How often downloads had to wait for memory."""
    peak_memory_bytes: int
    """The most that the process took when it was looked at."""


class MediaPool:
    """Fetches files for any number of jobs at once; one for the process."""

    def __init__(  # noqa: PLR0917 - what one process has once
        self,
        files: Files,
        contents: Contents,
        store: Store,
        threads: Threads,
        config: MediaConfig,
        telegram_of: TelegramOf,
        archive: Archive,
        known: Known,
        *,
        folders: Sequence[Path] = (),
        stalled_after_s: float = STALLED_AFTER_S,
        retry_after_s: float = RETRY_AFTER_S,
    ) -> None:
        """`folders`: where there has to be room, besides the store: that of exports.

        A file of which nothing comes for `stalled_after_s` is left for later; one that failed is
        tried again when the others are done, and no sooner than `retry_after_s`.
        """
        self._memory = Memory(config.memory_limit_bytes)
        self._lanes = Lanes(config.at_once if config.parallel else 1)
        disk = Disk([store.folder, *folders], config.min_free_bytes, threads)
        self._shop = Workshop(
            config=config,
            means=Means(files=files, threads=threads, memory=self._memory, disk=disk),
            store=store,
            known=known,
            filing=Filing(contents),
            renewals=Renewals(archive, files),
            lanes=self._lanes,
            telegram_of=telegram_of,
            stalled_after_s=stalled_after_s,
            retry_after_s=retry_after_s,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._shop.close()

    async def fetch(self, order: Order) -> Fetched:
        """Fetch what is open of an order's chats, until `order.no_more` and nothing is left.

        Whatever stops it, the parts that are on disk are noted, and the next order goes on there.

        Raises:
            ExceptionGroup: of JobError, StorageError or OSError; see `exporter.errors`.
        """
        self._shop.try_frozen()
        return await Fetching(order, self._shop).run()

    def figures(self) -> PoolFigures:
        """Return what happened so far."""
        memory = self._memory.figures()
        return PoolFigures(
            processed=self._shop.processed,
            received_bytes=self._shop.received_bytes,
            peak=self._lanes.peak,
            average=self._lanes.average,
            throttles=memory.throttles,
            peak_memory_bytes=memory.peak_bytes,
        )
