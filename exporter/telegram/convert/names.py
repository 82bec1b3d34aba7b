"""Who the ids in a message are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from telethon.tl import types

from exporter.peers import PeerRef
from storage.models import ChatInfo, Peer

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

    An id asked for in vain is noted in `missing`: who converts looks those up, tells `learn`, and
    converts again. So the converter itself says which peers it needs.
    """

    def __init__(
        self,
        chat: ChatInfo,
        known: Mapping[int, Peer] | None = None,
        *,
        at_once: int = 20_000,
    ) -> None:
        self.chat_id = chat.id
        self.missing: set[int] = set()
        self._refs: dict[int, PeerRef] = {}
        self._chat = chat
        self._at_once = at_once
        if known is not None:
            self.learn({chat.id, *known}, known)

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

    def unknown(self, ids: Iterable[int]) -> list[int]:
        """Those that were not looked up, in their order."""
        return sorted(set(ids) - self._refs.keys())

    def make_room(self) -> None:
        """Forget the older half when there are more than `at_once`."""
        if len(self._refs) > self._at_once:
            for peer_id in list(self._refs)[: self._at_once // 2]:
                del self._refs[peer_id]

    def learn(self, asked: Iterable[int], found: Mapping[int, Peer]) -> None:
        """Take in what a look-up of `asked` found; what it did not find has no name."""
        for peer_id in asked:
            self._refs[peer_id] = self._ref_of(peer_id, found.get(peer_id))
        self.missing.clear()

    def _ref_of(self, peer_id: int, peer: Peer | None) -> PeerRef:
        chat = self._chat
        name = (peer.name if peer else None) or None
        if peer_id == chat.id and chat.title and (peer_id < 0 or not name):
            # The present title; but saved messages are by their owner, not by "Saved Messages".
            return PeerRef(peer_id, chat.title, chat.username, chat.type == "bot_chat")
        if peer is None:
            return PeerRef(peer_id, None)
        return PeerRef(peer_id, name, peer.username, peer.is_bot)
