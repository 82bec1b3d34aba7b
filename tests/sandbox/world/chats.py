"""What every chat of the world has in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_left
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.churn import Churn, churning
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
        self.about = ""
        self.photo: Any = None
        """A TL Photo; None when it has none."""
        self.min_people = False
        """Whether the people on its pages come as *min* users: https://core.telegram.org/api/min"""
        self.pages = Pages(self)

    @property
    @abstractmethod
    def peer_id(self) -> int:
        """The marked id, as in the Bot API: https://core.telegram.org/api/bots/ids."""

    @abstractmethod
    def peer(self) -> Any:
        """The TL peer, without an access hash."""

    @abstractmethod
    def input_peer(self, viewer: Account) -> Any:
        """The TL peer as `viewer` would name it in a request."""

    @abstractmethod
    def history(self, viewer: Account) -> History | None:
        """The messages that `viewer` may read; None when they may not see the chat."""

    @abstractmethod
    def histories(self) -> list[tuple[Account, History]]:
        """Every numbering that the chat's messages stand in, and whose it is."""

    @abstractmethod
    def is_dialog_of(self, viewer: Account) -> bool:
        """Whether the chat stands in the viewer's list."""

    @abstractmethod
    def next_id(self, account: Account) -> int:
        """The id of the next message in the account's numbering."""

    @abstractmethod
    def default_sender(self) -> int | None:
        """The user id that a message posted without a sender comes from."""

    @property
    def message_ids(self) -> list[int]:
        """Ascending, in the owner's numbering."""
        return list(self._own_history().ids)

    def message(self, message_id: int) -> Any:
        """The message in the owner's numbering, as nobody in particular sees it; None if none."""
        return self._own_history().get(message_id)

    def post(
        self,
        content: Any = "",
        *,
        sender: User | int | None = None,
        date: int | None = None,
        reply_to: int | None = None,
        **fields: Any,
    ) -> int:
        """Add a message on top; returns its id (in the owner's numbering).

        `content` is a text, with further fields of TL's `Message` by name, or a whole TL message,
        whose id and peer are set here (and its date, if it has none). `date` is in unix seconds.
        """
        own = self._own_history()
        posted = 0
        for account, history in self.histories():
            message = self._message(content, sender, fields)
            message.id = self.next_id(account)
            message.date = date or message.date or self._next_date(history)
            if reply_to is not None:
                message.reply_to = self.reply_header(_same_message(reply_to, own, history))
            history.put(message)
            if history is own:
                posted = message.id
        return posted

    def edit(self, message_id: int, text: str, *, date: int | None = None, **fields: Any) -> None:
        """Change a message in the owner's numbering; further fields of TL's `Message` by name.

        Raises:
            KeyError: there is no such message.
        """
        own = self._own_history()
        for _, history in self.histories():
            message = history.get(_same_message(message_id, own, history))
            if message is None:
                raise KeyError(message_id)
            message.message = text
            message.edit_date = date or self._next_date(history)
            for name, value in fields.items():
                setattr(message, name, value)
            history.put(message)

    def keep(self, message: Any) -> None:
        """Put a changed message back in its place, in the owner's numbering only."""
        self._own_history().put(message)

    def delete(self, *message_ids: int) -> None:
        """Delete messages, named in the owner's numbering, for everybody."""
        own = self._own_history()
        gone = [
            (history, [_same_message(each, own, history) for each in message_ids])
            for _, history in self.histories()
        ]
        for history, ids in gone:
            history.delete(ids)

    def churn(
        self,
        arrive_per_s: float = 0,
        vanish_per_s: float = 0,
        *,
        edit_per_s: float = 0,
        seed: int = 1,
    ) -> AbstractAsyncContextManager[Churn]:
        """`async with chat.churn(20, 5) as churn:` lets messages come and go meanwhile.

        Which ones go and change is left to the seed; when depends on the clock.
        """
        return churning(
            self,
            arrive_per_s=arrive_per_s,
            vanish_per_s=vanish_per_s,
            edit_per_s=edit_per_s,
            seed=seed,
        )

    def prewarm(self, viewer: Account | None = None) -> None:
        """Build every message's bytes now, so that pages are cut instead of made."""
        self.pages.prewarm(viewer or self.world.owner)

    def reply_header(self, message_id: int) -> Any:
        """The mark of a reply to a message of this chat."""
        return types.MessageReplyHeader(reply_to_msg_id=message_id)

    def _own_history(self) -> History:
        numberings = self.histories()
        for account, history in numberings:
            if account is self.world.owner:
                return history
        return numberings[0][1]

    def _next_date(self, history: History) -> int:
        newest = history.get(history.top)
        return FIRST_DATE if newest is None else unix(newest.date) + 60

    def _message(self, content: Any, sender: User | int | None, fields: dict[str, Any]) -> Any:
        if isinstance(content, MESSAGE_CLASSES):
            content.peer_id = types.PeerUser(0)
            return content
        sender_id = sender.id if isinstance(sender, User) else sender or self.default_sender()
        given: dict[str, Any] = {
            "id": 0,
            "peer_id": types.PeerUser(0),
            "date": None,
            "message": content,
            "from_id": types.PeerUser(sender_id) if sender_id else None,
            **fields,
        }
        return types.Message(**given)


def unix(date: Any) -> int:
    """Unix seconds of a TL date: a number until it is serialised, a datetime after."""
    return date if isinstance(date, int) else int(date.timestamp())


def _same_message(message_id: int, own: History, other: History) -> int:
    """The id that a message of `own` has in `other`, which holds the same messages."""
    if own is other:
        return message_id
    return other.ids[bisect_left(own.ids, message_id)]
