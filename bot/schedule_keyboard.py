"""Buttons under the list of schedules."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot import schedule_texts as words
from bot.keyboards import BUTTONS_A_ROW, Number, batched
from storage.schedules import Schedule


class ScheduleDo(StrEnum):
    """What a tap asks for."""

    REST = "rest"
    GO_ON = "go"
    REMOVE = "remove"


class ScheduleTap(CallbackData, prefix="sched"):
    """A tap under the list of schedules."""

    do: ScheduleDo
    schedule_id: Number


def schedules_keyboard(schedules: Sequence[Schedule]) -> InlineKeyboardMarkup | None:
    """Two buttons for each: rest or go on, and delete."""
    buttons = []
    for place, each in enumerate(schedules, start=1):
        resting = each.next_at is None
        switch = ScheduleDo.GO_ON if resting else ScheduleDo.REST
        buttons += [
            _button(words.switch_button(place, resting=resting), switch, each),
            _button(words.remove_button(place), ScheduleDo.REMOVE, each),
        ]
    if not buttons:
        return None
    rows = [list(row) for row in batched(buttons, BUTTONS_A_ROW)]
    return InlineKeyboardMarkup(inline_keyboard=rows)


def _button(text: str, do: ScheduleDo, schedule: Schedule) -> InlineKeyboardButton:
    data = ScheduleTap(do=do, schedule_id=schedule.id)
    return InlineKeyboardButton(text=text, callback_data=data.pack())
