"""Answers with messages, spoilt on purpose: too short, out of order, or with what nobody knows."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
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


def unreadable(body: bytes, wanted: Sequence[tuple[int, int | None]]) -> bytes:
    """With the constructors of these messages replaced by an unknown one, wherever they stand.

    `wanted` are message ids, each with its chat's marked id or None for any chat.
    """
    if not any(struct.pack("<i", message_id) in body for message_id, _ in wanted):
        return body
    for message in _messages_in(_unboxed(body)):
        if {(message.id, None), (message.id, marked(message.peer_id))} & {*wanted}:
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
