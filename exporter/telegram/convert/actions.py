"""Service messages: what happened, under Telegram Desktop's words and keys.

Where Telegram Desktop has no word (it writes such a message as an empty one), the word is ours.
Ids that it leaves out stand in `Action.extra`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from telethon.tl import types

from exporter.peers import peer_key
from exporter.records import Action
from exporter.telegram.convert.bot_actions import BOT_ACTIONS
from exporter.telegram.convert.chat_actions import CHAT_ACTIONS
from exporter.telegram.convert.details import Converter, Details, given
from exporter.telegram.convert.gifts import GIFT_ACTIONS
from exporter.telegram.convert.names import Names, marked_id
from exporter.telegram.convert.plain import plain_fields
from exporter.telegram.layers import Vanished


def action_record(message: Any, names: Names) -> Action | None:
    """What a service message says; None for an action that this layer does not have."""
    action = message.action
    kind = type(action)
    if kind is Vanished:
        return _vanished(action)
    if convert := ACTIONS.get(kind):
        found = convert(action, names)
    elif answer := ANSWERS.get(kind):
        found = answer(message, names)
    else:
        return None
    more = plain_fields({name: getattr(action, name) or None for name in MORE.get(kind, ())})
    return replace(found, extra={**more, **found.extra}) if more else found


def _vanished(action: Vanished) -> Action:
    """What only an older layer has: of MessageActionSomeThing the name is some_thing."""
    words = re.findall("[A-Z][^A-Z]*", action.name.removeprefix("MessageAction"))
    return Action(name="_".join(words).lower(), extra=plain_fields(action.fields))


def _plain(name: str) -> Converter:
    def convert(_action: Any, _names: Names) -> Action:
        return Action(name=name)

    return convert


def _titled(name: str) -> Converter:
    def convert(action: Any, _names: Names) -> Action:
        return Action(name=name, details=given(title=action.title))

    return convert


def _answered(message: Any, names: Names, key: str) -> Details:
    """The message that this one is about, and its chat if that is another one."""
    header = message.reply_to
    message_id = getattr(header, "reply_to_msg_id", None)
    if not message_id:
        return {}
    details: Details = {key: message_id}
    peer = header.reply_to_peer_id
    if peer is not None and marked_id(peer) != names.chat_id:
        details["reply_to_peer_id"] = peer_key(marked_id(peer))
    return details


def _pinned(message: Any, names: Names) -> Action:
    return Action(name="pin_message", details=_answered(message, names, "message_id"))


def _game_score(message: Any, names: Names) -> Action:
    details = _answered(message, names, "game_message_id") | {"score": message.action.score}
    return Action(name="score_in_game", details=details, extra={"game_id": message.action.game_id})


def _payment(message: Any, names: Names) -> Action:
    action = message.action
    details: Details = {"amount": action.total_amount} | given(currency=action.currency)
    details |= _answered(message, names, "invoice_message_id")
    if action.recurring_used:
        details["recurring"] = "used"
    elif action.recurring_init:
        details["recurring"] = "init"
    return Action(name="send_payment", details=details, has_actor=False)


def _wallpaper(message: Any, names: Names) -> Action:
    same = message.action.same
    return Action(
        name="set_same_chat_wallpaper" if same else "set_chat_wallpaper",
        details=_answered(message, names, "message_id"),
    )


ACTIONS: dict[type, Converter] = {
    types.MessageActionEmpty: _plain("empty"),
    types.MessageActionChatDeletePhoto: _plain("delete_group_photo"),
    types.MessageActionHistoryClear: _plain("clear_history"),
    types.MessageActionScreenshotTaken: _plain("take_screenshot"),
    types.MessageActionContactSignUp: _plain("joined_telegram"),
    types.MessageActionChatJoinedByRequest: _plain("join_group_by_request"),
    types.MessageActionChatEditTitle: _titled("edit_group_title"),
    types.MessageActionChannelCreate: _titled("create_channel"),
    **CHAT_ACTIONS,
    **BOT_ACTIONS,
    **GIFT_ACTIONS,
}
"""Every `MessageAction` class of the layer but those of `ANSWERS`."""

ANSWERS: dict[type, Callable[[Any, Names], Action]] = {
    types.MessageActionPinMessage: _pinned,
    types.MessageActionGameScore: _game_score,
    types.MessageActionPaymentSent: _payment,
    types.MessageActionPaymentSentMe: _payment,
    types.MessageActionSetChatWallPaper: _wallpaper,
}
"""Those that are about another message, which the message answers."""

MORE: dict[type, tuple[str, ...]] = {
    types.MessageActionConferenceCall: ("call_id",),
    types.MessageActionGiftCode: ("currency", "amount", "crypto_currency", "crypto_amount"),
    types.MessageActionGiftPremium: ("crypto_currency", "crypto_amount"),
    types.MessageActionGiftStars: ("crypto_currency", "crypto_amount", "transaction_id"),
    types.MessageActionGiftTon: ("transaction_id",),
    types.MessageActionNoForwardsRequest: ("prev_value",),
    types.MessageActionNoForwardsToggle: ("prev_value",),
    types.MessageActionPaymentSent: ("invoice_slug", "subscription_until_date"),
    types.MessageActionPaymentSentMe: ("subscription_until_date", "shipping_option_id", "info"),
    types.MessageActionPhoneCall: ("call_id",),
    types.MessageActionSetChatWallPaper: ("for_both",),
    types.MessageActionSetMessagesTTL: ("auto_setting_from",),
    types.MessageActionStarGift: (
        *("saved", "refunded", "prepaid_upgrade", "saved_id", "converted", "upgraded"),
        *("can_upgrade", "upgrade_separate", "upgrade_stars", "upgrade_msg_id"),
        *("auction_acquired", "gift_msg_id", "gift_num"),
    ),
    types.MessageActionStarGiftPurchaseOffer: ("expires_at",),
    types.MessageActionStarGiftUnique: (
        *("saved", "refunded", "prepaid_upgrade", "saved_id", "assigned", "from_offer", "craft"),
        *("name_hidden", "transfer_stars", "resale_amount", "drop_original_details_stars"),
        *("can_transfer_at", "can_resell_at", "can_export_at", "can_craft_at"),
    ),
    types.MessageActionTopicCreate: ("title_missing",),
}
"""Fields that Telegram Desktop leaves out and that stand in `Action.extra` under their names."""
