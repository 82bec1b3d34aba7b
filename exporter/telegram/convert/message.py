"""One message: from its bytes in the archive to its record."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from datetime import datetime
from operator import attrgetter
from typing import Any

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, types
from telethon.tl.alltlobjects import LAYER

from exporter.attachments import CustomEmoji, Missing
from exporter.errors import ItemError, said
from exporter.records import Forward, Json, Record, Reply
from exporter.telegram.codes import hide_codes, names_service_chat
from exporter.telegram.convert.actions import action_record
from exporter.telegram.convert.emoji import emoji_of
from exporter.telegram.convert.files import files_inside
from exporter.telegram.convert.kinds import kind_of
from exporter.telegram.convert.markup import inline_buttons, reply_keyboard
from exporter.telegram.convert.media import media_record
from exporter.telegram.convert.names import Names, marked_id
from exporter.telegram.convert.previews import link_preview
from exporter.telegram.convert.reactions import reactions_of
from exporter.telegram.convert.rich import words_of
from exporter.telegram.convert.text import text_of
from exporter.texts import Text
from storage.models import ChatInfo, MessageRow, Peer, Topic
from storage.wording import Sentence

MALFORMED = (TypeNotFoundError, struct.error, BufferError, RuntimeError, ValueError, OverflowError)
"""What the library raises for bytes that are not a message of its layer."""


def to_record(
    row: MessageRow, chat: ChatInfo, names: Mapping[int, Peer], topics: Mapping[int, Topic]
) -> Record:
    """The record of an archived message. Never fails: what cannot be read says so in `problem`."""
    return convert(row, parse(row), Names(chat, names), topics)


def parse(row: MessageRow) -> Any:
    """The library's object of an archived message, or the `ItemError` that says why not."""
    try:
        message = BinaryReader(row.tl).tgread_object()
    except MALFORMED as error:
        return ItemError(_problem(row, error))
    if isinstance(message, types.Message | types.MessageService):
        if names_service_chat(row.tl):  # looks at bytes, and so spares a look at each object
            hide_codes(message)
        return message
    return ItemError(
        Sentence("Message {id} is empty: Telegram kept nothing but its number.", id=str(row.id))
    )


def convert(row: MessageRow, message: Any, names: Names, topics: Mapping[int, Topic]) -> Record:
    """The record of a parsed message; see `Names` for peers that are not known yet."""
    if isinstance(message, ItemError):
        return Record(
            id=row.id,
            kind="unsupported",
            date=row.date,
            deleted_at=row.deleted,
            problem=said(message),
        )
    topic = topics.get(row.topic_id) if row.topic_id is not None else None
    if isinstance(message, types.MessageService):
        return _service(row, message, names, topic)
    media = message.media
    linked = type(media) is types.MessageMediaWebPage
    preview = link_preview(message, media, names) if linked else None
    return Record(
        id=row.id,
        kind=kind_of(message),
        date=message.date,
        edited=message.edit_date,
        deleted_at=row.deleted,
        sender=names.peer(message.from_id or message.peer_id),
        author=message.post_author or None,
        text=_text(message),
        media=media_record(message, names) if media is not None and preview is None else None,
        reply=_reply(message.reply_to, names) if message.reply_to else None,
        forward=_forward(message.fwd_from, names) if message.fwd_from else None,
        via_bot=names.ref(message.via_bot_id) if message.via_bot_id else None,
        link_preview=preview,
        inside=files_inside(message.rich_message) if message.rich_message else (),
        custom_emoji=_custom_emoji(message),
        buttons=inline_buttons(message.reply_markup) if message.reply_markup else (),
        reactions=reactions_of(message.reactions, names) if message.reactions else (),
        topic_id=row.topic_id,
        topic=topic.title if topic else None,
        album_id=message.grouped_id,
        views=message.views,
        forwards=message.forwards,
        comments=message.replies.replies if message.replies else None,
        outgoing=message.out,
        pinned=bool(message.pinned),
        extra=_extra(message),
    )


def _custom_emoji(message: Any) -> tuple[CustomEmoji, ...]:
    used = emoji_of(message)
    if not used:
        return ()
    return tuple([CustomEmoji(document_id=one, missing=Missing.NOT_INCLUDED) for one in used])


