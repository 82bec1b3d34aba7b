"""Everybody whom a chat's messages name, each once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exporter.peers import PeerRef
from exporter.writers.plain import Object


class Peers:
    """Numbers peers in the order of their first appearance.

    All of them stay in memory: the reader has them all at once too.
    """

    def __init__(self) -> None:
        self._indexes: dict[int, int] = {}
        self._peers: list[PeerRef] = []

    def index(self, peer: PeerRef) -> int:
        """The number of a peer."""
        found = self._indexes.get(peer.id)
        if found is None:
            found = self._indexes[peer.id] = len(self._peers)
            self._peers.append(peer)
        return found

    def listed(self, avatars: Mapping[int, str]) -> Iterator[Object]:
        """Who they are, in their order, with the paths of their pictures."""
        for peer in self._peers:
            found: Object = {"id": peer.id, "name": peer.name}
            if peer.username:
                found["username"] = peer.username
            if peer.is_bot:
                found["bot"] = True
            if peer.id in avatars:
                found["avatar"] = avatars[peer.id]
            yield found
