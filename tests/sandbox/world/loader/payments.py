"""Service actions about money, stars and gifts."""

from __future__ import annotations

import json
import re
from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader.actions import ACTIONS as PLAIN_ACTIONS
from tests.sandbox.world.loader.actions import Make, Told, peer
from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.loader.texts import with_entities
from tests.sandbox.world.view import peer_of

NANO = 1_000_000_000
DAYS_A_MONTH = 30

SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₴": "UAH", "₹": "INR"}


def _cost(told: Told) -> tuple[str, int]:
    """Currency and amount in its smallest unit of a `cost` such as "$4.99"."""
    cost = told.get("cost", "")
    currency = next((name for symbol, name in SYMBOLS.items() if symbol in cost), "USD")
    digits = re.sub(r"\D", "", cost)
    return currency, int(digits or 0)


def _days(told: Told) -> int:
    """Exports of older versions count months."""
    return int(told.get("days", told.get("months", 0) * DAYS_A_MONTH))


def _price(told: Told) -> Any:
    whole = int(told.get("price_amount_whole", 0))
    nano = int(told.get("price_amount_nano", 0))
    if told.get("price_currency") == "TON":
        return types.StarsTonAmount(amount=whole * NANO + nano)
    return types.StarsAmount(amount=whole, nanos=nano)


def _payment(source: Source, told: Told) -> Any:
    recurring = told.get("recurring")
    return types.MessageActionPaymentSent(
        currency=told.get("currency", ""),
        total_amount=told.get("amount", 0),
        recurring_init=True if recurring == "init" else None,
        recurring_used=True if recurring == "used" else None,
    )


def _refund(source: Source, told: Told) -> Any:
    return types.MessageActionPaymentRefunded(
        peer=peer(told, "peer_id"),
        currency=told.get("currency", ""),
        total_amount=told.get("amount", 0),
        charge=types.PaymentCharge(id=told.get("charge_id", ""), provider_charge_id=""),
    )


def _premium(source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    return types.MessageActionGiftPremium(currency=currency, amount=amount, days=_days(told))


def _stars(source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    stars = told.get("amount_whole", told.get("stars", 0))
    return types.MessageActionGiftStars(currency=currency, amount=amount, stars=stars)


def _ton(source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    whole, nano = told.get("amount_whole", 0), told.get("amount_nano", 0)
    return types.MessageActionGiftTon(
        currency=currency, amount=amount, crypto_currency="TON", crypto_amount=whole * NANO + nano
    )


def _gift(source: Source, told: Told) -> Any:
    message = with_entities(told["gift_text"]) if told.get("gift_text") else None
    return types.MessageActionStarGift(
        gift=types.StarGift(
            id=told.get("gift_id", 0),
            sticker=types.DocumentEmpty(id=0),
            stars=told.get("stars", 0),
            convert_stars=0,
            limited=told.get("is_limited") or None,
        ),
        name_hidden=told.get("is_anonymous") or None,
        message=message,
    )


def _gift_code(source: Source, told: Told) -> Any:
    return types.MessageActionGiftCode(
        days=_days(told),
        slug=told.get("gift_code", ""),
        via_giveaway=told.get("via_giveaway") or None,
        unclaimed=told.get("unclaimed") or None,
        boost_peer=peer(told, "boost_peer_id") if "boost_peer_id" in told else None,
    )


def _prize(source: Source, told: Told) -> Any:
    return types.MessageActionPrizeStars(
        stars=told.get("stars", 0),
        transaction_id=told.get("transaction_id", ""),
        boost_peer=peer(told, "boost_peer_id"),
        giveaway_msg_id=told.get("giveaway_msg_id", 0),
        unclaimed=told.get("is_unclaimed") or None,
    )


def _requested_peer(source: Source, told: Told) -> Any:
    """The peers are a string that holds a JSON list: Telegram Desktop's own numbers, with the kind
    (user, group, channel) above the lower 48 bits."""
    listed = told.get("peers", "[]")
    numbers = json.loads(listed) if isinstance(listed, str) else listed
    kinds = (types.PeerUser, types.PeerChat, types.PeerChannel)
    return types.MessageActionRequestedPeer(
        button_id=told.get("button_id", 0),
        peers=[kinds[int(each) >> 48](int(each) & ((1 << 48) - 1)) for each in numbers],
    )


def _suggested_post(source: Source, told: Told) -> Any:
    if told.get("rejected"):
        return types.MessageActionSuggestedPostApproval(
            rejected=True, reject_comment=told.get("comment")
        )
    return types.MessageActionSuggestedPostApproval(
        price=_price(told), schedule_date=told.get("scheduled_date")
    )


ACTIONS: dict[str, Make] = {
    **PLAIN_ACTIONS,
    "send_payment": _payment,
    "refunded_payment": _refund,
    "send_premium_gift": _premium,
    "send_stars_gift": _stars,
    "send_ton_gift": _ton,
    "send_star_gift": _gift,
    "gift_code_prize": _gift_code,
    "stars_prize": _prize,
    "giveaway_launch": lambda *_: types.MessageActionGiveawayLaunch(),
    "giveaway_results": lambda _, told: types.MessageActionGiveawayResults(
        winners_count=told.get("winners", 0),
        unclaimed_count=told.get("unclaimed", 0),
        stars=told.get("stars") or None,
    ),
    "requested_peer": _requested_peer,
    "requested_phone_number": lambda source, _: types.MessageActionRequestedPeer(
        button_id=0, peers=[peer_of(source.peer_id)]
    ),
    "paid_messages_refund": lambda _, told: types.MessageActionPaidMessagesRefunded(
        count=told.get("messages_count", 0), stars=told.get("stars_count", 0)
    ),
    "paid_messages_price_change": lambda _, told: types.MessageActionPaidMessagesPrice(
        stars=told.get("price_stars", 0),
        broadcast_messages_allowed=told.get("is_broadcast_messages_allowed") or None,
    ),
    "process_suggested_post": _suggested_post,
    "suggested_post_success": lambda _, told: types.MessageActionSuggestedPostSuccess(
        price=_price(told)
    ),
    "suggested_post_refund": lambda _, told: types.MessageActionSuggestedPostRefund(
        payer_initiated=told.get("user_initiated") or None
    ),
}
"""Every action that Telegram Desktop exports, by its word."""
