"""Who is who in an export: peers with their ids, and people who are only called by name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from telethon.tl import types

from exporter.telegram.convert.names import channel_peer_id
from exporter.telegram.desktop.numbers import CHANNEL_BASE, made_up_user, peer_id_of
from exporter.telegram.desktop.told import Told
from storage.models import Peer, PeerKind

NAMES = 100_000
"""Names that are remembered with their ids; of further ones the ids are made up."""
PEER_KEYS = (
    ("from", "from_id"),
    ("actor", "actor_id"),
    ("forwarded_from", "forwarded_from_id"),
    ("to", "to_id"),
    ("peer_name", "peer_id"),
    ("boost_peer_name", "boost_peer_id"),
)
"""Where messages name a peer together with its id."""


class People:
    """The peers of one chat of an export. Read all its messages before the first is converted."""

    def __init__(self) -> None:
        self._users: dict[str, int] = {}
        self._peers: dict[str, int] = {}
        self._met: dict[int, Peer] = {}

    def read(self, message: Told) -> None:
        """Remember the ids that stand beside names."""
        for name_key, id_key in PEER_KEYS:
            if id_key in message and name_key in message:
                peer_id = peer_id_of(message.raw(id_key))
                name = message.raw(name_key)
                if peer_id is not None and isinstance(name, str) and len(self._peers) < NAMES:
                    self._peers.setdefault(name, peer_id)
                    if peer_id > 0:
                        self._users.setdefault(name, peer_id)

    def meet(self, given: object, name: str | None) -> int | None:
        """Note a peer by what an export gives as its id; its marked id, or None."""
        peer_id = peer_id_of(given)
        if peer_id is not None:
            self.call(peer_id, name)
        return peer_id

    def call(self, peer_id: int, name: str | None, *, bot: str | None = None) -> None:
        """Note what a peer is called; `bot` is the username of one that turned out to be a bot."""
        before = self._met.get(peer_id) or Peer(peer_id=peer_id, kind=_kind(peer_id), name=None)
        self._met[peer_id] = replace(
            before,
            name=name or before.name,
            username=bot or before.username,
            is_bot=bot is not None or before.is_bot,
        )

    def user_called(self, name: str | None, *place: object) -> int:
        """The id of a user of whom only the name is known; of one without, `place` tells which."""
        if name is None:
            return made_up_user(*place)
        user_id = self._users.get(name)
        if user_id is None:
            user_id = made_up_user(name)
        self.call(user_id, name)
        return user_id

    def peer_called(self, name: str) -> int:
        """The marked id of a peer of whom only the name is known."""
        return self._peers.get(name) or self.user_called(name)

    def bot_called(self, username: str) -> int:
        """The id of the bot `@username`."""
        username = username.removeprefix("@")
        user_id = made_up_user("@", username.lower())
        self.call(user_id, username, bot=username)
        return user_id

    def take(self) -> list[Peer]:
        """Who was met since it was last asked, with a name."""
        met = [peer for peer in self._met.values() if peer.name or peer.username]
        self._met.clear()
        return met


def to_peer(peer_id: int) -> Any:
    """The TL `Peer` of a marked id."""
    if peer_id > 0:
        return types.PeerUser(peer_id)
    if peer_id > -CHANNEL_BASE:
        return types.PeerChat(-peer_id)
    return types.PeerChannel(channel_peer_id(0) - peer_id)


def _kind(peer_id: int) -> PeerKind:
    if peer_id > 0:
        return PeerKind.USER
    return PeerKind.CHAT if peer_id > -CHANNEL_BASE else PeerKind.CHANNEL
