"""Messages asked for by their ids."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from telethon.tl import types
from telethon.tl.functions import channels
from telethon.tl.functions import messages as account_messages

from exporter.telegram.connection import Telegram
from exporter.telegram.history import ask_chat
from exporter.telegram.pacing import Refused, Unreadable
from exporter.telegram.pages import page_of
from exporter.telegram.peers import id_of_peer
from exporter.telegram.resolve import ChatRef
from storage.models import Page

IDS_A_REQUEST = 100
"""https://core.telegram.org/method/channels.getMessages and messages.getMessages"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What Telegram says of some ids. An id that is in none of these got no answer."""

    asked: Sequence[int]
    page: Page
    """The messages that there are; its `next_id` says nothing."""
    empty: frozenset[int]
    """Ids without a message (any more): `messageEmpty`."""
    refused: bool = False
    """Telegram answered with an error instead."""


async def ask_by_id(telegram: Telegram, chat: ChatRef, ids: Sequence[int]) -> Answered:
    """Ask for messages by their ids, as many as one request may.

    The answer is never matched by position, and a message of another chat is dropped unread. If
    it cannot be parsed only the first half of the ids is asked for: see `Answered.asked`.

    Raises:
        ChatClosed: the account may not read the chat.
    """
    asked = list(ids[:IDS_A_REQUEST])
    while True:
        try:
            answer = await ask_chat(telegram, chat, _request(chat, asked))
        except Unreadable:
            if len(asked) == 1:
                return _refused(asked)
            asked = asked[: len(asked) // 2]
        except Refused:
            return _refused(asked)
        else:
            return _read(answer, asked, telegram, chat)


def _request(chat: ChatRef, ids: Sequence[int]) -> Any:
    """In private chats and basic groups the ids are the account's, so they name no chat."""
    wanted = [types.InputMessageID(id_) for id_ in ids]
    if not chat.is_channel:
        return account_messages.GetMessagesRequest(id=wanted)
    channel = types.InputChannel(chat.input_peer.channel_id, chat.input_peer.access_hash)
    return channels.GetMessagesRequest(channel=channel, id=wanted)


def _read(answer: Any, asked: Sequence[int], telegram: Telegram, chat: ChatRef) -> Answered:
    wanted = frozenset(asked)
    ours = {m.id: m for m in answer.messages if m.id in wanted and _is_of(m, chat)}
    empty = frozenset(id_ for id_, m in ours.items() if isinstance(m, types.MessageEmpty))
    found = [message for id_, message in sorted(ours.items()) if id_ not in empty]
    page = page_of(answer, found, telegram, chat, next_id=0)
    return Answered(asked=asked, page=page, empty=empty)


def _is_of(message: Any, chat: ChatRef) -> bool:
    """Whether a message is of this chat; one that is empty need not say."""
    return message.peer_id is None or id_of_peer(message.peer_id) == chat.info.id


def _refused(asked: Sequence[int]) -> Answered:
    page = Page(messages=(), peers=(), media=(), skipped=(), next_id=0)
    return Answered(asked=asked, page=page, empty=frozenset(), refused=True)
