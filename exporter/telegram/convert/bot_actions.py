"""Service messages about bots: what they were allowed, sent and asked for."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from exporter.peers import bare_id
from exporter.records import Action, Json
from exporter.telegram.convert.details import Converter, given
from exporter.telegram.convert.names import Names, channel_peer_id, marked_id


def _custom(action: Any, _names: Names) -> Action:
    return Action(name=None, details=given(information_text=action.message))


def _bot_allowed(action: Any, _names: Names) -> Action:
    if action.attach_menu:
        return Action(name="attach_menu_bot_allowed", has_actor=False)
    if action.from_request:
        return Action(name="web_app_bot_allowed", has_actor=False)
    if isinstance(action.app, types.BotApp):
        details = given(reason_app_id=action.app.id, reason_app_name=action.app.title)
    else:
        details = given(reason_domain=action.domain or "")
    return Action(name="allow_sending_messages", details=details, has_actor=False)


def _web_view(action: Any, _names: Names) -> Action:
    return Action(name="send_webview_data", details=given(text=action.text), has_actor=False)


def _web_view_me(action: Any, _names: Names) -> Action:
    return Action(
        name="send_webview_data",
        details=given(text=action.text),
        extra={"data": action.data},
        has_actor=False,
    )


def _requested_peer(action: Any, _names: Names) -> Action:
    """Telegram Desktop writes the list of peers as a text, in its own numbering of peers."""
    ids = [_requested_id(peer) for peer in action.peers]
    numbers = [str(_desktop_number(peer_id)) for peer_id in ids]
    peers = "[\n    " + ",\n    ".join(numbers) + "\n   ]" if numbers else "[\n   ]"
    return Action(
        name="requested_peer",
        details={"button_id": action.button_id, "peers": peers},
        extra={"peer_ids": ids},
    )


def _requested_id(peer: Any) -> int:
    match peer:
        case types.RequestedPeerUser():
            return int(peer.user_id)
        case types.RequestedPeerChannel():
            return channel_peer_id(peer.channel_id)
        case types.RequestedPeerChat():
            return -int(peer.chat_id)
    return marked_id(peer)


def _desktop_number(peer_id: int) -> int:
    """A peer as Telegram Desktop numbers it inside: the kind stands above bit 48."""
    if peer_id > 0:
        return peer_id
    kind = 1 if peer_id > channel_peer_id(0) else 2
    return (kind << 48) + bare_id(peer_id)


def _managed_bot(action: Any, names: Names) -> Action:
    bot = names.ref(action.bot_id)
    return Action(
        name="managed_bot_created", details={"bot": bot.name}, extra={"bot_id": action.bot_id}
    )


def _passport(action: Any, _names: Names) -> Action:
    told = isinstance(action, types.MessageActionSecureValuesSent)
    kinds = action.types if told else [value.type for value in action.values]
    values: Json = [_PASSPORT.get(type(kind), "") for kind in kinds]
    return Action(name="send_passport_values", details={"values": values}, has_actor=False)


_PASSPORT: dict[type, str] = {
    types.SecureValueTypePersonalDetails: "personal_details",
    types.SecureValueTypePassport: "passport",
    types.SecureValueTypeDriverLicense: "driver_license",
    types.SecureValueTypeIdentityCard: "identity_card",
    types.SecureValueTypeInternalPassport: "internal_passport",
    types.SecureValueTypeAddress: "address_information",
    types.SecureValueTypeUtilityBill: "utility_bill",
    types.SecureValueTypeBankStatement: "bank_statement",
    types.SecureValueTypeRentalAgreement: "rental_agreement",
    types.SecureValueTypePassportRegistration: "passport_registration",
    types.SecureValueTypeTemporaryRegistration: "temporary_registration",
    types.SecureValueTypePhone: "phone_number",
    types.SecureValueTypeEmail: "email",
}


BOT_ACTIONS: dict[type, Converter] = {
    types.MessageActionCustomAction: _custom,
    types.MessageActionBotAllowed: _bot_allowed,
    types.MessageActionWebViewDataSent: _web_view,
    types.MessageActionWebViewDataSentMe: _web_view_me,
    types.MessageActionRequestedPeer: _requested_peer,
    types.MessageActionRequestedPeerSentMe: _requested_peer,
    types.MessageActionManagedBotCreated: _managed_bot,
    types.MessageActionSecureValuesSent: _passport,
    types.MessageActionSecureValuesSentMe: _passport,
}
