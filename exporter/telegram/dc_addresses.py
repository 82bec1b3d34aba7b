"""Where the data centres are, as the server says.

https://core.telegram.org/api/datacenter
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from telethon.tl.functions.help import GetConfigRequest


class Address(NamedTuple):
    """Where a data centre listens."""

    ip: str
    port: int
    media_only: bool = False
    """It serves files and nothing else."""


class DcAddresses:
    """The list of the server, asked for once and again when it seems outdated."""

    def __init__(self, ask: Callable[[Any], Awaitable[Any]]) -> None:
        """`ask`: asks the account's home data centre."""
        self._ask = ask
        self._options: list[Any] | None = None
        self._asking = asyncio.Lock()

    async def of(self, dc_id: int, *, ipv6: bool) -> list[Address]:
        """Return the addresses of a data centre, those for files first; none: it is not listed.

        Left out are CDNs, which hold other files under other rules, and what speaks only
        disguised.
        """
        async with self._asking:
            if self._options is None:
                self._options = (await self._ask(GetConfigRequest())).dc_options
        fitting = [
            option
            for option in self._options
            if option.id == dc_id
            and bool(option.ipv6) == ipv6
            and not (option.cdn or option.tcpo_only or option.secret)
        ]
        fitting.sort(key=lambda option: not option.media_only)
        return [
            Address(str(option.ip_address), int(option.port), bool(option.media_only))
            for option in fitting
        ]

    def outdated(self) -> None:
        """Ask again next time."""
        self._options = None
