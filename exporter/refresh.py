"""Looks again at what is kept: for edits, reactions and views, and for what was deleted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from exporter.config import ExporterConfig
from exporter.fetch import Seat, Wanted, fetch
from exporter.progress import ProgressBoard
from exporter.seen import seen_ids
from exporter.telegram.by_id import ask_by_id
from exporter.telegram.connection import Telegram
from exporter.telegram.history import History
from exporter.telegram.probes import top_before
from exporter.telegram.resolve import ChatRef
from storage.archive import Archive
from storage.models import Job, Page

ALL = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What looking again found."""

    edited: int = 0
    deleted: int = 0


async def refresh(
    seat: Seat,
    words: str,
    archive: Archive,
    board: ProgressBoard,
    config: ExporterConfig,
    *,
    hidden_up_to: int = 0,
) -> Refreshed:
    """Bring what is kept of a chat up to date with Telegram; what is new is left to others.

    Earlier versions of edited messages are kept. A message that is gone is marked, or removed
    from the archive when `config.keep_deleted` is false.

    Args:
        words: the newest so many messages ("500"), those of the last days ("7d"), or "all".
        hidden_up_to: what Telegram hides from this account is not gone, and is not looked at:
            `available_min_id` of https://core.telegram.org/constructor/channelFull

    Raises:
        JobError, JobLost, StorageError: as in `exporter.fetch`.
    """
    chat_id = seat.chat.info.id
    await archive.forget_refreshes(chat_id)
    last_id = await archive.top_id(chat_id)
    first_id = max(await _first_id(seat, words, archive), hidden_up_to + 1)
    source = Again(seat.job, archive)
    edited_before = board.edited
    if first_id <= last_id:
        held = await archive.count(chat_id)
        async with seen_ids(
            archive, chat_id, expected=held, folder=config.seen_dir, sizes=config.filter_sizes
        ) as seen:
            wanted = Wanted(
                first_id=first_id,
                last_id=last_id,
                source=source,
                density=min(held / last_id, 1.0),
                to_the_top=False,
                anew=True,
            )
            await fetch(seat, wanted, archive, board, seen)
        if words == ALL:
            await archive.evidence.trust_imports(chat_id)
    if not config.keep_deleted:
        await archive.purge_deleted(chat_id)
    return Refreshed(edited=board.edited - edited_before, deleted=source.deleted)


async def _first_id(seat: Seat, words: str, archive: Archive) -> int:
    """The oldest message to look at again."""
    if words == ALL:
        return 1
    if words.endswith("d"):
        telegram, chat = seat.telegrams[0]
        since = seat.job.created_at - timedelta(days=int(words[:-1]))
        return (await top_before(telegram, chat, since)).id + 1
    return await archive.newest_id(seat.chat.info.id, int(words))


class Again:
    """Every message of a chat, and which of the kept ones are missing: a `Source`.

    Its ranges are this job's own, so that a refresh that was stopped goes on where it was.
    """

    def __init__(self, job: Job, archive: Archive) -> None:
        self.key = f"refresh {job.id}"
        self.deleted = 0
        """How many messages were found to be gone."""
        self._fence = (job.id, job.fence)
        self._archive = archive
        self._history = History()

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        """Fetch a page; before it is kept, mark what is missing in it."""
        page = await self._history.page(telegram, chat, next_id, last_id)
        there = {message.id for message in page.messages}
        kept = await self._archive.ids(chat.info.id, next_id, min(page.next_id - 1, last_id))
        missing = [message_id for message_id in kept if message_id not in there]
        if gone := await _gone(telegram, chat, missing):
            marked = await self._archive.mark_deleted(chat.info.id, gone, fence=self._fence)
            self.deleted += marked  # after the await: other pages are counted meanwhile
        return page


async def _gone(telegram: Telegram, chat: ChatRef, ids: list[int]) -> set[int]:
    """Those of which Telegram says, asked for each, that they are empty: a page may be wrong."""
    gone: set[int] = set()
    while ids:
        answered = await ask_by_id(telegram, chat, ids)
        gone |= answered.empty
        ids = ids[len(answered.asked) :]
    return gone
