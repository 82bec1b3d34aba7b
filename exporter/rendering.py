"""Writes the files of an export from the archive: the chat's, and beside them its comments."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from exporter.archived import archived_chat
from exporter.comments import FOLDER as COMMENTS
from exporter.comments import discussion_of, render_comments
from exporter.config import ExporterConfig
from exporter.folder import folder_for
from exporter.media.placing import Placer, Shelves
from exporter.media.transfer import clear_unfinished
from exporter.media.wanting import kinds_of
from exporter.members import write_members
from exporter.render import render
from exporter.slice import archived_slice, name_of
from exporter.stats.reader import pictures_beside
from exporter.writers import Statistic
from exporter.writers.html import second_name
from exporter.writers.splitting import split_of
from storage.archive import Archive
from storage.models import ChatInfo, ExportRequest, Skipped
from storage.slices import Slice


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written."""

    chat: ChatInfo
    folder: Path
    messages: int


def folder_of(request: ExportRequest, chat: ChatInfo, config: ExporterConfig) -> Path:
    """Return where the files of a request go; the folder is made.

    Raises:
        OSError: it cannot be made or written.
    """
    to = Path(request.to) if request.to else None
    return folder_for(chat, export_dir=config.export_dir, to=to, part=name_of(request))


async def write_files(
    request: ExportRequest,
    chat: ChatInfo,
    archive: Archive,
    config: ExporterConfig,
    *,
    shelves: Shelves,
    wanted: Slice,
    on_skipped: Callable[[Skipped], None] | None = None,
    on_unplaced: Callable[[Skipped], None] | None = None,
    person_id: int | None = None,
) -> Written:
    """Write what is wanted of a chat; comments and members too, if they ever were asked for.

    `person_id` is who asked, by phone.

    `shelves` have the files of the messages, as far as they are kept and the request wants any.

    Raises:
        JobError, OSError: as `render`.
    """
    folder = folder_of(request, chat, config)
    formats = request.formats or config.formats
    zone, keep_deleted = config.zone, config.keep_deleted
    split = split_of(request.split)

    language = await archive.reading_language(person_id)
    asked = request.comments or (folder / COMMENTS).is_dir()
    comments = asked and await discussion_of(archive, chat) is not None

    for place in (folder, folder / COMMENTS):
        await shelves.threads.run(clear_unfinished, place)

    placer = partial(_placer, request, config, shelves, on_unplaced)
    stats: tuple[Statistic, ...] = ()
    if "html" in formats:
        stats = await pictures_beside(
            folder, chat, wanted, archive, config=config, threads=shelves.threads, spoken=language
        )
    written = await render(
        archive,
        chat,
        folder,
        formats,
        zone,
        wanted=wanted,
        keep_deleted=keep_deleted,
        on_skipped=on_skipped,
        placer=placer(folder),
        split=split,
        template=request.name,
        language=language,
        comments=comments,
        stats=stats,
    )
    await write_members(archive, chat, folder)
    if comments:
        await render_comments(
            archive,
            chat,
            folder,
            formats,
            zone,
            wanted=wanted,
            keep_deleted=keep_deleted,
            placer=placer(folder / COMMENTS),
            split=split,
            template=request.name,
            language=language,
        )
    return Written(chat=chat, folder=folder, messages=written)


def _placer(
    request: ExportRequest,
    config: ExporterConfig,
    shelves: Shelves,
    on_unplaced: Callable[[Skipped], None] | None,
    folder: Path,
) -> Placer | None:
    """What places the files into a folder; None where none are asked for."""
    kinds = kinds_of(request)
    if kinds is not None and not kinds:
        return None
    has_reader = "html" in (request.formats or config.formats)
    return Placer(
        shelves,
        folder,
        config.zone,
        kinds=kinds,
        second_name=second_name if has_reader else None,
        on_skipped=on_unplaced,
    )


async def write_again(
    request: ExportRequest, archive: Archive, shelves: Shelves, config: ExporterConfig
) -> Written:
    """Write the files of an archived chat once more.

    Raises:
        CommandError: the archive has no such chat, or a word of the request means nothing in it.
        JobError, OSError: as `render`.
    """
    chat = await archived_chat(archive, request.chat)
    now = datetime.now(UTC)
    wanted = await archived_slice(request, chat, archive, config.zone, now=now)
    return await write_files(request, chat, archive, config, shelves=shelves, wanted=wanted)
