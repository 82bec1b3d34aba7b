"""Service actions about money, stars and gifts."""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import types

from exporter.telegram.convert.gifts import DAYS_OF_A_MONTH
from exporter.telegram.desktop.actions import Make
from exporter.telegram.desktop.additions import peer
from exporter.telegram.desktop.source import Source
from exporter.telegram.desktop.texts import with_entities
from exporter.telegram.desktop.told import Told

NANO = 1_000_000_000
SYMBOLS = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₽": "RUB", "₴": "UAH", "₹": "INR"}
CODE = re.compile(r"[A-Z]{3}")


def _cost(told: Told) -> tuple[str, int]:
    """Currency and amount in its smallest unit of a `cost` such as $4.99 or 4.99 USD."""
    cost = told.text("cost")
    code = CODE.search(cost)
    known = next((name for symbol, name in SYMBOLS.items() if symbol in cost), "USD")
    digits = re.sub(r"[^0-9]", "", cost)[:18]
    return code[0] if code else known, int(digits or 0)


def _days(told: Told) -> int:
    """Exports of older versions count months."""
    if "days" in told:
        return told.number("days")
    return told.number("months") * DAYS_OF_A_MONTH


def _price(told: Told) -> Any:
    whole, nano = told.number("price_amount_whole"), told.number("price_amount_nano")
    if told.text("price_currency") == "TON":
        return types.StarsTonAmount(amount=whole * NANO + nano)
    return types.StarsAmount(amount=whole, nanos=nano)


def _payment(_source: Source, told: Told) -> Any:
    recurring = told.text("recurring")
    return types.MessageActionPaymentSent(
        currency=told.text("currency"),
        total_amount=told.number("amount"),
        recurring_init=True if recurring == "init" else None,
        recurring_used=True if recurring == "used" else None,
    )


def _refund(source: Source, told: Told) -> Any:
    return types.MessageActionPaymentRefunded(
        peer=peer(source, told, "peer_id", "peer_name"),
        currency=told.text("currency"),
        total_amount=told.number("amount"),
        charge=types.PaymentCharge(id=told.text("charge_id"), provider_charge_id=""),
    )


def _premium(_source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    return types.MessageActionGiftPremium(currency=currency, amount=amount, days=_days(told))


def _stars(_source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    stars = told.number("amount_whole") or told.number("stars")
    return types.MessageActionGiftStars(currency=currency, amount=amount, stars=stars)


def _ton(_source: Source, told: Told) -> Any:
    currency, amount = _cost(told)
    crypto = told.number("amount_whole") * NANO + told.number("amount_nano")
    return types.MessageActionGiftTon(
        currency=currency, amount=crypto or amount, crypto_currency="TON", crypto_amount=crypto
    )


def _gift(_source: Source, told: Told) -> Any:
    gift = types.StarGift(
        id=told.number("gift_id"),
        sticker=types.DocumentEmpty(id=0),
        stars=told.number("stars"),
        convert_stars=0,
        limited=told.flag("is_limited"),
    )
    message = with_entities(told, "gift_text") if told.raw("gift_text") else None
    return types.MessageActionStarGift(
        gift=gift, name_hidden=told.flag("is_anonymous"), message=message
    )


def _gift_code(source: Source, told: Told) -> Any:
    boost = "boost_peer_id" in told
    return types.MessageActionGiftCode(
        days=_days(told),
        slug=told.text("gift_code"),
        via_giveaway=told.flag("via_giveaway"),
        unclaimed=told.flag("unclaimed"),
        boost_peer=peer(source, told, "boost_peer_id", "boost_peer_name") if boost else None,
    )


def _prize(source: Source, told: Told) -> Any:
    return types.MessageActionPrizeStars(
        stars=told.number("stars"),
        transaction_id=told.text("transaction_id"),
        boost_peer=peer(source, told, "boost_peer_id", "boost_peer_name"),
        giveaway_msg_id=told.number("giveaway_msg_id"),
        unclaimed=told.flag("is_unclaimed"),
    )


def _giveaway_results(_source: Source, told: Told) -> Any:
    return types.MessageActionGiveawayResults(
        winners_count=told.number("winners"),
        unclaimed_count=told.number("unclaimed"),
        stars=told.flag("stars"),
    )


def _suggested_post(_source: Source, told: Told) -> Any:
    if told.flag("rejected"):
        comment = told.words("comment")
        return types.MessageActionSuggestedPostApproval(rejected=True, reject_comment=comment)
    return types.MessageActionSuggestedPostApproval(
        price=_price(told), schedule_date=told.number("scheduled_date") or None
    )


GIFT_ACTIONS: dict[str, Make] = {
    "send_payment": _payment,
    "refunded_payment": _refund,
    "send_premium_gift": _premium,
    "send_stars_gift": _stars,
    "send_ton_gift": _ton,
    "send_star_gift": _gift,
    "gift_code_prize": _gift_code,
    "stars_prize": _prize,
    "giveaway_launch": lambda *_: types.MessageActionGiveawayLaunch(),
    "giveaway_results": _giveaway_results,
    "paid_messages_refund": lambda _, told: types.MessageActionPaidMessagesRefunded(
        count=told.number("messages_count"), stars=told.number("stars_count")
    ),
    "paid_messages_price_change": lambda _, told: types.MessageActionPaidMessagesPrice(
        stars=told.number("price_stars"),
        broadcast_messages_allowed=told.flag("is_broadcast_messages_allowed"),
    ),
    "process_suggested_post": _suggested_post,
    "suggested_post_success": lambda _, told: types.MessageActionSuggestedPostSuccess(
        price=_price(told)
    ),
    "suggested_post_refund": lambda _, told: types.MessageActionSuggestedPostRefund(
        payer_initiated=told.flag("user_initiated")
    ),
    "boost_apply": lambda _, told: types.MessageActionBoostApply(boosts=told.number("boosts")),
}
