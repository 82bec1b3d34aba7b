"""The connection of one session, opened again whenever it has given up."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from telethon import errors

from exporter.telegram.client import Client

MOVED = (errors.PhoneMigrateError, errors.NetworkMigrateError, errors.UserMigrateError)


class Wire:
    """Sends a request once. Waiting and asking again is the pacer's work."""

    def __init__(self, make_client: Callable[[], Client], *, answer_timeout_s: float) -> None:
        self._make_client = make_client
        self.client = make_client()
        self._answer_timeout_s = answer_timeout_s
        self._connecting = asyncio.Lock()

    async def ask(self, request: Any) -> Any:
        """Send a request and return its answer, from another DC if the account moved there.

        Raises:
            OSError, telethon.errors.RPCError: see `Client.send`.
        """
        client = await self.open()
        try:
            return await client.send(request, timeout_s=self._answer_timeout_s)
        except MOVED as moved:
            await client.move_to(moved.new_dc)
            return await client.send(request, timeout_s=self._answer_timeout_s)

    async def open(self) -> Client:
        """Return a connected client: the one at hand, or a new one when that has given up."""
        async with self._connecting:
            if self.client.is_connected():
                return self.client
            await self.client.disconnect()
            self.client = self._make_client()
            async with AsyncExitStack() as on_failure:
                on_failure.push_async_callback(self.client.disconnect)
                async with asyncio.timeout(self._answer_timeout_s):
                    await self.client.connect()
                on_failure.pop_all()
            return self.client

    async def close(self) -> None:
        async with self._connecting:  # a client that is torn down amid connecting may hang
            await self.client.disconnect()


def method_of(request: object) -> str:
    """Name what a request calls as Telegram does: messages.getHistory."""
    kind = type(request)
    name = kind.__name__.removesuffix("Request")
    return f"{kind.__module__.rpartition('.')[2]}.{name[:1].lower()}{name[1:]}"
