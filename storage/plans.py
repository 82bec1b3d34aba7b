"""What exports would fetch, as a worker found out before they began."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import orjson
from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.database import Database
from storage.encoding import to_text
from storage.media import FileState
from storage.models import CardPlace, ChatInfo, JobState, Wish
from storage.submit import add_card
from storage.tables import files, jobs, media, plans


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an export would do. Numbers are about right, no more: Telegram's own are not exact."""

    chat: ChatInfo
    topics: int = 0
    """Of a forum."""
    held: int = 0
    """Messages that the archive has of it already."""
    messages: int = 0
    """Those to be fetched."""
    files: dict[str, int] = field(default_factory=dict)
    """Files that are wanted, by kind, the most frequent first; kept ones among them."""
    fetch_bytes: int = 0
    """Of files that are not kept yet."""
    kept_bytes: int = 0
    duration_s: float = 0.0
    free_bytes: int = 0
    """On the disk of the exports."""

    def is_large(self, above_bytes: int) -> bool:
        """It fetches more than that, or than half of what is free."""
        return self.fetch_bytes > min(above_bytes, self.free_bytes // 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFiles:
    """Files of one kind that the archive knows of."""

    files: int
    size_bytes: int
    kept_files: int = 0
    kept_bytes: int = 0


class Plans:
    """The table `plans`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, job_id: int) -> Plan | None:
        """The plan that a job made, or that it was begun with."""
        async with self._database.read() as connection:
            return await get_plan(connection, job_id)

    async def asking(self, job_id: int) -> Plan | None:
        """The plan of an export that does not begin before somebody has agreed to it."""
        query = select(plans.c.plan).where(plans.c.job_id == job_id, plans.c.asking)
        async with self._database.read() as connection:
            text = await connection.scalar(query)
        return None if text is None else _to_plan(text)

    async def put(self, job_id: int, plan: Plan) -> None:
        """Note the plan of a job."""
        async with self._database.write(durable=True) as connection:
            await put_plan(connection, job_id, plan)

    async def ask(self, job_id: int, plan: Plan, card: CardPlace | None = None) -> None:
        """Let a running job rest until somebody agrees to its plan; `card`: where it is asked, if
        the job has no card yet. All or nothing, so that no kill between them starts it."""
        async with self._database.write(durable=True) as connection:
            await put_plan(connection, job_id, plan, asking=True)
            if card is not None:
                await add_card(connection, job_id, card)
            await connection.execute(
                update(jobs)
                .where(
                    jobs.c.id == job_id,
                    jobs.c.state == JobState.RUNNING,
                    jobs.c.wish.is_(None),
                )
                .values(wish=Wish.PAUSE, turn=jobs.c.turn + 1)
            )

    async def agreed(self, job_id: int) -> None:
        """Somebody has."""
        async with self._database.write(durable=True) as connection:
            await connection.execute(
                update(plans).where(plans.c.job_id == job_id).values(asking=False)
            )

    async def known_files(self, chat_ids: Collection[int]) -> dict[str, KnownFiles]:
        """The files of these chats by kind, as far as their messages are in the archive."""
        same = (files.c.file_id == media.c.file_id) & (files.c.variant == media.c.variant)
        is_kept = files.c.state == FileState.KEPT
        query = (
            select(
                media.c.kind,
                func.count(),
                func.sum(media.c.size_bytes),
                func.sum(case((is_kept, 1), else_=0)),
                func.sum(case((is_kept, media.c.size_bytes), else_=0)),
            )
            .select_from(media.outerjoin(files, same))
            .where(media.c.chat_id.in_(chat_ids), media.c.message_id > 0, media.c.variant == "")
            .group_by(media.c.kind)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(query)
            return {
                kind: KnownFiles(
                    files=number, size_bytes=size, kept_files=kept, kept_bytes=kept_size
                )
                for kind, number, size, kept, kept_size in rows
            }


async def get_plan(connection: AsyncConnection, job_id: int) -> Plan | None:
    """See `Plans.get`; in the caller's transaction."""
    text = await connection.scalar(select(plans.c.plan).where(plans.c.job_id == job_id))
    return None if text is None else _to_plan(text)


async def put_plan(
    connection: AsyncConnection, job_id: int, plan: Plan, *, asking: bool = False
) -> None:
    """See `Plans.put`; in the caller's transaction."""
    row = insert(plans).values(job_id=job_id, plan=to_text(plan), asking=asking)
    new = {"plan": row.excluded.plan, "asking": row.excluded.asking}
    await connection.execute(row.on_conflict_do_update(index_elements=["job_id"], set_=new))


def _to_plan(text: str) -> Plan:
    fields = orjson.loads(text)
    return Plan(**fields | {"chat": ChatInfo(**fields["chat"])})
