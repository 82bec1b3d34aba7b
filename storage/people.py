"""People who talked to the bot, their roles and limits.

The owners are those of the setting `ADMIN_IDS`, written here at every start; all others come by
`allow` or by an invite link.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import Deed, note
from storage.database import Database
from storage.encoding import now_ms
from storage.leaving import Ends, at_stake, leave
from storage.rights import Role
from storage.tables import people


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A row of `people`."""

    id: int
    name: str
    username: str | None = None
    language: str | None = None
    """Their phone's, as Telegram names it: `ru`, `pt-br`; None: they never wrote."""
    role: Role | None
    """None: not let in, or not any more."""
    revoked: bool = False
    """They had a role once."""
    jobs_at_once: int | None = None
    bytes_a_day: int | None = None


class People:
    """The table `people`. Who may change what is the caller's to decide, by `storage.rights`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, person_id: int) -> Person | None:
        async with self._database.read() as connection:
            return await get_person(connection, person_id)

    async def role(self, person_id: int) -> Role | None:
        """What somebody is; nobody is anything unless a row says so."""
        person = await self.get(person_id)
        return person.role if person else None

    async def language(self, person_id: int | None) -> str | None:
        """What to speak to somebody; None: that is not known."""
        query = select(people.c.language).where(people.c.id == person_id)
        async with self._database.read() as connection:
            language: str | None = (await connection.execute(query)).scalar_one_or_none()
        return language

    async def reading_language(self, person_id: int | None) -> str:
        """The language of what somebody exports, such as `ru`; that of the owner who came first,
        where nobody asked by phone or the phone does not tell."""
        query = (
            select(people.c.language)
            .where(people.c.language.is_not(None))
            .where((people.c.id == person_id) | (people.c.role == Role.OWNER))
            .order_by(people.c.id != person_id, people.c.met_ms, people.c.id)
            .limit(1)
        )
        async with self._database.read() as connection:
            found: str | None = await connection.scalar(query)
        return (found or "en").lower().replace("_", "-").partition("-")[0]

    async def find(self, words: str) -> list[Person]:
        """Whom an id or an @username means: one, or nobody."""
        name = words.strip().removeprefix("@")
        if name.isdecimal() and len(name) < 17:
            found = people.c.id == int(name)
        else:
            found = func.lower(people.c.username) == name.lower()
        async with self._database.read() as connection:
            return [
                _to_person(row) for row in await connection.execute(select(people).where(found))
            ]

    async def with_roles(self) -> list[Person]:
        """Everybody who was let in: owners, admins, members, each by name."""
        order = list(Role)
        query = select(people).where(people.c.role.is_not(None))
        async with self._database.read() as connection:
            found = [_to_person(row) for row in await connection.execute(query)]
        return sorted(
            found, key=lambda each: (order.index(each.role or Role.MEMBER), each.name, each.id)
        )

    async def met_stranger(
        self,
        person_id: int,
        name: str,
        username: str | None = None,
        language: str | None = None,
    ) -> bool:
        """Note a stranger. True the first time ever: then, and only then, is anything said."""
        async with self._database.write(durable=True) as connection:
            result = await connection.execute(
                insert(people)
                .values(
                    id=person_id, name=name, username=username, language=language, met_ms=now_ms()
                )
                .on_conflict_do_nothing()
            )
            return result.rowcount == 1

    async def introduced(
        self, person_id: int, name: str, username: str | None, language: str | None
    ) -> None:
        """What somebody is called now, and the language of their phone."""
        now = {"name": name, "username": username, "language": language}
        async with self._database.write(durable=True, wakes=False) as connection:
            await connection.execute(update(people).where(people.c.id == person_id).values(now))

    async def set_owners(self, owner_ids: Collection[int]) -> None:
        """Make these people the owners, and nobody else."""
        async with self._database.write(durable=True) as connection:
            query = select(people.c.id).where(people.c.role == Role.OWNER)
            before = set((await connection.execute(query)).scalars())
            for gone in sorted(before - set(owner_ids)):
                await leave(connection, gone)
                await note(connection, Deed.OWNERS, by=None, target_id=gone, detail="removed")
            for come in sorted(set(owner_ids) - before):
                await _set_role(connection, come, Role.OWNER, None, None)
                await note(connection, Deed.OWNERS, by=None, target_id=come, detail="added")

    async def allow(
        self,
        person_id: int,
        *,
        by: int,
        role: Role = Role.MEMBER,
        name: str | None = None,
        username: str | None = None,
    ) -> bool:
        """Let somebody in who has no role; False: they have one, which stays as it is."""
        async with self._database.write(durable=True) as connection:
            known = await get_person(connection, person_id)
            if known is not None and known.role is not None:
                return False
            await _set_role(connection, person_id, role, name, username)
            await note(connection, Deed.ALLOWED, by=by, target_id=person_id, detail=role)
            return True

    async def at_stake(self, person_id: int) -> Ends:
        """What would end if somebody's role were taken away now."""
        async with self._database.read() as connection:
            return await at_stake(connection, person_id)

    async def revoke(self, person_id: int, *, by: int) -> Ends | None:
        """Take the role away and end all that was under way and planned.

        Returns:
            What ended; None: there was no role to take away.
        """
        async with self._database.write(durable=True) as connection:
            known = await get_person(connection, person_id)
            if known is None or known.role in (None, Role.OWNER):
                return None
            ends = await leave(connection, person_id)
            detail = f"{ends.jobs} jobs, {ends.schedules} schedules"
            await note(connection, Deed.REVOKED, by=by, target_id=person_id, detail=detail)
            return ends

    async def appoint(self, person_id: int, role: Role, *, by: int) -> bool:
        """Change the role of somebody who has one; owners are made by the settings alone."""
        if role is Role.OWNER:
            raise ValueError("the owners come from the settings")
        async with self._database.write(durable=True) as connection:
            changed = await connection.execute(
                update(people)
                .where(people.c.id == person_id, people.c.role.in_([Role.ADMIN, Role.MEMBER]))
                .values(role=role)
            )
            if changed.rowcount:
                await note(connection, Deed.ROLE, by=by, target_id=person_id, detail=role)
            return changed.rowcount == 1

    async def limit(
        self, person_id: int, *, by: int, jobs_at_once: int | None, bytes_a_day: int | None
    ) -> None:
        """Set both limits; None: none."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                update(people)
                .where(people.c.id == person_id)
                .values(jobs_at_once=jobs_at_once, bytes_a_day=bytes_a_day)
            )
            figures = ["-" if each is None else str(each) for each in (jobs_at_once, bytes_a_day)]
            words = f"{figures[0]} jobs, {figures[1]} bytes a day"
            await note(connection, Deed.LIMITS, by=by, target_id=person_id, detail=words)


async def get_person(connection: AsyncConnection, person_id: int) -> Person | None:
    """In the caller's transaction."""
    query = select(people).where(people.c.id == person_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _to_person(row)


async def let_in(
    connection: AsyncConnection, person_id: int, name: str, username: str | None
) -> None:
    """Make somebody a member, in the caller's transaction."""
    await _set_role(connection, person_id, Role.MEMBER, name, username)


async def _set_role(
    connection: AsyncConnection, person_id: int, role: Role, name: str | None, username: str | None
) -> None:
    """Where no name is given, the known one stays."""
    new = insert(people).values(
        id=person_id,
        name=name or str(person_id),
        username=username,
        role=role,
        met_ms=now_ms(),
    )
    changed: dict[str, object] = {"role": role}
    if name is not None:
        changed |= {"name": name, "username": username}
    await connection.execute(new.on_conflict_do_update(index_elements=["id"], set_=changed))


def _to_person(row: Row[Any]) -> Person:
    return Person(
        id=row.id,
        name=row.name,
        username=row.username,
        language=row.language,
        role=None if row.role is None else Role(row.role),
        revoked=row.role is None and row.revoked_ms is not None,
        jobs_at_once=row.jobs_at_once,
        bytes_a_day=row.bytes_a_day,
    )
