"""One exported message as the TL message it was made from."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader import additions, extras, files
from tests.sandbox.world.loader.directory import peer_id_of
from tests.sandbox.world.loader.payments import ACTIONS
from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.loader.texts import message_text
from tests.sandbox.world.view import peer_of

MIGRATED = 1_000_000_000
"""Messages of the basic group that a supergroup was before have their ids lowered by this."""

DAY = 86_400
"""Old versions gave an edit at the epoch to messages that were never edited."""

REPLY_KEYS = (
    "reply_to_message_id",
    "message_id",
    "game_message_id",
    "invoice_message_id",
)


def convert(source: Source, message: dict[str, Any], date: int) -> Any:
    """A message without what depends on the viewer; `date` is for one that tells none."""
    if message["type"] == "unsupported":
        return types.Message(
            id=own_id(message),
            peer_id=types.PeerUser(0),
            date=date,
            message="",
            media=types.MessageMediaUnsupported(),
        )
    if message["type"] == "service":
        return _service(source, message, date)
    return _ordinary(source, message, date)


def own_id(message: dict[str, Any]) -> int:
    """The id in the chat that the message was sent to."""
    number = int(message["id"])
    return number + MIGRATED if number < 0 else number


def _service(source: Source, message: dict[str, Any], date: int) -> Any:
    date = source.moment(message, "date") or date
    name = message.get("action")
    if name is None:
        action = types.MessageActionCustomAction(message=message.get("information_text", ""))
    elif name in ACTIONS:
        action = ACTIONS[name](source, message)
    else:
        source.unknown.add(name)
        action = types.MessageActionCustomAction(message=name)
    return types.MessageService(
        id=own_id(message),
        peer_id=types.PeerUser(0),
        date=date,
        action=action,
        from_id=_sender(source, message, "actor_id"),
        reply_to=_reply(source, message),
        reactions=additions.reactions(source, message),
    )


def _ordinary(source: Source, message: dict[str, Any], date: int) -> Any:
    date = source.moment(message, "date") or date
    edited = source.moment(message, "edited")
    text, entities = message_text(message)
    via_bot = message.get("via_bot")
    return types.Message(
        id=own_id(message),
        peer_id=types.PeerUser(0),
        date=date,
        message=text,
        entities=entities or None,
        from_id=_sender(source, message, "from_id"),
        fwd_from=_forward(source, message, date),
        via_bot_id=source.directory.bot_called(via_bot) if via_bot else None,
        reply_to=_reply(source, message),
        media=_media(source, message, date),
        reply_markup=additions.buttons(message),
        edit_date=edited if edited and edited > DAY else None,
        post_author=message.get("author"),
        reactions=additions.reactions(source, message),
    )


def _media(source: Source, message: dict[str, Any], date: int) -> Any | None:
    if "photo" in message:
        return files.photo_media(source, message, date)
    if "file" in message:
        return files.document_media(source, message, date)
    for key, make in extras.KINDS.items():
        if key in message:
            return make(source, message)
    return None


def _sender(source: Source, message: dict[str, Any], key: str) -> Any | None:
    """Nobody when the message came in the name of the chat, as posts and anonymous admins do."""
    peer_id = peer_id_of(message.get(key))
    if peer_id is None:
        return types.PeerUser(source.peer_id) if source.peer_id > 0 else None
    return None if peer_id == source.peer_id < 0 else peer_of(peer_id)


def _forward(source: Source, message: dict[str, Any], date: int) -> Any | None:
    if not any(key in message for key in ("forwarded_from", "forwarded_from_id", "saved_from")):
        return None
    peer_id = peer_id_of(message.get("forwarded_from_id"))
    name = message.get("forwarded_from")
    if peer_id is None and name is None and "forwarded_from" in message:
        peer_id = source.directory.user_called(None)
    saved = None
    if "saved_from" in message:
        saved = peer_of(source.directory.peer_called(message["saved_from"]))
    return types.MessageFwdHeader(
        date=source.moment(message, "forwarded_date") or date,
        from_id=None if peer_id is None else peer_of(peer_id),
        from_name=name if peer_id is None else None,
        saved_from_peer=saved,
        saved_from_msg_id=1 if saved else None,
    )


def _reply(source: Source, message: dict[str, Any]) -> Any | None:
    """What the message replies to or speaks of, and the topic it stands in.

    Exports name no topic: it is found by following replies to the message that opened one. A
    topic's own changes are taken to be about the topic that was opened last.
    """
    number = int(message["id"])
    if message.get("action") == "topic_created":
        source.topics_of[number] = source.last_topic = number
        return None
    target = next((message[key] for key in REPLY_KEYS if key in message), None)
    if message.get("action") == "topic_edit":
        target = source.last_topic
    if target is None:
        return None
    elsewhere = peer_id_of(message.get("reply_to_peer_id"))
    topic = source.topics_of.get(target) if elsewhere is None else None
    if topic is not None:
        source.topics_of[number] = topic
    return types.MessageReplyHeader(
        reply_to_msg_id=target + MIGRATED if target < 0 else target,
        reply_to_peer_id=None if elsewhere is None else peer_of(elsewhere),
        forum_topic=True if topic is not None else None,
        reply_to_top_id=topic if topic not in {None, target} else None,
    )
