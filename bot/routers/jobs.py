"""/jobs: the queue and what was done lately."""

from __future__ import annotations

from aiogram import Router
from aiogram.filters import Command
from aiogram.types import Message
from aiogram.utils.formatting import Text

from bot import texts
from bot.cards import job_lines
from bot.filters import FirstTime
from storage.jobs import Jobs
from storage.models import Job, JobKind

RECENT = 10


def router() -> Router:
    routes = Router(name="jobs")
    routes.message.register(jobs_, Command("jobs", ignore_case=True), FirstTime())
    return routes


async def jobs_(message: Message, jobs: Jobs) -> None:
    private = message.chat.type == "private"
    waiting = [job for job in await jobs.unfinished() if job.kind is JobKind.EXPORT]
    recent = [
        job
        for job in await jobs.recent(RECENT + len(waiting))
        if job.kind is JobKind.EXPORT and job.state.is_final
    ]
    body = [*_section(texts.QUEUE, waiting, private=private)]
    body += _section(texts.RECENT, recent[:RECENT], private=private)
    answer = Text(*body[1:]) if body else Text(texts.NO_JOBS)
    await message.answer(**answer.as_kwargs())


def _section(heading: str, jobs: list[Job], *, private: bool) -> list[str | Text]:
    return ["\n", heading, *job_lines(jobs, private=private)] if jobs else []
