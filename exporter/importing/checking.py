"""The first reading of an export: every message is looked at before anything is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Any

from pyroaring import BitMap

from exporter.errors import CommandError
from exporter.importing.folder import ExportFolder, Outside
from exporter.importing.reading import ExportFile, Head, Item
from exporter.telegram.convert.names import channel_peer_id
from exporter.telegram.desktop import Converter, People
from exporter.telegram.desktop.message import own_id
from exporter.telegram.desktop.numbers import made_up_group, peer_id_of
from exporter.telegram.desktop.source import Source
from exporter.telegram.desktop.told import Malformed, Told
from storage.models import ChatInfo, Topic

PRIVATE = frozenset(
    {"personal_chat", "bot_chat", "saved_messages", "replies", "verification_codes"}
)
WITH_ONE = frozenset({"personal_chat", "bot_chat"})
"""In which nobody writes but the two."""
GROUP = "private_group"
OTHERS = frozenset({"private_supergroup", "public_supergroup", "private_channel", "public_channel"})
LARGEST_ID = 997_852_516_352
"""Of a channel: https://core.telegram.org/api/bots/ids"""
AT_ONCE = 200
"""Messages between two turns of the event loop."""


@dataclass(slots=True, kw_only=True)
class ExportedChat:
    """A chat of an export, as the first reading found it."""

    place: str
    """Leads to it within the file."""
    info: ChatInfo
    people: People = field(default_factory=People)
    ids: BitMap = field(default_factory=BitMap)
    earlier: BitMap = field(default_factory=BitMap)
    """Messages of the basic group that it was, by their own ids."""
    topics: dict[int, Topic] = field(default_factory=dict)
    others: set[int] = field(default_factory=set)
    """Of a chat with a person or bot: who wrote besides these; two are as good as many."""

    @property
    def messages(self) -> int:
        return len(self.ids) + len(self.earlier)

    @property
    def owner_id(self) -> int | None:
        """Whose export it is, if the chat says it: one with oneself, or with one other."""
        if self.info.type == "saved_messages":
            return self.info.id
        return next(iter(self.others)) if len(self.others) == 1 else None

    def converters(
        self, folder: ExportFolder, zone: tzinfo, *, group_id: int, owner_id: int | None
    ) -> tuple[Converter, Converter]:
        """What converts its messages, and those of the basic group that it was."""
        about: dict[str, Any] = {
            "zone": zone,
            "people": self.people,
            "owner_id": owner_id,
            "read_card": folder.card,
            "group_id": group_id,
            "root_id": self.info.id,
        }
        own = Source(
            chat_id=self.info.id,
            is_channel=self.info.type.endswith("_channel"),
            is_forum=bool(self.topics),
            **about,
        )
        return Converter(own), Converter(Source(chat_id=group_id, **about))


async def check(
    file: ExportFile, folder: ExportFolder, zone: tzinfo, on_read: Callable[[int], None]
) -> list[ExportedChat]:
    """Read all of an export and convert each message once, so that none of it is wrong later.

    `on_read` hears how many messages were read so far.

    Raises:
        CommandError: something is wrong; the sentence says what, and where.
    """
    chats: dict[int, ExportedChat] = {}
    current: ExportedChat | None = None
    head: Head | None = None
    converters: tuple[Converter, Converter] | None = None
    for number, item in enumerate(file.heads_and_items(), 1):
        if item.head is not head or current is None or converters is None:
            head = item.head
            current = _chat_of(head, file)
            if current.info.id in chats:
                raise CommandError(
                    f"{file.path} holds the chat {current.info.id} twice ({current.place})."
                    " Nothing was imported."
                )
            chats[current.info.id] = current
            group_id = made_up_group(current.info.id)
            converters = current.converters(folder, zone, group_id=group_id, owner_id=None)
        try:
            _look(item, current, converters, folder)
        except (Malformed, Outside) as error:
            raise CommandError(_wrong(item, current, file, error)) from error
        if number % AT_ONCE == 0:
            current.people.take()
            on_read(number)
            await asyncio.sleep(0)
    return list(chats.values())


def _look(
    item: Item,
    chat: ExportedChat,
    converters: tuple[Converter, Converter],
    folder: ExportFolder,
) -> None:
    message = Told(item.value)
    message_id = own_id(message)
    moved = message.number("id") < 0
    if moved and chat.info.type not in OTHERS:
        raise Malformed("`id` is below 0, as only those of a former basic group are")
    seen = chat.earlier if moved else chat.ids
    if message_id in seen:
        raise Malformed("another message has the same `id`")
    seen.add(message_id)
    chat.people.read(message)
    brought = converters[moved].convert(message)
    for path in brought.paths.values():
        if path and not path.startswith("("):
            folder.check(path)
    if brought.topic is not None:
        chat.topics[message_id] = Topic(topic_id=message_id, title=brought.topic)
    if chat.info.type in WITH_ONE and len(chat.others) < 2:
        sender = peer_id_of(message.raw("from_id")) or peer_id_of(message.raw("actor_id"))
        if sender is not None and 0 < sender != chat.info.id:
            chat.others.add(sender)


def _chat_of(head: Head, file: ExportFile) -> ExportedChat:
    """Read what stands before the messages of a chat."""
    told = Told(head.fields)
    try:
        chat_id = _marked(told.text("type"), told.raw("id"))
        title = told.words("name")
    except Malformed as error:
        raise CommandError(
            f"{file.path} is no export of Telegram Desktop: {head.place}{error}. Nothing was"
            " imported."
        ) from error
    return ExportedChat(
        place=head.place, info=ChatInfo(id=chat_id, title=title, type=told.text("type"))
    )


def _marked(kind: str, number: object) -> int:
    if not kind or number is None:
        raise Malformed("`type` and `id` must stand before the messages")
    if type(number) is not int or not 0 < number <= LARGEST_ID:
        raise Malformed("`id` is none that a chat of Telegram has")
    if kind in PRIVATE:
        return number
    if kind == GROUP:
        return -number
    if kind in OTHERS:
        return channel_peer_id(number)
    raise Malformed(f"`type` is {kind[:50]!r}, which is no kind of chat")


def _wrong(item: Item, chat: ExportedChat, file: ExportFile, error: Exception) -> str:
    given = item.value.get("id") if isinstance(item.value, dict) else None
    which = f"message {given}" if type(given) is int else "a message"
    title = chat.info.title or chat.info.id
    return (
        f"{file.path}: {which} of “{title}” ({item.place}) is wrong: {error}. Nothing was imported."
    )
