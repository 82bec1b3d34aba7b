"""Counts an archived chat, or a part of it, in one pass over its messages."""

from __future__ import annotations

from exporter.config import ExporterConfig
from exporter.render import records_of
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
) -> Figures:
    """Count what is wanted of a chat, and of the basic group that it was."""
    tally = Tally(chat, config.zone)
    async for records in records_of(archive, chat, wanted=wanted, keep_deleted=config.keep_deleted):
        for record in records:
            tally.add(record)
        await archive.foreground.let_pass()
    return tally.figures()
