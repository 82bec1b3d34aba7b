"""Screens of options: which message asks a person what of a chat to export, and what they chose.

A tap changes a row; what shows the rows on the phone follows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.choices import Choice, remember, to_choice
from storage.database import Database
from storage.encoding import to_selection, to_text
from storage.models import UNFINISHED, CardPlace, ExportRequest, JobKind
from storage.plans import get_plan, put_plan
from storage.selections import Selection
from storage.submit import record_command, submit_one
from storage.tables import jobs, screens


class Stage(StrEnum):
    """What a screen shows."""

    OPTIONS = "options"
    TOPICS = "topics"
    DATES = "dates"
    """The person is to write the days that they mean."""
    FOLDERS = "folders"
    """Of many chats: which of Telegram's folders are meant."""
    PLANNING = "planning"
    """A worker looks what there is."""
    PLANNED = "planned"
    STARTED = "started"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """A row of `screens`."""

    id: int
    place: CardPlace
    person_id: int
    message_id: int | None
    """None until it was sent."""
    stage: Stage
    revision: int
    """Raised by each change; goes into the buttons."""
    chat: str
    """As it goes into the request."""
    peer_id: int | None
    """The chat, where it is known."""
    title: str | None
    choice: Choice
    page: int
    """Of the list of topics, from 0 on."""
    job_id: int | None
    """What plans it, or lists the chats; once it was started, the export."""
    chats: Selection | None = None
    """Many chats instead of one: `chat`, `peer_id` and `title` are empty then."""

    def is_at(self, chat_id: int, message_id: int) -> bool:
        """Whether this message shows it; a fast finger is there before that was noted."""
        return chat_id == self.place.chat_id and self.message_id in (None, message_id)


