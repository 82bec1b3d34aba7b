"""People who talked to the bot."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.dialects.sqlite import insert

from storage.database import Database
from storage.encoding import now_ms
from storage.tables import people


class People:
    """The table `people`. The owners come from the settings and need no row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def allowed(self, person_id: int) -> bool:
        """Whether somebody was let in; nobody is unless a row says so."""
        async with self._database.read() as connection:
            query = select(people.c.allowed).where(people.c.id == person_id)
            return bool(await connection.scalar(query))

    async def met_stranger(self, person_id: int, name: str) -> bool:
        """Note a stranger. True the first time ever: then, and only then, is anything said."""
        async with self._database.write(durable=True) as connection:
            result = await connection.execute(
                insert(people)
                .values(id=person_id, name=name, allowed=False, met_ms=now_ms())
                .on_conflict_do_nothing()
            )
            return result.rowcount == 1
