"""One-time links that let somebody in. The token is in the link alone: here lies its hash."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import insert, select, update

from storage.audit import Deed, note
from storage.database import Database
from storage.encoding import now_ms
from storage.people import get_person, let_in
from storage.rights import Action, may
from storage.tables import invites, people

LASTS = timedelta(hours=24)
TOKEN_BYTES = 24
"""192 bits, 32 characters: nobody guesses it, and it fits into the 64 of a deep link."""


class Invites:
    """The table `invites`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def make(self, *, by: int, lasts: timedelta = LASTS) -> str:
        """Return the token of a new invite."""
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = now_ms()
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                insert(invites).values(
                    hash=_hash(token),
                    made_by=by,
                    made_ms=now,
                    expires_ms=now + lasts // timedelta(milliseconds=1),
                )
            )
            await note(connection, Deed.INVITED, by=by)
        return token

    async def use(self, token: str, person_id: int, name: str, username: str | None) -> bool:
        """Let a person in by a token: once, in time, and while its maker may still invite.

        Whoever was let in before and then revoked needs a link that is newer than that.
        """
        now = now_ms()
        async with self._database.write(durable=True) as connection:
            person = await get_person(connection, person_id)
            if person is not None and person.role is not None:
                return False  # the link stays good for somebody else
            row = (
                await connection.execute(select(invites).where(invites.c.hash == _hash(token)))
            ).one_or_none()
            if row is None or row.used_by is not None or row.expires_ms <= now:
                return False
            maker = await get_person(connection, row.made_by)
            if maker is None or not may(maker.role, Action.INVITE):
                return False
            revoked_ms = await connection.scalar(
                select(people.c.revoked_ms).where(people.c.id == person_id)
            )
            if revoked_ms is not None and row.made_ms <= revoked_ms:
                return False
            await connection.execute(
                update(invites).where(invites.c.hash == row.hash).values(used_by=person_id)
            )
            await let_in(connection, person_id, name, username)
            await note(connection, Deed.JOINED, by=person_id, target_id=row.made_by)
            return True


def _hash(token: str) -> str:
    """The token is random enough that no salt or slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
