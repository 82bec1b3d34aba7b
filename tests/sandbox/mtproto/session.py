"""Sessions: what a data centre remembers of a client by the session id that the client chose."""

import asyncio
import os
import struct
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from tests.sandbox.mtproto.keys import AuthKey
from tests.sandbox.mtproto.messages import Outgoing

if TYPE_CHECKING:
    from tests.sandbox.mtproto.connection import ClientConnection

_RPC_RESULT = struct.Struct("<Iq")
_RPC_RESULT_ID = 0xF35C6D01
_SEEN_KEPT = 1024
_ANSWERS_KEPT = 256
_ANSWERS_KEPT_BYTES = 4 * 1024 * 1024
_SESSIONS_KEPT = 64


class MessageIds:
    """Message ids of the server: they follow the clock, and each is greater than the last.

    https://core.telegram.org/mtproto/description#message-identifier-msg-id
    """

    def __init__(self) -> None:
        self._last = 0

    def next(self, *, reply: bool) -> int:
        """`reply`: to a message of the client, which makes the id 1 modulo 4, else 3."""
        msg_id = max(int(time.time() * 2**32) & ~3, self._last + 4)
        self._last = msg_id
        return msg_id + (1 if reply else 3)


class Session:
    """Numbers, running requests and repeatable answers of one session id.

    All of it outlives a connection: a client may send a late message of its last session over
    the next connection.
    """

    def __init__(self, key: AuthKey, session_id: int, ids: MessageIds) -> None:
        self.key = key
        self.id = session_id
        self.connection: ClientConnection | None = None
        """The connection that spoke last for this session: answers go there."""
        self.unique_id = int.from_bytes(os.urandom(8), "little", signed=True)
        self.announced = False
        """new_session_created was sent."""
        self.running: dict[int, asyncio.Task[None]] = {}
        """Requests not answered yet, by message id."""
        self.unacknowledged: set[int] = set()
        """Of these, the ones that the client was not told about yet."""
        self.acknowledging = False
        """Soon it will be."""
        self._ids = ids
        self._sent = 0
        self._seen: dict[int, None] = {}
        self._top = (0, 0)
        self._forgotten = 0
        self._answers: OrderedDict[int, Outgoing] = OrderedDict()
        self._answers_bytes = 0

    # What the client sent

    def refusal(self, msg_id: int, seqno: int, *, content: bool) -> int | None:
        """The error code of bad_msg_notification for a message of this number, if it is wrong.

        https://core.telegram.org/mtproto/service_messages_about_messages
        """
        if msg_id in self._seen:
            return None
        if seqno % 2 != content:
            return 35 if content else 34
        if msg_id <= self._forgotten:
            return 20
        top_id, top_seqno = self._top
        if content and msg_id > top_id and seqno <= top_seqno:
            return 32
        if content and msg_id < top_id and seqno > top_seqno:
            return 33
        return None

    def seen(self, msg_id: int, seqno: int) -> bool:
        """Remember a content-related message; False if it was there before."""
        if msg_id in self._seen:
            return False
        self._seen[msg_id] = None
        self._top = max(self._top, (msg_id, seqno))
        if len(self._seen) > _SEEN_KEPT:
            oldest = next(iter(self._seen))
            del self._seen[oldest]
            self._forgotten = max(self._forgotten, oldest)
        return True

    def state_of(self, msg_id: int) -> int:
        """The state byte of msgs_state_info."""
        if msg_id in self.running:
            return 4 + 32
        if msg_id in self._answers:
            return 4 + 64
        if msg_id in self._seen:
            return 4
        if msg_id <= self._forgotten:
            return 1
        return 3 if msg_id > self._top[0] else 2

    # What the server sends

    def outgoing(self, body: bytes, *, content: bool, reply: bool = False) -> Outgoing:
        return Outgoing(self._ids.next(reply=reply), self._seqno(content=content), body)

    def result(self, msg_id: int, body: bytes) -> Outgoing:
        """rpc_result for a request, kept to be repeated."""
        answer = Outgoing(
            self._ids.next(reply=True),
            self._seqno(content=True),
            _RPC_RESULT.pack(_RPC_RESULT_ID, msg_id),
            body,
        )
        self._answers[msg_id] = answer
        self._answers_bytes += len(body)
        while len(self._answers) > 1 and (
            len(self._answers) > _ANSWERS_KEPT or self._answers_bytes > _ANSWERS_KEPT_BYTES
        ):
            self._answers_bytes -= len(self._answers.popitem(last=False)[1].rest)
        return answer

    def answer_to(self, msg_id: int) -> Outgoing | None:
        return self._answers.get(msg_id)

    def sent_as(self, msg_ids: list[int]) -> list[Outgoing]:
        """Answers that were sent with these message ids of ours, as far as they are kept."""
        wanted = set(msg_ids)
        return [answer for answer in self._answers.values() if answer.msg_id in wanted]

    def drop_answer(self, msg_id: int) -> Outgoing | None:
        answer = self._answers.pop(msg_id, None)
        if answer is not None:
            self._answers_bytes -= len(answer.rest)
        return answer

    def send(self, *messages: Outgoing) -> None:
        """Send over the connection that spoke last for the session, if it still stands."""
        if messages and self.connection is not None:
            self.connection.send(self, messages)

    def cut(self) -> None:
        if self.connection is not None:
            self.connection.cut()

    def cut_amid(self, message: Outgoing) -> None:
        """Send half of the packet, and end the connection."""
        if self.connection is not None:
            self.connection.cut_amid(self, message)

    def _seqno(self, *, content: bool) -> int:
        if not content:
            return self._sent * 2
        self._sent += 1
        return self._sent * 2 - 1


class Sessions:
    """The sessions of all keys; of each key the latest few."""

    def __init__(self, ids: MessageIds) -> None:
        self._ids = ids
        self._sessions: dict[int, OrderedDict[int, Session]] = {}

    def of(self, key: AuthKey, session_id: int) -> Session:
        sessions = self._sessions.setdefault(key.key_id, OrderedDict())
        session = sessions.get(session_id)
        if session is None:
            session = sessions[session_id] = Session(key, session_id, self._ids)
            if len(sessions) > _SESSIONS_KEPT:
                sessions.popitem(last=False)
        return session

    def destroy(self, key: AuthKey, session_id: int) -> bool:
        sessions = self._sessions.get(key.key_id)
        return sessions is not None and sessions.pop(session_id, None) is not None
