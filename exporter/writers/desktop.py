"""A message as Telegram Desktop's result.json has it: the same keys, in the same order."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any, TypeAlias

from exporter.attachments import Dice, LinkPreview, Story
from exporter.peers import peer_key
from exporter.records import Action, Button, Forward, Reaction, Record, Reply
from exporter.texts import Text
from exporter.writers.desktop_media import Around, media_object, path, photo_object
from exporter.writers.runs import (
    Emoji,
    emoji_path,
    plain_or_runs,
    run_object,
    runs_of,
    text_value,
)

Object: TypeAlias = dict[str, Any]

EXTRA_KEYS = (
    *("topic_id", "grouped_id", "views", "forwards", "comments", "pinned", "quote_text"),
    *("forwarded_date", "forwarded_date_unixtime", "forwarded_message_id"),
    *("link_preview", "dice", "story", "left_out"),
)
"""Keys of ours, always after Telegram Desktop's own and in this order: it leaves these things out.
Of messages that are gone from Telegram there are also `deleted` and `deleted_unixtime`, after the
dates. Each is described in docs/formats.md."""

NULL_IF_ABSENT: Mapping[str | None, tuple[str, ...]] = {
    "topic_edit": ("new_title", "new_icon_emoji_id"),
}
"""Keys of service messages that Telegram Desktop leaves out when there is nothing to say, and the
`action` of a free text: tgmix 0.9.1 breaks off at a message without them. Null says the same."""

MOVED = -1_000_000_000
"""Added to the numbers of a basic group's messages in the archive of the supergroup it became."""
MOVED_KEYS = ("id", "message_id", "game_message_id", "invoice_message_id")


