"""The account's own connection, and how further ones are opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from exporter.telegram.client import Client
from exporter.telegram.dc_addresses import Address
from exporter.telegram.pacing import LONGEST_WAIT_S, Pacer
from exporter.telegram.session import OwnSession
from exporter.telegram.wire import Wire, method_of

SLOW = 10
"""Times the usual time for an answer, for a connection over which bytes still come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The account where it is at home, as those know it who connect elsewhere."""

    account_id: int
    wire: Wire
    pacer: Pacer
    make_client: Callable[[OwnSession], Client]
    """Makes a client for files."""
    answer_timeout_s: float
    alone: bool
    """The server serves the data centres that it does not list."""

    @property
    def dc_id(self) -> int:
        return int(self.wire.client.session.dc_id)

    @property
    def address(self) -> Address:
        session = self.wire.client.session
        return Address(str(session.server_address), int(session.port))

    @property
    def key(self) -> bytes:
        return bytes(self.wire.client.session.auth_key.key)

    async def ask(self, request: Any, *, longest_wait_s: float = LONGEST_WAIT_S) -> Any:
        """Ask over the account's own connection; raises as `Pacer.run` does."""
        return await self.pacer.run(
            lambda: self.wire.ask(request),
            method=method_of(request),
            longest_wait_s=longest_wait_s,
        )

    @property
    def answer_at_most_s(self) -> float:
        """How long an answer may take while anything comes in: a part over a slow line."""
        return SLOW * self.answer_timeout_s

    def line(self, session: OwnSession) -> Wire:
        """Make a connection for files, yet to be opened."""
        return Wire(partial(self.make_client, session), answer_timeout_s=self.answer_timeout_s)
