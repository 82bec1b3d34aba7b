"""One account on one connection to Telegram, or to the server that the settings name."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from telethon import errors
from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputUserSelf

from exporter.telegram.client import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    Client,
    find_host,
    trust_key,
)
from exporter.telegram.pacing import LONGEST_WAIT_S, PATIENCE_S, OnWait, Pacer
from exporter.telegram.proxy import route
from exporter.telegram.server import TelegramServer
from exporter.telegram.session import OwnSession, read_session_text

CONNECT_PATIENCE_S = 30.0
"""For failures and waits before anybody can be told of them."""
RETRY_DELAY_S = 0.25
"""Of Telethon, which tries a connection twice; longer pauses are the pacer's."""
MOVED = (errors.PhoneMigrateError, errors.NetworkMigrateError, errors.UserMigrateError)


class Telegram:
    """An account's connection. All that is asked goes through `ask`."""

    def __init__(
        self,
        make_client: Callable[[], Client],
        pacer: Pacer,
        *,
        account_id: int,
        answer_timeout_s: float = ANSWER_TIMEOUT_S,
    ) -> None:
        self.account_id = account_id
        self.user_id = 0
        """The account's own user id; 0 until it is signed in."""
        self._make_client = make_client
        self._client = make_client()
        self._pacer = pacer
        self._answer_timeout_s = answer_timeout_s
        self._connecting = asyncio.Lock()

    @property
    def session(self) -> str:
        """The session as text; it changes when Telegram moves the account to another DC."""
        return str(self._client.session.text)

    @property
    def dc_id(self) -> int:
        return int(self._client.session.dc_id)

    def telling(self, on_wait: OnWait) -> AbstractContextManager[None]:
        """Tell `on_wait` of every wait of this account meanwhile."""
        return self._pacer.telling(on_wait)

    async def ask(self, request: Any, *, longest_wait_s: float = LONGEST_WAIT_S) -> Any:
        """Send a request, a TLRequest of Telethon, and return its answer.

        Flood waits, a server in trouble and cut connections are waited out here.

        Raises:
            AccountUnusable: Telegram no longer accepts the session.
            Refused: Telegram answered with another error.
            JobError: Telegram was out of reach for too long, or wants a longer wait.
        """
        return await self._pacer.run(lambda: self._ask_once(request), longest_wait_s=longest_wait_s)

    async def connect(self, *, patience_s: float) -> None:
        """Open the connection.

        Raises:
            AccountUnusable: Telegram does not know the session's key.
            JobError: there is no way to Telegram, or it does not accept API id and hash.
        """
        await self._pacer.run(self._open, patience_s=patience_s, longest_wait_s=CONNECT_PATIENCE_S)

    async def who_am_i(self) -> Any:
        """Ask for the account's own User; `user_id` is known from then on."""
        question = GetUsersRequest([InputUserSelf()])
        me = (await self.ask(question, longest_wait_s=CONNECT_PATIENCE_S))[0]
        self.user_id = me.id
        return me

    async def close(self) -> None:
        """Close the connection; nothing may be asked any more."""
        await self._client.disconnect()

    async def _ask_once(self, request: Any) -> Any:
        client = await self._open()
        try:
            return await client.send(request, timeout_s=self._answer_timeout_s)
        except MOVED as moved:
            await client.move_to(moved.new_dc)
            return await client.send(request, timeout_s=self._answer_timeout_s)

    async def _open(self) -> Client:
        """Return a connected client: the one at hand, or a new one when that has given up."""
        async with self._connecting:
            if self._client.is_connected():
                return self._client
            await self._client.disconnect()
            self._client = self._make_client()
            async with AsyncExitStack() as on_failure:
                on_failure.push_async_callback(self._client.disconnect)
                async with asyncio.timeout(self._answer_timeout_s):
                    await self._client.connect()
                on_failure.pop_all()
            return self._client


def check(server: TelegramServer) -> None:
    """Look whether the settings of a server can be used at all; nothing is asked.

    Raises:
        CommandError: a bad proxy or key file.
    """
    route(server.proxy)
    if server.key is not None:
        trust_key(server.key)


@asynccontextmanager
async def connected(
    server: TelegramServer,
    account_id: int,
    session: str,
    *,
    patience_s: float = PATIENCE_S,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
) -> AsyncIterator[Telegram]:
    """Connect a signed-in account.

    `patience_s` is how long one request may go on failing, `answer_timeout_s` how long the answer
    to one may take.

    Raises:
        AccountUnusable: Telegram no longer accepts the session.
        JobError: wrong API id or hash, or no way to the server.
        CommandError: a bad proxy or key file, or `session` is no session.
    """
    async with opened(
        server,
        read_session_text(session),
        account_id=account_id,
        patience_s=patience_s,
        answer_timeout_s=answer_timeout_s,
    ) as telegram:
        await telegram.who_am_i()
        yield telegram


@asynccontextmanager
async def opened(
    server: TelegramServer,
    session: OwnSession,
    *,
    account_id: int = 0,
    patience_s: float = PATIENCE_S,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
) -> AsyncIterator[Telegram]:
    """Connect a session that need not be signed in yet; errors as in `connected`."""
    if server.key is not None:
        trust_key(server.key)
    pacer = Pacer(patience_s=patience_s)
    if server.host is not None:
        await _point_at(server, session, pacer)
    telegram = Telegram(
        partial(_client, server, session),
        pacer,
        account_id=account_id,
        answer_timeout_s=answer_timeout_s,
    )
    try:
        await telegram.connect(patience_s=min(patience_s, CONNECT_PATIENCE_S))
        yield telegram
    finally:
        await telegram.close()


def _client(server: TelegramServer, session: OwnSession) -> Client:
    way = route(server.proxy)
    return Client(
        session,
        server.api_id,
        server.api_hash,
        connection=way.connection,
        proxy=way.proxy,
        use_ipv6=":" in (session.server_address or ""),
        timeout=CONNECT_TIMEOUT_S,
        connection_retries=1,
        retry_delay=RETRY_DELAY_S,
        request_retries=0,
        raise_last_call_error=True,
        flood_sleep_threshold=0,
        receive_updates=False,
        device_model="Chatkeep",
    )


async def _point_at(server: TelegramServer, session: OwnSession, pacer: Pacer) -> None:
    """Give a session the address of its data centre at the server of the settings.

    A key belongs to its data centre. When that is not the one whose address the settings name,
    the server is asked for the address of the other.
    """
    address = await find_host(str(server.host), server.port or 443), server.port or 443
    if session.dc_id not in (0, server.dc_id):
        anyone = OwnSession()
        anyone.set_dc(server.dc_id, *address)
        guide = _client(server, anyone)
        try:
            await pacer.run(guide.connect, patience_s=CONNECT_PATIENCE_S)
            address = await guide.address_of(session.dc_id)
        finally:
            await guide.disconnect()
    session.set_dc(session.dc_id or server.dc_id, *address)
