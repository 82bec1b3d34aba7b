"""A chat's history, oldest messages first, in pages that join."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from telethon import errors
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER
from telethon.tl.functions.messages import GetHistoryRequest

from exporter.errors import JobError
from exporter.telegram.connection import Telegram
from exporter.telegram.convert import kind_of, media_of
from exporter.telegram.pacing import Refused
from exporter.telegram.peers import id_of_peer, peers_in
from exporter.telegram.resolve import ChatRef
from storage.models import MessageRow, Page, Peer, Range

PAGE = 100
"""Messages that one request may ask for: https://core.telegram.org/api/offsets"""
TRIES = 3
"""How often a page that cannot be right is asked for."""
GENERAL_TOPIC = 1
"""The topic of all messages that name none: https://core.telegram.org/api/forum"""
CLOSED = (
    errors.ChannelInvalidError,
    errors.ChannelPrivateError,
    errors.ChatAdminRequiredError,
    errors.ChatForbiddenError,
    errors.ChatIdInvalidError,
    errors.PeerIdInvalidError,
    errors.UserBannedInChannelError,
    errors.UserIdInvalidError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Top:
    """Where a chat ends."""

    id: int
    """Of its newest message; 0 when there is none."""
    total: int
    """Messages there are, as the server says: approximate."""


async def top_of(telegram: Telegram, chat: ChatRef) -> Top:
    """Ask for a chat's newest message.

    Raises:
        JobError: the account may not read the chat.
    """
    answer = await _ask(telegram, chat, offset_id=0, add_offset=0, limit=1)
    newest = max((message.id for message in answer.messages), default=0)
    return Top(id=newest, total=getattr(answer, "count", len(answer.messages)))


async def pages(telegram: Telegram, chat: ChatRef, range_: Range) -> AsyncGenerator[Page, None]:
    """Yield a range's messages from its checkpoint on, oldest first.

    While a page is being kept the next one is under way, so at most one is asked for again after
    a crash. The last page's `next_id` lies past the range; it may hold no messages. Close the
    generator (`contextlib.aclosing`) to end the request under way.

    Raises:
        JobError: the account may not read the chat, or Telegram's answers make no sense.
    """
    reading = _Reading(telegram, chat, range_.last_id)
    # A task group cannot be held across a yield, so the task is ended by hand.
    ahead = asyncio.create_task(reading.page(range_.next_id), name="fetch a page")
    try:
        done = range_.done
        while not done:
            page = await ahead
            done = page.next_id > range_.last_id
            if not done:
                ahead = asyncio.create_task(reading.page(page.next_id), name="fetch a page")
            yield page
    finally:
        ahead.cancel()
        await asyncio.wait((ahead,))


class _Reading:
    """Reads pages of one range and remembers which peers it has handed over."""

    def __init__(self, telegram: Telegram, chat: ChatRef, last_id: int) -> None:
        self._telegram = telegram
        self._chat = chat
        self._last_id = last_id
        self._peers: dict[int, int] = {}

    async def page(self, next_id: int) -> Page:
        """Fetch the messages from `next_id` on, a page full."""
        answer, found = await self._ask_until_sound(next_id)
        wanted = [message for message in found if message.id <= self._last_id]
        ends = not found or found[-1].id >= self._last_id
        messages = [m for m in wanted if not isinstance(m, types.MessageEmpty)]
        files = (media_of(message) for message in messages)
        return Page(
            messages=tuple(self._row(message) for message in messages),
            peers=tuple(self._new_peers(peers_in(answer))),
            media=tuple(file for file in files if file is not None),
            skipped=(),
            next_id=self._last_id + 1 if ends else found[-1].id + 1,
        )

    async def _ask_until_sound(self, next_id: int) -> tuple[Any, list[Any]]:
        """Return an answer, and its messages from `next_id` on, oldest first.

        Near the top the server fills a page up with older messages, which are dropped. That
        nothing is left below the range's end is only believed when it is said twice.
        """
        said_empty = False
        for _ in range(TRIES):
            answer = await _ask(
                self._telegram, self._chat, offset_id=next_id, add_offset=-PAGE, limit=PAGE
            )
            messages = list(reversed(answer.messages))
            if not _rising([message.id for message in messages]):
                continue
            found = [message for message in messages if message.id >= next_id]
            if found or said_empty:
                return answer, found
            said_empty = True
        raise JobError(
            "Telegram sent the chat's messages out of order, several times. Try again later: what"
            " was fetched so far is kept."
        )

    def _new_peers(self, peers: Iterable[Peer]) -> Iterable[Peer]:
        """Leave out the peers that earlier pages brought already."""
        for peer in peers:
            known = self._peers.get(peer.peer_id)
            if known is None or (peer.access_hash is not None and known != hash(peer)):
                self._peers[peer.peer_id] = hash(peer)
                yield peer

    def _row(self, message: Any) -> MessageRow:
        return MessageRow(
            id=message.id,
            date=message.date,
            edited=getattr(message, "edit_date", None),
            sender_id=self._sender(message),
            kind=kind_of(message),
            topic_id=self._topic(message),
            reply_to_id=getattr(message.reply_to, "reply_to_msg_id", None),
            album_id=getattr(message, "grouped_id", None),
            layer=LAYER,
            tl=bytes(message),
        )

    def _sender(self, message: Any) -> int:
        """Return who sent a message: private chats and channels leave it out."""
        if message.from_id is not None:
            return id_of_peer(message.from_id)
        if message.out and isinstance(message.peer_id, types.PeerUser):
            return self._telegram.user_id
        return self._chat.info.id

    def _topic(self, message: Any) -> int | None:
        if isinstance(message.action, types.MessageActionTopicCreate):
            return int(message.id)
        reply = message.reply_to
        if isinstance(reply, types.MessageReplyHeader) and reply.forum_topic:
            topic_id: int | None = reply.reply_to_top_id or reply.reply_to_msg_id
            return topic_id
        return GENERAL_TOPIC if self._chat.is_forum else None


async def _ask(
    telegram: Telegram, chat: ChatRef, *, offset_id: int, add_offset: int, limit: int
) -> Any:
    """Ask for history; a negative `add_offset` counts towards newer messages."""
    request = GetHistoryRequest(
        peer=chat.input_peer,
        offset_id=offset_id,
        offset_date=None,
        add_offset=add_offset,
        limit=limit,
        max_id=0,
        min_id=0,
        hash=0,
    )
    try:
        return await telegram.ask(request)
    except Refused as refused:
        if not isinstance(refused.error, CLOSED):
            raise
        raise JobError(
            f"This account may not read “{chat.info.title or chat.info.id}” (any more). What was"
            " archived of it is kept."
        ) from refused


def _rising(ids: list[int]) -> bool:
    return all(earlier < later for earlier, later in pairwise(ids))
