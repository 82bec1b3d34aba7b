"""Buttons under cards and under the messages that tell an end."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, TypeVar

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from pydantic import Field

from bot import find_texts, people_texts, schedule_texts, stats_texts, texts
from storage.grants import Grant
from storage.models import ASKED_FOR, ChatInfo, Job, JobKind, JobState, Wish
from storage.requests import Answer

BUTTONS_A_ROW = 4

T = TypeVar("T")

Number = Annotated[int, Field(ge=-(2**63), lt=2**63)]
"""One that the database can hold: a modified client may send any."""


class Do(StrEnum):
    """What a tap asks for."""

    PAUSE = "pause"
    RESUME = "resume"
    CANCEL = "cancel"
    """Asks for confirmation first."""
    REALLY_CANCEL = "really"
    KEEP = "keep"
    """Not to cancel after all."""
    FRONT = "front"
    AGAIN = "again"
    """Export that chat once more: after an end of any kind."""
    GET = "get"
    """Send the archive into the chat."""
    SCHEDULE = "schedule"
    """Ask how often its chat is to be exported."""
    DETAILS = "details"
    """Say more about why it failed."""
    CHANGE = "change"
    """Of a large export that has not begun: choose other options first."""
    RETRY = "retry"
    """Export those chats of a batch once more that failed."""


class ShelfDo(StrEnum):
    """What a tap under the list of archives asks for."""

    ASK = "ask"
    DELETE = "delete"
    KEEP = "keep"


class Tap(CallbackData, prefix="j"):
    """A tap on a button of a job."""

    do: Do
    job_id: Number
    turn: Number
    """The job's when the button was made: what was meant for another turn is not obeyed."""


class Leaf(CallbackData, prefix="jobs"):
    """A tap on another page of /jobs."""

    page: Number


class FoundPage(CallbackData, prefix="find"):
    """A tap on another page of what was found."""

    search_id: Number
    page: Number


class Shelf(CallbackData, prefix="archive"):
    """A tap under the list of archives."""

    do: ShelfDo
    job_id: Number
    """The export whose files are meant."""


class Draw(CallbackData, prefix="stats"):
    """A tap below /stats: on a chat, or on the way to the other look."""

    chat_id: Number | None
    """None: show the buttons for this look."""
    dark: bool


class MakeInvite(CallbackData, prefix="invite"):
    """A tap that makes an invite link."""


class Revoke(CallbackData, prefix="revoke"):
    """The answer to the question whether all rights are to be taken away."""

    person_id: int
    sure: bool


class Often(CallbackData, prefix="often"):
    """A tap that has the chat of an export saved again and again."""

    job_id: int
    often: str
    """One of `timetable.OFTEN`."""


class TakeBack(CallbackData, prefix="ungrant"):
    """A tap that closes a chat to somebody."""

    person_id: Number
    chat_id: Number


class Reply(CallbackData, prefix="ask"):
    """A tap under a member's request."""

    request_id: Number
    answer: Answer


def invite_keyboard() -> InlineKeyboardMarkup:
    """Below /allow."""
    return _rows([[(people_texts.MAKE_INVITE(), MakeInvite())]])


def revoke_keyboard(person_id: int) -> InlineKeyboardMarkup:
    """The question before all rights are taken away."""
    choices = [(people_texts.REALLY_REVOKE, True), (people_texts.KEEP_RIGHTS, False)]
    return _rows([[(text(), Revoke(person_id=person_id, sure=sure)) for text, sure in choices]])


def often_keyboard(job_id: int) -> InlineKeyboardMarkup:
    """How often a chat may be saved."""
    choices = schedule_texts.OFTEN.items()
    return _rows([[(text(), Often(job_id=job_id, often=often)) for often, text in choices]])


def take_back_keyboard(opened: Sequence[Grant]) -> InlineKeyboardMarkup:
    """A button for each chat that is open to somebody."""
    buttons = [
        (people_texts.take_back(place), TakeBack(person_id=each.person_id, chat_id=each.chat_id))
        for place, each in enumerate(opened, start=1)
    ]
    return _rows(batched(buttons, 2))


def reply_keyboard(request_id: int) -> InlineKeyboardMarkup:
    """Below a member's request."""
    buttons = [
        (text(), Reply(request_id=request_id, answer=answer))
        for answer, text in people_texts.BUTTONS.items()
    ]
    return _rows([buttons])


def _rows(rows: Sequence[Sequence[tuple[str, CallbackData]]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=text, callback_data=data.pack()) for text, data in row]
            for row in rows
        ]
    )


