"""From a request to its rpc_result: faults, the line, the answer; each request on its own."""

import asyncio
import logging
from dataclasses import dataclass, field
from functools import partial

from telethon.tl.functions.upload import GetFileHashesRequest, GetFileRequest
from telethon.tl.tlobject import TLRequest
from telethon.tl.types import MsgsAck, RpcError

from tests.sandbox.faults import Fault, Faults
from tests.sandbox.mtproto.calls import Answer, Call, RpcFault, serialised, unwrap
from tests.sandbox.mtproto.keys import AuthKeys, RsaKey
from tests.sandbox.mtproto.line import Line
from tests.sandbox.mtproto.messages import Gzip
from tests.sandbox.mtproto.session import MessageIds, Session, Sessions

_ACK_AFTER_S = 0.5
_OF_FILES = (GetFileRequest, GetFileHashesRequest)
_RPC_ERROR = RpcError.CONSTRUCTOR_ID.to_bytes(4, "little")
_log = logging.getLogger(__name__)


@dataclass(slots=True, kw_only=True)
class Telegram:
    """What the data centres have in common, and what every connection works with."""

    answer: Answer
    keys: AuthKeys
    rsa: RsaKey
    faults: Faults
    line: Line
    ids: MessageIds = field(default_factory=MessageIds)
    gzip: Gzip = field(default_factory=Gzip)
    sessions: Sessions = field(init=False)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    """Requests being answered. They outlive their connection: its client may ask again."""
    errors: list[BaseException] = field(default_factory=list)
    """What `answer` raised besides RpcFault: bugs, answered by 500 INTERNAL."""

    def __post_init__(self) -> None:
        self.sessions = Sessions(self.ids)


def start(
    telegram: Telegram, session: Session, dc_id: int, msg_id: int, request: TLRequest
) -> None:
    """Begin to answer a request; others are answered meanwhile."""
    call = unwrap(request, dc_id=dc_id, auth_key=session.key, session_id=session.id)
    loop = asyncio.get_running_loop()
    task = loop.create_task(_run(telegram, session, msg_id, call))
    session.running[msg_id] = task
    telegram.tasks.add(task)
    task.add_done_callback(partial(_finished, telegram, session, msg_id))
    session.unacknowledged.add(msg_id)
    if not session.acknowledging:
        session.acknowledging = True
        loop.call_later(_ACK_AFTER_S, _acknowledge, session)


def reply(telegram: Telegram, session: Session, msg_id: int, body: bytes) -> None:
    """Send rpc_result; it is kept, for a repeat of the request."""
    session.send(session.result(msg_id, telegram.gzip.pack(body)))


async def _run(telegram: Telegram, session: Session, msg_id: int, call: Call) -> None:
    fault = telegram.faults.take(call)
    telegram.faults.under_way.begin(call)
    try:
        await _answer(telegram, session, msg_id, call, fault)
    finally:
        telegram.faults.under_way.end(call)


async def _answer(
    telegram: Telegram, session: Session, msg_id: int, call: Call, fault: Fault | None
) -> None:
    try:
        await _ready(session, call)
        if fault is not None:
            await _strike(fault, call)
            if fault.silent or fault.cut == "before":
                _give_none(telegram, session, call, fault)
                return
        telegram.line.admit(
            call.auth_key.account,
            takeout=call.takeout_id is not None,
            file=isinstance(call.request, _OF_FILES),
        )
        body = telegram.faults.spoilt(call, fault, serialised(await telegram.answer(call)))
        outcome = "answered"
    except RpcFault as refused:
        body = bytes(refused)
        outcome = refused.message
    result = session.result(msg_id, telegram.gzip.pack(body))
    if telegram.line.is_slow:
        await telegram.line.carry(len(result.rest))
    if fault is not None and fault.cut == "amid":
        telegram.faults.record(call, "cut amid")
        session.cut_amid(result)
        return
    telegram.faults.record(call, outcome)
    session.send(result)


async def _ready(session: Session, call: Call) -> None:
    """https://core.telegram.org/api/invoking: initConnection comes first, invokeAfterMsg waits."""
    if not call.layer:
        raise RpcFault(400, "CONNECTION_NOT_INITED")
    for msg_id in call.after:
        if msg_id in session.running:
            await asyncio.wait([session.running[msg_id]])
        answer = session.answer_to(msg_id)
        if answer is not None and answer.rest[:4] == _RPC_ERROR:
            raise RpcFault(400, "MSG_WAIT_FAILED")


async def _strike(fault: Fault, call: Call) -> None:
    if fault.act is not None:
        fault.act(call)
    if fault.delay_s:
        await asyncio.sleep(fault.delay_s)
    if fault.hold is not None:
        await fault.hold.wait()
    if fault.error is not None:
        raise RpcFault(fault.error.code, fault.error.message)


def _give_none(telegram: Telegram, session: Session, call: Call, fault: Fault) -> None:
    if fault.cut is None:
        telegram.faults.record(call, "silence")
        return
    telegram.faults.record(call, "cut before")
    session.cut()


def _finished(telegram: Telegram, session: Session, msg_id: int, task: asyncio.Task[None]) -> None:
    telegram.tasks.discard(task)
    session.running.pop(msg_id, None)
    session.unacknowledged.discard(msg_id)
    if task.cancelled():
        return
    error = task.exception()
    if error is not None:
        telegram.errors.append(error)
        _log.error("a request was not answered", exc_info=error)
        reply(telegram, session, msg_id, bytes(RpcFault(500, "INTERNAL")))


def _acknowledge(session: Session) -> None:
    """Tell the client of the requests that take their time."""
    session.acknowledging = False
    if session.unacknowledged:
        acks = MsgsAck(list(session.unacknowledged))
        session.unacknowledged.clear()
        session.send(session.outgoing(bytes(acks), content=False))
