"""What every chat of the world has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.history import History
from tests.sandbox.world.pages import Pages
from tests.sandbox.world.people import Account, User
from tests.sandbox.world.synthetic import FIRST_DATE

if TYPE_CHECKING:
    from tests.sandbox.world.world import World

MESSAGE_CLASSES = (types.Message, types.MessageService)


class Chat(ABC):
    """A chat with its messages.

    A message is kept without what depends on the viewer: `from_id` is always the sender (None for
    a post in the chat's own name), `out` is never set, access hashes of files are zero.
    """

    def __init__(self, world: World, *, number: int, title: str) -> None:
        self.world = world
        self.id = number
        """The bare id, as in TL."""
        self.title = title
        self.pages = Pages(self)

    @property
    @abstractmethod
    def peer_id(self) -> int:
        """The marked id, as in the Bot API: https://core.telegram.org/api/bots/ids."""

    @abstractmethod
    def peer(self) -> Any:
        """The TL peer, without an access hash."""

    @abstractmethod
    def history(self, viewer: Account) -> History | None:
        """The messages that `viewer` may read; None when they may not see the chat."""

    @abstractmethod
    def histories(self) -> list[tuple[Account, History]]:
        """Every numbering that the chat's messages stand in; the account is only a label where
        all share one."""

    @abstractmethod
    def next_id(self, account: Account) -> int:
        """The id of the next message in the account's numbering."""

    @abstractmethod
    def default_sender(self) -> int | None:
        """The user id that a message posted without a sender comes from."""

    @property
    def message_ids(self) -> list[int]:
        """Ascending, as the world's owner sees them."""
        history = self.history(self.world.owner)
        return list(history.ids) if history else []

    def post(
        self,
        content: Any = "",
        *,
        sender: User | int | None = None,
        date: int | None = None,
        **fields: Any,
    ) -> int:
        """Add a message on top; returns its id (in the owner's numbering).

        `content` is a text, with further fields of TL's `Message` by name, or a whole TL message,
        whose id and peer are set here. `date` is in unix seconds.
        """
        posted = 0
        numberings = self.histories()
        for account, history in numberings:
            message = self._message(content, sender, date or self._next_date(history), fields)
            message.id = self.next_id(account)
            history.put(message)
            if account is self.world.owner or not posted:
                posted = message.id
        return posted

    def edit(self, message_id: int, text: str, *, date: int | None = None, **fields: Any) -> None:
        """Change a message in the owner's numbering; `edit_hide` and the like go into `fields`."""
        history = self._own_history()
        message = history.get(message_id)
        if message is None:
            raise KeyError(message_id)
        message.message = text
        message.edit_date = date or self._next_date(history)
        for name, value in fields.items():
            setattr(message, name, value)
        history.put(message)

    def delete(self, *message_ids: int) -> None:
        """Delete messages in the owner's numbering."""
        self._own_history().delete(message_ids)

    def prewarm(self, viewer: Account | None = None) -> None:
        """Build every message's bytes now, so that pages are cut instead of made."""
        self.pages.prewarm(viewer or self.world.owner)

    def _own_history(self) -> History:
        for account, history in self.histories():
            if account is self.world.owner:
                return history
        return self.histories()[0][1]

    def _next_date(self, history: History) -> int:
        newest = history.get(history.top)
        if newest is None:
            return FIRST_DATE
        date: int = newest.date if isinstance(newest.date, int) else int(newest.date.timestamp())
        return date + 60

    def _message(
        self, content: Any, sender: User | int | None, date: int, fields: dict[str, Any]
    ) -> Any:
        if isinstance(content, MESSAGE_CLASSES):
            content.peer_id = types.PeerUser(0)
            return content
        sender_id = sender.id if isinstance(sender, User) else sender or self.default_sender()
        given: dict[str, Any] = {
            "id": 0,
            "peer_id": types.PeerUser(0),
            "date": date,
            "message": content,
            "from_id": types.PeerUser(sender_id) if sender_id else None,
            **fields,
        }
        return types.Message(**given)
