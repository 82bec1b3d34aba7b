"""/jobs: the queue and what was done, in pages."""

from __future__ import annotations

from collections.abc import Mapping

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from bot import texts
from bot.cards import Naming, job_lines
from bot.delivery import UNCHANGED
from bot.filters import FirstTime
from bot.keyboards import Leaf, leaves
from bot.rights import May, Who, names_for
from storage.batches import Batches, Tally
from storage.grants import Grants
from storage.jobs import Jobs
from storage.models import ASKED_FOR, Job, JobKind
from storage.rights import Action, On

A_PAGE = 10
LAST_PAGE = 100_000


def router() -> Router:
    routes = Router(name="jobs")
    routes.message.register(jobs_, Command("jobs", ignore_case=True), May(Action.JOBS), FirstTime())
    routes.callback_query.register(turn, Leaf.filter(), May(Action.JOBS))
    return routes


async def jobs_(message: Message, who: Who, jobs: Jobs, grants: Grants) -> None:
    text, keyboard = await _page(who, jobs, grants, 0)
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def turn(
    tap: CallbackQuery, callback_data: Leaf, *, who: Who, bot: Bot, jobs: Jobs, grants: Grants
) -> None:
    """Show another page in the same message."""
    await tap.answer()
    if tap.message is None or not 0 <= callback_data.page <= LAST_PAGE:
        return
    text, keyboard = await _page(who, jobs, grants, callback_data.page)
    try:
        await bot.edit_message_text(
            chat_id=tap.message.chat.id,
            message_id=tap.message.message_id,
            reply_markup=keyboard,
            **text.as_kwargs(),
        )
    except TelegramBadRequest as error:
        if UNCHANGED not in error.message.lower():
            raise


async def _page(
    who: Who, jobs: Jobs, grants: Grants, page: int
) -> tuple[Text, InlineKeyboardMarkup | None]:
    """The queue stands on the first page, before what has ended; members see their own alone."""
    exports = [job for job in await jobs.unfinished() if job.kind in ASKED_FOR]
    waiting = [] if page else [job for job in exports if who.may_to(Action.WATCH, job)]
    all_jobs = who.may(Action.WATCH, On.OTHERS_JOB)
    ended = await jobs.ended(
        offset=page * A_PAGE, limit=A_PAGE + 1, person_id=None if all_jobs else who.id
    )
    named = await names_for(who, [*waiting, *ended], grants)
    shown = [job.id for job in (*waiting, *ended) if job.kind is JobKind.BATCH]
    tallies = await Batches(jobs.database).tallies(shown)
    body = [*_section(texts.QUEUE(), waiting, named, tallies)]
    body += _section(texts.RECENT(), ended[:A_PAGE], named, tallies)
    nothing = texts.NO_MORE_JOBS if page else texts.NO_JOBS
    text = Text(*body[1:]) if body else Text(nothing)
    return text, leaves(page, older=len(ended) > A_PAGE)


def _section(
    heading: str, jobs: list[Job], named: Mapping[int, Naming], tallies: Mapping[int, Tally]
) -> list[str | Text]:
    return ["\n", heading, *job_lines(jobs, named, tallies)] if jobs else []
