"""Basic groups: every member has the messages in their own numbering."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.history import History
from tests.sandbox.world.people import Account
from tests.sandbox.world.pictures import chat_photo

if TYPE_CHECKING:
    from tests.sandbox.world.channels import Channel
    from tests.sandbox.world.world import World


class BasicGroup(Chat):
    """A small group, https://core.telegram.org/api/channel#basic-groups."""

    def __init__(
        self,
        world: World,
        *,
        number: int,
        title: str,
        members: Sequence[int],
        histories: dict[int, History],
    ) -> None:
        super().__init__(world, number=number, title=title)
        self.members = list(members)
        """User ids; the first created the group."""
        self.migrated_to: Channel | None = None
        self.date = world.first_date
        self._histories = histories
        """By the user ids of the accounts among the members."""

    @property
    def peer_id(self) -> int:
        return -self.id

    def peer(self) -> Any:
        return types.PeerChat(self.id)

    def input_peer(self, viewer: Account) -> Any:
        return types.InputPeerChat(self.id)

    def history(self, viewer: Account) -> History | None:
        return self._histories.get(viewer.id)

    def histories(self) -> list[tuple[Account, History]]:
        return [(self.world.accounts[number], each) for number, each in self._histories.items()]

    def is_dialog_of(self, viewer: Account) -> bool:
        """Also after it became a supergroup: then it is listed as deactivated."""
        return viewer.id in self._histories

    def next_id(self, account: Account) -> int:
        return account.box.next_id()

    def default_sender(self) -> int | None:
        return self.members[-1]

    def tl(self, viewer: Account) -> Any:
        """The group as `viewer` sees it, https://core.telegram.org/constructor/chat.

        Of a group that one was never in, nothing but the title is told (`chatForbidden`).
        """
        if viewer.id not in self._histories:
            return types.ChatForbidden(id=self.id, title=self.title)
        moved = None
        if self.migrated_to is not None:
            moved = types.InputChannel(
                self.migrated_to.id, viewer.access_hash("channel", self.migrated_to.id)
            )
        return types.Chat(
            id=self.id,
            title=self.title,
            photo=chat_photo(self.photo),
            participants_count=len(self.members),
            date=self.date,
            version=1,
            creator=True if self.members[0] == viewer.id else None,
            left=None if viewer.id in self.members else True,
            deactivated=True if moved else None,
            migrated_to=moved,
        )
