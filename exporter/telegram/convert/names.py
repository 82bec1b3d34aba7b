"""Who the ids in a message are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from telethon.tl import types

from exporter.records import PeerRef
from storage.models import ChatInfo, Peer

KNOWN_AT_ONCE = 20_000
"""Peers kept in memory; the oldest half makes room for more."""

_CHANNEL_BASE = -1_000_000_000_000


def channel_peer_id(channel_id: int) -> int:
    """The marked id of a channel or supergroup (https://core.telegram.org/api/bots/ids)."""
    return _CHANNEL_BASE - channel_id


def marked_id(peer: Any) -> int:
    """The marked id of a `Peer` object."""
    if type(peer) is types.PeerUser:
        return int(peer.user_id)
    if type(peer) is types.PeerChannel:
        return _CHANNEL_BASE - int(peer.channel_id)
    return -int(peer.chat_id)


class Names:
    """The peers that the messages of one chat name, as far as they were looked up.

    An id asked for in vain is noted in `missing`: who converts looks those up, tells `learn`,
    and converts again. So the converter itself says which peers a page needs.
    """

    def __init__(self, chat: ChatInfo, known: Mapping[int, Peer] | None = None) -> None:
        self.chat_id = chat.id
        self.missing: set[int] = set()
        self._refs: dict[int, PeerRef] = {}
        self._chat = chat
        self.learn((known or {}).keys(), known or {})

    def ref(self, peer_id: int) -> PeerRef:
        """The peer by its marked id; without a name if it is not known."""
        found = self._refs.get(peer_id)
        if found is None:
            self.missing.add(peer_id)
            return PeerRef(peer_id, None)
        return found

    def peer(self, peer: Any) -> PeerRef:
        """The peer of a `Peer` object."""
        return self.ref(marked_id(peer))

    def learn(self, asked: Iterable[int], found: Mapping[int, Peer]) -> None:
        """Take in what a look-up of `asked` found; what it did not find has no name."""
        if len(self._refs) > KNOWN_AT_ONCE:
            for peer_id in list(self._refs)[: KNOWN_AT_ONCE // 2]:
                del self._refs[peer_id]
        for peer_id in asked:
            peer = found.get(peer_id)
            self._refs[peer_id] = (
                PeerRef(peer_id, peer.name or None, peer.username, peer.is_bot)
                if peer
                else PeerRef(peer_id, None)
            )
        self._refs[self.chat_id] = self._own_ref()
        self.missing.clear()

    def _own_ref(self) -> PeerRef:
        """The chat itself goes by its present title; saved messages by their owner's name."""
        known = self._refs.get(self.chat_id)
        title = self._chat.title
        if known and known.name and (self.chat_id > 0 or not title):
            return known
        is_bot = self._chat.type == "bot_chat"
        return PeerRef(self.chat_id, title, self._chat.username, is_bot)
