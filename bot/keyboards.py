"""Buttons under cards."""

from __future__ import annotations

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from storage.models import Job, JobState, Wish


class CancelTap(CallbackData, prefix="cancel"):
    """A tap on a card's Cancel."""

    job_id: int
    revision: int
    """The card's when the button was made; an older one than the card has now is not obeyed."""


def revision_of(job: Job) -> int:
    """Rises whenever the buttons of the job's card change their meaning.

    It is made from the job alone, so that it is the same after a restart: within one claim a job
    is first running, then being cancelled, then queued again or final.
    """
    if job.state is JobState.RUNNING:
        rank = 0 if job.wish is None else 1
    else:
        rank = 3 if job.state.is_final else 2
    return job.fence * 4 + rank


def card_keyboard(job: Job) -> InlineKeyboardMarkup | None:
    """Cancel while that is still possible; None when there is nothing to tap."""
    if job.state.is_final or job.wish is Wish.CANCEL:
        return None
    tap = CancelTap(job_id=job.id, revision=revision_of(job))
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text="Cancel", callback_data=tap.pack())]]
    )
