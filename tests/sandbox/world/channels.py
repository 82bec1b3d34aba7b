"""Channels and supergroups: one numbering of messages that every member shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.history import History
from tests.sandbox.world.people import Account

if TYPE_CHECKING:
    from tests.sandbox.world.world import World

MARK = 1_000_000_000_000
"""Marked ids of channels and supergroups are `-(MARK + id)`."""


class Channel(Chat):
    """A channel, a supergroup or a forum, https://core.telegram.org/api/channel."""

    def __init__(
        self,
        world: World,
        *,
        number: int,
        title: str,
        username: str | None,
        broadcast: bool,
        members: Sequence[int],
        history: History,
        forum: bool = False,
    ) -> None:
        super().__init__(world, number=number, title=title)
        self.username = username
        """Without one the chat is private: only members may read it."""
        self.broadcast = broadcast
        self.forum = forum
        self.members = list(members)
        """User ids; the first created the chat."""
        self.noforwards = False
        self.about = ""
        self._history = history

    @property
    def peer_id(self) -> int:
        return -(MARK + self.id)

    def peer(self) -> Any:
        return types.PeerChannel(self.id)

    def history(self, viewer: Account) -> History | None:
        return self._history if self.username or viewer.id in self.members else None

    def histories(self) -> list[tuple[Account, History]]:
        return [(self.world.owner, self._history)]

    def next_id(self, account: Account) -> int:
        return self._history.top + 1

    def default_sender(self) -> int | None:
        return None if self.broadcast or not self.members else self.members[-1]

    def tl(self, viewer: Account) -> types.Channel:
        """The chat as `viewer` sees it, https://core.telegram.org/constructor/channel."""
        return types.Channel(
            id=self.id,
            title=self.title,
            photo=types.ChatPhotoEmpty(),
            date=self.world.first_date,
            creator=True if self.members and self.members[0] == viewer.id else None,
            left=None if viewer.id in self.members else True,
            broadcast=True if self.broadcast else None,
            megagroup=None if self.broadcast else True,
            forum=True if self.forum else None,
            noforwards=True if self.noforwards else None,
            access_hash=viewer.access_hash("channel", self.id),
            username=self.username,
            participants_count=len(self.members),
        )
