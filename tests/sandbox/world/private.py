"""Chats of two, as one of both has them in their own numbering."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.history import History
from tests.sandbox.world.people import Account, User

if TYPE_CHECKING:
    from tests.sandbox.world.world import World


class PrivateChat(Chat):
    """An account's chat with a user, a bot, or itself (then it is "Saved Messages")."""

    def __init__(self, world: World, *, account: Account, user: User, history: History) -> None:
        super().__init__(world, number=user.id, title=user.name)
        self.account = account
        self.user = user
        self.noforwards = False
        """One of both has restricted saving: https://core.telegram.org/constructor/userFull"""
        self.twin: PrivateChat | None = None
        """The same chat as the other side has it, when they can sign in too."""
        self._history = history

    @property
    def peer_id(self) -> int:
        return self.id

    def peer(self) -> Any:
        return types.PeerUser(self.id)

    def input_peer(self, viewer: Account) -> Any:
        return types.InputPeerUser(self.id, viewer.access_hash("user", self.id))

    def history(self, viewer: Account) -> History | None:
        return self._history if viewer is self.account else None

    def histories(self) -> list[tuple[Account, History]]:
        mine = [(self.account, self._history)]
        return mine if self.twin is None else [*mine, (self.twin.account, self.twin._history)]

    def is_dialog_of(self, viewer: Account) -> bool:
        return viewer is self.account

    def next_id(self, account: Account) -> int:
        return account.box.next_id()

    def default_sender(self) -> int | None:
        return self.user.id
