"""Batches: one job that a person asked for, and a job for each of the chats that it means.

The job of kind `BATCH` is claimed twice: first to make the others, in one transaction with its
going back into the queue, and once more when all of them are over. In between it waits there.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    case,
    exists,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database import Database
from storage.encoding import now_ms, options_text, to_progress, to_request, to_text
from storage.errors import JobLost
from storage.models import UNFINISHED, ExportRequest, Job, JobKind, JobState, Progress, Wish
from storage.tables import batches, chats, jobs
from storage.wording import from_column, from_json

OTHER = jobs.alias("other")
"""What a job of a batch joined."""
STATE = func.coalesce(OTHER.c.state, jobs.c.state)
STATES = {Wish.CANCEL: JobState.CANCELLED, Wish.PAUSE: JobState.PAUSED}
"""Where a job stands that somebody wished to stop before its own jobs were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A job to be made for a batch."""

    kind: JobKind
    chat_id: int
    request: ExportRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A chat for which no job was made."""

    title: str | None
    reason: str
    """`excluded`: by name; `closed`: the account may no longer read it."""


EXCLUDED, CLOSED = "excluded", "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one job of a batch stands; its counts are final when it is done."""

    job_id: int
    kind: JobKind
    chat_id: int
    """As it was when the batch was made, or became; of an account its user id."""
    state: JobState
    """Of a job that joined another one: the other's."""
    title: str | None
    """None also of Saved Messages; see `type`."""
    type: str | None
    """As `ChatInfo.type`."""
    error: str | None
    folder: str | None
    """Where its files are, once they are."""
    messages: int
    new: int
    files: int
    file_bytes: int
    skipped: int
    """Messages and files that it had to leave out."""
    notes: Sequence[str]
    """As `Summary.notes`."""
    progress: Progress | None
    """How far it is while it runs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How a batch stands."""

    parts: Sequence[Outcome]
    left_out: Sequence[LeftOut] = ()

    @property
    def chats(self) -> list[Outcome]:
        """Those that export a chat; the others keep what is the accounts' own."""
        return [part for part in self.parts if part.kind is JobKind.EXPORT]

    def having(self, *states: JobState) -> list[Outcome]:
        """The jobs in one of these states."""
        return [part for part in self.parts if part.state in states]

    @property
    def failed(self) -> list[Outcome]:
        """Those that ended and are not done; some may have been stopped alone."""
        return self.having(JobState.FAILED, JobState.CANCELLED)

    @property
    def over(self) -> int:
        """How many chats it is done with, whatever became of them."""
        return sum(part.state.is_final for part in self.chats)

    @property
    def messages(self) -> int:
        return sum(part.messages for part in self.parts)

    @property
    def new(self) -> int:
        return sum(part.new for part in self.parts)

    @property
    def files(self) -> int:
        return sum(part.files for part in self.parts)

    @property
    def file_bytes(self) -> int:
        return sum(part.file_bytes for part in self.parts)


