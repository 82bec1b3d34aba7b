"""One export, from what was typed to the files on disk."""

from __future__ import annotations

from dataclasses import dataclass

from exporter.agreement import agree
from exporter.config import ExporterConfig
from exporter.fetch import Seat
from exporter.gathering import gather
from exporter.permission import Permission
from exporter.progress import ProgressBoard
from exporter.rendering import folder_of, write_files
from exporter.saving import Media, Saving
from exporter.summary import Happened, summarise
from exporter.survey import survey
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
    media: Media,
    board: ProgressBoard,
    config: ExporterConfig,
    permission: Permission,
) -> Summary | Joined:
    """Bring the archive of one chat up to date and render it.

    Whatever stops it (cancel, crash, power cut), the pages and files kept so far stay, and the
    next export of the chat goes on at the checkpoint.

    Raises:
        JobError, StorageError, OSError, JobLost: see `exporter.errors`.
    """
    job, chat = seat.job, seat.chat
    await permission.check(seat)
    other = await jobs.set_chat(job.id, job.fence, chat.info.id)
    await permission.check(seat)  # whoever takes a grant back finds the job by its chat from here
    board.names(chat.info.title)
    if other:
        return Joined(job_id=other.id)
    folder_of(job.request, chat.info, config)  # before hours of fetching

    found = await survey(seat, archive, config.zone)
    await agree(found, jobs, archive, config)
    saving = Saving(found, media, board)
    await saving.begin()
    board.fetches(held=await found.held(archive), total=found.total)
    gathered = await saving.beside(gather(found, archive, board, config))

    board.renders()
    unreadable: list[Skipped] = []
    unplaced: list[Skipped] = []
    written = await write_files(
        job.request,
        chat.info,
        archive,
        config,
        shelves=media.shelves,
        wanted=found.wanted,
        on_skipped=unreadable.append,
        on_unplaced=unplaced.append,
        person_id=job.person_id,
    )
    happened = Happened(
        new=board.new,
        edited=board.edited,
        deleted=gathered.deleted,
        comments=gathered.comments,
        comments_in=[found.comments_in.info.id] if found.comments_in else (),
        notes=[*gathered.notes, *saving.notes],
        proof=gathered.proof,
        spared_bytes=saving.spared_bytes,
        unreadable=unreadable,
        unplaced=unplaced,
        duration_s=board.worked_s,
    )
    return await summarise(
        archive,
        media.shelves.files,
        chat.info,
        written.folder,
        happened,
        keep_deleted=config.keep_deleted,
    )
