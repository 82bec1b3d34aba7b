"""Chats that members asked for and may not have yet, and what was answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, and_, exists, func, insert, not_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.audit import Deed, note
from storage.database import Database
from storage.encoding import to_job
from storage.grants import grant, on_chat
from storage.models import CardPlace, ChatInfo, Job, JobKind
from storage.people import Person, get_person
from storage.rights import Action, On, Role, may, may_open, on_role
from storage.submit import submit_one
from storage.tables import access_notices, access_requests, cards, jobs, people, screens

MOST_OPEN = 10
"""Of one person: nobody fills the admins' chats."""


class Answer(StrEnum):
    """What became of a request."""

    ONCE = "once"
    """This one export, and getting its archive."""
    ALWAYS = "always"
    DENIED = "denied"
    """Asking again asks nobody; a grant is still possible."""
    WITHDRAWN = "withdrawn"
    """The person or the grant has gone meanwhile."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRequest:
    """A row of `access_requests`."""

    id: int
    person: Person
    chat_id: int
    title: str | None
    answer: Answer | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The message that tells one who may answer of a request."""

    request: AccessRequest
    person_id: int
    message_id: int | None = None


class Requests:
    """The tables `access_requests` and `access_notices`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, job: Job, chat: ChatInfo) -> bool:
        """Note that a refused job was for this chat; whether anybody is asked about it.

        A chat that nobody may open to others asks nobody, nor does one asked for already.
        """
        if job.person_id is None:
            return False
        async with self._database.write(durable=True) as connection:
            if await on_chat(connection, job.person_id, chat.id) is On.SERVICE:
                return False
            theirs = access_requests.c.person_id == job.person_id
            unanswered = theirs & access_requests.c.answer.is_(None)
            amount = select(func.count()).select_from(access_requests).where(unanswered)
            asked = exists().where(
                theirs,
                access_requests.c.chat_id == chat.id,
                access_requests.c.answer.is_(None) | (access_requests.c.answer == Answer.DENIED),
            )
            if await connection.scalar(select(asked)):
                return False
            if (await connection.scalar(amount) or 0) >= MOST_OPEN:
                return False
            row = upsert(access_requests).values(
                job_id=job.id, person_id=job.person_id, chat_id=chat.id, title=chat.title
            )
            added = await connection.execute(row.on_conflict_do_nothing())
            return added.rowcount == 1

    async def get(self, request_id: int) -> AccessRequest | None:
        async with self._database.read() as connection:
            return await _get(connection, request_id)

    async def answer(self, request_id: int, answer: Answer, *, by: int) -> AccessRequest | None:
        """Answer a request, once; the request as it stands then, None: there is none.

        An approved one is exported at once, with a card where the refused one had its own. The
        rights of `by` are checked here as well, in the same transaction.
        """
        async with self._database.write(durable=True) as connection:
            request = await _get(connection, request_id)
            if request is None or request.answer is not None:
                return request
            if not await _may_answer(connection, by, request):
                return request
            values: dict[str, object] = {"answer": answer, "answered_by": by}
            if answer is not Answer.DENIED:
                values["approved_job_id"] = await _approve(connection, request)
            if answer is Answer.ALWAYS:
                await grant(connection, request.person.id, request.chat_id, by=by)
            changed = update(access_requests).where(access_requests.c.id == request_id)
            await connection.execute(changed.values(values))
            await note(
                connection,
                Deed.DENIED if answer is Answer.DENIED else Deed.APPROVED,
                by=by,
                target_id=request.person.id,
                chat_id=request.chat_id,
                detail=answer,
            )
            return replace(request, answer=answer)

    async def may_answer(self, person_id: int, request: AccessRequest) -> bool:
        """Whether somebody may answer a request, now."""
        async with self._database.read() as connection:
            return await _may_answer(connection, person_id, request)

    async def to_tell(self) -> list[Notice]:
        """Open requests, and who is still to be told of each."""
        async with self._database.read() as connection:
            query = _requests().where(access_requests.c.answer.is_(None))
            asked = [_to_request(row) for row in await connection.execute(query)]
            if not asked:
                return []
            able = select(people.c.id).where(people.c.role.in_([Role.OWNER, Role.ADMIN]))
            able_ids = sorted((await connection.execute(able)).scalars())
            query = select(access_notices.c.request_id, access_notices.c.person_id)
            told = {tuple(row) for row in await connection.execute(query)}
            return [
                Notice(request=request, person_id=person_id)
                for request in asked
                for person_id in able_ids
                if (request.id, person_id) not in told
                and await _may_answer(connection, person_id, request)
            ]

    async def to_close(self) -> list[Notice]:
        """Messages about requests that have been answered since."""
        query = (
            _requests()
            .add_columns(access_notices.c.person_id.label("told_id"), access_notices.c.message_id)
            .join(access_notices, access_notices.c.request_id == access_requests.c.id)
            .where(access_requests.c.answer.is_not(None), not_(access_notices.c.closed))
        )
        async with self._database.read() as connection:
            return [
                Notice(request=_to_request(row), person_id=row.told_id, message_id=row.message_id)
                for row in await connection.execute(query)
            ]

    async def told(self, notice: Notice, message_id: int | None) -> None:
        """It was sent as this message, or (None) cannot be."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                insert(access_notices).values(
                    request_id=notice.request.id,
                    person_id=notice.person_id,
                    message_id=message_id,
                    closed=message_id is None,
                )
            )

    async def closed(self, notices: Sequence[Notice]) -> None:
        """These messages show the answer."""
        async with self._database.write(durable=True, wakes=False) as connection:
            for notice in notices:
                await connection.execute(
                    update(access_notices)
                    .where(
                        access_notices.c.request_id == notice.request.id,
                        access_notices.c.person_id == notice.person_id,
                    )
                    .values(closed=True)
                )


