"""Exported chats as chats of the world."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from telethon.tl import types

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.history import History
from tests.sandbox.world.loader.directory import peer_id_of
from tests.sandbox.world.loader.messages import convert, own_id
from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.people import Account
from tests.sandbox.world.private import PrivateChat
from tests.sandbox.world.topics import GENERAL, Topic
from tests.sandbox.world.view import MARK
from tests.sandbox.world.world import World

PRIVATE = {
    "personal_chat",
    "bot_chat",
    "saved_messages",
    "replies",
    "verification_codes",
}
NAMELESS = {
    "saved_messages": "Saved Messages",
    "replies": "Replies",
    "verification_codes": "Verification Codes",
}
"""Chats that are exported without a name."""
GROUP = "private_group"


def peer_id(exported: dict[str, Any]) -> int:
    """The marked id of an exported chat.

    Raises:
        ValueError: its type is none of Telegram Desktop's.
    """
    kind, number = exported.get("type"), int(exported["id"])
    if kind in PRIVATE:
        return number
    if kind == GROUP:
        return -number
    if isinstance(kind, str) and kind.endswith(("_supergroup", "_channel")):
        return -(MARK + number)
    raise ValueError(f"the export holds a chat of an unknown type: {kind}")


def make_chat(world: World, viewer: Account, exported: dict[str, Any], *, left: bool) -> Chat:
    """The chat, still without messages; `left` when the viewer is no member any more.

    Raises:
        ValueError: as `peer_id`, or the world has that chat already.
    """
    _ = peer_id(exported)
    kind = exported["type"]
    if kind in PRIVATE:
        return _private(world, viewer, exported)
    people = _people(exported["messages"])
    title = exported.get("name") or ""
    if kind == GROUP:
        members = [*(each for each in people if each != viewer.id), viewer.id]
        group = BasicGroup(
            world,
            number=int(exported["id"]),
            title=title,
            members=members,
            histories={viewer.id: History(news=viewer.box.news)},
        )
        world.put(group)
        return group
    channel = Channel(
        world,
        number=int(exported["id"]),
        title=title,
        username=f"chat_{exported['id']}" if kind.startswith("public") else None,
        broadcast=kind.endswith("_channel"),
        members=[*(each for each in people if each != viewer.id), *([] if left else [viewer.id])],
        history=History(),
    )
    world.put(channel)
    return channel


def fill_chat(chat: Chat, viewer: Account, source: Source, exported: dict[str, Any]) -> None:
    """Put the exported messages in."""
    history = chat.history(viewer)
    if history is None:
        history = chat.histories()[0][1]
    if isinstance(chat, Channel):
        earlier = [each for each in exported["messages"] if int(each["id"]) < 0]
        if earlier:
            _migrated(chat, viewer, source, earlier)
        if any(each.get("action") == "topic_created" for each in exported["messages"]):
            chat.forum = True
            chat.topics[GENERAL] = Topic(
                id=GENERAL, title="General", creator_id=0, date=chat.world.first_date
            )
    messages = [each for each in exported["messages"] if int(each["id"]) > 0]
    if not isinstance(chat, Channel):
        viewer.box.claim(own_id(each) for each in messages)
    date = chat.world.first_date
    for told in messages:
        message = convert(source, told, date)
        date = message.date
        if isinstance(chat, Channel):
            message.post = chat.broadcast or None
            _follow_topics(chat, message)
        history.put(message)


def _private(world: World, viewer: Account, exported: dict[str, Any]) -> PrivateChat:
    number, kind = int(exported["id"]), exported["type"]
    user = world.users.get(number)
    if user is None:
        user = world.add_user("", number=number)
        user.first_name = exported.get("name") or NAMELESS.get(kind)
        user.deleted = user.first_name is None
    if kind == "bot_chat":
        user.bot = True
        user.username = user.username or f"chat_{number}_bot"
    chat = PrivateChat(world, account=viewer, user=user, history=History(news=viewer.box.news))
    if (viewer.id, number) in world.private:
        raise ValueError(f"there is a chat with {user.name} already")
    world.private[viewer.id, number] = chat
    return chat


def _people(messages: Iterable[dict[str, Any]]) -> list[int]:
    """User ids of all who wrote, in the order of their first message."""
    found: dict[int, None] = {}
    for message in messages:
        number = peer_id_of(message.get("from_id", message.get("actor_id")))
        if number is not None and number > 0:
            found[number] = None
    return list(found)


def _migrated(
    chat: Channel, viewer: Account, source: Source, told: Sequence[dict[str, Any]]
) -> None:
    """The basic group that the chat was before, with its messages in the viewer's numbering."""
    number = source.group_id or 0
    history = History(news=viewer.box.news)
    group = BasicGroup(
        chat.world,
        number=number,
        title=chat.title,
        members=[*(each for each in _people(told) if each != viewer.id), viewer.id],
        histories={viewer.id: history},
    )
    viewer.box.claim(own_id(each) for each in told)
    date = chat.world.first_date
    for each in told:
        message = convert(source, each, date)
        date = message.date
        history.put(message)
    group.migrated_to, chat.migrated_from = chat, group
    chat.world.put(group)


def _follow_topics(chat: Channel, message: Any) -> None:
    """Keep the list of topics as the message leaves it."""
    action = getattr(message, "action", None)
    if isinstance(action, types.MessageActionTopicCreate):
        chat.topics[message.id] = Topic(
            id=message.id,
            title=action.title,
            creator_id=getattr(message.from_id, "user_id", 0),
            date=message.date,
            icon_color=action.icon_color,
        )
    elif isinstance(action, types.MessageActionTopicEdit) and message.reply_to is not None:
        topic = chat.topics[message.reply_to.reply_to_msg_id]
        topic.title = action.title or topic.title
        if action.icon_emoji_id is not None:
            topic.icon_emoji_id = action.icon_emoji_id or None
