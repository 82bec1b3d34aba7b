"""Service messages about gifts, stars, giveaways and money."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from exporter.peers import peer_key
from exporter.records import Action
from exporter.telegram.convert.details import Converter, Details, given
from exporter.telegram.convert.names import Names, marked_id
from exporter.telegram.convert.text import styled
from exporter.texts import Text

DAYS_OF_A_MONTH = 30
"""Telegram counts a month of Premium as so many days."""

_NANO = 1_000_000_000
_EXPONENTS = {
    **dict.fromkeys(("XTR", "JPY", "KRW", "CLP", "ISK", "PYG", "UGX", "VND", "RWF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    "TON": 9,
}
"""Decimals of a currency's main unit where they are not two
(https://core.telegram.org/bots/payments/currencies.json)."""


def cost(amount: int, currency: str) -> str:
    """A price for people: 12.99 USD. Telegram Desktop writes it by the language it is set to."""
    decimals = _EXPONENTS.get(currency, 2)
    sign, amount = "-" if amount < 0 else "", abs(amount)
    if not decimals:
        return f"{sign}{amount} {currency}"
    whole, rest = divmod(amount, 10**decimals)
    return f"{sign}{whole}.{rest:0{decimals}} {currency}"


def _term(days: int) -> Details:
    """How long Premium was given for: in months as older exports say it, and in days as now."""
    months = days // DAYS_OF_A_MONTH
    return {"months": months, "days": days} if months else {"days": days}


def _premium(action: Any, _names: Names) -> Action:
    details = given(cost=cost(action.amount, action.currency))
    if action.days:
        details |= _term(action.days)
    extra: Details = {"message": action.message.text} if action.message else {}
    return Action(name="send_premium_gift", details=details, extra=extra)


def _gift_code(action: Any, names: Names) -> Action:
    details = given(gift_code=action.slug)
    extra: Details = {"message": action.message.text} if action.message else {}
    if action.boost_peer:
        peer = names.peer(action.boost_peer)
        details["boost_peer_id"] = peer_key(peer.id)
        extra["boost_peer_name"] = peer.name
    details |= _term(action.days)
    details["unclaimed"] = bool(action.unclaimed)
    details["via_giveaway"] = bool(action.via_giveaway)
    return Action(name="gift_code_prize", details=details, extra=extra, has_actor=False)


def _giveaway_launch(action: Any, _names: Names) -> Action:
    extra: Details = {"stars": action.stars} if action.stars else {}
    return Action(name="giveaway_launch", extra=extra, has_actor=False)


def _giveaway_results(action: Any, _names: Names) -> Action:
    details: Details = {
        "winners": action.winners_count,
        "unclaimed": action.unclaimed_count,
        "stars": bool(action.stars),
    }
    return Action(name="giveaway_results", details=details, has_actor=False)


def _stars(action: Any, _names: Names) -> Action:
    details = given(cost=cost(action.amount, action.currency))
    if action.stars:
        details |= {"amount_whole": action.stars, "amount_nano": 0}
    return Action(name="send_stars_gift", details=details)


def _ton(action: Any, _names: Names) -> Action:
    details = given(cost=cost(action.amount, action.currency))
    whole, nano = divmod(action.amount, _NANO)
    if action.amount:
        details |= {"amount_whole": whole, "amount_nano": nano}
    extra: Details = {
        "crypto_amount": action.crypto_amount,
        "crypto_currency": action.crypto_currency,
    }
    return Action(name="send_ton_gift", details=details, extra=extra)


def _prize(action: Any, names: Names) -> Action:
    peer = names.peer(action.boost_peer)
    details: Details = {"boost_peer_id": peer_key(peer.id), "boost_peer_name": peer.name}
    details |= {"stars": action.stars, "is_unclaimed": bool(action.unclaimed)}
    details["giveaway_msg_id"] = action.giveaway_msg_id
    details |= given(transaction_id=action.transaction_id)
    return Action(name="stars_prize", details=details)


def _gift_details(gift: Any, *, anonymous: bool, text: Text) -> Details:
    unique = isinstance(gift, types.StarGiftUnique)
    return {
        "gift_id": gift.id,
        "stars": 0 if unique else gift.stars,
        "is_limited": unique or bool(gift.limited),
        "is_anonymous": anonymous,
        "gift_text": text,
    }


def _looks(gift: Any) -> Details:
    """The names of a unique gift's model, pattern and backdrop."""
    return {_LOOKS[type(one)]: one.name for one in gift.attributes if type(one) in _LOOKS}


_LOOKS: dict[type, str] = {
    types.StarGiftAttributeModel: "model",
    types.StarGiftAttributePattern: "pattern",
    types.StarGiftAttributeBackdrop: "backdrop",
}


def _gift_extra(gift: Any, **extra: Any) -> Details:
    if isinstance(gift, types.StarGiftUnique):
        extra = {
            "title": gift.title,
            "slug": gift.slug,
            "number": gift.num,
            "issued": gift.availability_issued,
            "total": gift.availability_total,
            "base_gift_id": gift.gift_id,
            "owner_id": marked_id(gift.owner_id) if gift.owner_id else None,
            "owner_name": gift.owner_name,
            "owner_address": gift.owner_address,
            "gift_address": gift.gift_address,
            **_looks(gift),
            **extra,
        }
    else:
        extra = {"title": gift.title, "total": gift.availability_total, **extra}
    return {key: value for key, value in extra.items() if value is not None}


def _star_gift(action: Any, _names: Names) -> Action:
    text = styled(action.message) if action.message else Text("")
    return Action(
        name="send_star_gift",
        details=_gift_details(action.gift, anonymous=bool(action.name_hidden), text=text),
        extra=_gift_extra(
            action.gift,
            convert_stars=action.convert_stars,
            from_id=marked_id(action.from_id) if action.from_id else None,
            to_id=marked_id(action.peer) if action.peer else None,
        ),
    )


def _unique_gift(action: Any, _names: Names) -> Action:
    return Action(
        name="send_star_gift",
        details=_gift_details(action.gift, anonymous=False, text=Text("")),
        extra=_gift_extra(
            action.gift,
            message=action.message.text if action.message else None,
            upgrade=bool(action.upgrade),
            transferred=bool(action.transferred),
            from_id=marked_id(action.from_id) if action.from_id else None,
            to_id=marked_id(action.peer) if action.peer else None,
        ),
    )


def _gift_offer(action: Any, _names: Names) -> Action:
    declined = isinstance(action, types.MessageActionStarGiftPurchaseOfferDeclined)
    return Action(
        name="send_star_gift",
        details=_gift_details(action.gift, anonymous=False, text=Text("")),
        extra=_gift_extra(
            action.gift,
            offer=_price(action.price),
            accepted=None if declined else bool(action.accepted),
            declined=True if declined else bool(action.declined),
            expired=bool(action.expired) if declined else None,
        ),
    )


def _price(price: Any) -> Details:
    """A price in stars or TON, as Telegram Desktop writes it: numbers as texts."""
    if isinstance(price, types.StarsTonAmount):
        whole, nano = divmod(price.amount, _NANO)
        currency = "TON"
    else:
        whole, nano = (price.amount, price.nanos) if price else (0, 0)
        currency = "Stars"
    return {
        "price_amount_whole": str(whole),
        "price_amount_nano": str(nano),
        "price_currency": currency,
    }


def _post_processed(action: Any, _names: Names) -> Action:
    if action.rejected:
        details: Details = {"rejected": True} | given(comment=action.reject_comment or "")
    else:
        at = int(action.schedule_date.timestamp()) if action.schedule_date else 0
        details = _price(action.price) | {"scheduled_date": at}
    extra: Details = {"balance_too_low": True} if action.balance_too_low else {}
    return Action(name="process_suggested_post", details=details, extra=extra)


def _post_success(action: Any, _names: Names) -> Action:
    return Action(name="suggested_post_success", details=_price(action.price))


def _post_refund(action: Any, _names: Names) -> Action:
    details: Details = {"user_initiated": bool(action.payer_initiated)}
    return Action(name="suggested_post_refund", details=details)


def _messages_refunded(action: Any, _names: Names) -> Action:
    details: Details = {"messages_count": action.count, "stars_count": action.stars}
    return Action(name="paid_messages_refund", details=details)


def _messages_price(action: Any, _names: Names) -> Action:
    details: Details = {
        "price_stars": action.stars,
        "is_broadcast_messages_allowed": bool(action.broadcast_messages_allowed),
    }
    return Action(name="paid_messages_price_change", details=details)


def _refunded(action: Any, names: Names) -> Action:
    peer = names.peer(action.peer)
    details: Details = {"amount": action.total_amount} | given(currency=action.currency)
    details |= {"peer_name": peer.name, "peer_id": peer_key(peer.id)}
    details |= given(charge_id=action.charge.id)
    return Action(name="refunded_payment", details=details, has_actor=False)


def _boost(action: Any, _names: Names) -> Action:
    return Action(name="boost_apply", details={"boosts": action.boosts})


GIFT_ACTIONS: dict[type, Converter] = {
    types.MessageActionGiftPremium: _premium,
    types.MessageActionGiftCode: _gift_code,
    types.MessageActionGiveawayLaunch: _giveaway_launch,
    types.MessageActionGiveawayResults: _giveaway_results,
    types.MessageActionGiftStars: _stars,
    types.MessageActionGiftTon: _ton,
    types.MessageActionPrizeStars: _prize,
    types.MessageActionStarGift: _star_gift,
    types.MessageActionStarGiftUnique: _unique_gift,
    types.MessageActionStarGiftPurchaseOffer: _gift_offer,
    types.MessageActionStarGiftPurchaseOfferDeclined: _gift_offer,
    types.MessageActionSuggestedPostApproval: _post_processed,
    types.MessageActionSuggestedPostSuccess: _post_success,
    types.MessageActionSuggestedPostRefund: _post_refund,
    types.MessageActionPaidMessagesRefunded: _messages_refunded,
    types.MessageActionPaidMessagesPrice: _messages_price,
    types.MessageActionPaymentRefunded: _refunded,
    types.MessageActionBoostApply: _boost,
}
