"""An account's connections to one data centre, for files.

Files come over connections of their own, so that they do not hold up messages:
https://core.telegram.org/api/files#downloading-files. All connections of a data centre share a
key, and each has a session id of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import Any

from exporter.errors import JobError
from exporter.telegram.client import Client
from exporter.telegram.dc_addresses import Address, DcAddresses
from exporter.telegram.dc_keys import LOST, DcKeys, KeyLost, is_lost, session_at
from exporter.telegram.home import Home
from exporter.telegram.pacing import LINE_TROUBLE, LONGEST_WAIT_S, Refused
from exporter.telegram.session import OwnSession
from exporter.telegram.wire import Wire
from storage.wording import Sentence

CONNECTIONS = 4
"""Of a data centre; servers close them when they are many."""
FEWER_S = 60.0
"""How long no further connection is opened when one could not be, besides others that stand."""
KEYS_TRIED = 4
"""For one request: the known one at two kinds of addresses, a new one, and one more."""
CLOSED = Sentence("This account's connection to Telegram was closed meanwhile. Export again.")


class NoSuchDc(Exception):
    """The server does not know the data centre, or does not let the account in; says why."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entrance:
    """What the connections to a data centre are made from."""

    address: Address
    session: OwnSession
    at_home: bool
    """It is the account's own key: what is said of it is said of the account."""


