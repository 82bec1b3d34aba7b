"""What hangs on a message: what it answers, where it came from, reactions and inline buttons."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from typing import Any

from telethon.tl import types

from exporter.telegram.desktop.numbers import peer_id_of
from exporter.telegram.desktop.people import to_peer
from exporter.telegram.desktop.source import MOVED, Source
from exporter.telegram.desktop.texts import emoji_id
from exporter.telegram.desktop.told import Malformed, Told

REPLY_KEYS = ("reply_to_message_id", "message_id", "game_message_id", "invoice_message_id")
"""Under which a message says what it answers or is about."""
GENERAL_TOPIC = 1


def reply(source: Source, message: Told) -> Any:
    """The header of what a message answers; None for nothing.

    A forum's message without an answer is in the general topic, since Telegram has any other
    answer the message that opened its topic; answers stay in their topic.
    """
    target = next((message.number(key) for key in REPLY_KEYS if key in message), None)
    if target is None:
        return None
    elsewhere = source.people.meet(message.raw("reply_to_peer_id"), None)
    topic = None
    if elsewhere is None:
        target = target + MOVED if target < 0 else target
        topic = source.topic_of(target)
    told = message.number("topic_id")
    if told > GENERAL_TOPIC:  # Chatkeep's own exports say it
        topic = told
    quote = message.text("quote_text")
    return types.MessageReplyHeader(
        reply_to_msg_id=target,
        reply_to_peer_id=None if elsewhere is None else to_peer(elsewhere),
        forum_topic=True if topic is not None else None,
        reply_to_top_id=topic if topic not in {None, target} else None,
        quote=True if quote else None,
        quote_text=quote or None,
    )


def forward(source: Source, message: Told, date: int) -> Any:
    """The header of where a message came from; None for nowhere else.

    Telegram Desktop tells neither when the original was written nor its number; our exports do.
    """
    if not any(message.has(key) for key in ("forwarded_from", "forwarded_from_id", "saved_from")):
        return None
    name = message.words("forwarded_from")
    peer_id = source.people.meet(message.raw("forwarded_from_id"), name)
    if peer_id is None and name is None and message.has("forwarded_from"):
        peer_id = source.people.user_called(None, source.chat_id, message.number("id"), "forward")
    saved = message.words("saved_from")
    saved_peer = to_peer(source.people.peer_called(saved)) if saved else None
    return types.MessageFwdHeader(
        date=source.moment(message, "forwarded_date") or date,
        from_id=None if peer_id is None else to_peer(peer_id),
        channel_post=message.number("forwarded_message_id") or None,
        from_name=name if peer_id is None else None,
        saved_from_peer=saved_peer,
        saved_from_msg_id=0 if saved_peer else None,
    )


def replies(message: Told) -> Any:
    """How often a message was answered; Telegram Desktop does not tell."""
    if "comments" not in message:
        return None
    return types.MessageReplies(replies=message.count("comments"), replies_pts=0)


def reactions(source: Source, message: Told) -> Any:
    """All reactions, with those who gave them last where the export tells."""
    results, recent = [], []
    for told in message.items("reactions"):
        reaction = _reaction(told)
        results.append(types.ReactionCount(reaction=reaction, count=told.count("count")))
        for giver in told.items("recent"):
            peer_id = source.people.meet(giver.raw("from_id"), giver.words("from"))
            if peer_id is not None:
                at = source.local(giver, "date", message)
                recent.append(
                    types.MessagePeerReaction(peer_id=to_peer(peer_id), date=at, reaction=reaction)
                )
    if not results:
        return None
    return types.MessageReactions(results=results, recent_reactions=recent or None)


def _reaction(told: Told) -> Any:
    kind = told.text("type")
    if kind == "custom_emoji":
        return types.ReactionCustomEmoji(document_id=emoji_id(told))
    return (
        types.ReactionPaid() if kind == "paid" else types.ReactionEmoji(emoticon=told.text("emoji"))
    )


def buttons(message: Told) -> Any:
    """The buttons below a bot's message."""
    rows = []
    for place, row in enumerate(message.listed("inline_bot_buttons")):
        if not isinstance(row, list):
            raise Malformed(f"`inline_bot_buttons[{place}]` is not a list")
        where = f"inline_bot_buttons[{place}]"
        told = [Told(one, f"{where}[{number}]") for number, one in enumerate(row)]
        rows.append(
            types.KeyboardInlineButtonRow(
                buttons=[
                    types.KeyboardInlineButton(text=one.text("text"), type=_button(one))
                    for one in told
                ]
            )
        )
    return types.ReplyInlineMarkup(rows=rows) if rows else None


def _callback(told: Told) -> Any:
    password = True if told.text("type") == "callback_with_password" else None
    return types.InlineButtonTypeCallback(data=_callback_data(told), requires_password=password)


def _callback_data(told: Told) -> bytes:
    """Bytes in URL-safe base64 without padding; old exports give them as they are."""
    encoded = told.words("dataBase64")
    if encoded is None:
        return told.text("data").encode()
    try:
        return base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4))
    except (binascii.Error, ValueError):
        raise Malformed(f"`{told.path('dataBase64')}` is not base64") from None


def _switch(told: Told) -> Any:
    same = True if told.text("type") == "switch_inline_same" else None
    return types.InlineButtonTypeSwitchInline(query=told.text("data"), same_peer=same)


def _auth(told: Told) -> Any:
    return types.InlineButtonTypeUrlAuth(
        url=told.text("data"),
        button_id=told.number("button_id"),
        fwd_text=told.words("forward_text"),
    )


BUTTONS: dict[str, Callable[[Told], Any]] = {
    "url": lambda told: types.InlineButtonTypeUrl(url=told.text("data")),
    "callback": _callback,
    "callback_with_password": _callback,
    "switch_inline": _switch,
    "switch_inline_same": _switch,
    "auth": _auth,
    "user_profile": lambda told: types.InlineButtonTypeUserProfile(user_id=told.number("data")),
    "web_view": lambda told: types.InlineButtonTypeWebView(url=told.text("data")),
    "copy_text": lambda told: types.InlineButtonTypeCopy(copy_text=told.text("data")),
    "game": lambda _: types.InlineButtonTypeGame(),
    "buy": lambda _: types.InlineButtonTypeBuy(),
}
"""By Telegram Desktop's words; those that only reply keyboards have do nothing here."""


def _button(told: Told) -> Any:
    make = BUTTONS.get(told.text("type"))
    return types.InlineButtonTypeDisabled() if make is None else make(told)


def peer(source: Source, message: Told, key: str, name_key: str) -> Any:
    """The peer that an action names under a key."""
    if peer_id_of(message.raw(key)) is None:
        raise Malformed(f"`{key}` names nobody")
    return to_peer(source.people.meet(message.raw(key), message.words(name_key)) or 0)
