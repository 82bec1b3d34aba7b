"""Which files in the store the archive knows: what it does not know may be removed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from storage.database import Database
from storage.media import FileKey, FileState
from storage.tables import contents, files

OPEN = [state.value for state in FileState if state.is_open]


class Leftovers:
    """Questions about a few hundred files at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, sha256s: Sequence[bytes]) -> set[bytes]:
        """Return those of these contents that have a row."""
        query = select(contents.c.sha256).where(contents.c.sha256.in_(sha256s))
        async with self._database.read() as connection:
            return set(await connection.scalars(query))

    async def wanted(self, keys: Sequence[FileKey]) -> set[FileKey]:
        """Return those of these files that are still to be fetched."""
        ids = {key.file_id for key in keys}
        query = select(files.c.file_id, files.c.variant).where(
            files.c.file_id.in_(ids), files.c.state.in_(OPEN)
        )
        async with self._database.read() as connection:
            found = await connection.execute(query)
            return {FileKey(*row) for row in found} & set(keys)
