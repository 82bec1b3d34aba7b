"""The users and chats that come along with an answer."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from tests.sandbox.world.people import Account, tl_user

if TYPE_CHECKING:
    from tests.sandbox.world.world import World

VECTOR = b"\x15\xc4\xb5\x1c"
"""The constructor of a boxed vector."""


class Entities:
    """Finds peers by their marked ids and gives them as a viewer sees them."""

    def __init__(self, world: World) -> None:
        self._world = world

    def split(
        self, peers: Iterable[int], viewer: Account, *, in_passing: bool = False
    ) -> tuple[list[Any], list[Any]]:
        """The chats and the users of an answer; peers that nobody made are left out.

        `in_passing` gives *min* users, see `tl_user`.
        """
        chats, users = [], []
        for peer_id in sorted(peers):
            if peer_id > 0 and (user := self._world.users.get(peer_id)):
                users.append(tl_user(user, viewer, in_passing=in_passing))
            elif peer_id < 0 and (chat := self._world.by_peer_id.get(peer_id)):
                chats.append(chat.tl(viewer))
        return chats, users

    def vectors(self, peers: Iterable[int], viewer: Account, *, in_passing: bool = False) -> bytes:
        """Both as serialised vectors, chats first, as they end most answers."""
        return b"".join(
            VECTOR + struct.pack("<i", len(found)) + b"".join(bytes(each) for each in found)
            for found in self.split(peers, viewer, in_passing=in_passing)
        )
