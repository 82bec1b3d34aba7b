"""One message about all that schedules did since the last one."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import tzinfo

from aiogram.utils.formatting import Bold, Text

from bot import people_texts, texts
from bot import schedule_texts as words
from bot.language import said
from storage.models import Job, JobState
from storage.schedules import Run


def digest(runs: Sequence[Run], zone: tzinfo, *, readable: Collection[int]) -> Text | None:
    """What people read about runs that are over; None when nothing happened.

    `readable`: the jobs whose chats the person may know of, now.
    """
    newest = {run.job.id: run for run in runs}  # a job that several runs went on with counts once
    lines: list[list[str | Text]] = []
    new = chats = 0
    for run in newest.values():
        job = run.job
        if job.id in readable:
            known = job.summary.chat.title if job.summary else job.progress.title
            name = Bold(texts.short_title(known or run.schedule.plan.title or job.request.chat))
        else:
            name = Bold(texts.short_title(run.schedule.plan.request.chat))
        if job.id in readable and (brought := words.news(job)) is not None:
            chats += 1
            new += job.summary.new if job.summary else 0
            lines.append([name, f" {brought}"])
        elif (reason := words.trouble(job, _reason(job, readable))) is not None:
            lines.append(["⚠️ ", name, f": {reason}"])
        elif job.state is JobState.PAUSED:
            lines.append(["⏸ ", name, f": {_why_paused(run)}"])
    if not lines:
        return None
    at_night = words.happened_at_night([run.due_at for run in runs], zone)
    body: list[str | Text] = [Bold(words.heading(chats, new, at_night=at_night))]
    for line in lines[: words.LINES_SHOWN]:
        body += ["\n", *line]
    if len(lines) > words.LINES_SHOWN:
        body.append(f"\n{texts.and_more(len(lines) - words.LINES_SHOWN)}")
    return Text(*body)


def _why_paused(run: Run) -> str:
    if run.asks:
        return words.WAITS_FOR_YOU()
    return words.AT_ITS_LIMIT() if run.stopped else words.PAUSED()


def _reason(job: Job, readable: Collection[int]) -> str:
    """Why a run failed; a sentence about a chat that is closed to the person names it, perhaps."""
    if job.id not in readable:
        return people_texts.NO_ACCESS()
    return said(job.error or texts.APOLOGY())