class DesktopMessages:
    """Makes result.json's objects, with dates in one time zone."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def local(self, date: datetime) -> str:
        """A date as the people of the zone write it, without naming the zone."""
        return date.astimezone(self._zone).isoformat()[:19]

    def message(self, record: Record) -> Object:
        """The object of one message."""
        found = self._message(record)
        return found if record.chat_id is None else _moved(found)

    def _message(self, record: Record) -> Object:
        if record.kind == "unsupported" and not record.left_out:
            return {"id": record.id, "type": "unsupported"}
        action = record.action
        emoji = {one.document_id: path(one) for one in record.custom_emoji}
        found: Object = {
            "id": record.id,
            "type": "message" if action is None else "service",
            "date": self.local(record.date),
            "date_unixtime": str(int(record.date.timestamp())),
        }
        if record.edited is not None:
            found["edited"] = self.local(record.edited)
            found["edited_unixtime"] = str(int(record.edited.timestamp()))
        if record.deleted_at is not None:  # ours: Telegram Desktop never sees them
            found["deleted"] = self.local(record.deleted_at)
            found["deleted_unixtime"] = str(int(record.deleted_at.timestamp()))
        if action is None:
            _origin(found, record)
        else:
            _action(found, record, action, emoji)
        if record.media is not None:
            media_object(found, record.media, record.kind, Around(self.local, emoji))
        if record.text is None:
            found.setdefault("text", "")  # send_webview_data has one; Desktop writes the key twice
            found["text_entities"] = ()
        else:
            runs = runs_of(record.text)
            found["text"] = plain_or_runs(runs, emoji)
            found["text_entities"] = [run_object(run, emoji) for run in runs] or ()
        if record.buttons:
            found["inline_bot_buttons"] = [[_button(one) for one in row] for row in record.buttons]
        if record.reactions:
            found["reactions"] = [self._reaction(one, emoji) for one in record.reactions]
        self._extras(found, record)
        return found

    def _extras(self, found: Object, record: Record) -> None:
        counts = {
            "topic_id": record.topic_id,
            "grouped_id": record.album_id,
            "views": record.views,
            "forwards": record.forwards or None,
            "comments": record.comments,
            "pinned": record.pinned or None,
        }
        found |= {key: value for key, value in counts.items() if value is not None}
        if record.reply is not None and record.reply.quote is not None:
            found["quote_text"] = record.reply.quote.text
        if record.forward is not None:
            found["forwarded_date"] = self.local(record.forward.date)
            found["forwarded_date_unixtime"] = str(int(record.forward.date.timestamp()))
            if record.forward.message_id is not None:
                found["forwarded_message_id"] = record.forward.message_id
        if record.link_preview is not None:
            found["link_preview"] = _link_preview(record.link_preview)
        if isinstance(record.media, Dice):
            found["dice"] = {"emoji": record.media.emoji, "value": record.media.value}
        elif isinstance(record.media, Story):
            story = record.media
            found["story"] = {"peer_id": peer_key(story.peer.id), "id": story.story_id}
        if record.left_out:
            found["left_out"] = dict(record.left_out)

    def _reaction(self, reaction: Reaction, emoji: Emoji) -> Object:
        found: Object = {"type": reaction.type, "count": reaction.count}
        if reaction.type == "emoji":
            found["emoji"] = reaction.emoji
        elif reaction.type == "custom_emoji":
            found["document_id"] = emoji_path(reaction.document_id, emoji)
        if reaction.recent:
            found["recent"] = [
                {
                    "from": one.peer.name,
                    "from_id": peer_key(one.peer.id),
                    "date": self.local(one.date),
                }
                for one in reaction.recent
            ]
        return found


def _moved(found: Object) -> Object:
    """Renumber a message of the basic group, and what it says of other messages there."""
    keys = list(MOVED_KEYS)
    if "reply_to_peer_id" not in found:
        keys.append("reply_to_message_id")
    return found | {key: found[key] + MOVED for key in keys if key in found}


def _origin(found: Object, record: Record) -> None:
    if record.sender is not None:
        found["from"] = record.sender.name
        found["from_id"] = peer_key(record.sender.id)
    if record.author is not None:
        found["author"] = record.author
    if record.forward is not None:
        _forward(found, record.forward)
    if record.reply is not None:
        _reply(found, record.reply)
    if record.via_bot is not None and record.via_bot.username:
        found["via_bot"] = "@" + record.via_bot.username


def _forward(found: Object, forward: Forward) -> None:
    if forward.peer is not None:
        found["forwarded_from"] = forward.peer.name
        found["forwarded_from_id"] = peer_key(forward.peer.id)
    elif forward.name is not None:
        found["forwarded_from"] = forward.name
    if forward.saved_from is not None:
        found["saved_from"] = forward.saved_from.name


def _reply(found: Object, reply: Reply) -> None:
    if reply.message_id is not None:
        found["reply_to_message_id"] = reply.message_id
        if reply.peer is not None:
            found["reply_to_peer_id"] = peer_key(reply.peer.id)


def _action(found: Object, record: Record, action: Action, emoji: Emoji) -> None:
    if action.has_actor and record.sender is not None:
        found["actor"] = record.sender.name
        found["actor_id"] = peer_key(record.sender.id)
    found["action"] = action.name
    found |= dict.fromkeys(NULL_IF_ABSENT.get(action.name, ()))
    for key, value in action.details.items():
        found[key] = _detail(value, emoji)
    if action.photo is not None:
        photo_object(found, action.photo)


def _detail(value: Any, emoji: Emoji) -> Any:
    if isinstance(value, Text):
        return text_value(value, emoji)
    if isinstance(value, dict):
        return {key: _detail(one, emoji) for key, one in value.items()}
    if isinstance(value, list):
        return [_detail(one, emoji) for one in value]
    return value


def _button(button: Button) -> Object:
    found: Object = {"type": button.type}
    if button.text:
        found["text"] = button.text
    if button.data:
        if isinstance(button.data, bytes):
            found["dataBase64"] = urlsafe_b64encode(button.data).rstrip(b"=").decode()
            found["data"] = ""
        else:
            found["data"] = button.data
    if button.forward_text:
        found["forward_text"] = button.forward_text
    if button.button_id:
        found["button_id"] = button.button_id
    return found


def _link_preview(preview: LinkPreview) -> Object:
    told = {
        "url": preview.url,
        "site_name": preview.site_name,
        "title": preview.title,
        "description": preview.description,
        "author": preview.author,
    }
    return {key: value for key, value in told.items() if value}
