"""Buttons under a message."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from exporter.records import Button, Json


def inline_buttons(markup: Any) -> tuple[tuple[Button, ...], ...]:
    """The rows of inline buttons; of any other markup none. Rows without a button are left out."""
    if not isinstance(markup, types.ReplyInlineMarkup):
        return ()
    rows = [tuple([_button(button) for button in row.buttons]) for row in markup.rows]
    return tuple([row for row in rows if row])


def reply_keyboard(markup: Any) -> Json:
    """The texts on a keyboard that a bot offers instead of the phone's own, by rows."""
    if not isinstance(markup, types.ReplyKeyboardMarkup):
        return None
    return [[button.text for button in row.buttons] for row in markup.rows]


def _button(button: Any) -> Button:
    text, action = button.text, button.type
    kind = type(action)
    if kind is types.InlineButtonTypeCallback:
        name = "callback_with_password" if action.requires_password else "callback"
        return Button(type=name, text=text, data=action.data)
    if kind is types.InlineButtonTypeSwitchInline:
        name = "switch_inline_same" if action.same_peer else "switch_inline"
        return Button(type=name, text=text, data=action.query)
    if kind is types.InlineButtonTypeUrlAuth:
        return Button(
            type="auth",
            text=text,
            data=action.url,
            forward_text=action.fwd_text,
            button_id=action.button_id,
        )
    name, attribute = _SIMPLE.get(kind, ("default", None))
    data = str(getattr(action, attribute)) if attribute else None
    return Button(type=name, text=text, data=data)


_SIMPLE: dict[type, tuple[str, str | None]] = {
    types.InlineButtonTypeUrl: ("url", "url"),
    types.InlineButtonTypeWebView: ("web_view", "url"),
    types.InlineButtonTypeUserProfile: ("user_profile", "user_id"),
    types.InlineButtonTypeCopy: ("copy_text", "copy_text"),
    types.InlineButtonTypeGame: ("game", None),
    types.InlineButtonTypeBuy: ("buy", None),
    types.InlineButtonTypeDisabled: ("disabled", None),
}
"""The other kinds: Telegram Desktop's word, and what of the button it keeps as its data."""

INLINE_BUTTONS = frozenset(
    {
        types.InlineButtonTypeCallback,
        types.InlineButtonTypeSwitchInline,
        types.InlineButtonTypeUrlAuth,
        *_SIMPLE,
    }
)
"""Every kind of inline button that a message of the layer can have."""
