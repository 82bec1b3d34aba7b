"""Telethon's client, cut down to what an export needs: requests and answers."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)
from telethon import TelegramClient
from telethon.crypto import rsa
from telethon.tl.functions import InvokeWithoutUpdatesRequest
from telethon.tl.tlobject import TLRequest

from exporter.errors import CommandError, JobError
from exporter.telegram.sender import Sender

ANSWER_TIMEOUT_S = 60.0
CONNECT_TIMEOUT_S = 10


class Client(TelegramClient):  # type: ignore[misc]  # Telethon has no types
    """Sends requests and hands over the answers; sleeps, retries and updates are not its work."""

    answer_s = 0.0
    """How long the last answer took to come."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        """As Telethon's, whose sender is replaced by ours."""
        super().__init__(*arguments, **named)
        self._sender = Sender(
            self.session.auth_key,
            loggers=self._log,
            retries=self._connection_retries,
            delay=self._retry_delay,
            auto_reconnect=self._auto_reconnect,
            connect_timeout=self._timeout,
            auth_key_callback=self._auth_key_callback,
            updates_queue=self._updates_queue,
            auto_reconnect_callback=self._handle_auto_reconnect,
        )

    async def send(
        self, request: Any, *, timeout_s: float = ANSWER_TIMEOUT_S, at_most_s: float = 0.0
    ) -> Any:
        """Send one request over the open connection and return its answer.

        `timeout_s` is how long that may take, and `at_most_s` how long as long as anything comes
        in: a long answer over a slow line.

        Raises:
            ConnectionError: the connection is closed, or was before the answer came.
            TimeoutError: there was none in time; the connection is closed then.
            telethon.errors.RPCError: Telegram answered with an error.
        """
        clock = asyncio.get_running_loop().time
        asked = clock()
        wrapped = InvokeWithoutUpdatesRequest(request)
        wrapped.read_result = _innermost(request).read_result
        answer = self._sender.send(wrapped)
        try:
            left_s = timeout_s
            while left_s > 0 and not answer.done():
                await asyncio.wait((answer,), timeout=left_s)
                until = max(asked, min(self._heard_at, asked + at_most_s - timeout_s)) + timeout_s
                left_s = until - clock()
            if not answer.done():
                await self.disconnect()
                raise TimeoutError(f"no answer within {clock() - asked:.3g} s")
            if answer.cancelled():  # Telethon does that to all that wait when it gives up
                raise ConnectionError("the connection was closed")
            self.answer_s = clock() - asked
            return answer.result()
        finally:
            answer.cancel()

    @property
    def _heard_at(self) -> float:
        """When bytes last came, if the connection is of a kind that knows."""
        return float(getattr(self._sender._connection, "heard_at", "-inf"))  # noqa: SLF001

    async def move_to(self, dc_id: int) -> None:
        """Go to another data centre, with a new key: the account is not signed in there."""
        await self._switch_dc(dc_id)

    async def address_of(self, dc_id: int) -> tuple[str, int]:
        """Return IP address and port of a data centre, as the server we talk to knows it."""
        dc = await self._get_dc(dc_id)
        return str(dc.ip_address), int(dc.port)

    async def get_me(self, input_peer: bool = False) -> None:  # noqa: FBT001, FBT002 - Telethon's signature
        """Ask nothing.

        Telethon asks who we are at each connection, hides why that failed, and follows with all
        that happened since: we ask by ourselves and want no updates.
        """

    async def _update_loop(self) -> None:
        """Throw updates away; Telethon's own loop asks for missed ones every 15 minutes."""
        while True:
            await self._updates_queue.get()

    async def _get_dc(self, dc_id: int, cdn: bool = False) -> Any:  # noqa: FBT001, FBT002 - Telethon's signature
        """Ask the server we talk to; Telethon keeps one list for all servers of the process."""
        type(self)._config = None  # noqa: SLF001 - our own class
        try:
            return await super()._get_dc(dc_id, cdn)
        except ValueError as error:
            raise JobError(f"The server knows no data centre {dc_id}.") from error


def _innermost(request: Any) -> Any:
    """Return the request within all that wraps it: it knows how to read its answer."""
    while isinstance(inner := getattr(request, "query", None), TLRequest):
        request = inner
    return request


def trust_key(path: Path) -> None:
    """Let Telethon accept a server that has this RSA key (PEM, PKCS#1 or SPKI).

    Raises:
        CommandError: the file cannot be read or holds something else.
    """
    try:
        pem = path.read_bytes()
    except OSError as error:
        raise CommandError(
            f"TELEGRAM_SERVER_KEY: {path} cannot be read: {os.strerror(error.errno or 0)}."
        ) from error
    try:
        key = load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPublicKey):
        raise CommandError(f"TELEGRAM_SERVER_KEY: {path} holds no RSA public key in PEM form.")
    rsa.add_key(key.public_bytes(Encoding.PEM, PublicFormat.PKCS1), old=False)


async def find_host(host: str, port: int) -> str:
    """Return an IP address of a host, IPv4 if it has one: sessions have no room for names.

    Raises:
        JobError: the name is unknown.
    """
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise JobError(f"TELEGRAM_SERVER: the host {host!r} cannot be found.") from error
    addresses = sorted(found, key=lambda entry: entry[0] != socket.AF_INET)
    return str(addresses[0][4][0])