def found_keyboard(search_id: int, page: int, *, more: bool) -> InlineKeyboardMarkup | None:
    """Below what was found: the page before and the next one."""
    buttons = [(find_texts.BEFORE, FoundPage(search_id=search_id, page=page - 1))] if page else []
    if more:
        buttons.append((find_texts.NEXT, FoundPage(search_id=search_id, page=page + 1)))
    return _rows([buttons]) if buttons else None


def shelf_keyboard(archives: Sequence[Job]) -> InlineKeyboardMarkup:
    """A button for each archive that may be deleted."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(
                    text=texts.delete_button(number),
                    callback_data=Shelf(do=ShelfDo.ASK, job_id=job.id).pack(),
                )
                for number, job in row
            ]
            for row in batched(list(enumerate(archives, start=1)), BUTTONS_A_ROW)
        ]
    )


def draw_keyboard(archives: Sequence[ChatInfo], *, dark: bool) -> InlineKeyboardMarkup:
    """A button for each archive, and one for pictures that are dark, or light again."""
    chats = [
        [(texts.short_title(chat.title or str(chat.id)), Draw(chat_id=chat.id, dark=dark))]
        for chat in archives
    ]
    other = stats_texts.LIGHT if dark else stats_texts.DARK
    return _rows([*chats, [(other(), Draw(chat_id=None, dark=not dark))]])


def really_delete_keyboard(job: Job) -> InlineKeyboardMarkup:
    """The question before an archive is deleted."""
    choices = [(texts.REALLY_DELETE(), ShelfDo.DELETE), (texts.KEEP_IT(), ShelfDo.KEEP)]
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(text=text, callback_data=Shelf(do=do, job_id=job.id).pack())
                for text, do in choices
            ]
        ]
    )


def batched(items: Sequence[T], size: int) -> list[Sequence[T]]:
    """Cut a sequence into rows."""
    return [items[start : start + size] for start in range(0, len(items), size)]


def card_keyboard(
    job: Job, *, asking: bool, first: bool, agree: bool = False
) -> InlineKeyboardMarkup | None:
    """What can be done about an unfinished job; None when there is nothing to tap.

    `asking`: it asks whether the job is really to be cancelled. `first`: it cannot come sooner.
    `agree`: to let it go on is to start it.
    """
    if job.state.is_final or job.wish is Wish.CANCEL:
        return None
    if asking:
        return _row(job, (Do.REALLY_CANCEL, Do.KEEP))
    if job.kind not in ASKED_FOR:
        return _row(job, (Do.CANCEL,))
    if agree and job.state is JobState.PAUSED:
        return _row(job, (Do.RESUME, Do.CHANGE, Do.CANCEL), starts=True)
    return _row(job, (_steering(job, first=first), Do.CANCEL))


def _steering(job: Job, *, first: bool) -> Do:
    """What can be done about an export besides cancelling it."""
    if job.state is JobState.QUEUED:
        return Do.PAUSE if first else Do.FRONT
    rests = job.state is JobState.PAUSED or job.wish is Wish.PAUSE
    return Do.RESUME if rests else Do.PAUSE


def ending_keyboard(job: Job, *, deliver: bool, failed: bool = False) -> InlineKeyboardMarkup:
    """What can be done once a job has ended; `deliver`: archives may be sent into this chat;
    `failed`: some chats of a batch did.
    """
    if job.kind is JobKind.BATCH:
        return _row(job, (Do.RETRY, Do.AGAIN) if failed else (Do.AGAIN,))
    if job.state is JobState.FAILED:
        return _row(job, (Do.AGAIN, Do.DETAILS))
    return _row(job, (*((Do.GET,) if deliver else ()), Do.AGAIN, Do.SCHEDULE))


def leaves(page: int, *, older: bool) -> InlineKeyboardMarkup | None:
    """Ways to the pages of /jobs beside this one; None when there is only one."""
    beside = [(texts.NEWER(), page - 1)] if page else []
    beside += [(texts.OLDER(), page + 1)] if older else []
    if not beside:
        return None
    buttons = [
        InlineKeyboardButton(text=text, callback_data=Leaf(page=other).pack())
        for text, other in beside
    ]
    return InlineKeyboardMarkup(inline_keyboard=[buttons])


def _row(job: Job, buttons: Sequence[Do], *, starts: bool = False) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(
                    text=texts.button(do, failed=job.state is JobState.FAILED, starts=starts),
                    callback_data=Tap(do=do, job_id=job.id, turn=job.turn).pack(),
                )
                for do in buttons
            ]
        ]
    )
