"""Reply markups as Telegram takes them.

https://core.telegram.org/bots/api#inlinekeyboardmarkup,
https://core.telegram.org/bots/api#replykeyboardmarkup
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields

CALLBACK_DATA_LIMIT = 64
"""Bytes, https://core.telegram.org/bots/api#inlinekeyboardbutton"""
BUTTONS_LIMIT = 100
"""Telegram's servers refuse more with REPLY_MARKUP_TOO_LONG."""
ACTIONS = (
    "url", "callback_data", "web_app", "login_url", "switch_inline_query",
    "switch_inline_query_current_chat", "switch_inline_query_chosen_chat", "copy_text",
    "callback_game", "pay", "disabled",
)  # fmt: skip
"""An inline button has exactly one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """A checked markup: inline rows, or a keyboard that replaces the phone's own."""

    inline: tuple[tuple[Json, ...], ...] = ()
    keyboard: Json | None = None


def read_markup(fields: Fields) -> Markup:
    """The request's `reply_markup`.

    Raises:
        BotApiError: 400, worded as Telegram does.
    """
    markup = fields.parsed("reply_markup", "reply keyboard markup")
    if markup is None:
        return Markup()
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if "inline_keyboard" in markup:
        return Markup(inline=_inline(markup["inline_keyboard"]))
    if "keyboard" in markup:
        rows = _rows(markup["keyboard"], "keyboard")
        for row in rows:
            for button in row:
                _check_keyboard_button(button)
        return Markup(keyboard={**markup, "keyboard": [list(row) for row in rows]})
    if markup.get("remove_keyboard") is True or markup.get("force_reply") is True:
        return Markup(keyboard=dict(markup))
    return Markup()


def _rows(value: Any, name: str) -> list[list[Json]]:
    if not isinstance(value, list):
        raise bad_request(f'field "{name}" of the reply markup must be of type Array')
    rows: list[list[Json]] = []
    for row in value:
        if not isinstance(row, list):
            raise bad_request(f'field "{name}" of the reply markup must be an Array of Arrays')
        rows.append([{"text": b} if isinstance(b, str) else b for b in row])
    return [row for row in rows if row]


def _inline(value: Any) -> tuple[tuple[Json, ...], ...]:
    rows = _rows(value, "inline_keyboard")
    for row in rows:
        for button in row:
            _check_inline_button(button)
    if sum(map(len, rows)) > BUTTONS_LIMIT:
        raise bad_request("REPLY_MARKUP_TOO_LONG")
    return tuple(tuple(dict(button) for button in row) for row in rows)


def _check_inline_button(button: Any) -> None:
    refused = "can't parse inline keyboard button: "
    if not isinstance(button, dict):
        raise bad_request(f"{refused}InlineKeyboardButton must be an Object")
    if not isinstance(button.get("text"), str):
        raise bad_request(f'{refused}Field "text" must be of type String')
    if not button["text"].strip():
        raise bad_request("BUTTON_TEXT_INVALID")
    actions = [action for action in ACTIONS if button.get(action) is not None]
    if not actions:
        raise bad_request(f"{refused}Text buttons are unallowed in the inline keyboard")
    data = button.get("callback_data")
    if data is not None and not 1 <= len(str(data).encode()) <= CALLBACK_DATA_LIMIT:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url is not None and not _is_url(str(url)):
        raise bad_request("BUTTON_URL_INVALID")
    copied = button.get("copy_text")
    if copied is not None and not 1 <= len(str(copied.get("text", ""))) <= 256:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")


def _is_url(url: str) -> bool:
    return url.startswith(("http://", "https://", "tg://")) or "." in url


def _check_keyboard_button(button: Any) -> None:
    refused = "can't parse keyboard button: "
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad_request(f'{refused}Field "text" must be of type String')
    for name in ("request_chat", "request_users"):
        if name in button and not isinstance(button[name].get("request_id"), int):
            raise bad_request(f'{refused}Can\'t find field "request_id"')
    if "request_chat" in button and not isinstance(
        button["request_chat"].get("chat_is_channel"), bool
    ):
        raise bad_request(f'{refused}Can\'t find field "chat_is_channel"')
    quantity = button.get("request_users", {}).get("max_quantity", 1)
    if not 1 <= quantity <= 10:
        raise bad_request("BUTTON_USERS_LIMIT_INVALID")