class Batches:
    """The table `batches`, and the jobs of each."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def is_made(self, job_id: int) -> bool:
        """Whether the jobs of a batch were made."""
        async with self._database.read() as connection:
            query = select(exists().where(batches.c.job_id == job_id))
            return bool(await connection.scalar(query))

    async def make(self, job: Job, parts: Sequence[Part], left_out: Sequence[LeftOut]) -> None:
        """Make the jobs of a batch, and give its own back into the queue until they are over.

        What was wished meanwhile holds for all of them; a cancelled batch makes none.

        Raises:
            JobLost: it is no longer this worker's; then nothing was made.
        """
        held = (
            (jobs.c.id == job.id) & (jobs.c.fence == job.fence) & (jobs.c.state == JobState.RUNNING)
        )
        async with self._database.write(durable=True) as connection:
            wish = (await connection.execute(select(jobs.c.wish).where(held))).one_or_none()
            if wish is None:
                raise JobLost(job.id)
            state = STATES.get(wish.wish, JobState.QUEUED)
            cancelled = state is JobState.CANCELLED
            await connection.execute(
                update(jobs)
                .where(held)
                .values(
                    state=state,
                    wish=case((jobs.c.wish == Wish.CANCEL, jobs.c.wish)),
                    turn=jobs.c.turn + 1,
                    finished_ms=now_ms() if cancelled else None,
                )
            )
            if cancelled:
                return
            row = {"job_id": job.id, "left_out": to_text(list(left_out))}
            await connection.execute(insert(batches), row)
            made = [_values(job, part, state) for part in parts]
            if made:
                await connection.execute(upsert(jobs).on_conflict_do_nothing(), made)

    async def failed(self, job_id: int) -> list[Part]:
        """The jobs of a batch that failed or were stopped alone, to be made once more."""
        query = _outcomes([job_id]).where(STATE.in_([JobState.FAILED, JobState.CANCELLED]))
        async with self._database.read() as connection:
            return [
                Part(kind=JobKind(row.kind), chat_id=row.chat_id, request=to_request(row.request))
                for row in await connection.execute(query)
            ]

    async def tally(self, job_id: int) -> Tally | None:
        """How a batch stands; None before its jobs are made."""
        return (await self.tallies([job_id])).get(job_id)

    async def tallies(self, job_ids: Collection[int]) -> dict[int, Tally]:
        """The same of several, by the numbers of their jobs."""
        made = select(batches).where(batches.c.job_id.in_(job_ids))
        parts: dict[int, list[Outcome]] = {}
        async with self._database.read() as connection:
            rows = (await connection.execute(made)).all()
            if rows:
                for row in await connection.execute(_outcomes([row.job_id for row in rows])):
                    parts.setdefault(row.batch_id, []).append(_to_outcome(row))
        return {
            row.job_id: Tally(
                parts=parts.get(row.job_id, ()),
                left_out=[LeftOut(**each) for each in orjson.loads(row.left_out)],
            )
            for row in rows
        }

    async def running(self, job_id: int) -> bool:
        """Whether one of the jobs of a batch is being worked at."""
        query = select(exists().where(jobs.c.batch_id == job_id, jobs.c.state == JobState.RUNNING))
        async with self._database.read() as connection:
            return bool(await connection.scalar(query))


def with_parts(job_id: int) -> ColumnElement[bool]:
    """A job, and those of its batch: what is wished for one holds for the others."""
    return or_(jobs.c.id == job_id, jobs.c.batch_id == job_id)


def waits_for_parts() -> ColumnElement[bool]:
    """Whether a job has to wait for those that it made, and for those that these joined."""
    part, joined = jobs.alias("part"), jobs.alias("joined_by_part")
    return (
        select(part.c.id)
        .outerjoin(joined, joined.c.id == part.c.joined_job_id)
        .where(
            part.c.batch_id == jobs.c.id,
            or_(part.c.state.in_(UNFINISHED), joined.c.state.in_(UNFINISHED)),
        )
        .exists()
    )


def _outcomes(batch_ids: Collection[int]) -> Select[Any]:
    summary = func.coalesce(OTHER.c.summary, jobs.c.summary)
    progress = func.coalesce(OTHER.c.progress, jobs.c.progress)

    def number(done: str, so_far: str) -> ColumnElement[int]:
        found = (
            func.json_extract(summary, f"$.{done}"),
            func.json_extract(progress, f"$.{so_far}"),
        )
        return func.coalesce(*found, 0)

    return (
        select(
            jobs.c.batch_id,
            jobs.c.id,
            jobs.c.kind,
            jobs.c.chat_id,
            jobs.c.request,
            STATE.label("state"),
            func.coalesce(
                func.json_extract(summary, "$.chat.title"),
                func.json_extract(progress, "$.title"),
                chats.c.title,
            ).label("title"),
            chats.c.type,
            func.coalesce(OTHER.c.error, jobs.c.error).label("error"),
            func.json_extract(summary, "$.folder").label("folder"),
            number("messages", "messages").label("messages"),
            number("new", "new").label("new"),
            number("media_kept", "files").label("files"),
            number("media_bytes", "file_bytes").label("file_bytes"),
            func.coalesce(func.json_array_length(summary, "$.skipped"), 0).label("skipped"),
            func.coalesce(func.json_extract(summary, "$.notes"), "[]").label("notes"),
            progress.label("progress"),
        )
        .outerjoin(OTHER, OTHER.c.id == jobs.c.joined_job_id)
        .outerjoin(chats, chats.c.id == jobs.c.chat_id)
        .where(jobs.c.batch_id.in_(batch_ids))
        .order_by(jobs.c.id)
    )


def _to_outcome(row: Row[Any]) -> Outcome:
    state = JobState(row.state)
    return Outcome(
        job_id=row.id,
        kind=JobKind(row.kind),
        chat_id=row.chat_id,
        state=state,
        title=row.title,
        type=row.type,
        error=from_column(row.error),
        folder=row.folder,
        messages=row.messages,
        new=row.new,
        files=row.files,
        file_bytes=row.file_bytes,
        skipped=row.skipped,
        notes=[from_json(note) for note in orjson.loads(row.notes)],
        progress=to_progress(row.progress) if state is JobState.RUNNING else None,
    )


def _values(job: Job, part: Part, state: JobState) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "state": state,
        "priority": job.priority,
        "attempt": 0,
        "fence": 0,
        "turn": 0,
        "request": to_text(part.request),
        "options": options_text(part.request),
        "person_id": job.person_id,
        "chat_id": part.chat_id,
        "batch_id": job.id,
        "progress": to_text(Progress()),
        "created_ms": now_ms(),
    }
