"""Counts an archived chat, or a part of it, in one pass over its messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from exporter.config import ExporterConfig
from exporter.render import read
from exporter.stats.figures import Figures
from exporter.stats.tally import Tally
from storage.archive import Archive
from storage.models import ChatInfo
from storage.slices import Slice


async def count(
    archive: Archive,
    chat: ChatInfo,
    wanted: Slice,
    config: ExporterConfig,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> Figures:
    """Count what is wanted of a chat, and of the basic group that it was.

    `on_progress` hears how many messages were looked at.
    """
    tally = Tally(chat, config.zone)
    seen = 0
    async for _, records in read(archive, chat, wanted, deleted=config.keep_deleted):
        for record in records:
            tally.add(record)
        seen += len(records)
        if on_progress is not None:
            on_progress(seen)
        await asyncio.sleep(0)
    return tally.figures()
