"""A message as one account sees it, and the peers that it names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.people import Account

if TYPE_CHECKING:
    from tests.sandbox.world.chats import Chat


def seen(message: Any, chat: Chat, viewer: Account) -> Any:
    """Change a fresh message into what `viewer` gets."""
    message.peer_id = chat.peer()
    sender = message.from_id
    if isinstance(sender, types.PeerUser) and sender.user_id == viewer.id:
        message.out = True
    return message


def peers_in(message: Any) -> set[int]:
    """Marked ids of the peers that must come along with the message."""
    peers = set()
    if message.from_id is not None:
        peers.add(marked(message.from_id))
    return peers


def marked(peer: Any) -> int:
    """The marked id of a TL peer, https://core.telegram.org/api/bots/ids."""
    number: int
    if isinstance(peer, types.PeerUser):
        number = peer.user_id
    elif isinstance(peer, types.PeerChat):
        number = -peer.chat_id
    else:
        number = -(1_000_000_000_000 + peer.channel_id)
    return number
