"""Which chats were opened to whom, and so what a chat is to a person: the exporter asks here too.

Grants go by peer id, never by a name that somebody else may take tomorrow. One for a basic group
holds for the supergroup that it became, and the reverse: they have one archive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, exists, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import Deed, note
from storage.database import Database
from storage.encoding import now_ms
from storage.leaving import end_schedules, stop_jobs, withdraw
from storage.models import Job, JobKind, JobState
from storage.people import Person, get_person
from storage.rights import SERVICE_CHATS, Action, On, Role, may
from storage.tables import access_requests, accounts, chats, grants, jobs

CHATS = (On.GRANTED, On.GROUP, On.PRIVATE, On.SERVICE)
"""What a chat can be to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """A chat that was opened to a person."""

    person_id: int
    chat_id: int
    title: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """What became of a chat that is closed to a person."""

    was_open: bool
    schedules: Sequence[str]
    """The chats of their schedules that ended with it, as they typed them."""


_CHATS = (On.GRANTED, On.GROUP, On.PRIVATE, On.SERVICE)
"""All that a chat can be to a person."""


class Grants:
    """The table `grants`, and what follows from it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def on(self, person_id: int, chat_id: int, *, forerunner_id: int | None = None) -> On:
        """What a chat is to a person. `forerunner_id`: the basic group it is known to have been."""
        async with self._database.read() as connection:
            return await on_chat(connection, person_id, chat_id, forerunner_id=forerunner_id)

    async def may_read(
        self,
        person_id: int,
        chat_id: int,
        *,
        job_id: int | None = None,
        forerunner_id: int | None = None,
    ) -> bool:
        """Whether a person may have a chat exported and sent, now.

        `job_id` is the export that it is about: it may have been approved for this one time.
        """
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            return await _may_read(
                connection, person, chat_id, job_id=job_id, forerunner_id=forerunner_id
            )

    async def may_receive(self, person_id: int, chat_id: int) -> bool:
        """Whether a person may get the files of a chat, now.

        Whoever was approved for one export gets what that one wrote, until a later one does.
        """
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            return await _may_receive(connection, person, chat_id)

    async def may_delete(self, person_id: int, chat_id: int) -> bool:
        """Whether a person may delete the files of a chat."""
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            on = await on_chat(connection, person_id, chat_id)
        return person is not None and may(person.role, Action.DELETE, on)

    async def readable(self, person_id: int, chat_ids: Iterable[int]) -> set[int]:
        """Those of the chats that a person may read."""
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            role = person.role if person else None
            if role is None:
                return set()
            if role is Role.OWNER:
                return set(chat_ids)
            return {
                chat_id
                for chat_id in set(chat_ids)
                if may(role, Action.READ, await on_chat(connection, person_id, chat_id))
            }

    async def searchable(self, person_id: int) -> set[int] | None:
        """The chats in whose messages a person may look; None: in all."""
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            role = person.role if person else None
            if role is None:
                return set()
            if all(may(role, Action.READ, on) for on in _CHATS):
                return None
            opened = await connection.scalars(
                select(grants.c.chat_id).where(grants.c.person_id == person_id)
            )
            families = [await _family(connection, chat_id, None) for chat_id in opened.all()]
            return {
                chat_id
                for chat_id in set().union(*families)
                if may(role, Action.READ, await on_chat(connection, person_id, chat_id))
            }

    async def may_have(self, person_id: int, job: Job) -> bool:
        """Whether a person may see what a job is about: its title, its folder, its files."""
        return bool(await self.may_have_of(person_id, [job]))

    async def may_have_of(self, person_id: int, shown: Iterable[Job]) -> set[int]:
        """The ids of those jobs of which a person may see what they are about."""
        async with self._database.read() as connection:
            person = await get_person(connection, person_id)
            return {job.id for job in shown if await _may_have(connection, person, job)}

    async def of(self, person_id: int) -> list[Grant]:
        query = (
            select(grants.c.chat_id, chats.c.title)
            .outerjoin(chats, chats.c.id == grants.c.chat_id)
            .where(grants.c.person_id == person_id)
            .order_by(chats.c.title, grants.c.chat_id)
        )
        async with self._database.read() as connection:
            return [
                Grant(person_id=person_id, chat_id=row.chat_id, title=row.title)
                for row in await connection.execute(query)
            ]

    async def add(self, person_id: int, chat_id: int, *, by: int) -> bool:
        """Open a chat to a person; False: it was open.

        Raises:
            ValueError: to oneself, or a service chat; the caller has refused that with a sentence.
        """
        async with self._database.write(durable=True) as connection:
            return await grant(connection, person_id, chat_id, by=by)

    async def remove(self, person_id: int, chat_id: int, *, by: int) -> Closed:
        """Close a chat to a person, and end what they have under way and planned for it."""
        async with self._database.write(durable=True) as connection:
            family = await _family(connection, chat_id, None)
            gone = await connection.execute(
                delete(grants).where(grants.c.person_id == person_id, grants.c.chat_id.in_(family))
            )
            for each in sorted(family):
                await withdraw(connection, person_id, chat_id=each)
            await stop_jobs(connection, person_id, where=jobs.c.chat_id.in_(family))
            await note(connection, Deed.UNGRANTED, by=by, target_id=person_id, chat_id=chat_id)
            ended = await end_schedules(connection, person_id, family)
            return Closed(was_open=bool(gone.rowcount), schedules=ended)


async def grant(connection: AsyncConnection, person_id: int, chat_id: int, *, by: int) -> bool:
    """See `Grants.add`; in the caller's transaction. It answers what the person asked for."""
    if person_id == by or await _is_service(connection, chat_id):
        raise ValueError("this chat cannot be granted so")
    row = insert(grants).values(
        person_id=person_id, chat_id=chat_id, granted_by=by, granted_ms=now_ms()
    )
    added = await connection.execute(row.on_conflict_do_nothing())
    if added.rowcount:
        family = await _family(connection, chat_id, None)
        await connection.execute(
            update(access_requests)
            .where(
                access_requests.c.person_id == person_id,
                access_requests.c.chat_id.in_(family),
                access_requests.c.answer.is_(None),
            )
            .values(answer="always", answered_by=by)
        )
        await note(connection, Deed.GRANTED, by=by, target_id=person_id, chat_id=chat_id)
    return added.rowcount == 1


