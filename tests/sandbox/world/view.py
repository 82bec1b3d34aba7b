"""A message as one account sees it, and the peers that it names."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from telethon.tl import types
from telethon.tl.tlobject import TLObject

from tests.sandbox.world.people import Account

if TYPE_CHECKING:
    from tests.sandbox.world.chats import Chat
    from tests.sandbox.world.world import World

MARK = 1_000_000_000_000
"""Marked ids of channels and supergroups are `-(MARK + id)`:
https://core.telegram.org/api/bots/ids"""

DEEP_FIELDS = ("fwd_from", "reply_to", "media", "entities", "reactions", "replies", "action")
"""Where a message may name peers or hold files, besides its sender."""

FILE_FIELDS = ("media", "action", "rich_message")
"""Where a message may hold files."""

USER_FIELDS = ("user_id", "via_bot_id", "inviter_id", "bot_id", "new_creator_id")
USER_LIST_FIELDS = ("users", "winners")
CHAT_FIELDS = ("chat_id",)
CHANNEL_FIELDS = ("channel_id",)
CHANNEL_LIST_FIELDS = ("channels",)


def seen(message: Any, chat: Chat, viewer: Account) -> Any:
    """Turn a fresh message into what `viewer` gets.

    Incoming messages of private chats name no sender, outgoing ones have `out`; files get the
    viewer's access hash and a file reference of the viewer's:
    https://core.telegram.org/constructor/message, https://core.telegram.org/api/file-references
    """
    message.peer_id = chat.peer()
    sender = message.from_id
    if isinstance(sender, types.PeerUser):
        if sender.user_id == viewer.id:
            message.out = True
        elif isinstance(message.peer_id, types.PeerUser) and message.peer_id == sender:
            message.from_id = None
    for field in FILE_FIELDS:
        value = getattr(message, field, None)
        if value is not None:
            show_files(value, chat.world, viewer)
    return message


def show_files(value: Any, world: World, viewer: Account) -> Any:
    """Make the photos and documents of a TL object those that the viewer gets.

    "Access hashes are unique for each account", https://core.telegram.org/api/peers#access-hash,
    and so are file references: https://core.telegram.org/api/file-references
    """
    for file in files_in(value):
        world.shelf.put(file)
        file.access_hash = viewer.access_hash("file", file.id)
        file.file_reference = world.references.issue(viewer, file.id)
    return value


def files_in(value: Any) -> Iterator[Any]:
    """Every photo and document in a TL object."""
    if isinstance(value, (types.Photo, types.Document)):
        yield value
    elif isinstance(value, TLObject):
        for inner in vars(value).values():
            if isinstance(inner, (TLObject, list)):
                yield from files_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from files_in(inner)


def peers_in(message: Any) -> set[int]:
    """Marked ids of the peers that must come along with the message."""
    peers = set()
    if message.from_id is not None:
        peers.add(marked(message.from_id))
    if getattr(message, "via_bot_id", None):
        peers.add(message.via_bot_id)
    for field in DEEP_FIELDS:
        value = getattr(message, field, None)
        if value:
            peers.update(_peers(value))
    return peers


def _peers(value: Any) -> Iterator[int]:
    if isinstance(value, (types.PeerUser, types.PeerChat, types.PeerChannel)):
        yield marked(value)
    elif isinstance(value, list):
        for inner in value:
            yield from _peers(inner)
    elif isinstance(value, TLObject):
        for name, inner in vars(value).items():
            if isinstance(inner, (TLObject, list)):
                yield from _peers(inner)
            yield from _named(name, inner)


def _named(name: str, value: Any) -> Iterator[int]:
    """Peers that TL names by a bare number."""
    if not value:
        return
    if name in USER_FIELDS:
        yield value
    elif name in CHAT_FIELDS:
        yield -value
    elif name in CHANNEL_FIELDS:
        yield -(MARK + value)
    elif name in USER_LIST_FIELDS:
        yield from (each for each in value if isinstance(each, int))
    elif name in CHANNEL_LIST_FIELDS:
        yield from (-(MARK + each) for each in value if isinstance(each, int))


def marked(peer: Any) -> int:
    """The marked id of a TL peer, https://core.telegram.org/api/bots/ids."""
    number: int
    if isinstance(peer, types.PeerUser):
        number = peer.user_id
    elif isinstance(peer, types.PeerChat):
        number = -peer.chat_id
    else:
        number = -(MARK + peer.channel_id)
    return number


def peer_of(peer_id: int) -> Any:
    """The TL peer of a marked id."""
    if peer_id > 0:
        return types.PeerUser(peer_id)
    if peer_id > -MARK:
        return types.PeerChat(-peer_id)
    return types.PeerChannel(-peer_id - MARK)
