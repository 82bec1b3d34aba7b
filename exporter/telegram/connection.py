"""One account on one connection to Telegram, or to the server that the settings name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AbstractContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from telethon.tl.functions.users import GetUsersRequest
from telethon.tl.types import InputUserSelf

from exporter.telegram.client import (
    ANSWER_TIMEOUT_S,
    CONNECT_TIMEOUT_S,
    Client,
    find_host,
    trust_key,
)
from exporter.telegram.dc_keys import KeyStore
from exporter.telegram.file_server import FileServer
from exporter.telegram.hearing import hearing
from exporter.telegram.home import Home
from exporter.telegram.pacing import LONGEST_WAIT_S, PATIENCE_S, OnWait, Pacer
from exporter.telegram.proxy import route
from exporter.telegram.server import TelegramServer
from exporter.telegram.session import OwnSession, read_session_text
from exporter.telegram.takeout import WORTH, OnPermission, Takeout, inside
from exporter.telegram.wire import Wire, method_of
from storage.paces import Paces
from storage.takeouts import Takeouts

CONNECT_PATIENCE_S = 30.0
"""For failures and waits before anybody can be told of them."""
RETRY_DELAY_S = 0.25
"""Of Telethon, which tries a connection twice; longer pauses are the pacer's."""
CONNECTING = "connect"
"""What the pacer calls it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What is kept about accounts from one run to the next."""

    paces: Paces
    takeouts: Takeouts
    dc_keys: KeyStore | None = None
    """Without it, each run makes keys for other data centres."""


