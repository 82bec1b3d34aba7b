"""What a data centre does with a decrypted packet: checks, service messages, requests.

https://core.telegram.org/mtproto/service_messages,
https://core.telegram.org/mtproto/service_messages_about_messages
"""

import time
from collections.abc import Callable
from typing import Any

from telethon.tl.functions import (
    DestroyAuthKeyRequest,
    DestroySessionRequest,
    GetFutureSaltsRequest,
    PingDelayDisconnectRequest,
    PingRequest,
    RpcDropAnswerRequest,
)
from telethon.tl.tlobject import TLObject, TLRequest
from telethon.tl.types import (
    BadMsgNotification,
    BadServerSalt,
    DestroyAuthKeyOk,
    DestroySessionNone,
    DestroySessionOk,
    FutureSalt,
    FutureSalts,
    MsgResendReq,
    MsgsStateInfo,
    MsgsStateReq,
    NewSessionCreated,
    Pong,
    RpcAnswerDropped,
    RpcAnswerDroppedRunning,
    RpcAnswerUnknown,
)

from tests.sandbox.mtproto import answering
from tests.sandbox.mtproto.answering import Telegram
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.mtproto.messages import (
    UNREADABLE,
    ContainerError,
    Message,
    Outgoing,
    Packet,
    is_container,
    messages_of,
    read,
)
from tests.sandbox.mtproto.session import Session

_TOO_OLD_S = 300
_TOO_NEW_S = 30
_MAX_SALTS = 64


