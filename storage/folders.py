"""Telegram's folders of chats, as each account has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import delete, insert, select

from storage.database import Database
from storage.tables import folders


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A folder, with the chats that were in it when it was last looked at."""

    title: str
    chat_ids: Sequence[int]


class Folders:
    """The table `folders`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def save(self, account_id: int, listed: Sequence[Folder]) -> None:
        """Replace the folders of an account by these, in its order."""
        rows = [
            {
                "account_id": account_id,
                "position": position,
                "title": folder.title,
                "chat_ids": orjson.dumps(folder.chat_ids).decode(),
            }
            for position, folder in enumerate(listed)
        ]
        async with self._database.write() as connection:
            await connection.execute(delete(folders).where(folders.c.account_id == account_id))
            if rows:
                await connection.execute(insert(folders), rows)

    async def all(self) -> list[Folder]:
        """Those of all accounts; folders of the same name are one."""
        ordered = select(folders).order_by(folders.c.account_id, folders.c.position)
        found: dict[str, Folder] = {}
        async with self._database.read() as connection:
            for row in await connection.execute(ordered):
                same = found.get(row.title.casefold())
                chat_ids = orjson.loads(row.chat_ids)
                if same is not None:
                    chat_ids = list(dict.fromkeys([*same.chat_ids, *chat_ids]))
                title = same.title if same is not None else row.title
                found[row.title.casefold()] = Folder(title=title, chat_ids=chat_ids)
        return list(found.values())
