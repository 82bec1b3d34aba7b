"""Whole answers with messages, as bytes: made when asked for, or cut from what was pre-warmed."""

from __future__ import annotations

import struct
from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telethon.extensions import BinaryReader
from telethon.tl import types

from tests.sandbox.world.entities import VECTOR
from tests.sandbox.world.history import History
from tests.sandbox.world.people import Account
from tests.sandbox.world.view import peers_in, seen

if TYPE_CHECKING:
    from tests.sandbox.world.chats import Chat


class Warm:
    """The bytes of the messages that a chat had when it was warmed, newest first.

    A page is then one slice of `blob`, whatever its bounds.
    """

    def __init__(self, chat: Chat, history: History, viewer: Account) -> None:
        self.revision = history.revision
        self.epoch = chat.world.references.epoch
        self.count = len(history)
        self._peer_sets: list[frozenset[int]] = []
        self._places = array("Q", [0])
        self._peers = array("I")
        known: dict[frozenset[int], int] = {}
        blob = bytearray()
        for message_id in reversed(history.ids):
            message = history.get(message_id)
            peers = frozenset(peers_in(message))
            blob += bytes(seen(message, chat, viewer))
            self._places.append(len(blob))
            self._peers.append(known.setdefault(peers, len(known)))
        self._peer_sets = list(known)
        self._blob = bytes(blob)

    def cut(self, start: int, stop: int) -> tuple[bytes, set[int]]:
        """Messages `start` to `stop` (exclusive) in ascending order of ids, newest first."""
        first, last = self.count - stop, self.count - start
        peers: set[int] = set()
        for number in set(self._peers[first:last]):
            peers |= self._peer_sets[number]
        return self._blob[self._places[first] : self._places[last]], peers


class Pages:
    """Builds one chat's answers for any viewer."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._warm: dict[int, Warm] = {}

    def prewarm(self, viewer: Account) -> None:
        history = self._chat.history(viewer)
        if history is not None:
            self._warm[viewer.id] = Warm(self._chat, history, viewer)

    def cut(self, history: History, viewer: Account, start: int, stop: int) -> bytes:
        """The answer with messages `start` to `stop` (exclusive) of `history.ids`, newest first."""
        warm = self._warm.get(viewer.id)
        if warm is None or not self._is_fresh(warm, history):
            return self.listed(
                history,
                viewer,
                history.ids[start:stop][::-1],
                count=len(history),
                offset=len(history) - stop,
            )
        body, peers = b"", set[int]()
        if start < warm.count:
            body, peers = warm.cut(start, min(stop, warm.count))
        newer = history.ids[max(start, warm.count) : stop][::-1]
        made, made_peers = self._made(history, viewer, newer)
        return self._answer(
            viewer,
            made + body,
            stop - start,
            peers | made_peers,
            count=len(history),
            offset=len(history) - stop,
        )

    def _is_fresh(self, warm: Warm, history: History) -> bool:
        """Whether its messages are as they were, and the references in them good for long."""
        references = self._chat.world.references
        return (warm.revision, warm.epoch, None) == (
            history.revision,
            references.epoch,
            references.lifetime_s,
        )

    def listed(
        self, history: History, viewer: Account, ids: Sequence[int], *, count: int, offset: int
    ) -> bytes:
        """The answer with just these messages, in this order."""
        body, peers = self._made(history, viewer, ids)
        return self._answer(viewer, body, len(ids), peers, count=count, offset=offset)

    def _made(
        self, history: History, viewer: Account, ids: Sequence[int]
    ) -> tuple[bytes, set[int]]:
        parts: list[bytes] = []
        peers: set[int] = set()
        for message_id in ids:
            message = history.get(message_id)
            peers |= peers_in(message)
            parts.append(bytes(seen(message, self._chat, viewer)))
        return b"".join(parts), peers

    def _answer(
        self,
        viewer: Account,
        body: bytes,
        number: int,
        peers: set[int],
        *,
        count: int,
        offset: int,
    ) -> bytes:
        """A boxed `messages.Messages` of the kind that fits the chat.

        Channels and supergroups: `channelMessages`; else all messages at once: `messages`, a part
        of them: `messagesSlice` (https://core.telegram.org/type/messages.Messages).
        """
        peer = self._chat.peer()
        peers.add(self._chat.peer_id)
        tail = self._chat.world.entities.vectors(peers, viewer, in_passing=self._chat.min_people)
        counted = VECTOR + struct.pack("<i", number)
        if isinstance(peer, types.PeerChannel):
            head = struct.pack(
                "<IIiii", types.messages.ChannelMessages.CONSTRUCTOR_ID, 4, self.pts, count, offset
            )
        elif number < count:
            head = struct.pack(
                "<IIii", types.messages.MessagesSlice.CONSTRUCTOR_ID, 4, count, offset
            )
        else:
            head = struct.pack("<I", types.messages.Messages.CONSTRUCTOR_ID)
        return b"".join((head, counted, body, VECTOR, b"\0\0\0\0", tail))

    @property
    def pts(self) -> int:
        """The chat's update state."""
        return self._chat.histories()[0][1].news.pts


def unboxed(answer: bytes) -> Any:
    """The TL object of an answer, for tests and for handlers that look inside."""
    return BinaryReader(answer).tgread_object()
