"""Texts with their entities."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader.source import number_for
from tests.sandbox.world.synthetic_text import utf16

Make = Callable[[int, int, dict[str, Any]], Any]
"""Offset and length in UTF-16 code units, and the part of the text as exported."""


def _plain(kind: type) -> Make:
    return lambda offset, length, _: kind(offset, length)


KINDS: dict[str, Make] = {
    "mention": _plain(types.MessageEntityMention),
    "hashtag": _plain(types.MessageEntityHashtag),
    "bot_command": _plain(types.MessageEntityBotCommand),
    "link": _plain(types.MessageEntityUrl),
    "email": _plain(types.MessageEntityEmail),
    "bold": _plain(types.MessageEntityBold),
    "italic": _plain(types.MessageEntityItalic),
    "code": _plain(types.MessageEntityCode),
    "phone": _plain(types.MessageEntityPhone),
    "cashtag": _plain(types.MessageEntityCashtag),
    "underline": _plain(types.MessageEntityUnderline),
    "strikethrough": _plain(types.MessageEntityStrike),
    "bank_card": _plain(types.MessageEntityBankCard),
    "spoiler": _plain(types.MessageEntitySpoiler),
    "pre": lambda offset, length, part: types.MessageEntityPre(
        offset, length, part.get("language", "")
    ),
    "text_link": lambda offset, length, part: types.MessageEntityTextUrl(
        offset, length, part.get("href", "")
    ),
    "mention_name": lambda offset, length, part: types.MessageEntityMentionName(
        offset, length, int(part.get("user_id", 0))
    ),
    "blockquote": lambda offset, length, part: types.MessageEntityBlockquote(
        offset, length, collapsed=part.get("collapsed") or None
    ),
    "custom_emoji": lambda offset, length, part: types.MessageEntityCustomEmoji(
        offset, length, number_for(part.get("document_id", ""))
    ),
}
UNKNOWN = _plain(types.MessageEntityUnknown)


def text_of(exported: Any) -> tuple[str, list[Any]]:
    """The text and the entities of a string, or of a list of strings and objects."""
    parts = [exported] if isinstance(exported, str) else exported
    text = ""
    offset = 0
    entities = []
    for part in parts:
        piece = part if isinstance(part, str) else part["text"]
        length = utf16(piece)
        if length and isinstance(part, dict) and part["type"] != "plain":
            entities.append(KINDS.get(part["type"], UNKNOWN)(offset, length, part))
        text += piece
        offset += length
    return text, entities


def message_text(message: dict[str, Any]) -> tuple[str, list[Any]]:
    """Exports of old versions have no `text_entities`; `text` alone says the same."""
    return text_of(message.get("text_entities", message.get("text", "")))


def with_entities(exported: Any) -> Any:
    """As TL's `textWithEntities`."""
    text, entities = text_of(exported)
    return types.TextWithEntities(text=text, entities=entities)