def _requests() -> Any:
    return (
        select(access_requests, people.c.name, people.c.username, people.c.language, people.c.role)
        .join(people, people.c.id == access_requests.c.person_id)
        .order_by(access_requests.c.id)
    )


async def _get(connection: AsyncConnection, request_id: int) -> AccessRequest | None:
    query = _requests().where(access_requests.c.id == request_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _to_request(row)


async def _may_answer(connection: AsyncConnection, by: int, request: AccessRequest) -> bool:
    """To open a chat to somebody takes both rights, and nobody opens one to themselves."""
    answering = await get_person(connection, by)
    asking = await get_person(connection, request.person.id)
    if answering is None or asking is None or by == asking.id:
        return False
    on = await on_chat(connection, asking.id, request.chat_id)
    return may(answering.role, Action.GRANT, on_role(asking.role)) and may_open(
        answering.role, request.chat_id, on
    )


async def _approve(connection: AsyncConnection, request: AccessRequest) -> int:
    """Submit what was refused, for the chat by its id; return the new job's number.

    Where only a plan was asked for, the export begins all the same: it is what was approved.
    """
    query = select(jobs).join(
        access_requests,
        and_(access_requests.c.job_id == jobs.c.id, access_requests.c.id == request.id),
    )
    refused = to_job((await connection.execute(query)).one())
    wanted = replace(refused.request, chat=str(request.chat_id))
    places: list[CardPlace | None] = [
        CardPlace(bot_id=row.bot_id, chat_id=row.chat_id, reply_to=row.reply_to)
        for row in await connection.execute(select(cards).where(cards.c.job_id == refused.id))
    ] or await _screens(connection, refused.id)
    submitted = [
        await submit_one(
            connection, wanted, kind=JobKind.EXPORT, person_id=request.person.id, card=place
        )
        for place in places or [None]
    ]
    return submitted[0].job.id


async def _screens(connection: AsyncConnection, job_id: int) -> list[CardPlace | None]:
    """Where the options of a plan were chosen: a private chat."""
    query = select(screens).where(screens.c.job_id == job_id)
    return [
        CardPlace(bot_id=row.bot_id, chat_id=row.chat_id, reply_to=row.reply_to)
        for row in await connection.execute(query)
    ]


def _to_request(row: Row[Any]) -> AccessRequest:
    return AccessRequest(
        id=row.id,
        person=Person(
            id=row.person_id,
            name=row.name,
            username=row.username,
            language=row.language,
            role=None if row.role is None else Role(row.role),
        ),
        chat_id=row.chat_id,
        title=row.title,
        answer=None if row.answer is None else Answer(row.answer),
    )
