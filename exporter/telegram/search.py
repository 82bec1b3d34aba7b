"""Parts of a chat that Telegram picks out itself: a topic, a person's messages, kinds of files."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from telethon.tl import types
from telethon.tl.functions.channels import GetMessagesRequest
from telethon.tl.functions.messages import GetRepliesRequest, SearchRequest

from exporter.telegram.connection import Telegram
from exporter.telegram.history import ask_chat
from exporter.telegram.pages import GENERAL_TOPIC, page_of, read_page
from exporter.telegram.resolve import ChatRef
from exporter.telegram.senders import Sender
from storage.models import Page

FILTERS: dict[str, type] = {
    "animation": types.InputMessagesFilterGif,
    "audio_file": types.InputMessagesFilterMusic,
    "contact": types.InputMessagesFilterContacts,
    "file": types.InputMessagesFilterDocument,
    "photo": types.InputMessagesFilterPhotos,
    "poll": types.InputMessagesFilterPoll,
    "video_file": types.InputMessagesFilterVideo,
    "video_message": types.InputMessagesFilterRoundVideo,
    "voice_message": types.InputMessagesFilterVoice,
}
"""The kinds of messages that Telegram can pick out, https://core.telegram.org/api/search. There are
others, such as stickers and texts, that it cannot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """All messages of a forum's topic, https://core.telegram.org/api/forum."""

    topic_id: int

    @property
    def key(self) -> str:
        return f"topic={self.topic_id}"

    async def count(self, telegram: Telegram, chat: ChatRef) -> int:
        """About how many messages there are."""
        return _count(await self._ask(telegram, chat, 0, 0, 1))

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        """See `Source.page`. What says that the topic was opened is not among its own answers."""
        ask = partial(self._ask, telegram, chat)
        found = await read_page(ask, telegram, chat, next_id, last_id)
        if next_id <= self.topic_id <= last_id and self.topic_id != GENERAL_TOPIC:
            return _joined(await self._opening(telegram, chat), found)
        return found

    async def _ask(
        self, telegram: Telegram, chat: ChatRef, offset_id: int, add_offset: int, limit: int
    ) -> Any:
        request = GetRepliesRequest(
            peer=chat.input_peer,
            msg_id=self.topic_id,
            offset_id=offset_id,
            offset_date=None,
            add_offset=add_offset,
            limit=limit,
            max_id=0,
            min_id=0,
            hash=0,
        )
        return await ask_chat(telegram, chat, request)

    async def _opening(self, telegram: Telegram, chat: ChatRef) -> Page:
        channel = types.InputChannel(chat.input_peer.channel_id, chat.input_peer.access_hash)
        wanted = types.InputMessageID(self.topic_id)
        request = GetMessagesRequest(channel=channel, id=[wanted])
        answer = await ask_chat(telegram, chat, request)
        own = [message for message in answer.messages if message.id == self.topic_id]
        return page_of(answer, own, telegram, chat, next_id=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """A person's messages, or those of one kind; in a whole chat or in one topic.

    Telegram's search leaves out service messages.
    """

    sender: Sender | None = None
    topic_id: int | None = None
    kind: str | None = None
    """One of `FILTERS`."""

    @property
    def key(self) -> str:
        sender = self.sender and self.sender.id
        named = {"topic": self.topic_id, "from": sender, "type": self.kind}
        parts = [f"{name}={value}" for name, value in named.items() if value is not None]
        return ",".join(["search", *parts])

    async def count(self, telegram: Telegram, chat: ChatRef) -> int:
        """About how many messages there are."""
        return _count(await self._ask(telegram, chat, 0, 0, 1))

    async def page(self, telegram: Telegram, chat: ChatRef, next_id: int, last_id: int) -> Page:
        """See `Source.page`."""
        return await read_page(partial(self._ask, telegram, chat), telegram, chat, next_id, last_id)

    async def _ask(
        self, telegram: Telegram, chat: ChatRef, offset_id: int, add_offset: int, limit: int
    ) -> Any:
        request = SearchRequest(
            peer=chat.input_peer,
            q="",
            filter=FILTERS.get(self.kind or "", types.InputMessagesFilterEmpty)(),
            min_date=None,
            max_date=None,
            offset_id=offset_id,
            add_offset=add_offset,
            limit=limit,
            max_id=0,
            min_id=0,
            hash=0,
            from_id=self.sender and self.sender.input_peer,
            top_msg_id=self.topic_id,
        )
        return await ask_chat(telegram, chat, request)


def _count(answer: Any) -> int:
    return int(getattr(answer, "count", len(answer.messages)))


def _joined(first: Page, then: Page) -> Page:
    """One page of two; a message of both comes once."""
    known = {row.id for row in then.messages}
    new = [row for row in first.messages if row.id not in known]
    files = [file for file in first.media if file.message_id not in known]
    return replace(
        then,
        messages=tuple(sorted((*new, *then.messages), key=lambda row: row.id)),
        media=(*files, *then.media),
        peers=(*first.peers, *then.peers),
    )
