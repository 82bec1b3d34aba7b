"""Reactions under a message."""

from __future__ import annotations

from typing import Any, NamedTuple

from telethon.tl import types

from exporter.records import Payer, Reaction, Reactor
from exporter.telegram.convert.names import Names


class _Key(NamedTuple):
    type: str
    emoji: str | None = None
    document_id: int | None = None


def reactions_of(reactions: Any, names: Names) -> tuple[Reaction, ...]:
    """Reactions in Telegram's order, each with the recent people whom Telegram names.

    A recent reaction that is not among the counts comes last, with a count of 0.
    """
    results = {_key(result.reaction): result for result in reactions.results}
    recent: dict[_Key, list[Reactor]] = {key: [] for key in results}
    for one in reactions.recent_reactions or ():
        reactor = Reactor(names.peer(one.peer_id), one.date)
        recent.setdefault(_key(one.reaction), []).append(reactor)
    return tuple(
        [
            _reaction(key, results.get(key), reactors, reactions.top_reactors, names)
            for key, reactors in recent.items()
        ]
    )


def _reaction(key: _Key, result: Any, recent: list[Reactor], payers: Any, names: Names) -> Reaction:
    return Reaction(
        key.type,
        result.count if result else 0,
        key.emoji,
        key.document_id,
        tuple(recent),
        chosen=bool(result) and result.chosen_order is not None,
        payers=tuple([_payer(one, names) for one in payers])
        if payers and key.type == "paid"
        else (),
    )


def _payer(payer: Any, names: Names) -> Payer:
    return Payer(
        peer=names.peer(payer.peer_id) if payer.peer_id else None,
        count=payer.count,
        mine=bool(payer.my),
        top=bool(payer.top),
    )


def _key(reaction: Any) -> _Key:
    kind = type(reaction)
    if kind is types.ReactionEmoji:
        return _Key("emoji", reaction.emoticon)
    if kind is types.ReactionCustomEmoji:
        return _Key("custom_emoji", None, reaction.document_id)
    return _Key("paid" if kind is types.ReactionPaid else "empty")
