"""The keys by which an account is known in data centres that are not its home.

https://core.telegram.org/api/datacenter#authorization-transfer. Telegram answers with long waits
when authorizations are asked for often, so a key is made once and kept for later runs.
"""

from __future__ import annotations

from typing import Protocol

import structlog
from telethon import errors
from telethon.crypto import AuthKey
from telethon.tl.functions.auth import ExportAuthorizationRequest, ImportAuthorizationRequest

from exporter.errors import JobError
from exporter.telegram.dc_addresses import Address
from exporter.telegram.home import Home
from exporter.telegram.pacing import Refused
from exporter.telegram.session import OwnSession
from exporter.telegram.wire import Wire
from storage.errors import StorageError
from storage.wording import Sentence

EXPORT_WAIT_S = 3600.0
"""The longest wait for an authorization; up to 35 minutes were seen."""
TRIES = 3
"""Of importing: what was exported is good for one try, which a cut connection may use up."""
DEACTIVATED = (errors.UserDeactivatedError, errors.UserDeactivatedBanError)
LOST = (errors.AuthKeyNotFound, errors.AuthKeyDuplicatedError, errors.UnauthorizedError)
"""How a data centre says that it does not know the key, or not whose it is."""

log = structlog.get_logger()


class KeyStore(Protocol):
    """Keeps keys from one run to the next."""

    async def find(self, account_id: int, dc_id: int) -> bytes | None: ...

    async def save(self, account_id: int, dc_id: int, key: bytes) -> None: ...

    async def forget(self, account_id: int, dc_id: int) -> None: ...


class KeyLost(Exception):
    """A data centre does not know a key any more; another has to be made."""


def is_lost(error: Exception) -> bool:
    """Whether an error says that a key is of no use any more, of itself and not of the account."""
    return isinstance(error, LOST) and not isinstance(error, DEACTIVATED)


def session_at(dc_id: int, address: Address, key: bytes | None) -> OwnSession:
    """Make a session; without `key` a new one is made when it is connected."""
    session = OwnSession()
    session.set_dc(dc_id, address.ip, address.port)
    session.auth_key = AuthKey(key)
    return session


class DcKeys:
    """Finds or makes the keys of one account."""

    def __init__(self, home: Home, store: KeyStore | None) -> None:
        """Without `store` keys last as long as this."""
        self._home = home
        self._store = store
        self._made: dict[int, bytes] = {}

    async def find(self, dc_id: int) -> bytes | None:
        """Return the key that was made before."""
        if dc_id in self._made or self._store is None:
            return self._made.get(dc_id)
        return await self._store.find(self._home.account_id, dc_id)

    async def forget(self, dc_id: int) -> None:
        """The data centre does not accept it any more."""
        log.info("key of a data centre lost", account=self._home.account_id, dc=dc_id)
        self._made.pop(dc_id, None)
        if self._store is not None:
            await self._store.forget(self._home.account_id, dc_id)

    async def make(self, dc_id: int, address: Address) -> bytes:
        """Make a key there, and let the account be known by it.

        Raises:
            Refused: Telegram does not let the account in.
            JobError: as in `Pacer.run`.
        """
        for _ in range(TRIES):
            session = session_at(dc_id, address, None)
            wire = self._home.line(session)
            try:
                await self._introduce(wire, dc_id)
            except KeyLost:
                continue
            finally:
                await wire.close()
            key = bytes(session.auth_key.key)
            await self._keep(dc_id, key)
            return key
        raise JobError(
            Sentence(
                "Telegram does not let this account into data centre {dc}, where some of the files"
                " are. Try again later: what was fetched so far is kept.",
                dc=str(dc_id),
            )
        )

    async def _keep(self, dc_id: int, key: bytes) -> None:
        self._made[dc_id] = key
        log.info("key of a data centre made", account=self._home.account_id, dc=dc_id)
        if self._store is not None:
            try:
                await self._store.save(self._home.account_id, dc_id, key)
            except StorageError as error:  # the next run makes another
                log.warning("key of a data centre not kept", dc=dc_id, reason=str(error))

    async def _introduce(self, wire: Wire, dc_id: int) -> None:
        await self._home.pacer.run(wire.open, method=f"connect dc{dc_id}", learn=False)
        exported = await self._home.ask(
            ExportAuthorizationRequest(dc_id), longest_wait_s=EXPORT_WAIT_S
        )
        request = ImportAuthorizationRequest(id=exported.id, bytes=exported.bytes)

        async def hand_over() -> None:
            try:
                client = await wire.open()
                await client.send(request, timeout_s=self._home.answer_timeout_s)
            except LOST as error:
                if not is_lost(error):
                    raise
                raise KeyLost from error

        try:
            await self._home.pacer.run(
                hand_over, method=f"auth.importAuthorization dc{dc_id}", learn=False
            )
        except Refused as refused:
            if isinstance(refused.error, errors.AuthBytesInvalidError):
                raise KeyLost from refused
            raise
