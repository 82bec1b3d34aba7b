"""Reactions under a message."""

from __future__ import annotations

from typing import Any, NamedTuple

from telethon.tl import types

from exporter.records import Reaction, Reactor
from exporter.telegram.convert.names import Names


class _Key(NamedTuple):
    type: str
    emoji: str | None = None
    document_id: int | None = None


def reactions_of(reactions: Any, names: Names) -> tuple[Reaction, ...]:
    """Reactions in Telegram's order, each with the recent people whom Telegram names.

    A recent reaction that is not among the counts comes last, with a count of 0.
    """
    counts = {_key(result.reaction): result.count for result in reactions.results}
    if not reactions.recent_reactions:
        return tuple([Reaction(*_fields(key, count)) for key, count in counts.items()])
    recent: dict[_Key, list[Reactor]] = {key: [] for key in counts}
    for one in reactions.recent_reactions:
        reactor = Reactor(names.peer(one.peer_id), one.date)
        recent.setdefault(_key(one.reaction), []).append(reactor)
    return tuple(
        [
            Reaction(*_fields(key, counts.get(key, 0)), tuple(reactors))
            for key, reactors in recent.items()
        ]
    )


def _fields(key: _Key, count: int) -> tuple[str, int, str | None, int | None]:
    return key.type, count, key.emoji, key.document_id


def _key(reaction: Any) -> _Key:
    kind = type(reaction)
    if kind is types.ReactionEmoji:
        return _Key("emoji", reaction.emoticon)
    if kind is types.ReactionCustomEmoji:
        return _Key("custom_emoji", None, reaction.document_id)
    return _Key("paid" if kind is types.ReactionPaid else "empty")
