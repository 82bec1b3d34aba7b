"""Pages of messages: asked for until they can be right, and turned into rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import kind_of, media_of
from exporter.telegram.peers import id_of_peer, peers_in
from exporter.telegram.resolve import ChatRef
from storage.models import MessageRow, Page

PAGE = 100
"""Messages that one request may ask for: https://core.telegram.org/api/offsets"""
OVERLAP = 1
"""Messages of a page that lie before it: they prove that it joins what came before."""
NEW_A_PAGE = PAGE - OVERLAP
TRIES = 6
"""How often a page that cannot be right is asked for."""
GENERAL_TOPIC = 1
"""The topic of all messages that name none: https://core.telegram.org/api/forum"""

Ask = Callable[[int, int, int], Awaitable[Any]]
"""Asks for messages by `offset_id`, `add_offset` and `limit`; the answer is the newest first."""


async def read_page(
    ask: Ask, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int
) -> Page:
    """Fetch the messages from `next_id` on, a page full, none past `last_id`.

    An answer is believed at once when it proves itself: in order, as long as asked for, and
    with a message from before `next_id`, or `next_id` itself, so that nothing lies between.
    Any other, such as the chat's last page, is believed when it is said twice.

    Raises:
        JobError: the answers make no sense, however often it is asked.
    """
    said: list[int] | None = None
    for _ in range(TRIES):
        answer = await ask(next_id, -NEW_A_PAGE, PAGE)
        messages = list(reversed(answer.messages))
        ids = [message.id for message in messages]
        if not _rising(ids):
            continue
        wanted = [id_ for id_ in ids if next_id <= id_ <= last_id]
        if _proves_itself(ids, next_id, last_id) or wanted == said:
            found = [message for message in messages if message.id >= next_id]
            ends = not found or found[-1].id >= last_id
            return page_of(
                answer,
                [message for message in found if message.id <= last_id],
                telegram,
                chat,
                next_id=last_id + 1 if ends else found[-1].id + 1,
            )
        said = wanted
    raise JobError(
        "Telegram sent the chat's messages out of order, several times. Try again later: what"
        " was fetched so far is kept."
    )


def page_of(
    answer: Any, messages: Iterable[Any], telegram: Telegram, chat: ChatRef, *, next_id: int
) -> Page:
    """Make a page of some messages of an answer, oldest first, with the peers it brought."""
    real = [message for message in messages if not isinstance(message, types.MessageEmpty)]
    files = (media_of(message) for message in real)
    return Page(
        messages=tuple(row_of(message, telegram, chat) for message in real),
        peers=tuple(peers_in(answer)),
        media=tuple(file for file in files if file is not None),
        skipped=(),
        next_id=next_id,
    )


def row_of(message: Any, telegram: Telegram, chat: ChatRef) -> MessageRow:
    """Turn a Message or MessageService, as this account sees it, into what is kept."""
    return MessageRow(
        id=message.id,
        date=message.date,
        edited=getattr(message, "edit_date", None),
        sender_id=_sender(message, telegram, chat),
        kind=kind_of(message),
        topic_id=_topic(message, chat),
        reply_to_id=getattr(message.reply_to, "reply_to_msg_id", None),
        album_id=getattr(message, "grouped_id", None),
        layer=LAYER,
        tl=bytes(message),
    )


def _proves_itself(ids: Sequence[int], next_id: int, last_id: int) -> bool:
    new = [id_ for id_ in ids if id_ >= next_id]
    if not new:
        return False
    before = len(ids) - len(new)
    if new[: last_id - next_id + 1] == list(range(next_id, last_id + 1)):
        return True  # every id there can be
    full = len(new) >= NEW_A_PAGE
    return full and (before >= OVERLAP or new[0] == next_id)


def _rising(ids: Sequence[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(ids))


def _sender(message: Any, telegram: Telegram, chat: ChatRef) -> int:
    """Return who sent a message: private chats and channels leave it out."""
    if message.from_id is not None:
        return id_of_peer(message.from_id)
    if message.out and isinstance(message.peer_id, types.PeerUser):
        return telegram.user_id
    return chat.info.id


def _topic(message: Any, chat: ChatRef) -> int | None:
    if isinstance(message.action, types.MessageActionTopicCreate):
        return int(message.id)
    reply = message.reply_to
    if isinstance(reply, types.MessageReplyHeader) and reply.forum_topic:
        topic_id: int | None = reply.reply_to_top_id or reply.reply_to_msg_id
        return topic_id
    return GENERAL_TOPIC if chat.is_forum else None
