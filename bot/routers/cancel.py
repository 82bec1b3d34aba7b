"""/cancel [N]."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message, Update
from aiogram.utils.formatting import Text

from bot import texts
from bot.cards import job_lines
from bot.rights import May, Who, names_for
from storage.audit import Audit, Deed
from storage.batches import Batches
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import ASKED_FOR, Job, JobKind, JobState
from storage.rights import Action

LONGEST_NUMBER = 15


def router() -> Router:
    routes = Router(name="cancel")
    routes.message.register(cancel, Command("cancel", ignore_case=True), May(Action.ASK))
    return routes


async def cancel(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    grants: Grants,
    audit: Audit,
) -> None:
    """Without a number it means the only export there is; with several it asks which one."""
    word = (command.args or "").strip()
    meant = await _meant(word, who, jobs, grants)
    if isinstance(meant, Text):
        if await jobs.record_command(bot.id, event_update.update_id):
            await message.reply(**meant.as_kwargs())
        return
    job = await jobs.cancel(meant.id, command=(bot.id, event_update.update_id))
    if job is None or (job.wish is None and not job.state.is_final):
        return  # this very command came before; another export has begun since
    if job.person_id != who.id:
        await audit.note(
            Deed.STEERED, by=who.id, target_id=job.person_id, detail=f"cancel {job.id}"
        )
    if job.state.is_final and job.state is not JobState.CANCELLED:
        await message.reply(texts.job_is_over(job.id))
    else:
        running = job.state is JobState.RUNNING
        await message.reply(texts.cancel_asked(job.id, running=running))


async def _meant(word: str, who: Who, jobs: Jobs, grants: Grants) -> Job | Text:
    """The job that a person means, or what to answer instead.

    Another's job that is not theirs to steer does not exist for them.
    """
    if not word:
        return await _only_one(who, jobs, grants)
    if not word.isdecimal() or len(word) > LONGEST_NUMBER:
        return Text(texts.CANCEL_USAGE)
    job = await jobs.get(int(word))
    if job is None or not who.may_to(Action.STEER, job):
        return Text(texts.no_such_job(int(word)))
    return Text(texts.job_is_over(job.id)) if job.state.is_final else job


async def _only_one(who: Who, jobs: Jobs, grants: Grants) -> Job | Text:
    exports = [
        job
        for job in await jobs.unfinished()
        if job.kind in ASKED_FOR and who.may_to(Action.STEER, job)
    ]
    match exports:
        case []:
            return Text(texts.NOTHING_TO_CANCEL)
        case [job]:
            return job
    named = await names_for(who, exports, grants)
    batches = [job.id for job in exports if job.kind is JobKind.BATCH]
    tallies = await Batches(jobs.database).tallies(batches)
    return Text(texts.CANCEL_WHICH, *job_lines(exports, named, tallies))
