"""Faults on purpose: what goes wrong, at which call, how often; and a record of all calls."""

import asyncio
from collections import Counter, deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Unpack

from telethon.tl.alltlobjects import tlobjects
from telethon.tl.tlobject import TLRequest

from tests.sandbox.file_faults import GET_FILE, GET_HASHES, FileFaults
from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.script import Fault, Hold, Match, file_of
from tests.sandbox.spoiling import PAGED, shortened, shuffled, unreadable
from tests.sandbox.under_way import UnderWay

__all__ = ["GET_FILE", "GET_HASHES", "Fault", "Faults", "Hold", "LoggedCall", "Match"]

_LOGGED_ARGUMENTS = (
    "offset_id",
    "add_offset",
    "limit",
    "min_id",
    "max_id",
    "offset",
    "id",
    "username",
    "msg_id",
    "top_msg_id",
    "offset_date",
    "min_date",
    "max_date",
)
_LOG_KEPT = 50_000
_REQUESTS = {each.__name__ for each in tlobjects.values() if issubclass(each, TLRequest)}


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """One API call that was answered or met a fault."""

    name: str
    """Class of the request, such as GetHistoryRequest."""
    account: int | None
    dc_id: int
    takeout_id: int | None
    messages_range: tuple[int, int] | None
    """The ids of invokeWithMessagesRange."""
    arguments: Mapping[str, Any]
    """Those that it has of offset_id, add_offset, limit, min_id, max_id, offset, id, username,
    msg_id, top_msg_id, offset_date, min_date and max_date; `file_id` of requests for files."""
    outcome: str
    """"answered", the message of an rpc_error, "cut before", "cut amid" or "silence"."""

    @property
    def answered(self) -> bool:
        return self.outcome in ("answered", "cut amid")


