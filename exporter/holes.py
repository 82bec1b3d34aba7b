"""Ids of a channel or supergroup that hold no message: each is asked for by id, once.

In private chats and basic groups ids are numbered by account (https://core.telegram.org/api/offsets
does not promise more): what is missing in one chat is in another, so it is never asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import islice

from pyroaring import BitMap

from exporter.fetch import Seat, by_first
from exporter.progress import ProgressBoard
from exporter.seen import Seen
from exporter.telegram.by_id import IDS_A_REQUEST, Answered, ask_by_id
from exporter.telegram.connection import Telegram
from exporter.telegram.resolve import ChatRef
from storage.archive import Archive
from storage.receipts import Fate, ids_of


async def settle_holes(
    seat: Seat, archive: Archive, board: ProgressBoard, *, seen: Seen, hidden_up_to: int = 0
) -> None:
    """Find out what became of every id that was fetched over and is not kept.

    A message that is there after all is kept. Each request's outcome stands in the archive
    before the next is sent, so that nothing is asked twice whatever stops it.

    Args:
        hidden_up_to: history up to this id is hidden from the account (`available_min_id` of
            https://core.telegram.org/constructor/channelFull) and is not asked for.

    Raises:
        JobError, JobLost, StorageError: see `exporter.errors`.
    """
    if not seat.chat.is_channel:
        return
    chat_id = seat.chat.info.id
    left = await unsettled(archive, chat_id)
    if hidden := left & BitMap(range(1, hidden_up_to + 1)):
        await archive.evidence.note_holes(chat_id, {Fate.NOT_VISIBLE: hidden})
    left -= hidden
    while left:  # a bitmap, because a chat may have millions of holes
        ids = list(islice(left, IDS_A_REQUEST))
        account_id, answered = await by_first(seat, partial(_ask, ids))
        left -= BitMap(answered.asked)
        if answered.page.messages:
            fence = (seat.job.id, seat.job.fence)
            kept = await archive.keep(
                account_id, chat_id, None, answered.page, fence=fence, wants=seat.files.wants
            )
            seen.add(row.id for row in answered.page.messages)
            board.keeps(kept.new)
        await archive.evidence.note_holes(chat_id, fates_of(answered))


async def _ask(ids: Sequence[int], telegram: Telegram, chat: ChatRef) -> tuple[int, Answered]:
    return telegram.account_id, await ask_by_id(telegram, chat, ids)


async def unsettled(archive: Archive, chat_id: int) -> BitMap:
    """The ids that were fetched over, are not kept, and of which nobody knows why."""
    evidence = archive.evidence
    holes = await evidence.holes(chat_id)
    left = ids_of((await evidence.coverage(chat_id)).fetched)
    left -= await evidence.kept_ids(chat_id)
    return left - holes[Fate.DELETED] - holes[Fate.NOT_VISIBLE]


def fates_of(answered: Answered) -> dict[Fate, BitMap]:
    """What became of the ids that were asked for and hold no message."""
    missing = BitMap(answered.asked) - BitMap(row.id for row in answered.page.messages)
    if answered.refused:
        return {Fate.FAILED: missing}
    deleted = missing & BitMap(answered.empty)
    return {Fate.DELETED: deleted, Fate.NOT_VISIBLE: missing - deleted}
