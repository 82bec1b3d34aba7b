"""One exported message as the row that the archive keeps, with the files that it names."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from pyroaring import BitMap
from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.telegram.codes import hide_codes
from exporter.telegram.convert import files_of, kind_of
from exporter.telegram.convert.carried import THUMB
from exporter.telegram.convert.names import marked_id
from exporter.telegram.desktop import additions
from exporter.telegram.desktop.actions import CHAT_ACTIONS
from exporter.telegram.desktop.files import document_media, photo_media
from exporter.telegram.desktop.gifts import GIFT_ACTIONS
from exporter.telegram.desktop.media import other_media
from exporter.telegram.desktop.people import to_peer
from exporter.telegram.desktop.source import MOVED, Source
from exporter.telegram.desktop.texts import emoji_id, message_text
from exporter.telegram.desktop.told import Malformed, Told
from storage.media import FileKey
from storage.models import MediaRow, MessageRow

DAY_S = 86_400
"""Old versions gave an edit at the epoch to messages that were never edited."""
LARGEST_ID = 2**31 - 1
UNFIT = (struct.error, OverflowError, UnicodeEncodeError)
"""What the library raises for values that TL has no room for."""
ACTIONS = {**CHAT_ACTIONS, **GIFT_ACTIONS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """A message of an export, ready to be kept."""

    row: MessageRow
    media: tuple[MediaRow, ...]
    paths: Mapping[FileKey, str]
    """Where its files are below the export's folder, or a sentence why they are not."""
    topic: str | None = None
    """The title of the topic that it opened."""


class Converter:
    """Converts the messages of one chat, one after another."""

    def __init__(self, source: Source) -> None:
        self._source = source

    def convert(self, message: Told) -> Brought:
        """Convert the next message.

        Raises:
            Malformed: a value cannot be what it should be.
        """
        source = self._source
        made = self._make(message)
        try:
            hide_codes(made)
            row = self._row(made, bytes(made))
        except UNFIT:
            raise Malformed("it has a number or text that no message of Telegram has") from None
        opened = isinstance(made, types.MessageService) and isinstance(
            made.action, types.MessageActionTopicCreate
        )
        if row.topic_id is not None and row.topic_id > additions.GENERAL_TOPIC:
            source.topics.setdefault(row.topic_id, BitMap()).add(row.id)
        media = tuple([replace(file, location=b"", dc_id=0) for file in files_of(made)])
        return Brought(
            row=row,
            media=media,
            paths=_paths(message, media) if media else {},
            topic=made.action.title if opened else None,
        )

    def _make(self, message: Told) -> Any:
        source = self._source
        kind = message.text("type")
        date = source.moment(message, "date")
        if kind != "unsupported" and date is None:
            raise Malformed("`date` is missing")
        if date is not None:
            source.date = date
        if kind == "message":
            return self._ordinary(message)
        if kind == "service":
            return self._service(message)
        if kind == "unsupported":
            media = types.MessageMediaUnsupported()
            return types.Message(message="", media=media, **self._both(message, "from_id", "from"))
        raise Malformed("`type` is none of message, service and unsupported")

    def _both(self, message: Told, id_key: str, name_key: str) -> dict[str, Any]:
        """What messages and service messages have alike."""
        source = self._source
        sender_id = source.people.meet(message.raw(id_key), message.words(name_key))
        if sender_id == source.chat_id < 0:  # posts, and admins in the name of their group
            sender_id = None
        return {
            "id": own_id(message),
            "peer_id": to_peer(source.chat_id),
            "date": source.date,
            "from_id": None if sender_id is None else to_peer(sender_id),
            "out": True if sender_id is not None and sender_id == source.owner_id else None,
            "post": True if source.is_channel else None,
        }

    def _ordinary(self, message: Told) -> Any:
        source = self._source
        text, entities = message_text(message)
        edited = source.moment(message, "edited")
        via_bot = message.words("via_bot")
        return types.Message(
            message=text,
            entities=entities or None,
            fwd_from=additions.forward(source, message, source.date),
            via_bot_id=source.people.bot_called(via_bot) if via_bot else None,
            reply_to=additions.reply(source, message),
            media=self._media(message),
            reply_markup=additions.buttons(message),
            edit_date=edited if edited and edited > DAY_S else None,
            post_author=message.words("author"),
            reactions=additions.reactions(source, message),
            grouped_id=message.number("grouped_id") or None,
            views=message.number("views") if "views" in message else None,
            forwards=message.number("forwards") or None,
            replies=additions.replies(message),
            pinned=message.raw("pinned") is True or None,
            **self._both(message, "from_id", "from"),
        )

    def _service(self, message: Told) -> Any:
        """An action that this version does not know becomes a free text: its word."""
        word = message.words("action")
        make = ACTIONS.get(word) if word is not None else None
        if make is None:
            words = word or message.text("information_text")
            action: Any = types.MessageActionCustomAction(message=words)
        else:
            action = make(self._source, message)
        return types.MessageService(
            action=action,
            reply_to=additions.reply(self._source, message),
            reactions=additions.reactions(self._source, message),
            **self._both(message, "actor_id", "actor"),
        )

    def _media(self, message: Told) -> Any:
        if "photo" in message:
            return photo_media(self._source, message, self._source.date)
        if "file" in message:
            return document_media(self._source, message, self._source.date)
        return other_media(self._source, message)

    def _row(self, made: Any, tl: bytes) -> MessageRow:
        edited = getattr(made, "edit_date", None)
        return MessageRow(
            id=made.id,
            date=datetime.fromtimestamp(made.date, UTC),
            edited=None if edited is None else datetime.fromtimestamp(edited, UTC),
            sender_id=marked_id(made.from_id or made.peer_id),
            kind=kind_of(made),
            topic_id=self._topic(made),
            reply_to_id=getattr(made.reply_to, "reply_to_msg_id", None),
            album_id=getattr(made, "grouped_id", None),
            layer=LAYER,
            tl=tl,
        )

    def _topic(self, made: Any) -> int | None:
        if isinstance(made, types.MessageService) and isinstance(
            made.action, types.MessageActionTopicCreate
        ):
            return int(made.id)
        reply = made.reply_to
        if reply is not None and reply.forum_topic:
            topic_id: int = reply.reply_to_top_id or reply.reply_to_msg_id
            return topic_id
        return additions.GENERAL_TOPIC if self._source.is_forum else None


