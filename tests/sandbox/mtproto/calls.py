"""An API request as the answering side sees it: unwrapped, and with where it came from."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from telethon.tl.functions import (
    InvokeAfterMsgRequest,
    InvokeAfterMsgsRequest,
    InvokeWithLayerRequest,
    InvokeWithMessagesRangeRequest,
    InvokeWithoutUpdatesRequest,
    InvokeWithTakeoutRequest,
)
from telethon.tl.tlobject import TLObject, TLRequest
from telethon.tl.types import RpcError

from tests.sandbox.mtproto.keys import AuthKey

_VECTOR = 0x1CB5C415.to_bytes(4, "little")
_TRUE = 0x997275B5.to_bytes(4, "little")
_FALSE = 0xBC799737.to_bytes(4, "little")


class RpcFault(Exception):
    """The request is answered by rpc_error. https://core.telegram.org/api/errors"""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message

    def __bytes__(self) -> bytes:
        return bytes(RpcError(self.code, self.message))


@dataclass(slots=True, kw_only=True)
class Call:
    """One API request of a client."""

    request: TLRequest
    """The innermost query."""
    dc_id: int
    auth_key: AuthKey
    session_id: int
    layer: int
    """Of the key's last invokeWithLayer."""
    without_updates: bool = False
    takeout_id: int | None = None
    messages_range: tuple[int, int] | None = None
    """The lowest and the highest id of invokeWithMessagesRange."""
    wrappers: tuple[TLRequest, ...] = ()
    """invokeWithLayer, initConnection and so on, outermost first."""
    after: list[int] = field(default_factory=list)
    """Message ids of requests that are to be answered first."""

    @property
    def name(self) -> str:
        return type(self.request).__name__


Answer = Callable[[Call], Awaitable[TLObject | bytes | bool | list[Any]]]
"""What answers calls: `bytes` is a serialised object, sent as it is; a list is a vector."""


def unwrap(request: TLRequest, *, dc_id: int, auth_key: AuthKey, session_id: int) -> Call:
    """The call in `request`. The layer it names is remembered with the key."""
    call = Call(request=request, dc_id=dc_id, auth_key=auth_key, session_id=session_id, layer=0)
    wrappers = []
    while isinstance(query := getattr(request, "query", None), TLRequest):
        wrappers.append(request)
        match request:
            case InvokeWithLayerRequest():
                auth_key.layer = request.layer
            case InvokeWithoutUpdatesRequest():
                call.without_updates = True
            case InvokeWithTakeoutRequest():
                call.takeout_id = request.takeout_id
            case InvokeWithMessagesRangeRequest():
                call.messages_range = request.range.min_id, request.range.max_id
            case InvokeAfterMsgRequest():
                call.after.append(request.msg_id)
            case InvokeAfterMsgsRequest():
                call.after.extend(request.msg_ids)
        request = query
    call.request = request
    call.layer = auth_key.layer
    call.wrappers = tuple(wrappers)
    return call


def serialised(answer: TLObject | bytes | bool | list[Any]) -> bytes:
    if isinstance(answer, bytes):
        return answer
    if isinstance(answer, bool):
        return _TRUE if answer else _FALSE
    if isinstance(answer, list):
        return b"".join((_VECTOR, len(answer).to_bytes(4, "little"), *map(serialised, answer)))
    return bytes(answer)
