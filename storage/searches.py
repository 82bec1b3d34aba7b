"""What was looked for on the phone: the pages of an answer are asked for by its number."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects.sqlite import insert

from storage.database import Database
from storage.encoding import now_ms
from storage.tables import searches

KEPT = timedelta(days=90)


class Searches:
    """The table `searches`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def note(self, bot_id: int, update_id: int, person_id: int, words: str) -> int:
        """Note what somebody looks for, once for each update; its number. Old ones go."""
        now = now_ms()
        row = insert(searches).values(
            bot_id=bot_id, update_id=update_id, person_id=person_id, words=words, made_ms=now
        )
        same = (searches.c.bot_id == bot_id) & (searches.c.update_id == update_id)
        async with self._database.write(wakes=False) as connection:
            old = searches.c.made_ms < now - KEPT // timedelta(milliseconds=1)
            await connection.execute(delete(searches).where(old))
            await connection.execute(row.on_conflict_do_nothing())
            number: int = (await connection.scalars(select(searches.c.id).where(same))).one()
        return number

    async def words(self, number: int, person_id: int) -> str | None:
        """What this person looked for; None: it was not they, or it is long ago."""
        query = select(searches.c.words).where(
            searches.c.id == number, searches.c.person_id == person_id
        )
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
        return found
