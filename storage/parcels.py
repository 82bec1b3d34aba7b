"""Files on their way into a chat: what a delivery packed, and what has arrived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.models import CardPlace, JobKind, JobState
from storage.tables import cards, deliveries, jobs, parcels, sent_files
from storage.wording import from_column, to_column


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """One file to send."""

    job_id: int
    number: int
    """From 1 on."""
    of: int
    """How many the delivery has."""
    key: str
    """Names what was packed, so that it is known when it is wanted again."""
    path: Path | None
    """None: it was sent before, and Telegram has it still."""
    name: str
    size_bytes: int
    note: str | None
    """How to join it, when it is a piece of a larger file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A parcel that is still to be sent, and where."""

    card_id: int
    place: CardPlace
    parcel: Parcel
    about_id: int | None
    """The chat whose archive it is."""
    file_id: str | None
    """Telegram's, when this bot has sent the same before."""
    is_first: bool
    """It is the first thing that was ever delivered into this chat."""
    is_picture: bool = False
    """It is shown in the chat, in an album with the others of its job."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What became of an errand."""

    errand: Errand
    message_id: int | None = None
    """None: it never will arrive."""
    file_id: str | None = None
    """By which Telegram sends it again."""


class Parcels:
    """The tables `parcels`, `deliveries` and `sent_files`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(self, packed: Sequence[Parcel]) -> None:
        """Note what a job packed, in the place of an earlier try's."""
        rows = [
            {
                "job_id": parcel.job_id,
                "number": parcel.number,
                "of": parcel.of,
                "key": parcel.key,
                "path": str(parcel.path) if parcel.path else None,
                "name": parcel.name,
                "size_bytes": parcel.size_bytes,
                "note": to_column(parcel.note),
            }
            for parcel in packed
        ]
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                delete(parcels).where(parcels.c.job_id.in_({parcel.job_id for parcel in packed}))
            )
            await connection.execute(insert(parcels), rows)

    async def sent_before(self, job_id: int, key: str) -> list[Parcel]:
        """The same files as parcels of this job, if some bot has sent all of them before."""
        query = select(sent_files).where(sent_files.c.key == key).order_by(sent_files.c.number)
        async with self._database.read() as connection:
            rows = {row.number: row for row in await connection.execute(query)}
        if not rows or len(rows) != next(iter(rows.values())).of:
            return []
        return [
            Parcel(
                job_id=job_id,
                number=row.number,
                of=row.of,
                key=key,
                path=None,
                name=row.name,
                size_bytes=row.size_bytes,
                note=from_column(row.note),
            )
            for row in rows.values()
        ]

    async def errands(self, bot_id: int) -> list[Errand]:
        """What this bot has still to send, each chat's parcels in order."""
        async with self._database.read() as connection:
            return await _errands(connection, bot_id)

    async def delivered(self, arrivals: Sequence[Arrival]) -> None:
        """What was sent together has arrived, or never will."""
        async with self._database.write(durable=True) as connection:
            for arrival in arrivals:
                await _note(connection, arrival)

    async def forget_file(self, errand: Errand) -> None:
        """Telegram does not know the file any more."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                delete(sent_files).where(
                    sent_files.c.bot_id == errand.place.bot_id,
                    sent_files.c.key == errand.parcel.key,
                )
            )

    async def clear(self) -> list[Path]:
        """Drop the parcels of deliveries that are over; return the files that nobody needs now."""
        sent = parcels.alias()
        waiting = (
            select(sent.c.job_id)
            .select_from(sent.join(cards, cards.c.job_id == sent.c.job_id))
            .where(
                ~exists().where(
                    deliveries.c.card_id == cards.c.id, deliveries.c.number == sent.c.number
                )
            )
        )
        done = select(jobs.c.id).where(jobs.c.state == JobState.DONE, jobs.c.id.not_in(waiting))
        over = parcels.c.job_id.in_(done)
        async with self._database.read() as connection:
            if not await connection.scalar(select(exists().where(over))):
                return []  # looking often must not cost a write
        async with self._database.write(durable=True, wakes=False) as connection:
            dropped = await connection.execute(
                delete(parcels).where(over).returning(parcels.c.path)
            )
            return [Path(path) for (path,) in dropped if path is not None]


async def _note(connection: AsyncConnection, arrival: Arrival) -> None:
    """See `Parcels.delivered`; in the caller's transaction."""
    errand, parcel = arrival.errand, arrival.errand.parcel
    await connection.execute(
        upsert(deliveries)
        .values(card_id=errand.card_id, number=parcel.number, message_id=arrival.message_id)
        .on_conflict_do_nothing()
    )
    if arrival.file_id is None:
        return
    sent = {
        "of": parcel.of,
        "file_id": arrival.file_id,
        "name": parcel.name,
        "size_bytes": parcel.size_bytes,
        "note": to_column(parcel.note),
    }
    key = {"bot_id": errand.place.bot_id, "key": parcel.key, "number": parcel.number}
    await connection.execute(
        upsert(sent_files)
        .values(key | sent)
        .on_conflict_do_update(index_elements=list(key), set_=sent)
    )


async def _errands(connection: AsyncConnection, bot_id: int) -> list[Errand]:
    """See `Parcels.errands`; in the caller's transaction."""
    arrived = exists().where(
        deliveries.c.card_id == cards.c.id, deliveries.c.number == parcels.c.number
    )
    known = and_(
        sent_files.c.bot_id == bot_id,
        sent_files.c.key == parcels.c.key,
        sent_files.c.number == parcels.c.number,
    )
    others = cards.alias()
    ever = (
        select(func.count())
        .select_from(deliveries.join(others, others.c.id == deliveries.c.card_id))
        .where(others.c.chat_id == cards.c.chat_id)
        .scalar_subquery()
    )
    query = (
        select(
            parcels,
            cards.c.id.label("card_id"),
            cards.c.bot_id,
            cards.c.chat_id,
            cards.c.reply_to,
            jobs.c.chat_id.label("about_id"),
            jobs.c.kind,
            sent_files.c.file_id,
            ever.label("ever"),
        )
        .select_from(
            parcels.join(jobs, jobs.c.id == parcels.c.job_id)
            .join(cards, cards.c.job_id == jobs.c.id)
            .outerjoin(sent_files, known)
        )
        .where(jobs.c.state == JobState.DONE, cards.c.bot_id == bot_id, ~arrived)
        .order_by(cards.c.id, parcels.c.number)
    )
    return [_to_errand(row) for row in await connection.execute(query)]


def _to_errand(row: Row[Any]) -> Errand:
    return Errand(
        card_id=row.card_id,
        place=CardPlace(bot_id=row.bot_id, chat_id=row.chat_id, reply_to=row.reply_to),
        parcel=Parcel(
            job_id=row.job_id,
            number=row.number,
            of=row.of,
            key=row.key,
            path=Path(row.path) if row.path else None,
            name=row.name,
            size_bytes=row.size_bytes,
            note=from_column(row.note),
        ),
        about_id=row.about_id,
        file_id=row.file_id,
        is_first=row.ever == 0 and row.number == 1,
        is_picture=row.kind == JobKind.STATS,
    )
