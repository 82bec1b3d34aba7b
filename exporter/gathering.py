"""All that an export asks Telegram for, but the bytes of files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from exporter.comments import fetch_comments
from exporter.config import ExporterConfig
from exporter.fetch import Seat, by_first
from exporter.members import keep_members
from exporter.progress import ProgressBoard
from exporter.receipt import proof_of
from exporter.survey import Survey, fetch_share, refresh_all
from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import ChatRef
from exporter.telegram.stories import fetch_stories
from storage.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """What came in."""

    deleted: int
    """Messages that a refresh found to be gone."""
    comments: int
    """New comments of a channel's posts."""
    notes: Sequence[str]
    """Sentences about what could not be had in full."""
    proof: str
    """What is proven of the archive's completeness."""


async def gather(
    found: Survey, archive: Archive, board: ProgressBoard, config: ExporterConfig
) -> Gathered:
    """Keep all that is wanted and not kept yet: messages, stories, comments, members.

    Raises:
        JobError, ExceptionGroup: as `exporter.fetch.fetch`.
    """
    request = found.seat.job.request
    deleted = await refresh_all(found, request.refresh, archive, board, config)
    receipts = []
    for share in found.shares:
        receipts.append(await fetch_share(share, archive, board, config))
        await _complete_stories(share.seat, archive)
    return Gathered(
        deleted=deleted,
        comments=await fetch_comments(found, archive) if request.comments else 0,
        notes=await keep_members(found.seat, archive) if request.members else [],
        proof=proof_of(receipts),
    )


async def _complete_stories(seat: Seat, archive: Archive) -> None:
    """Fetch the stories that messages name without showing them."""

    async def fetch(telegram: Telegram, chat: ChatRef) -> int:
        fence = seat.job.id, seat.job.fence
        return await fetch_stories(
            telegram, archive, chat.info.id, fence=fence, wants=seat.files.wants
        )

    if await by_first(seat, fetch):
        seat.files.wake()
