"""The keys by which accounts are known in data centres that are not their home, encrypted."""

from __future__ import annotations

from sqlalchemy import delete, select

from storage.database import Database
from storage.errors import SessionUnreadable
from storage.secrets import Secrets
from storage.statements import replacing
from storage.tables import dc_keys


class DcKeys:
    """The table `dc_keys`. Whoever holds a key holds the account, as with a session."""

    def __init__(self, database: Database, secrets: Secrets) -> None:
        self._database = database
        self._secrets = secrets

    async def find(self, account_id: int, dc_id: int) -> bytes | None:
        """Return the key; None also when it was stored with another SESSION_KEY: make a new one."""
        query = select(dc_keys.c.key).where(
            dc_keys.c.account_id == account_id, dc_keys.c.dc_id == dc_id
        )
        async with self._database.read() as connection:
            token = await connection.scalar(query)
        if token is None:
            return None
        try:
            return bytes.fromhex(await self._database.threads.run(self._secrets.decrypt, token))
        except SessionUnreadable:
            return None

    async def save(self, account_id: int, dc_id: int, key: bytes) -> None:
        """Keep a key from one run to the next, in the place of the one before."""
        token = await self._database.threads.run(self._secrets.encrypt, key.hex())
        row = {"account_id": account_id, "dc_id": dc_id, "key": token}
        async with self._database.write(durable=True, wakes=False) as connection:
            await connection.execute(replacing(dc_keys).values(row))

    async def forget(self, account_id: int, dc_id: int) -> None:
        """The data centre does not know it any more."""
        async with self._database.write(durable=True, wakes=False) as connection:
            await connection.execute(
                delete(dc_keys).where(dc_keys.c.account_id == account_id, dc_keys.c.dc_id == dc_id)
            )
