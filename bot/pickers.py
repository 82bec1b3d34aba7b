"""The keyboard that lets a person choose a chat on the phone, instead of typing its name."""

from __future__ import annotations

from aiogram.types import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    ReplyKeyboardMarkup,
)

from bot import texts

CHANNEL, GROUP, PERSON = 1, 2, 3
"""`request_id` of what was chosen."""
PEOPLE_AT_ONCE = 10
"""https://core.telegram.org/bots/api#keyboardbuttonrequestusers"""


def chat_picker() -> ReplyKeyboardMarkup:
    """Telegram's own lists of the person's channels, groups and people; private chats only."""
    channel = KeyboardButtonRequestChat(
        request_id=CHANNEL, chat_is_channel=True, request_title=True, request_username=True
    )
    group = KeyboardButtonRequestChat(
        request_id=GROUP, chat_is_channel=False, request_title=True, request_username=True
    )
    person = KeyboardButtonRequestUsers(
        request_id=PERSON,
        max_quantity=PEOPLE_AT_ONCE,
        request_name=True,
        request_username=True,
    )
    return ReplyKeyboardMarkup(
        keyboard=[
            [
                KeyboardButton(text=texts.PICK_CHANNEL(), request_chat=channel),
                KeyboardButton(text=texts.PICK_GROUP(), request_chat=group),
                KeyboardButton(text=texts.PICK_PERSON(), request_users=person),
            ]
        ],
        resize_keyboard=True,
        one_time_keyboard=True,
        input_field_placeholder=texts.PICK_OR_PASTE(),
    )


def search_button() -> InlineKeyboardMarkup:
    """Looks through the chats of the account that exports, in the line where one types."""
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [InlineKeyboardButton(text=texts.SEARCH(), switch_inline_query_current_chat="")]
        ]
    )
