"""Pages of messages: asked for until they can be right, and turned into rows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.errors import JobError
from exporter.telegram.codes import hidden_in_bytes, hide_codes, names_service_chat
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import files_of, kind_of
from exporter.telegram.joins import OVERLAP, Claims
from exporter.telegram.pacing import Unreadable
from exporter.telegram.peers import id_of_peer, peers_in
from exporter.telegram.reader import bytes_of
from exporter.telegram.resolve import ChatRef
from exporter.telegram.unreadable import UnreadableMessage
from storage.models import MessageRow, Page
from storage.rights import SERVICE_CHATS
from storage.wording import Sentence

PAGE = 100
"""Messages that one request may ask for: https://core.telegram.org/api/offsets"""
NEW_A_PAGE = PAGE - OVERLAP
TRIES = 8
"""How often a page that cannot be right is asked for."""
GENERAL_TOPIC = 1
"""The topic of all messages that name none: https://core.telegram.org/api/forum"""

Ask = Callable[[int, int, int], Awaitable[Any]]
"""Asks for messages by `offset_id`, `add_offset` and `limit`; the answer is the newest first."""


async def read_page(
    ask: Ask, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int
) -> Page:
    """Fetch the messages from `next_id` on, a page full, none past `last_id`.

    What cannot be right (see `Claims`) is asked for again, each time for a message less: who
    answers wrongly would have to do so twice in the same way.

    Raises:
        JobError: the answers make no sense, however often it is asked.
    """
    claims = Claims(next_id, last_id)
    limit = PAGE
    for _ in range(TRIES):
        answer, limit = await _ask_readable(ask, next_id, limit)
        messages = list(reversed(answer.messages))
        if claims.believes([message.id for message in messages], limit):
            found = [message for message in messages if message.id >= next_id]
            ends = not found or found[-1].id >= last_id
            return page_of(
                answer,
                [message for message in found if message.id <= last_id],
                telegram,
                chat,
                next_id=last_id + 1 if ends else found[-1].id + 1,
            )
        limit = max(limit - 1, 1)
    raise JobError(
        Sentence(
            "Telegram sent the chat's messages out of order, several times. Try again later: what"
            " was fetched so far is kept."
        )
    )


def page_of(
    answer: Any, messages: Iterable[Any], telegram: Telegram, chat: ChatRef, *, next_id: int
) -> Page:
    """Make a page of some messages of an answer, oldest first, with the peers it brought."""
    real = [message for message in messages if not isinstance(message, types.MessageEmpty)]
    files = [
        file
        for message in real
        if type(message) is not UnreadableMessage
        for file in files_of(message)
    ]
    return Page(
        messages=tuple(row_of(message, telegram, chat) for message in real),
        peers=tuple(peers_in(answer)),
        media=tuple(files),
        skipped=(),
        next_id=next_id,
    )


def row_of(message: Any, telegram: Telegram, chat: ChatRef) -> MessageRow:
    """Turn a Message or MessageService, as this account sees it, into what is kept."""
    if isinstance(message, UnreadableMessage):
        return _unreadable_row(message, telegram, chat)
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
        tl=_without_codes(message),
    )


def _without_codes(message: Any) -> bytes:
    """Its bytes, login codes hidden. They tell whether each of its objects has to be looked at."""
    tl = bytes_of(message)
    return bytes(message) if names_service_chat(tl) and hide_codes(message) else tl


def _unreadable_row(message: UnreadableMessage, telegram: Telegram, chat: ChatRef) -> MessageRow:
    """A later version may read its bytes; till then every summary names it."""
    about_codes = chat.info.id in SERVICE_CHATS or names_service_chat(message.tl)
    return MessageRow(
        id=message.id,
        date=message.date,
        edited=None,
        sender_id=_sender(message, telegram, chat),
        kind="unsupported",
        topic_id=None,
        reply_to_id=None,
        album_id=None,
        layer=LAYER,
        tl=hidden_in_bytes(message.tl) if about_codes else message.tl,
    )


async def _ask_readable(ask: Ask, next_id: int, limit: int) -> tuple[Any, int]:
    """Ask for half as many messages until the answer can be read; return how many it was."""
    while True:
        try:
            return await ask(next_id, -max(limit - OVERLAP, 1), limit), limit
        except Unreadable:
            if limit == 1:
                raise
            limit //= 2


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
