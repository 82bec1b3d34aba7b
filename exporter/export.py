"""One export, from what was typed to the files on disk."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from exporter.config import ExporterConfig
from exporter.errors import CommandError
from exporter.fetch import Seat, everything, fetch
from exporter.folder import folder_for
from exporter.progress import ProgressBoard
from exporter.render import render
from exporter.seen import seen_ids
from exporter.summary import summarise
from exporter.telegram.history import top_of
from exporter.telegram.links import message_id
from exporter.telegram.topics import fetch_topics
from storage.archive import Archive
from storage.jobs import Jobs
from storage.models import Skipped, Summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Another job exports that chat already."""

    job_id: int


async def export_chat(
    seat: Seat,
    *,
    jobs: Jobs,
    archive: Archive,
    board: ProgressBoard,
    config: ExporterConfig,
) -> Summary | Joined:
    """Bring the archive of one chat up to date and render it.

    Whatever stops it (cancel, crash, power cut), the pages kept so far stay, and the next
    export of the chat goes on at the checkpoint.

    Raises:
        JobError, StorageError, OSError, JobLost: see `exporter.errors`.
    """
    started = time.monotonic()
    job, chat = seat.job, seat.chat
    board.names(chat.info.title)
    if other := await jobs.set_chat(job.id, job.fence, chat.info.id):
        return Joined(job_id=other.id)
    to = Path(job.request.to) if job.request.to else None
    folder = folder_for(chat.info, export_dir=config.export_dir, to=to)

    await _fetch(seat, archive, board, config)

    board.renders()
    unreadable: list[Skipped] = []
    await render(
        archive,
        chat.info,
        folder,
        job.request.formats,
        config.zone,
        on_skipped=unreadable.append,
    )
    return await summarise(
        archive,
        chat.info,
        folder,
        new=board.new,
        unreadable=unreadable,
        duration_s=time.monotonic() - started,
    )


async def _fetch(
    seat: Seat, archive: Archive, board: ProgressBoard, config: ExporterConfig
) -> None:
    """Keep every message up to the chat's top: none twice, and none lost."""
    telegram, chat = seat.telegrams[0]
    chat_id = chat.info.id
    if chat.is_forum:
        await archive.save_topics(chat_id, await fetch_topics(telegram, chat))
    top = await top_of(telegram, chat)
    wanted = message_id(seat.job.request.chat)
    if wanted is not None and wanted > top.id:
        raise CommandError(
            f"{chat.info.title or 'This chat'} has no message {wanted}: its newest is {top.id}."
            " Check the link, or send it without the message's number."
        )
    board.fetches(held=await archive.count(chat_id), total=top.total)
    async with seen_ids(
        archive,
        chat_id,
        expected=top.total,
        folder=config.seen_dir,
        sizes=config.filter_sizes,
    ) as seen:
        await fetch(seat, everything(top), archive, board, seen)