class Intake:
    """Takes the packets of one connection's sessions."""

    def __init__(
        self, telegram: Telegram, dc_id: int, close_after: Callable[[float], None]
    ) -> None:
        """`close_after` is to end the connection so many seconds after its last call."""
        self._telegram = telegram
        self._dc_id = dc_id
        self._close_after = close_after
        self._services: dict[type[Any], Callable[[Session, Message, Any], list[Outgoing]]] = {
            DestroyAuthKeyRequest: self._destroy_auth_key,
            DestroySessionRequest: self._destroy_session,
            GetFutureSaltsRequest: self._future_salts,
            MsgResendReq: self._resend,
            MsgsStateReq: self._states,
            PingDelayDisconnectRequest: self._ping,
            PingRequest: self._ping,
            RpcDropAnswerRequest: self._drop_answer,
        }

    def take(self, session: Session, packet: Packet) -> None:
        """Answer service messages, start requests, refuse what is wrong."""
        refusal = self._refusal(session, packet)
        if refusal is not None:
            session.send(session.outgoing(bytes(refusal), content=False))
            return
        notes = []
        if not session.announced:
            session.announced = True
            created = NewSessionCreated(
                packet.msg_id, session.unique_id, session.key.salts.current()
            )
            notes.append(session.outgoing(bytes(created), content=True))
        try:
            messages = messages_of(packet)
        except ContainerError:
            notes.append(_bad(session, packet, 64))
            messages = []
        for message in messages:
            notes += self._take(session, message)
        session.send(*notes)

    def _refusal(self, session: Session, packet: Packet) -> TLObject | None:
        code = _wrong_id(packet.msg_id)
        if code is None and is_container(packet):
            code = session.refusal(packet.msg_id, packet.seqno, content=False)
        if code is not None:
            return BadMsgNotification(packet.msg_id, packet.seqno, code)
        salts = session.key.salts
        if not salts.accepts(packet.salt):
            return BadServerSalt(packet.msg_id, packet.seqno, 48, salts.current())
        return None

    def _take(self, session: Session, message: Message) -> list[Outgoing]:
        try:
            content = read(message.body)
        except UNREADABLE:
            return self._unreadable(session, message)
        service = self._services.get(type(content))
        if not isinstance(content, TLRequest):  # not content-related: no number to check
            return service(session, message, content) if service is not None else []
        code = session.refusal(message.msg_id, message.seqno, content=True)
        if code is not None:
            return [_bad(session, message, code)]
        is_new = session.seen(message.msg_id, message.seqno)
        if service is not None:
            return service(session, message, content)
        return self._ask(session, message, content, is_new=is_new)

    def _ask(
        self, session: Session, message: Message, request: TLRequest, *, is_new: bool
    ) -> list[Outgoing]:
        """Start the request, unless it came before: then its answer is repeated."""
        answer = None if is_new else session.answer_to(message.msg_id)
        if answer is not None:
            return [answer]
        if message.msg_id not in session.running:
            answering.start(self._telegram, session, self._dc_id, message.msg_id, request)
        return []

    def _unreadable(self, session: Session, message: Message) -> list[Outgoing]:
        """No object of the layer, so presumably a method that the server does not know."""
        if message.seqno % 2 == 0:
            return []
        session.seen(message.msg_id, message.seqno)
        fault = RpcFault(400, "INPUT_METHOD_INVALID")
        return [session.result(message.msg_id, bytes(fault))]

    def _ping(
        self, session: Session, message: Message, ping: PingRequest | PingDelayDisconnectRequest
    ) -> list[Outgoing]:
        if isinstance(ping, PingDelayDisconnectRequest):
            self._close_after(ping.disconnect_delay)
        return [_note(session, Pong(message.msg_id, ping.ping_id))]

    def _future_salts(
        self, session: Session, message: Message, request: GetFutureSaltsRequest
    ) -> list[Outgoing]:
        count = max(1, min(request.num, _MAX_SALTS))
        salts = [
            FutureSalt(salt.valid_since, salt.valid_until, salt.value)
            for salt in session.key.salts.future(count)
        ]
        return [_note(session, FutureSalts(message.msg_id, int(time.time()), salts))]

    def _states(self, session: Session, message: Message, request: MsgsStateReq) -> list[Outgoing]:
        info = "".join(chr(session.state_of(msg_id)) for msg_id in request.msg_ids)
        return [_note(session, MsgsStateInfo(message.msg_id, info))]

    def _resend(self, session: Session, message: Message, request: MsgResendReq) -> list[Outgoing]:
        return session.sent_as(request.msg_ids)

    def _drop_answer(
        self, session: Session, message: Message, request: RpcDropAnswerRequest
    ) -> list[Outgoing]:
        running = session.running.get(request.req_msg_id)
        if running is not None:
            running.cancel()
            dropped = bytes(RpcAnswerDroppedRunning())
            return [
                session.result(request.req_msg_id, dropped),
                session.result(message.msg_id, dropped),
            ]
        answer = session.drop_answer(request.req_msg_id)
        if answer is None:
            return [session.result(message.msg_id, bytes(RpcAnswerUnknown()))]
        size_bytes = len(answer.head) + len(answer.rest)
        dropped = bytes(RpcAnswerDropped(answer.msg_id, answer.seqno, size_bytes))
        return [session.result(message.msg_id, dropped)]

    def _destroy_session(
        self, session: Session, message: Message, request: DestroySessionRequest
    ) -> list[Outgoing]:
        other = request.session_id
        known = other != session.id and self._telegram.sessions.destroy(session.key, other)
        return [_note(session, DestroySessionOk(other) if known else DestroySessionNone(other))]

    def _destroy_auth_key(
        self, session: Session, message: Message, request: DestroyAuthKeyRequest
    ) -> list[Outgoing]:
        self._telegram.keys.forget(session.key)
        return [_note(session, DestroyAuthKeyOk())]


def _wrong_id(msg_id: int) -> int | None:
    if msg_id % 4:
        return 18
    age_s = time.time() - (msg_id >> 32)
    if age_s > _TOO_OLD_S:
        return 16
    return 17 if age_s < -_TOO_NEW_S else None


def _bad(session: Session, message: Message | Packet, code: int) -> Outgoing:
    return _note(session, BadMsgNotification(message.msg_id, message.seqno, code))


def _note(session: Session, content: TLObject) -> Outgoing:
    return session.outgoing(bytes(content), content=False, reply=True)
