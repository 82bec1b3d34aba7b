"""Answers with messages, spoilt on purpose: too short, out of order, or with what nobody knows."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import functions, types

from tests.sandbox.world.view import marked

UNKNOWN = 0x0BADC0DE
"""A constructor that no layer has."""

PAGED = (
    functions.messages.GetHistoryRequest,
    functions.messages.GetRepliesRequest,
    functions.messages.SearchRequest,
)
"""Requests whose answers are pages of messages."""

Spoil = Callable[[bytes], bytes]
"""From an answer's bytes to others."""


def shortened(body: bytes) -> bytes:
    """Without about half of the messages, anywhere in the page; one of them stays."""
    return _with_messages(body, _half)


def shuffled(body: bytes) -> bytes:
    """With the messages in another order, where there are two or more."""
    return _with_messages(body, _in_disorder)


def unreadable(body: bytes, message_id: int, chat_id: int | None) -> bytes:
    """With the message's constructor replaced by an unknown one, wherever the message stands."""
    if struct.pack("<i", message_id) not in body:
        return body
    for message in _messages_in(_unboxed(body)):
        if message.id == message_id and chat_id in (None, marked(message.peer_id)):
            known = bytes(message)
            body = body.replace(known, struct.pack("<I", UNKNOWN) + known[4:])
    return body


def _half(messages: list[Any]) -> list[Any]:
    dice = Random(messages[0].id)
    stay = sorted(dice.sample(range(len(messages)), max(1, len(messages) // 2)))
    return [messages[place] for place in stay]


def _in_disorder(messages: list[Any]) -> list[Any]:
    mixed = list(messages)
    Random(messages[0].id).shuffle(mixed)
    return mixed if mixed != messages else mixed[::-1]


def _with_messages(body: bytes, change: Callable[[list[Any]], list[Any]]) -> bytes:
    answer = _unboxed(body)
    if not getattr(answer, "messages", None):
        return body
    answer.messages = change(answer.messages)
    return bytes(answer)


def _unboxed(body: bytes) -> Any:
    return BinaryReader(body).tgread_object()


def _messages_in(answer: Any) -> Iterator[Any]:
    for message in getattr(answer, "messages", None) or []:
        if isinstance(message, (types.Message, types.MessageService)):
            yield message