class Faults(FileFaults):
    """The script of faults, and the record of all calls. Several faults strike in their order."""

    def __init__(self) -> None:
        self.log: deque[LoggedCall] = deque(maxlen=_LOG_KEPT)
        """The latest calls, in the order in which they were answered or failed."""
        self.under_way = UnderWay()
        """How many parts of files are asked for at once."""
        self._faults: list[Fault] = []
        self._counts: Counter[str] = Counter()
        self._waiting: list[tuple[str, int, asyncio.Future[None]]] = []
        self._unreadable: list[tuple[int, int | None]] = []
        self._pages: dict[tuple[int | None, str, bytes], bytes] = {}

    def flood_wait(self, seconds: int, **match: Unpack[Match]) -> None:
        """420 FLOOD_WAIT_X. https://core.telegram.org/api/errors#420-flood"""
        self.fail(420, f"FLOOD_WAIT_{seconds}", **match)

    def server_error(self, message: str = "INTERNAL", **match: Unpack[Match]) -> None:
        self.fail(500, message, **match)

    def fail(self, code: int, message: str, **match: Unpack[Match]) -> None:
        """Any rpc_error instead of the answer."""
        self.script(Fault(error=RpcFault(code, message), **match))

    def cut_before_answer(self, **match: Unpack[Match]) -> None:
        """The connection ends when the request arrives."""
        self.script(Fault(cut="before", **match))

    def cut_amid_answer(self, **match: Unpack[Match]) -> None:
        """The connection ends when half of the answer's bytes are sent."""
        self.script(Fault(cut="amid", **match))

    def slow(self, seconds: float, **match: Unpack[Match]) -> None:
        """The answer comes so much later; other requests are answered meanwhile."""
        self.script(Fault(delay_s=seconds, **match))

    def hold(self, **match: Unpack[Match]) -> Hold:
        """The answer comes when the test says so."""
        hold = Hold()
        self.script(Fault(hold=hold, **match))
        return hold

    def no_answer(self, **match: Unpack[Match]) -> None:
        """The connection stays, and no answer comes."""
        self.script(Fault(silent=True, **match))

    def short_page(self, **match: Unpack[Match]) -> None:
        """The answer lacks about half of its messages, anywhere."""
        self.script(Fault(spoil=shortened, **match))

    def unordered_page(self, **match: Unpack[Match]) -> None:
        """The answer's messages come in another order."""
        self.script(Fault(spoil=shuffled, **match))

    def duplicate_page(self, **match: Unpack[Match]) -> None:
        """The answer is the page that the account got from this chat before, where there is one."""
        self.script(Fault(repeat=True, **match))

    def unknown_constructor(self, message_id: int, *, chat_id: int | None = None) -> None:
        """Every answer that holds this message has a constructor there that no layer knows.

        `chat_id` is the marked id of the chat that is meant, any chat's message otherwise.
        """
        self._unreadable.append((message_id, chat_id))

    def new_salt(self, **match: Unpack[Match]) -> None:
        """The key's salts end when the request arrives; it is answered under a new one."""
        self.script(Fault(act=lambda call: call.auth_key.salts.replace(), **match))

    def revoke(self, **match: Unpack[Match]) -> None:
        """The session is ended from another device when the request arrives."""
        self.script(Fault(act=_revoke, **match))

    def end_session(self, code: int, message: str, **match: Unpack[Match]) -> None:
        """The session ends for good with this error when the request arrives.

        406 AUTH_KEY_DUPLICATED, 401 USER_DEACTIVATED and others:
        https://core.telegram.org/api/errors
        """
        self.script(Fault(act=partial(_end, code, message), **match))

    def script(self, fault: Fault) -> None:
        """Add a fault of any kind.

        Raises:
            ValueError: no request is called so.
        """
        if fault.on is not None and fault.on not in _REQUESTS:
            raise ValueError(f"{fault.on} is no request of the layer")
        self._faults.append(fault)

    @property
    def left(self) -> list[Fault]:
        """Faults that did not strike as often as they should yet."""
        return [fault for fault in self._faults if fault.times is not None]

    def strike_no_more(self) -> None:
        """Forget the script; messages that cannot be read stay so."""
        self._faults.clear()

    def clear(self) -> None:
        """Nothing goes wrong from now on; the record stays."""
        self.strike_no_more()
        self._unreadable.clear()

    def take(self, call: Call) -> Fault | None:
        """The fault that this call meets."""
        for fault in self._faults:
            if fault.matches(call) and fault.strikes():
                if fault.spent:
                    self._faults.remove(fault)
                return fault
        return None

    def spoilt(self, call: Call, fault: Fault | None, body: bytes) -> bytes:
        """The bytes that are sent instead of the answer `body`."""
        if isinstance(call.request, PAGED):
            place = (call.auth_key.account, call.name, bytes(call.request.peer))
            before = self._pages.get(place, body)
            self._pages[place] = body
            if fault is not None and fault.repeat:
                body = before
        if fault is not None and fault.spoil is not None:
            body = fault.spoil(body)
        return unreadable(body, self._unreadable) if self._unreadable else body

    def record(self, call: Call, outcome: str) -> None:
        name = call.name
        arguments = {
            argument: value
            for argument in _LOGGED_ARGUMENTS
            if (value := getattr(call.request, argument, None)) is not None
        }
        file_id = file_of(call)
        if file_id is not None:
            arguments["file_id"] = file_id
        account = call.auth_key.account
        self.log.append(
            LoggedCall(
                name,
                account,
                call.dc_id,
                call.takeout_id,
                call.messages_range,
                arguments,
                outcome,
            )
        )
        self._counts[name] += 1
        for waiting in self._waiting:
            if waiting[:2] == (name, self._counts[name]) and not waiting[2].done():
                waiting[2].set_result(None)

    def calls(self, name: str) -> int:
        """How many calls of this class were answered or failed."""
        return self._counts[name]

    async def wait_for_calls(self, name: str, count: int) -> None:
        """Return when `calls(name)` has come to `count`."""
        if self._counts[name] >= count:
            return
        waiting = (name, count, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await waiting[2]
        finally:
            self._waiting.remove(waiting)


def _end(code: int, message: str, call: Call) -> None:
    call.auth_key.ended = code, message


def _revoke(call: Call) -> None:
    call.auth_key.revoked = True
