"""One scripted fault, and which calls meet it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypedDict

from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.spoiling import Spoil


class Hold:
    """Calls that wait until the test lets them go."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        """Set once a call waits here."""
        self._released = asyncio.Event()

    def release(self) -> None:
        self._released.set()

    async def wait(self) -> None:
        self.reached.set()
        await self._released.wait()


class Match(TypedDict, total=False):
    """Which calls meet a fault."""

    on: str | None
    """Class of the innermost request (GetHistoryRequest unless given, GetFileRequest for faults
    of files); None is any."""
    account: int | None
    """Only calls of this account; None, the default, is any."""
    file_id: int | None
    """Only calls about this file; None, the default, is any."""
    dc_id: int | None
    """Only calls to this data centre; None, the default, is any."""
    after: int
    """So many matching calls pass first; 0 unless given."""
    times: int | None
    """So many meet the fault (1 unless given); None is all."""


@dataclass(slots=True, kw_only=True)
class Fault:
    """A scripted fault: one of the fields after `times`, for the calls that match."""

    on: str | None = "GetHistoryRequest"
    account: int | None = None
    file_id: int | None = None
    dc_id: int | None = None
    after: int = 0
    times: int | None = 1
    error: RpcFault | None = None
    delay_s: float = 0
    hold: Hold | None = None
    cut: Literal["before", "amid"] | None = None
    silent: bool = False
    spoil: Spoil | None = None
    """What becomes of the answer's bytes."""
    repeat: bool = False
    """The answer is that of the call before, of the same kind about the same chat."""
    act: Callable[[Call], object] | None = None
    """Happens before the call is answered as usual."""

    def matches(self, call: Call) -> bool:
        return (
            self.on in (None, call.name)
            and self.account in (None, call.auth_key.account)
            and self.dc_id in (None, call.dc_id)
            and (self.file_id is None or self.file_id == file_of(call))
        )

    def strikes(self) -> bool:
        """Count one matching call; whether it meets the fault."""
        if self.after > 0:
            self.after -= 1
            return False
        if self.times is not None:
            self.times -= 1
        return True

    @property
    def spent(self) -> bool:
        return self.times is not None and self.times <= 0


def file_of(call: Call) -> int | None:
    """The id of the file that a call is about."""
    location = getattr(call.request, "location", None)
    found: int | None = getattr(location, "id", getattr(location, "photo_id", None))
    return found