async def _may_have(connection: AsyncConnection, person: Person | None, job: Job) -> bool:
    chat_id = job.summary.chat.id if job.summary else job.chat_id
    if chat_id is not None and job.kind is JobKind.DELIVER:
        return await _may_receive(connection, person, chat_id)
    if chat_id is not None:
        return await _may_read(connection, person, chat_id, job_id=job.id)
    if person is None or person.role is None:
        return False
    if job.kind is JobKind.BATCH:
        return may(person.role, Action.BATCH)
    return person.role is Role.OWNER or job.person_id == person.id


async def _may_read(
    connection: AsyncConnection,
    person: Person | None,
    chat_id: int,
    *,
    job_id: int | None = None,
    forerunner_id: int | None = None,
) -> bool:
    if person is None or person.role is None:
        return False
    if all(may(person.role, Action.READ, on) for on in CHATS):
        return True  # whichever this one is: that need not be looked up
    on = await on_chat(connection, person.id, chat_id, forerunner_id=forerunner_id)
    if on is not On.SERVICE and job_id is not None:
        family = await _family(connection, chat_id, forerunner_id)
        if await _approved(connection, person.id, family, job_id):
            on = On.GRANTED
    return may(person.role, Action.READ, on)


async def _may_receive(connection: AsyncConnection, person: Person | None, chat_id: int) -> bool:
    if person is None or person.role is None:
        return False
    if await _may_read(connection, person, chat_id):
        return True
    if await on_chat(connection, person.id, chat_id) is On.SERVICE:
        return False
    family = await _family(connection, chat_id, None)
    newest = (
        select(jobs.c.id)
        .where(
            jobs.c.chat_id.in_(family),
            jobs.c.kind == JobKind.EXPORT,
            jobs.c.state == JobState.DONE,
        )
        .order_by(jobs.c.finished_ms.desc(), jobs.c.id.desc())
        .limit(1)
    )
    job_id = await connection.scalar(newest)
    return (
        job_id is not None
        and await _approved(connection, person.id, family, job_id)
        and may(person.role, Action.READ, On.GRANTED)
    )


async def on_chat(
    connection: AsyncConnection, person_id: int, chat_id: int, *, forerunner_id: int | None = None
) -> On:
    """See `Grants.on`; in the caller's transaction."""
    if await _is_service(connection, chat_id):
        return On.SERVICE
    family = await _family(connection, chat_id, forerunner_id)
    query = select(exists().where(grants.c.person_id == person_id, grants.c.chat_id.in_(family)))
    if await connection.scalar(query):
        return On.GRANTED
    return On.PRIVATE if chat_id > 0 else On.GROUP


async def _is_service(connection: AsyncConnection, chat_id: int) -> bool:
    """Login codes, and the Saved Messages of our accounts: Telegram names them by the user's id."""
    if chat_id in SERVICE_CHATS:
        return True
    if chat_id < 0:
        return False
    own = select(exists().where(accounts.c.user_id == chat_id))
    saved = select(exists().where(chats.c.id == chat_id, chats.c.type == "saved_messages"))
    return bool(await connection.scalar(own)) or bool(await connection.scalar(saved))


async def _family(connection: AsyncConnection, chat_id: int, forerunner_id: int | None) -> set[int]:
    """A chat, the basic group that it was, and the supergroup that it became."""
    query = select(chats.c.id, chats.c.migrated_from).where(
        or_(chats.c.id == chat_id, chats.c.migrated_from == chat_id)
    )
    family = {chat_id}
    if forerunner_id is not None:
        family.add(forerunner_id)
    for row in await connection.execute(query):
        family |= {row.id} if row.migrated_from is None else {row.id, row.migrated_from}
    return family


async def _approved(
    connection: AsyncConnection, person_id: int, chat_ids: Collection[int], job_id: int
) -> bool:
    return bool(
        await connection.scalar(
            select(
                exists().where(
                    access_requests.c.approved_job_id == job_id,
                    access_requests.c.person_id == person_id,
                    access_requests.c.chat_id.in_(chat_ids),
                    access_requests.c.answer == "once",
                )
            )
        )
    )
