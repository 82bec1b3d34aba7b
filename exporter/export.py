"""One export, from what was typed to the files on disk."""

from __future__ import annotations

import time
from dataclasses import dataclass

from exporter.agreement import agree
from exporter.comments import fetch_comments
from exporter.config import ExporterConfig
from exporter.fetch import Seat
from exporter.members import keep_members
from exporter.permission import Permission
from exporter.progress import ProgressBoard
from exporter.receipt import proof_of
from exporter.rendering import folder_of, write_files
from exporter.summary import summarise
from exporter.survey import fetch_share, refresh_all, survey
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
    permission: Permission,
) -> Summary | Joined:
    """Bring the archive of one chat up to date and render it.

    Whatever stops it (cancel, crash, power cut), the pages kept so far stay, and the next
    export of the chat goes on at the checkpoint.

    Raises:
        JobError, StorageError, OSError, JobLost: see `exporter.errors`.
    """
    started = time.monotonic()
    job, chat = seat.job, seat.chat
    await permission.check(seat)
    other = await jobs.set_chat(job.id, job.fence, chat.info.id)
    await permission.check(seat)  # whoever takes a grant back finds the job by its chat from here
    board.names(chat.info.title)
    if other:
        return Joined(job_id=other.id)
    request = job.request
    folder_of(request, chat.info, config)  # before hours of fetching

    found = await survey(seat, archive, config.zone)
    await agree(found, jobs, archive, config)
    board.fetches(held=await found.held(archive), total=found.total)
    deleted = await refresh_all(found, request.refresh, archive, board, config)
    receipts = [await fetch_share(share, archive, board, config) for share in found.shares]
    comments = await fetch_comments(found, archive) if request.comments else 0
    notes = await keep_members(found.seat, archive) if request.members else []

    board.renders()
    unreadable: list[Skipped] = []
    written = await write_files(
        request, chat.info, archive, config, wanted=found.wanted, on_skipped=unreadable.append
    )
    return await summarise(
        archive,
        chat.info,
        written.folder,
        new=board.new,
        edited=board.edited,
        deleted=deleted,
        keep_deleted=config.keep_deleted,
        comments=comments,
        unreadable=unreadable,
        notes=notes,
        proof=proof_of(receipts),
        duration_s=time.monotonic() - started,
    )
