"""Texts and their entities."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from telethon.tl import types

from exporter.texts import Entity, Text

ENTITY_TYPES: dict[type, str] = {
    types.MessageEntityUnknown: "unknown",
    types.MessageEntityMention: "mention",
    types.MessageEntityHashtag: "hashtag",
    types.MessageEntityBotCommand: "bot_command",
    types.MessageEntityUrl: "link",
    types.MessageEntityEmail: "email",
    types.MessageEntityBold: "bold",
    types.MessageEntityItalic: "italic",
    types.MessageEntityCode: "code",
    types.MessageEntityPre: "pre",
    types.MessageEntityTextUrl: "text_link",
    types.MessageEntityMentionName: "mention_name",
    types.InputMessageEntityMentionName: "mention_name",
    types.MessageEntityPhone: "phone",
    types.MessageEntityCashtag: "cashtag",
    types.MessageEntityUnderline: "underline",
    types.MessageEntityStrike: "strikethrough",
    types.MessageEntityBlockquote: "blockquote",
    types.MessageEntityBankCard: "bank_card",
    types.MessageEntitySpoiler: "spoiler",
    types.MessageEntityCustomEmoji: "custom_emoji",
    types.MessageEntityFormattedDate: "formatted_date",
    types.MessageEntityDiffInsert: "diff_insert",
    types.MessageEntityDiffReplace: "diff_replace",
    types.MessageEntityDiffDelete: "diff_delete",
}
"""Every `MessageEntity` class of the layer. The last four are *unknown* to Telegram Desktop."""

_VALUES: dict[type, str] = {
    types.MessageEntityPre: "language",
    types.MessageEntityTextUrl: "url",
    types.MessageEntityMentionName: "user_id",
    types.MessageEntityCustomEmoji: "document_id",
    types.MessageEntityFormattedDate: "date",
    types.MessageEntityDiffReplace: "old_text",
}


def text_of(text: str, entities: Sequence[Any] | None) -> Text:
    """A text with its entities, none of them dropped."""
    if not entities:
        return Text(text)
    return Text(text, tuple([_entity(entity) for entity in entities]))


def styled(text: Any) -> Text:
    """The text of a `TextWithEntities`."""
    return text_of(text.text, text.entities)


def _entity(entity: Any) -> Entity:
    kind = type(entity)
    name = ENTITY_TYPES.get(kind, "unknown")
    attribute = _VALUES.get(kind)
    if attribute is not None:
        value = getattr(entity, attribute)
        if isinstance(value, datetime):
            value = int(value.timestamp())
        return Entity(name, entity.offset, entity.length, value)
    if kind is types.MessageEntityBlockquote:
        return Entity(name, entity.offset, entity.length, bool(entity.collapsed))
    return Entity(name, entity.offset, entity.length)