class _Line:
    """One connection."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.under_way = 0

    @property
    def stands(self) -> bool:
        return bool(self.wire.client.is_connected())


class DcLines:
    """Asks one data centre, over the connection that has the least to do.

    Connections are opened when all others are busy. One that is cut is opened again, and the
    pacer asks again what was under way.
    """

    def __init__(self, dc_id: int, home: Home, addresses: DcAddresses, keys: DcKeys) -> None:
        self.dc_id = dc_id
        self.answer_s = 0.0
        """How long the last answer took to come."""
        self._home = home
        self._addresses = addresses
        self._keys = keys
        self._lines: list[_Line] = []
        self._no_more_before = float("-inf")
        """No connection is opened besides others; of the loop's clock."""
        self._entrance: Entrance | None = None
        self._avoided: set[Address] = set()
        """Where nobody answered, or the key was refused."""
        self._finding = asyncio.Lock()
        self._closed = False

    async def ask(
        self, request: Any, method: str, *, longest_wait_s: float = LONGEST_WAIT_S
    ) -> Any:
        """Send a request and return its answer; waits and failures are the pacer's matter.

        Raises:
            NoSuchDc: there is no such data centre for this account.
            Refused: Telegram answered with another error.
            JobError: as in `Telegram.ask`, or this was closed.
        """
        for _ in range(KEYS_TRIED):
            try:
                return await self._home.pacer.run(
                    partial(self._attempt, request),
                    method=f"{method} dc{self.dc_id}",
                    longest_wait_s=longest_wait_s,
                    learn=False,
                )
            except KeyLost:
                continue
        raise JobError(
            Sentence(
                "Data centre {dc} of Telegram does not accept this account's keys. Try again later:"
                " what was fetched so far is kept.",
                dc=str(self.dc_id),
            )
        )

    async def find(self, *, patience_s: float | None = None) -> Entrance:
        """Return the way in, found out now if need be; with a key made if there is none.

        Raises:
            TimeoutError: somebody else has been finding it out for `patience_s`.
            NoSuchDc, JobError: as in `ask`.
        """
        async with asyncio.timeout(patience_s):
            await self._finding.acquire()
        try:
            if self._closed:
                raise JobError(CLOSED)
            if self._entrance is None:
                self._entrance = await self._find()
            return self._entrance
        finally:
            self._finding.release()

    async def rest(self) -> None:
        """Close the connections that have nothing to do; they are opened again when needed."""
        idle = [line for line in self._lines if not line.under_way]
        self._lines = [line for line in self._lines if line.under_way]
        for line in idle:
            await line.wire.close()

    async def close(self) -> None:
        """Close all connections; what is under way ends with a JobError."""
        self._closed = True
        await self._leave()

    async def _attempt(self, request: Any) -> Any:
        entrance = await self.find()
        line = self._least_busy(entrance)
        line.under_way += 1
        try:
            client = await self._open(line, entrance)
            answer = await client.send(
                request,
                timeout_s=self._home.answer_timeout_s,
                at_most_s=self._home.answer_at_most_s,
            )
        except LOST as error:
            if not is_lost(error) or self._speaks_for_account(entrance):
                raise
            await self._refused(entrance)
            raise KeyLost from error
        finally:
            line.under_way -= 1
        self.answer_s = client.answer_s
        return answer

    def _speaks_for_account(self, entrance: Entrance) -> bool:
        """Whether a refused key there is the account's end; an address for files may be odd."""
        key = entrance.session.auth_key.key
        return key == self._home.key and not entrance.address.media_only

    def _least_busy(self, entrance: Entrance) -> _Line:
        line = min(self._lines, key=lambda line: line.under_way, default=None)
        if line is None or (line.under_way and self._may_open_another()):
            line = _Line(self._home.line(entrance.session))
            self._lines.append(line)
        return line

    def _may_open_another(self) -> bool:
        now = asyncio.get_running_loop().time()
        return len(self._lines) < CONNECTIONS and now >= self._no_more_before

    async def _open(self, line: _Line, entrance: Entrance) -> Client:
        try:
            client = await line.wire.open()
        except LINE_TROUBLE:
            await self._unreachable(line, entrance)
            raise
        if line not in self._lines:  # given up meanwhile, with others
            await line.wire.close()
            raise ConnectionError("the connection was given up")
        return client

    async def _unreachable(self, line: _Line, entrance: Entrance) -> None:
        """Do with fewer connections when there are others, or else look for another address."""
        if line not in self._lines:
            return
        self._lines.remove(line)
        if any(other.stands for other in self._lines):
            self._no_more_before = asyncio.get_running_loop().time() + FEWER_S
        elif self._entrance is entrance:
            self._addresses.outdated()
            self._avoided.add(entrance.address)
            await self._leave()

    async def _refused(self, entrance: Entrance) -> None:
        """Go to another address with the key, or else have another key made."""
        async with self._finding:
            if self._entrance is not entrance:
                return  # another request noticed first
            if entrance.address.media_only:
                self._avoided.add(entrance.address)
            elif not entrance.at_home:
                await self._keys.forget(self.dc_id)
            await self._leave()

    async def _leave(self) -> None:
        self._entrance = None
        lines, self._lines = self._lines, []
        for line in lines:
            await line.wire.close()

    async def _find(self) -> Entrance:
        home, here = self._home, self._home.address
        listed = await self._addresses.of(self.dc_id, ipv6=":" in here.ip)
        if home.dc_id == self.dc_id or (home.alone and (not listed or here in listed)):
            address = self._choose([*(each for each in listed if each.media_only), here])
            session = session_at(home.dc_id, address, home.key)
            return Entrance(address=address, session=session, at_home=True)
        if not listed:
            raise NoSuchDc(f"Telegram lists no data centre {self.dc_id}")
        key = await self._keys.find(self.dc_id) or await self._new_key(listed[-1])
        address = self._choose(listed)
        session = session_at(self.dc_id, address, key)
        return Entrance(address=address, session=session, at_home=False)

    async def _new_key(self, address: Address) -> bytes:
        try:
            return await self._keys.make(self.dc_id, address)
        except Refused as refused:
            raise NoSuchDc(
                f"Telegram does not let this account into data centre {self.dc_id}"
            ) from refused

    def _choose(self, addresses: list[Address]) -> Address:
        """Return the first that is not avoided; when all are, begin again."""
        if self._avoided.issuperset(addresses):
            self._avoided.clear()
        return next(address for address in addresses if address not in self._avoided)
