"""/jobs: the queue and what was done, in pages."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message
from aiogram.utils.formatting import Text

from bot import texts
from bot.cards import job_lines
from bot.delivery import UNCHANGED
from bot.filters import FirstTime
from bot.keyboards import Leaf, leaves
from storage.jobs import Jobs
from storage.models import Job, JobKind

A_PAGE = 10
LAST_PAGE = 100_000


def router() -> Router:
    routes = Router(name="jobs")
    routes.message.register(jobs_, Command("jobs", ignore_case=True), FirstTime())
    routes.callback_query.register(turn, Leaf.filter())
    return routes


async def jobs_(message: Message, jobs: Jobs) -> None:
    text, keyboard = await _page(jobs, 0, private=message.chat.type == "private")
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def turn(tap: CallbackQuery, callback_data: Leaf, bot: Bot, jobs: Jobs) -> None:
    """Show another page in the same message."""
    await tap.answer()
    if tap.message is None or not 0 <= callback_data.page <= LAST_PAGE:
        return
    private = tap.message.chat.type == "private"
    text, keyboard = await _page(jobs, callback_data.page, private=private)
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
    jobs: Jobs, page: int, *, private: bool
) -> tuple[Text, InlineKeyboardMarkup | None]:
    """The queue stands on the first page, before what has ended."""
    waiting = [] if page else [job for job in await jobs.unfinished() if job.kind is JobKind.EXPORT]
    ended = await jobs.ended(offset=page * A_PAGE, limit=A_PAGE + 1)
    body = [*_section(texts.QUEUE, waiting, private=private)]
    body += _section(texts.RECENT, ended[:A_PAGE], private=private)
    nothing = texts.NO_MORE_JOBS if page else texts.NO_JOBS
    text = Text(*body[1:]) if body else Text(nothing)
    return text, leaves(page, older=len(ended) > A_PAGE)


def _section(heading: str, jobs: list[Job], *, private: bool) -> list[str | Text]:
    return ["\n", heading, *job_lines(jobs, private=private)] if jobs else []
