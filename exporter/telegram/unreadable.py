"""Answers that the library cannot parse: less is asked for, down to the one message.

That message is kept as the bytes that came. What can be known of it (id, date, sender) stands
at the beginning of every message, before whatever is new in it.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import types

MALFORMED = (TypeNotFoundError, struct.error, BufferError, RuntimeError, ValueError, OverflowError)
"""What the library raises for bytes that are not of its layer."""
VECTOR = struct.pack("<I", 0x1CB5C415)
MESSAGES = {
    struct.pack("<I", each.CONSTRUCTOR_ID)
    for each in (types.Message, types.MessageService, types.MessageEmpty)
}
ONE_MESSAGE = VECTOR + struct.pack("<i", 1)
PADDING = 1024
TELEGRAM_BEGAN = datetime(2013, 8, 1, tzinfo=UTC)
PEERS = (types.PeerUser, types.PeerChat, types.PeerChannel)
USERS = (types.User, types.UserEmpty)
CHATS = (
    types.Chat,
    types.ChatEmpty,
    types.ChatForbidden,
    types.Channel,
    types.ChannelForbidden,
)
OUT, FROM_ID = 1 << 1, 1 << 8
"""Flags of `message` and `messageService` alike: https://core.telegram.org/constructor/message"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadableMessage:
    """A message of which only the beginning can be read; the fields as in `Message`."""

    id: int
    date: datetime
    peer_id: Any
    from_id: Any
    out: bool
    tl: bytes
    """All of it, as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Salvaged:
    """An answer with one message; the fields as in `messages.ChannelMessages`."""

    count: int
    messages: tuple[Any, ...]
    users: tuple[Any, ...]
    chats: tuple[Any, ...]
    topics: tuple[Any, ...] = ()


def salvaging(request: Any, salvage: Callable[[bytes], Any]) -> Any:
    """Return the same request, whose answer `salvage` reads where the library cannot.

    If that gives None the answer stays unreadable.
    """

    def read(reader: BinaryReader) -> Any:
        answer = reader.read()
        try:
            return BinaryReader(answer).tgread_object()
        except TypeNotFoundError:
            if (found := salvage(answer)) is None:
                raise
            return found

    lenient = copy(request)
    lenient.read_result = read
    return lenient


def salvage(answer: bytes) -> Salvaged | None:
    """Read what can be read of an answer with one message; None when that is not even its id.

    The message ends where three vectors begin that fill the rest of the answer: topics, chats
    and users (https://core.telegram.org/type/messages.Messages). If that is nowhere, these hold
    what is new, and whatever follows the message's beginning is kept with it.
    """
    start = answer.find(ONE_MESSAGE) + len(ONE_MESSAGE)
    if start < len(ONE_MESSAGE):
        return None
    end, (_, chats, users) = _tail(answer, start, vectors=3)
    message = _message(answer[start:end])
    if message is None:
        return None
    return Salvaged(
        count=_count(answer, start), messages=(message,), users=tuple(users), chats=tuple(chats)
    )


def salvage_dialogs(answer: bytes) -> Any:
    """Read a page of dialogs without the newest messages that cannot be read.

    None when it is no `messages.Dialogs`: https://core.telegram.org/type/messages.Dialogs
    """
    reader = BinaryReader(answer)
    kind = reader.read_int(signed=False)
    is_part = kind == types.messages.DialogsSlice.CONSTRUCTOR_ID
    if not is_part and kind != types.messages.Dialogs.CONSTRUCTOR_ID:
        return None
    try:
        count = reader.read_int() if is_part else 0
        dialogs = reader.tgread_vector()
    except MALFORMED:
        return None
    start = reader.tell_position() + len(ONE_MESSAGE)
    end, (chats, users) = _tail(answer, start, vectors=2)
    found = {
        "dialogs": dialogs,
        "messages": list(_readable(answer[start:end])),
        "chats": chats,
        "users": users,
    }
    return (
        types.messages.DialogsSlice(count, **found) if is_part else types.messages.Dialogs(**found)
    )


def _readable(region: bytes) -> Iterator[Any]:
    """Yield the messages that can be read among some that follow one another."""
    place = 0
    while place < len(region):
        reader = BinaryReader(region)
        reader.set_position(place)
        place += 4
        if region[place - 4 : place] in MESSAGES:
            with suppress(*MALFORMED):
                yield reader.tgread_object()
                place = reader.tell_position()


def _tail(answer: bytes, start: int, *, vectors: int) -> tuple[int, list[list[Any]]]:
    """Where the messages end, and the vectors behind them, of which the last two are chats and
    users: those that reach furthest.

    Behind the answer may be random padding, up to 1,024 bytes of it
    (https://core.telegram.org/mtproto/description#encrypted-message-encrypted-data).
    """
    best: tuple[int, list[list[Any]]] = len(answer), [[] for _ in range(vectors)]
    reached = len(answer) - PADDING
    end = answer.find(VECTOR, start)
    while end >= 0:
        reader = BinaryReader(answer)
        reader.set_position(end)
        with suppress(*MALFORMED):
            found = [reader.tgread_vector() for _ in range(vectors)]
            if _are_peers(*found[-2:]) and reader.tell_position() > reached:
                best, reached = (end, found), reader.tell_position()
        end = answer.find(VECTOR, end + 1)
    return best


def _are_peers(chats: Sequence[Any], users: Sequence[Any]) -> bool:
    return all(isinstance(one, CHATS) for one in chats) and all(
        isinstance(one, USERS) for one in users
    )


def _message(tl: bytes) -> Any:
    """The message itself if it can be read after all, else what its beginning says."""
    try:
        whole = BinaryReader(tl).tgread_object()
    except MALFORMED:
        whole = None
    if isinstance(whole, types.Message | types.MessageService):
        return whole
    for likely in (types.Message, types.MessageService):
        if (found := _beginning(tl, likely)) is not None:
            return found
    return None


def _beginning(tl: bytes, likely: type) -> UnreadableMessage | None:
    """Read the first fields as if it were a message of this class, up to what is new."""
    constructor = struct.pack("<I", likely.CONSTRUCTOR_ID)  # type: ignore[attr-defined]
    reader = _Fields(constructor + tl[len(constructor) :])
    with suppress(*MALFORMED):  # as expected; what came before is in the reader
        reader.tgread_object()
    place = 3 if likely is types.Message else 2  # of the id: after constructor and flags
    if len(reader.ints) <= place or not reader.dates:
        return None
    flags, message_id = reader.ints[1], reader.ints[place]
    peers = [value for value in reader.objects if isinstance(value, PEERS)]
    from_id = peers.pop(0) if flags & FROM_ID and peers else None
    if message_id <= 0 or not peers or reader.dates[0] < TELEGRAM_BEGAN:
        return None
    return UnreadableMessage(
        id=message_id,
        date=reader.dates[0],
        peer_id=peers[0],
        from_id=from_id,
        out=bool(flags & OUT),
        tl=tl,
    )


def _count(answer: bytes, start: int) -> int:
    """How many messages there are in all, as the answer's head says."""
    head = struct.unpack_from(f"<{(start - len(ONE_MESSAGE)) // 4}i", answer)
    match head[0] % 2**32:
        case types.messages.ChannelMessages.CONSTRUCTOR_ID:
            return int(head[3])
        case types.messages.MessagesSlice.CONSTRUCTOR_ID:
            return int(head[2])
    return 1


class _Fields(BinaryReader):  # type: ignore[misc]  # Telethon has no types
    """Reads one object and remembers its own fields, not those of objects in it."""

    def __init__(self, data: bytes) -> None:
        super().__init__(data)
        self.ints: list[int] = []
        self.dates: list[datetime] = []
        self.objects: list[Any] = []
        self._depth = 0

    def read_int(self, signed: bool = True) -> int:  # noqa: FBT001, FBT002 - Telethon's signature
        value: int = super().read_int(signed)
        if self._depth == 1:
            self.ints.append(value)
        return value

    def tgread_date(self) -> datetime:
        value: datetime = super().tgread_date()
        if self._depth == 1:
            self.dates.append(value)
        return value

    def tgread_object(self) -> Any:
        self._depth += 1
        try:
            value = super().tgread_object()
        finally:
            self._depth -= 1
        if self._depth == 1:
            self.objects.append(value)
        return value
