"""What hangs on a message: reactions and inline buttons."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader.directory import peer_id_of
from tests.sandbox.world.loader.source import Source, number_for
from tests.sandbox.world.view import peer_of


def reactions(source: Source, message: dict[str, Any]) -> Any | None:
    """All reactions, with those who gave them last where the export tells."""
    told = message.get("reactions")
    if not told:
        return None
    results, recent = [], []
    for each in told:
        reaction = _reaction(each)
        results.append(types.ReactionCount(reaction=reaction, count=each["count"]))
        for giver in each.get("recent", ()):
            peer_id = peer_id_of(giver.get("from_id"))
            if peer_id is not None:
                recent.append(
                    types.MessagePeerReaction(
                        peer_id=peer_of(peer_id),
                        date=source.local(giver["date"]),
                        reaction=reaction,
                    )
                )
    return types.MessageReactions(
        results=results, recent_reactions=recent or None, can_see_list=bool(recent) or None
    )


def _reaction(told: dict[str, Any]) -> Any:
    if told["type"] == "custom_emoji":
        return types.ReactionCustomEmoji(document_id=number_for(told.get("document_id", "")))
    if told["type"] == "paid":
        return types.ReactionPaid()
    return types.ReactionEmoji(emoticon=told.get("emoji", ""))


def buttons(message: dict[str, Any]) -> Any | None:
    """The keyboard below a bot's message."""
    rows = message.get("inline_bot_buttons")
    if not rows:
        return None
    return types.ReplyInlineMarkup(
        rows=[
            types.KeyboardInlineButtonRow(
                buttons=[
                    types.KeyboardInlineButton(text=each.get("text", ""), type=_button(each))
                    for each in row
                ]
            )
            for row in rows
        ]
    )


def _callback(told: dict[str, Any]) -> Any:
    return types.InlineButtonTypeCallback(
        data=_callback_data(told),
        requires_password=True if told["type"] == "callback_with_password" else None,
    )


def _switch(told: dict[str, Any]) -> Any:
    return types.InlineButtonTypeSwitchInline(
        query=told.get("data", ""),
        same_peer=True if told["type"] == "switch_inline_same" else None,
    )


def _auth(told: dict[str, Any]) -> Any:
    return types.InlineButtonTypeUrlAuth(
        url=told.get("data", ""),
        button_id=told.get("button_id", 0),
        fwd_text=told.get("forward_text"),
    )


BUTTONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "url": lambda told: types.InlineButtonTypeUrl(url=told.get("data", "")),
    "callback": _callback,
    "callback_with_password": _callback,
    "switch_inline": _switch,
    "switch_inline_same": _switch,
    "auth": _auth,
    "user_profile": lambda told: types.InlineButtonTypeUserProfile(user_id=int(told["data"])),
    "web_view": lambda told: types.InlineButtonTypeWebView(url=told.get("data", "")),
    "copy_text": lambda told: types.InlineButtonTypeCopy(copy_text=told.get("data", "")),
    "game": lambda _: types.InlineButtonTypeGame(),
    "buy": lambda _: types.InlineButtonTypeBuy(),
}
"""What buttons do, by Telegram Desktop's words. Those of reply keyboards cannot stand below a
message: they do nothing here."""


def _button(told: dict[str, Any]) -> Any:
    make = BUTTONS.get(told["type"])
    return types.InlineButtonTypeDisabled() if make is None else make(told)


def _callback_data(told: dict[str, Any]) -> bytes:
    """Bytes in URL-safe base64 without padding; old exports give them as they are."""
    encoded = told.get("dataBase64")
    if encoded is None:
        return str(told.get("data", "")).encode()
    return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