class Telegram:
    """An account's connection. All that is asked goes through `ask`."""

    def __init__(
        self,
        wire: Wire,
        pacer: Pacer,
        files: FileServer,
        takeout: Takeout | None = None,
        *,
        account_id: int,
    ) -> None:
        """`takeout`: the account's data export, if it may have one."""
        self.account_id = account_id
        self.files = files
        """Where the account's files come from."""
        self.user_id = 0
        """The account's own user id; 0 until it is signed in."""
        self._wire = wire
        self._pacer = pacer
        self._takeout = takeout
        self._exports = False
        """What is asked belongs into the data export."""

    @property
    def session(self) -> str:
        """The session as text; it changes when Telegram moves the account to another DC."""
        return str(self._wire.client.session.text)

    @property
    def dc_id(self) -> int:
        return int(self._wire.client.session.dc_id)

    @property
    def answer_s(self) -> float:
        """How long the last answer took to come, once its request was sent."""
        return self._wire.client.answer_s

    def rate_of(self, method: str) -> float | None:
        """Return the requests a second that are known to be allowed, within a data export or not.

        `method` as Telegram names it: messages.getHistory. None when no limit is known.
        """
        known = (self._pacer.rate(name) for name in (method, inside(method)))
        return max((rate for rate in known if rate is not None), default=None)

    def telling(self, on_wait: OnWait) -> AbstractContextManager[None]:
        """Tell `on_wait` of every wait of this account meanwhile."""
        return self._pacer.telling(on_wait)

    async def ask(self, request: Any, *, longest_wait_s: float = LONGEST_WAIT_S) -> Any:
        """Send a request, a TLRequest of Telethon, and return its answer.

        It goes no faster than Telegram allows. Flood waits, a server in trouble and cut
        connections are waited out here.

        Raises:
            AccountUnusable: Telegram no longer accepts the session.
            Refused: Telegram answered with another error.
            JobError: Telegram was out of reach for too long, or wants a longer wait.
        """
        if self._exports and self._takeout is not None:
            return await self._takeout.ask(request, longest_wait_s=longest_wait_s)
        return await self._pacer.run(
            lambda: self._wire.ask(request),
            method=method_of(request),
            longest_wait_s=longest_wait_s,
        )

    @asynccontextmanager
    async def takeout(
        self, *, messages: int, protected: bool, on_permission: OnPermission
    ) -> AsyncIterator[Telegram]:
        """Give the same account, asking within its data export where that is of use.

        It is, for more than `WORTH` `messages` that are not `protected`: those are missing in
        data exports. While Telegram does not let the account have one, it asks as usual, and
        `on_permission` hears whether the owner could change that.
        """
        if self._takeout is None or protected or messages < WORTH:
            yield self
            return
        exporting = Telegram(
            self._wire, self._pacer, self.files, self._takeout, account_id=self.account_id
        )
        exporting.user_id = self.user_id
        exporting._exports = True
        with self._takeout.telling(on_permission):
            yield exporting

    async def connect(self, *, patience_s: float) -> None:
        """Open the connection.

        Raises:
            AccountUnusable: Telegram does not know the session's key.
            JobError: there is no way to Telegram, or it does not accept API id and hash.
        """
        await self._pacer.run(
            self._wire.open,
            method=CONNECTING,
            patience_s=patience_s,
            longest_wait_s=CONNECT_PATIENCE_S,
        )

    async def who_am_i(self) -> Any:
        """Ask for the account's own User; `user_id` is known from then on."""
        question = GetUsersRequest([InputUserSelf()])
        me = (await self.ask(question, longest_wait_s=CONNECT_PATIENCE_S))[0]
        self.user_id = me.id
        return me

    async def close(self) -> None:
        """Close the connections, and keep what was learned; nothing may be asked any more."""
        try:
            await self._pacer.remember()
        finally:
            try:
                await self.files.close()
            finally:
                await self._wire.close()


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
    memory: Memory | None = None,
    patience_s: float = PATIENCE_S,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
) -> AsyncIterator[Telegram]:
    """Connect a signed-in account.

    `memory` keeps for later runs what is learned about it. `patience_s` is how long one request
    may go on failing, `answer_timeout_s` how long the answer to one may take.

    Raises:
        AccountUnusable: Telegram no longer accepts the session.
        JobError: wrong API id or hash, or no way to the server.
        CommandError: a bad proxy or key file, or `session` is no session.
    """
    async with opened(
        server,
        read_session_text(session),
        account_id=account_id,
        memory=memory,
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
    memory: Memory | None = None,
    patience_s: float = PATIENCE_S,
    answer_timeout_s: float = ANSWER_TIMEOUT_S,
) -> AsyncIterator[Telegram]:
    """Connect a session that need not be signed in yet; errors as in `connected`."""
    if server.key is not None:
        trust_key(server.key)
    pacer = await _pacer(account_id, memory, patience_s=patience_s)
    if server.host is not None:
        await _point_at(server, session, pacer)
    wire = Wire(partial(_client, server, session), answer_timeout_s=answer_timeout_s)
    takeout = None
    if memory is not None and server.takeout:
        takeout = Takeout(wire, pacer, memory.takeouts, account_id)
    home = Home(
        account_id=account_id,
        wire=wire,
        pacer=pacer,
        make_client=partial(_client, server, for_files=True),
        answer_timeout_s=answer_timeout_s,
        alone=server.host is not None,
    )
    files = FileServer(home, memory.dc_keys if memory is not None else None)
    telegram = Telegram(wire, pacer, files, takeout, account_id=account_id)
    try:
        await telegram.connect(patience_s=min(patience_s, CONNECT_PATIENCE_S))
        yield telegram
    finally:
        await telegram.close()


async def _pacer(account_id: int, memory: Memory | None, *, patience_s: float) -> Pacer:
    if memory is None:
        return Pacer(patience_s=patience_s)
    return Pacer(
        patience_s=patience_s,
        learned=await memory.paces.load(account_id),
        save=partial(memory.paces.save, account_id),
    )


def _client(server: TelegramServer, session: OwnSession, *, for_files: bool = False) -> Client:
    way = route(server.proxy)
    return Client(
        session,
        server.api_id,
        server.api_hash,
        connection=hearing(way.connection) if for_files else way.connection,
        proxy=way.proxy,
        use_ipv6=":" in (session.server_address or ""),
        timeout=CONNECT_TIMEOUT_S,
        connection_retries=1,
        retry_delay=RETRY_DELAY_S,
        request_retries=0,
        auto_reconnect=not for_files,
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
            await pacer.run(guide.connect, method=CONNECTING, patience_s=CONNECT_PATIENCE_S)
            address = await guide.address_of(session.dc_id)
        finally:
            await guide.disconnect()
    session.set_dc(session.dc_id or server.dc_id, *address)
