"""From TL messages back to Telegram Desktop's words, to see that the loader lost nothing."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any

from telethon.tl import types

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.view import marked

WORDS = {
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
    types.MessageEntityPhone: "phone",
    types.MessageEntityCashtag: "cashtag",
    types.MessageEntityUnderline: "underline",
    types.MessageEntityStrike: "strikethrough",
    types.MessageEntityBlockquote: "blockquote",
    types.MessageEntityBankCard: "bank_card",
    types.MessageEntitySpoiler: "spoiler",
    types.MessageEntityCustomEmoji: "custom_emoji",
    types.MessageEntityUnknown: "unknown",
}
ADDITIONS = {
    types.MessageEntityPre: ("language", "language"),
    types.MessageEntityTextUrl: ("href", "url"),
    types.MessageEntityMentionName: ("user_id", "user_id"),
}


def text_parts(text: str, entities: list[Any]) -> list[dict[str, Any]]:
    """`text_entities` without empty plain parts."""
    units = text.encode("utf-16-le")
    done = 0
    parts: list[dict[str, Any]] = []

    def cut(start: int, stop: int) -> str:
        return units[start * 2 : stop * 2].decode("utf-16-le")

    for entity in entities:
        if entity.offset > done:
            parts.append({"type": "plain", "text": cut(done, entity.offset)})
        done = entity.offset + entity.length
        part: dict[str, Any] = {"type": WORDS[type(entity)], "text": cut(entity.offset, done)}
        if type(entity) in ADDITIONS:
            key, name = ADDITIONS[type(entity)]
            part[key] = getattr(entity, name)
        if isinstance(entity, types.MessageEntityBlockquote):
            part["collapsed"] = bool(entity.collapsed)
        parts.append(part)
    if done < len(units) // 2:
        parts.append({"type": "plain", "text": cut(done, len(units) // 2)})
    return parts


def told_parts(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The export's `text_entities`, without empty plain parts and paths of emoji."""
    return [
        {key: value for key, value in part.items() if key != "document_id"}
        for part in parts
        if part["text"]
    ]


class Reverse:
    """Describes one chat's messages as an export would."""

    def __init__(self, chat: Chat, zone: tzinfo) -> None:
        self._chat = chat
        self._zone = zone

    def message(self, message: Any) -> dict[str, Any]:
        """The keys that every message has, and those of who, where from and to what."""
        is_service = isinstance(message, types.MessageService)
        if isinstance(getattr(message, "media", None), types.MessageMediaUnsupported):
            return {"id": message.id, "type": "unsupported"}
        who = "actor" if is_service else "from"
        told: dict[str, Any] = {
            "id": message.id,
            "type": "service" if is_service else "message",
            **self._dated("date", message.date),
            **self._dated("edited", getattr(message, "edit_date", None)),
            **self._named(who, message.from_id or self._chat.peer()),
        }
        if not is_service:
            told["author"] = message.post_author
            told["via_bot"] = self._via(message.via_bot_id)
            told |= self._forward(message.fwd_from)
        told |= self._reply(message, is_service=is_service)
        told["text_entities"] = text_parts(message.message or "", message.entities or [])
        told["reactions"] = self._reactions(message.reactions)
        return {key: value for key, value in told.items() if value is not None}

    def local(self, moment: datetime) -> str:
        return moment.astimezone(self._zone).isoformat()[:19]

    def _dated(self, key: str, moment: datetime | None) -> dict[str, Any]:
        if moment is None:
            return {}
        unix = int(moment.astimezone(UTC).timestamp())
        return {key: self.local(moment), f"{key}_unixtime": str(unix)}

    def _named(self, key: str, peer: Any) -> dict[str, Any]:
        return {key: self._name(peer) or "nobody", f"{key}_id": word(peer)}

    def _name(self, peer: Any) -> str | None:
        world = self._chat.world
        number = marked(peer)
        if number > 0:
            return world.users[number].name or None
        return world.by_peer_id[number].title

    def _via(self, number: int | None) -> str | None:
        return None if number is None else f"@{self._chat.world.users[number].username}"

    def _forward(self, header: Any) -> dict[str, Any]:
        if header is None:
            return {}
        told: dict[str, Any] = {"forwarded_from": header.from_name}
        if header.from_id is not None:
            told = self._named("forwarded_from", header.from_id)
        if header.saved_from_peer is not None:
            told["saved_from"] = self._name(header.saved_from_peer)
        return told

    def _reply(self, message: Any, *, is_service: bool) -> dict[str, Any]:
        header = message.reply_to
        if header is None or (is_service and "Topic" in type(message.action).__name__):
            return {}
        key = "replied" if is_service else "reply_to_message_id"
        elsewhere = header.reply_to_peer_id
        told = {key: header.reply_to_msg_id}
        return told | ({} if elsewhere is None else {"reply_to_peer_id": word(elsewhere)})

    def _reactions(self, reactions: Any) -> list[dict[str, Any]] | None:
        if reactions is None:
            return None
        told = []
        for each in reactions.results:
            recent = [
                {**self._named("from", one.peer_id), "date": self.local(one.date)}
                for one in reactions.recent_reactions or []
                if one.reaction == each.reaction
            ]
            emoticon = getattr(each.reaction, "emoticon", None)
            told.append({"count": each.count, "emoji": emoticon, "recent": recent})
        return told


def word(peer: Any) -> str:
    """`user1`, `chat1` or `channel1`."""
    if isinstance(peer, types.PeerUser):
        return f"user{peer.user_id}"
    if isinstance(peer, types.PeerChat):
        return f"chat{peer.chat_id}"
    return f"channel{peer.channel_id}"


KEPT = (
    "id",
    "type",
    "date",
    "date_unixtime",
    "edited",
    "edited_unixtime",
    "from",
    "from_id",
    "actor",
    "actor_id",
    "author",
    "via_bot",
    "forwarded_from",
    "forwarded_from_id",
    "saved_from",
    "reply_to_message_id",
    "reply_to_peer_id",
)


def told(message: dict[str, Any]) -> dict[str, Any]:
    """The export's message, with the same keys as `Reverse.message` gives."""
    if message["type"] == "unsupported":
        return {"id": message["id"], "type": "unsupported"}
    same = {key: message[key] for key in KEPT if key in message}
    if message["type"] == "service":
        same = {key: value for key, value in same.items() if not key.startswith("from")}
    for key in ("from", "actor", "forwarded_from"):
        if key in same and same[key] is None:
            same[key] = "nobody"
    for key in ("message_id", "game_message_id", "invoice_message_id"):
        if key in message:
            same["replied"] = message[key]
    same["text_entities"] = told_parts(message["text_entities"])
    if "reactions" in message:
        same["reactions"] = [
            {
                "count": each["count"],
                "emoji": each.get("emoji"),
                "recent": [
                    {**one, "from": one["from"] or "nobody"} for one in each.get("recent", [])
                ],
            }
            for each in message["reactions"]
        ]
    return same