class Screens:
    """The table `screens`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def open(
        self,
        *,
        update_id: int,
        place: CardPlace,
        person_id: int,
        chat: str,
        peer_id: int | None,
        title: str | None,
        choice: Choice,
    ) -> None:
        """Ask a person about a chat; the same update opens one screen, however often it comes."""
        row = insert(screens).values(
            bot_id=place.bot_id,
            update_id=update_id,
            chat_id=place.chat_id,
            reply_to=place.reply_to,
            person_id=person_id,
            stage=Stage.OPTIONS,
            revision=0,
            shown=-1,
            chat=chat,
            peer_id=peer_id,
            title=title,
            choice=to_text(choice),
        )
        async with self._database.write(durable=True) as connection:
            await connection.execute(row.on_conflict_do_nothing())

    async def open_many(
        self, *, update_id: int, place: CardPlace, person_id: int, chats: Selection
    ) -> None:
        """Ask a person about many chats, once a worker has looked which there are; likewise."""
        row = insert(screens).values(
            bot_id=place.bot_id,
            update_id=update_id,
            chat_id=place.chat_id,
            reply_to=place.reply_to,
            person_id=person_id,
            stage=Stage.PLANNING,
            revision=0,
            shown=-1,
            chat="",
            choice=to_text(Choice()),
            chats=to_text(chats),
        )
        new = row.on_conflict_do_nothing().returning(screens)
        async with self._database.write(durable=True) as connection:
            opened = (await connection.execute(new)).one_or_none()
            if opened is None:
                return
            listing = await submit_one(
                connection,
                ExportRequest(chat=""),
                kind=JobKind.DIALOGS,
                person_id=person_id,
                card=None,
            )
            await _name_job(connection, _to_screen(opened), listing.job.id)

    async def get(self, screen_id: int) -> Screen | None:
        async with self._database.read() as connection:
            return await _get(connection, screen_id)

    async def asking_days(self, bot_id: int, person_id: int) -> Screen | None:
        """This person's newest screen, if it waits for days to be written."""
        query = (
            select(screens)
            .where(screens.c.bot_id == bot_id, screens.c.person_id == person_id)
            .order_by(screens.c.id.desc())
            .limit(1)
        )
        async with self._database.read() as connection:
            row = (await connection.execute(query)).one_or_none()
        return None if row is None or row.stage != Stage.DATES else _to_screen(row)

    async def write_days(self, screen: Screen, choice: Choice, update_id: int) -> bool:
        """Note days that were written to a screen. False as in `change`, or the update came
        before."""
        values = {"stage": Stage.OPTIONS, "choice": to_text(choice)}
        async with self._database.write(durable=True) as connection:
            bot_id = screen.place.bot_id
            if not await record_command(connection, bot_id, update_id, job_id=None):
                return False
            return await _change(connection, screen, values)

    async def change(
        self,
        screen: Screen,
        *,
        stage: Stage | None = None,
        choice: Choice | None = None,
        page: int = 0,
        chats: Selection | None = None,
    ) -> bool:
        """Note a tap. False when the screen is not as it was any more: then nothing happens."""
        values: dict[str, Any] = {"stage": stage or screen.stage, "page": page}
        if choice is not None:
            values["choice"] = to_text(choice)
        if chats is not None:
            values["chats"] = to_text(chats)
        async with self._database.write(durable=True) as connection:
            return await _change(connection, screen, values)

    async def plan(self, screen: Screen, request: ExportRequest) -> bool:
        """Have a worker look what this would fetch. False as in `change`."""
        async with self._database.write(durable=True) as connection:
            if not await _change(connection, screen, {"stage": Stage.PLANNING}):
                return False
            submitted = await submit_one(
                connection, request, kind=JobKind.PLAN, person_id=screen.person_id, card=None
            )
            await _name_job(connection, screen, submitted.job.id)
        return True

    async def start(self, screen: Screen, request: ExportRequest, title: str | None) -> int | None:
        """Begin the export, and remember the choice for the next one.

        `title`: the chat's, as the person knows it.

        Returns:
            The number of its job; None when the screen is not as it was any more.
        """
        async with self._database.write(durable=True) as connection:
            if not await _change(connection, screen, {"stage": Stage.STARTED}):
                return None
            submitted = await submit_one(
                connection,
                request,
                kind=JobKind.EXPORT if request.chats is None else JobKind.BATCH,
                person_id=screen.person_id,
                card=screen.place,
                title=title,
            )
            job_id = submitted.job.id
            await _name_job(connection, screen, job_id)
            plan = await get_plan(connection, screen.job_id) if screen.job_id else None
            if plan is not None:
                await put_plan(connection, job_id, plan)  # seen already: it need not ask again
            peer_id = plan.chat.id if plan is not None else screen.peer_id
            if peer_id is not None:
                await remember(connection, screen.person_id, peer_id, screen.choice.again())
        return job_id

    async def due(self, bot_id: int) -> list[Screen]:
        """Screens whose message does not show them as they are, the oldest first."""
        unplanned = select(jobs.c.id).where(jobs.c.state.in_(UNFINISHED))
        looked = (
            update(screens)
            .where(screens.c.stage == Stage.PLANNING, screens.c.job_id.not_in(unplanned))
            .values(stage=Stage.PLANNED, revision=screens.c.revision + 1)
        )
        waiting = select(screens.c.id).where(
            or_(
                screens.c.shown != screens.c.revision,
                (screens.c.stage == Stage.PLANNING) & screens.c.job_id.not_in(unplanned),
            )
        )
        async with self._database.read() as connection:
            if await connection.scalar(waiting.limit(1)) is None:
                return []  # looking often must not cost a write
        async with self._database.write(durable=True) as connection:
            await connection.execute(looked)
        query = select(screens).where(
            screens.c.bot_id == bot_id, screens.c.shown != screens.c.revision
        )
        async with self._database.read() as connection:
            return [_to_screen(row) for row in await connection.execute(query.order_by("id"))]

    async def shown(self, screen: Screen, message_id: int | None) -> None:
        """The message shows the screen as it was then; None: there is no such message any more."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                update(screens)
                .where(screens.c.id == screen.id)
                .values(shown=screen.revision, message_id=message_id)
            )


async def _change(connection: AsyncConnection, screen: Screen, values: dict[str, Any]) -> bool:
    result = await connection.execute(
        update(screens)
        .where(screens.c.id == screen.id, screens.c.revision == screen.revision)
        .values(revision=screen.revision + 1, **values)
    )
    return result.rowcount == 1


async def _name_job(connection: AsyncConnection, screen: Screen, job_id: int) -> None:
    await connection.execute(update(screens).where(screens.c.id == screen.id).values(job_id=job_id))


async def _get(connection: AsyncConnection, screen_id: int) -> Screen | None:
    query = select(screens).where(screens.c.id == screen_id)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _to_screen(row)


def _to_screen(row: Row[Any]) -> Screen:
    return Screen(
        id=row.id,
        place=CardPlace(bot_id=row.bot_id, chat_id=row.chat_id, reply_to=row.reply_to),
        person_id=row.person_id,
        message_id=row.message_id,
        stage=Stage(row.stage),
        revision=row.revision,
        chat=row.chat,
        peer_id=row.peer_id,
        title=row.title,
        choice=to_choice(row.choice),
        page=row.page,
        job_id=row.job_id,
        chats=None if row.chats is None else to_selection(row.chats),
    )