def _text(message: Any) -> Text | None:
    if message.message:
        return text_of(message.message, message.entities)
    return words_of(message.rich_message) if message.rich_message else None


def _service(row: MessageRow, message: Any, names: Names, topic: Topic | None) -> Record:
    action = action_record(message, names)
    if action is None:
        word = type(message.action).__name__
        problem = Sentence(
            "Message {id} is a service message that Chatkeep does not know: {word}.",
            id=str(row.id),
            word=word,
        )
        return Record(
            id=row.id,
            kind="unsupported",
            date=message.date,
            deleted_at=row.deleted,
            problem=problem,
        )
    return Record(
        id=row.id,
        kind="service",
        date=message.date,
        deleted_at=row.deleted,
        sender=names.peer(message.from_id or message.peer_id),
        action=action,
        custom_emoji=_custom_emoji(message),
        reply=_reply(message.reply_to, names) if message.reply_to else None,
        reactions=reactions_of(message.reactions, names) if message.reactions else (),
        topic_id=row.topic_id,
        topic=topic.title if topic else None,
        outgoing=message.out,
    )


def _reply(header: Any, names: Names) -> Reply:
    if isinstance(header, types.MessageReplyStoryHeader):
        return Reply(peer=names.peer(header.peer), story_id=header.story_id)
    elsewhere = header.reply_to_peer_id
    if elsewhere is not None and marked_id(elsewhere) == names.chat_id:
        elsewhere = None
    return Reply(
        message_id=header.reply_to_msg_id,
        peer=names.peer(elsewhere) if elsewhere else None,
        top_id=header.reply_to_top_id,
        quote=text_of(header.quote_text, header.quote_entities) if header.quote_text else None,
        origin=_forward(header.reply_from, names) if header.reply_from else None,
        todo_item_id=header.todo_item_id,
    )


def _forward(header: Any, names: Names) -> Forward:
    return Forward(
        date=header.date,
        peer=names.peer(header.from_id) if header.from_id else None,
        name=header.from_name or None,
        message_id=header.channel_post,
        author=header.post_author or None,
        saved_from=names.peer(header.saved_from_peer) if header.saved_from_peer else None,
        saved_from_message_id=header.saved_from_msg_id,
        imported=bool(header.imported),
    )


_RARE = (
    "silent",
    "noforwards",
    "from_scheduled",
    "invert_media",
    "offline",
    "ttl_period",
    "effect",
    "from_boosts_applied",
    "from_rank",
    "saved_peer_id",
    "via_business_bot_id",
    "guestchat_via_from",
    "paid_message_stars",
    "suggested_post",
    "factcheck",
    "restriction_reason",
    "rich_message",
)
_rare = attrgetter(*_RARE)


def _extra(message: Any) -> Mapping[str, Json]:
    values = _rare(message)
    keyboard = reply_keyboard(message.reply_markup) if message.reply_markup else None
    if not keyboard and not any(values):
        return {}
    found: dict[str, Json] = {
        name: _plain(value) for name, value in zip(_RARE, values, strict=True) if value
    }
    return found | {"reply_keyboard": keyboard} if keyboard else found


def _plain(value: Any) -> Json:
    """A value of the library as plain data: peers by marked id, objects by their fields.

    Bytes and access hashes are left out: they are of use to the account alone, and for a while.
    """
    if isinstance(value, types.PeerUser | types.PeerChat | types.PeerChannel):
        return marked_id(value)
    if isinstance(value, TLObject):
        fields = {name: _plain(one) for name, one in vars(value).items() if name != "access_hash"}
        known = {name: one for name, one in fields.items() if one is not None}
        return {"_": type(value).__name__, **known}
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value if isinstance(value, str | bool | int | float) else None


def _problem(row: MessageRow, error: Exception) -> str:
    if isinstance(error, TypeNotFoundError):
        unknown = f"{error.invalid_constructor_id:#010x}"
        what = Sentence("type {type} is unknown", type=unknown)
    else:
        what = Sentence("its bytes are damaged ({error})", error=str(error))
    if row.layer != LAYER:
        what = Sentence(
            "{what} (layer {layer}, this version reads {ours})",
            what=what,
            layer=str(row.layer),
            ours=str(LAYER),
        )
    return Sentence("Message {id} cannot be read: {what}.", id=str(row.id), what=what)
