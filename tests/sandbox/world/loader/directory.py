"""Who is who in an export: peers by their ids, and people who are only called by name."""

from __future__ import annotations

from typing import Any

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.history import History
from tests.sandbox.world.people import User
from tests.sandbox.world.view import MARK
from tests.sandbox.world.world import World

OLD_SHIFT = 32
"""Exports of 2019 give a sender as a number: the kind of peer above these bits, the id below."""

PEER_KEYS = (
    ("from", "from_id"),
    ("actor", "actor_id"),
    ("forwarded_from", "forwarded_from_id"),
    ("to", "to_id"),
    ("peer_name", "peer_id"),
    ("boost_peer_name", "boost_peer_id"),
)
"""Where messages name a peer together with its id."""


def peer_id_of(given: Any) -> int | None:
    """The marked id of `user1`, `chat1`, `channel1`, or of an old export's number."""
    if isinstance(given, int):
        kind, number = given >> OLD_SHIFT, given & ((1 << OLD_SHIFT) - 1)
        return (number, -number, -(MARK + number))[kind] if kind <= 2 else None
    for prefix, base, sign in (("user", 0, 1), ("channel", MARK, -1), ("chat", 0, -1)):
        if isinstance(given, str) and given.startswith(prefix):
            return sign * (base + int(given.removeprefix(prefix)))
    return None


class Directory:
    """Finds the world's peer for each mention in an export, and makes those that are missing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._users: dict[str, int] = {}
        """User ids by full name, the first of that name."""
        self._peers: dict[str, int] = {}
        """Marked ids by name, of whatever kind."""
        self._bots: dict[str, int] = {}
        self._deleted: list[int] = []

    def read(self, message: dict[str, Any]) -> None:
        """Take in the peers that a message names with their ids."""
        for name_key, id_key in PEER_KEYS:
            if id_key in message:
                self.meet(message[id_key], message.get(name_key))
        for reaction in message.get("reactions", ()):
            for recent in reaction.get("recent", ()):
                self.meet(recent.get("from_id"), recent.get("from"))

    def meet(self, given: Any, name: str | None) -> None:
        """Make the peer known; a user without a name is a deleted account."""
        peer_id = peer_id_of(given)
        if peer_id is None:
            return
        if name is not None:
            self._peers.setdefault(name, peer_id)
        if peer_id > 0:
            self._meet_user(peer_id, name)
        elif name is not None and peer_id not in self._world.by_peer_id:
            self._world.put(self._stub(peer_id, name))

    def call(self, name: str, peer_id: int) -> None:
        """Remember that the peer, which exists already, goes by that name."""
        self._peers.setdefault(name, peer_id)
        if peer_id > 0:
            self._users.setdefault(name, peer_id)

    def user_called(self, name: str | None, place: int = 0) -> int:
        """The id of a user of whom only the name is known; `place` tells nameless ones apart."""
        if name is None:
            while len(self._deleted) <= place:
                self._deleted.append(self._world.add_user("", deleted=True).id)
            return self._deleted[place]
        if name not in self._users:
            user = self._world.add_user("")
            user.first_name = name
            self._users[name] = user.id
        return self._users[name]

    def peer_called(self, name: str | None) -> int:
        """The marked id of a peer of whom only the name is known."""
        known = None if name is None else self._peers.get(name)
        return self.user_called(name) if known is None else known

    def bot_called(self, username: str) -> int:
        """The id of the bot `@username`."""
        username = username.removeprefix("@")
        if username not in self._bots:
            bot = self._world.add_user(username, username=username, bot=True)
            self._bots[username] = bot.id
        return self._bots[username]

    def is_bot(self, given: Any, *, username: str) -> None:
        """The user, who is known already, turned out to be the bot `@username`."""
        user = self._world.users.get(peer_id_of(given) or 0)
        if user is not None:
            user.bot, user.username = True, username

    def _meet_user(self, number: int, name: str | None) -> None:
        user = self._world.users.get(number)
        if user is None:
            user = User(id=number, first_name=name, deleted=name is None)
            self._world.users[number] = user
        elif user.deleted and name is not None:
            user.first_name, user.deleted = name, False
        if name is not None:
            self._users.setdefault(name, number)

    def _stub(self, peer_id: int, name: str) -> Channel | BasicGroup:
        """A chat of which nothing is known but the name: the source of forwarded messages."""
        if peer_id > -MARK:
            return BasicGroup(self._world, number=-peer_id, title=name, members=[], histories={})
        return Channel(
            self._world,
            number=-peer_id - MARK,
            title=name,
            username=None,
            broadcast=True,
            members=[],
            history=History(),
        )