def own_id(message: Told) -> int:
    """The id in the chat that a message was sent to: those of a former basic group are lowered.

    Raises:
        Malformed: it has none.
    """
    given = message.raw("id")
    if type(given) is not int:
        raise Malformed("`id` is not a number")
    number = given + MOVED if given < 0 else given
    if not 0 < number <= LARGEST_ID:
        raise Malformed("`id` is none that a message of Telegram has")
    return number


def _paths(message: Told, media: tuple[MediaRow, ...]) -> dict[FileKey, str]:
    """What an export says of where each file is."""
    main = message.text("photo") or message.text("file")
    still = message.text("thumbnail")
    emoji: dict[int, str] | None = None
    found: dict[FileKey, str] = {}
    for file in media:
        key = FileKey(file.file_id, file.variant)
        if file.kind == "custom_emoji":
            emoji = _emoji_paths(message) if emoji is None else emoji
            found[key] = emoji.get(file.file_id, "")
        else:
            found[key] = still if file.variant == THUMB else main
    return found


def _emoji_paths(message: Told) -> dict[int, str]:
    """What stands for each custom emoji, wherever in the message."""
    found: dict[int, str] = {}
    left: list[Any] = [message.raw(key) for key in ("text_entities", "text", "reactions", "poll")]
    left += [message.raw(key) for key in ("todo_list", "items", "gift_text")]
    while left:
        value = left.pop()
        if isinstance(value, list):
            left += value
        elif isinstance(value, dict):
            if isinstance(value.get("document_id"), str):
                found.setdefault(emoji_id(Told(value)), value["document_id"])
            left += value.values()
    return found
