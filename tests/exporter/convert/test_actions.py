"""Service messages have Telegram Desktop's words and keys, in its order."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from telethon.tl import types

from exporter.writers.desktop import DesktopMessages
from tests.exporter.convert.making import SUMMER, photo, record_of, service, styled

PHOTO = {
    "photo": "(File not included. Change data exporting settings to download.)",
    "photo_file_size": 150000,
    "width": 1280,
    "height": 960,
}
CALL = types.InputGroupCall(1, 2)
ACTOR = {"actor": "Ann Lee", "actor_id": "user101"}
SUMMER_UNIX = 1752579005


def keys_of(action: Any, **fields: Any) -> dict[str, Any]:
    """What result.json says besides the usual keys of a service message."""
    message = DesktopMessages(UTC).message(record_of(service(5, action, **fields)))
    assert message["type"] == "service"
    assert message["text_entities"] == ()
    if message["text"] == "":
        del message["text"]
    usual = ("id", "type", "date", "date_unixtime", "text_entities")
    return {key: value for key, value in message.items() if key not in usual}


def gift(**fields: Any) -> Any:
    return types.StarGift(
        id=77, sticker=types.DocumentEmpty(1), stars=50, convert_stars=40, **fields
    )


WITH_ACTOR: list[tuple[Any, dict[str, Any]]] = [
    (
        types.MessageActionChatCreate(title="New", users=[102, 103]),
        {"action": "create_group", "title": "New", "members": ["Bob", None]},
    ),
    (types.MessageActionChatEditTitle("New"), {"action": "edit_group_title", "title": "New"}),
    (types.MessageActionChatEditPhoto(photo()), {"action": "edit_group_photo", **PHOTO}),
    (types.MessageActionChatDeletePhoto(), {"action": "delete_group_photo"}),
    (types.MessageActionChatAddUser([102]), {"action": "invite_members", "members": ["Bob"]}),
    (types.MessageActionChatDeleteUser(103), {"action": "remove_members", "members": [None]}),
    (
        types.MessageActionChatJoinedByLink(102),
        {"action": "join_group_by_link", "inviter": "Bob"},
    ),
    (types.MessageActionChatJoinedByRequest(), {"action": "join_group_by_request"}),
    (
        types.MessageActionChatJoinedViaCommunity(9),
        {"action": "join_group_via_community", "community_id": 9},
    ),
    (types.MessageActionChannelCreate("C"), {"action": "create_channel", "title": "C"}),
    (types.MessageActionChatMigrateTo(700), {"action": "migrate_to_supergroup"}),
    (
        types.MessageActionChannelMigrateFrom(title="Old", chat_id=5),
        {"action": "migrate_from_group", "title": "Old"},
    ),
    (types.MessageActionHistoryClear(), {"action": "clear_history"}),
    (
        types.MessageActionPhoneCall(
            call_id=1, reason=types.PhoneCallDiscardReasonHangup(), duration=65
        ),
        {"action": "phone_call", "duration_seconds": 65, "discard_reason": "hangup"},
    ),
    (
        types.MessageActionPhoneCall(call_id=1, reason=types.PhoneCallDiscardReasonMissed()),
        {"action": "phone_call", "discard_reason": "missed"},
    ),
    (
        types.MessageActionConferenceCall(call_id=1, active=True),
        {"action": "conference_call", "is_active": True, "is_missed": False},
    ),
    (types.MessageActionScreenshotTaken(), {"action": "take_screenshot"}),
    (types.MessageActionCustomAction("Hello"), {"action": None, "information_text": "Hello"}),
    (types.MessageActionContactSignUp(), {"action": "joined_telegram"}),
    (types.MessageActionGroupCall(CALL), {"action": "group_call"}),
    (types.MessageActionGroupCall(CALL, 60), {"action": "group_call", "duration": 60}),
    (
        types.MessageActionInviteToGroupCall(CALL, [102]),
        {"action": "invite_to_group_call", "members": ["Bob"]},
    ),
    (types.MessageActionSetMessagesTTL(86400), {"action": "set_messages_ttl", "period": 86400}),
    (
        types.MessageActionGroupCallScheduled(CALL, SUMMER),
        {"action": "group_call_scheduled", "schedule_date": SUMMER_UNIX},
    ),
    (
        types.MessageActionSetChatTheme(types.ChatTheme("🐥")),
        {"action": "edit_chat_theme", "emoticon": "🐥"},
    ),
    (
        types.MessageActionGiftPremium(currency="USD", amount=1199, days=90),
        {"action": "send_premium_gift", "cost": "11.99 USD", "months": 3, "days": 90},
    ),
    (
        types.MessageActionTopicCreate(title="Seeds", icon_color=1),
        {"action": "topic_created", "title": "Seeds"},
    ),
    (
        types.MessageActionTopicEdit(title="Trees", icon_emoji_id=0),
        {"action": "topic_edit", "new_title": "Trees", "new_icon_emoji_id": 0},
    ),
    (
        types.MessageActionTopicEdit(closed=True),
        {"action": "topic_edit", "new_title": None, "new_icon_emoji_id": None},
    ),
    (types.MessageActionSuggestProfilePhoto(photo()), {"action": "suggest_profile_photo", **PHOTO}),
    (
        types.MessageActionRequestedPeer(3, [types.PeerUser(5), types.PeerChannel(9)]),
        {
            "action": "requested_peer",
            "button_id": 3,
            "peers": "[\n    5,\n    562949953421321\n   ]",
        },
    ),
    (
        types.MessageActionRequestedPeerSentMe(3, [types.RequestedPeerChat(5)]),
        {"action": "requested_peer", "button_id": 3, "peers": "[\n    281474976710661\n   ]"},
    ),
    (types.MessageActionBoostApply(2), {"action": "boost_apply", "boosts": 2}),
    (
        types.MessageActionGiftStars(currency="EUR", amount=199, stars=100),
        {"action": "send_stars_gift", "cost": "1.99 EUR", "amount_whole": 100, "amount_nano": 0},
    ),
    (
        types.MessageActionGiftTon(
            currency="TON", amount=2_500_000_000, crypto_currency="TON", crypto_amount=1
        ),
        {
            "action": "send_ton_gift",
            "cost": "2.500000000 TON",
            "amount_whole": 2,
            "amount_nano": 500000000,
        },
    ),
    (
        types.MessageActionPrizeStars(
            stars=500, transaction_id="t1", boost_peer=types.PeerChannel(900), giveaway_msg_id=8
        ),
        {
            "action": "stars_prize",
            "boost_peer_id": "channel900",
            "boost_peer_name": "Orchard",
            "stars": 500,
            "is_unclaimed": False,
            "giveaway_msg_id": 8,
            "transaction_id": "t1",
        },
    ),
    (
        types.MessageActionStarGift(
            gift=gift(), name_hidden=True, message=styled("To you", types.MessageEntityBold(0, 2))
        ),
        {
            "action": "send_star_gift",
            "gift_id": 77,
            "stars": 50,
            "is_limited": False,
            "is_anonymous": True,
            "gift_text": [{"type": "bold", "text": "To"}, " you"],
        },
    ),
    (
        types.MessageActionStarGift(gift=gift()),
        {
            "action": "send_star_gift",
            "gift_id": 77,
            "stars": 50,
            "is_limited": False,
            "is_anonymous": False,
            "gift_text": "",
        },
    ),
    (
        types.MessageActionPaidMessagesRefunded(count=3, stars=30),
        {"action": "paid_messages_refund", "messages_count": 3, "stars_count": 30},
    ),
    (
        types.MessageActionPaidMessagesPrice(stars=5),
        {
            "action": "paid_messages_price_change",
            "price_stars": 5,
            "is_broadcast_messages_allowed": False,
        },
    ),
    (
        types.MessageActionTodoCompletions(completed=[1, 2], incompleted=[]),
        {"action": "todo_completions", "completed": (1, 2), "incompleted": ()},
    ),
    (
        types.MessageActionTodoAppendTasks([types.TodoItem(4, styled("Dig"))]),
        {"action": "todo_append_tasks", "items": [{"text": "Dig", "id": 4}]},
    ),
    (
        types.MessageActionSuggestedPostApproval(rejected=True, reject_comment="No"),
        {"action": "process_suggested_post", "rejected": True, "comment": "No"},
    ),
    (
        types.MessageActionSuggestedPostApproval(
            schedule_date=SUMMER, price=types.StarsAmount(5, 0)
        ),
        {
            "action": "process_suggested_post",
            "price_amount_whole": "5",
            "price_amount_nano": "0",
            "price_currency": "Stars",
            "scheduled_date": SUMMER_UNIX,
        },
    ),
    (
        types.MessageActionSuggestedPostSuccess(types.StarsTonAmount(1_000_000_005)),
        {
            "action": "suggested_post_success",
            "price_amount_whole": "1",
            "price_amount_nano": "5",
            "price_currency": "TON",
        },
    ),
    (
        types.MessageActionSuggestedPostRefund(payer_initiated=True),
        {"action": "suggested_post_refund", "user_initiated": True},
    ),
    (
        types.MessageActionSuggestBirthday(types.Birthday(29, 2)),
        {"action": "suggest_birthday", "day": 29, "month": 2},
    ),
    (
        types.MessageActionPollAppendAnswer(types.PollAnswer(styled("Maybe"), b"2")),
        {"action": "poll_append_answer", "option": "Maybe"},
    ),
    (
        types.MessageActionNoForwardsRequest(prev_value=False, new_value=True),
        {"action": "no_forwards_request", "expired": False, "new_value": True},
    ),
    (
        types.MessageActionChangeCreator(102),
        {"action": "change_creator", "new_creator": "Bob"},
    ),
    (
        types.MessageActionManagedBotCreated(104),
        {"action": "managed_bot_created", "bot": "Helper"},
    ),
]

WITHOUT_ACTOR: list[tuple[Any, dict[str, Any]]] = [
    (
        types.MessageActionBotAllowed(domain="example.org"),
        {"action": "allow_sending_messages", "reason_domain": "example.org"},
    ),
    (
        types.MessageActionBotAllowed(
            app=types.BotApp(
                id=6,
                access_hash=1,
                short_name="app",
                title="App",
                description="",
                photo=types.PhotoEmpty(1),
                hash=1,
            )
        ),
        {"action": "allow_sending_messages", "reason_app_id": 6, "reason_app_name": "App"},
    ),
    (types.MessageActionBotAllowed(attach_menu=True), {"action": "attach_menu_bot_allowed"}),
    (types.MessageActionBotAllowed(from_request=True), {"action": "web_app_bot_allowed"}),
    (
        types.MessageActionSecureValuesSent(
            [types.SecureValueTypePassport(), types.SecureValueTypeEmail()]
        ),
        {"action": "send_passport_values", "values": ["passport", "email"]},
    ),
    (
        types.MessageActionGeoProximityReached(types.PeerUser(102), types.PeerUser(103), 50),
        {
            "action": "proximity_reached",
            "from": "Bob",
            "from_id": "user102",
            "to": None,
            "to_id": "user103",
            "distance": 50,
        },
    ),
    (
        types.MessageActionWebViewDataSent("Menu"),
        {"action": "send_webview_data", "text": "Menu"},
    ),
    (
        types.MessageActionGiftCode(
            days=30, slug="code", via_giveaway=True, boost_peer=types.PeerChannel(900)
        ),
        {
            "action": "gift_code_prize",
            "gift_code": "code",
            "boost_peer_id": "channel900",
            "months": 1,
            "days": 30,
            "unclaimed": False,
            "via_giveaway": True,
        },
    ),
    (types.MessageActionGiveawayLaunch(), {"action": "giveaway_launch"}),
    (
        types.MessageActionGiveawayResults(winners_count=2, unclaimed_count=1),
        {"action": "giveaway_results", "winners": 2, "unclaimed": 1, "stars": False},
    ),
    (
        types.MessageActionPaymentRefunded(
            peer=types.PeerUser(104),
            currency="XTR",
            total_amount=5,
            charge=types.PaymentCharge("c1", "p1"),
        ),
        {
            "action": "refunded_payment",
            "amount": 5,
            "currency": "XTR",
            "peer_name": "Helper",
            "peer_id": "user104",
            "charge_id": "c1",
        },
    ),
]

ABOUT_A_MESSAGE: list[tuple[Any, dict[str, Any]]] = [
    (types.MessageActionPinMessage(), {**ACTOR, "action": "pin_message", "message_id": 4}),
    (
        types.MessageActionGameScore(game_id=1, score=120),
        {**ACTOR, "action": "score_in_game", "game_message_id": 4, "score": 120},
    ),
    (
        types.MessageActionPaymentSent(currency="EUR", total_amount=1250, recurring_used=True),
        {
            "action": "send_payment",
            "amount": 1250,
            "currency": "EUR",
            "invoice_message_id": 4,
            "recurring": "used",
        },
    ),
    (
        types.MessageActionSetChatWallPaper(types.WallPaperNoFile(1), same=True),
        {**ACTOR, "action": "set_same_chat_wallpaper", "message_id": 4},
    ),
    (
        types.MessageActionSetChatWallPaper(types.WallPaperNoFile(1)),
        {**ACTOR, "action": "set_chat_wallpaper", "message_id": 4},
    ),
]


def name_of(value: Any) -> str | None:
    return type(value).__name__ if isinstance(value, types.TLObject) else None


@pytest.mark.parametrize(("action", "keys"), WITH_ACTOR, ids=name_of)
def test_an_action_that_names_who_did_it(action: Any, keys: dict[str, Any]) -> None:
    assert list(keys_of(action).items()) == list((ACTOR | keys).items())


@pytest.mark.parametrize(("action", "keys"), WITHOUT_ACTOR, ids=name_of)
def test_an_action_that_does_not_name_who_did_it(action: Any, keys: dict[str, Any]) -> None:
    assert list(keys_of(action).items()) == list(keys.items())


@pytest.mark.parametrize(("action", "keys"), ABOUT_A_MESSAGE, ids=name_of)
def test_an_action_about_another_message(action: Any, keys: dict[str, Any]) -> None:
    answered = types.MessageReplyHeader(reply_to_msg_id=4)

    assert list(keys_of(action, reply_to=answered).items()) == list(keys.items())


def test_who_was_invited_is_kept_by_id_too() -> None:
    record = record_of(service(5, types.MessageActionChatAddUser([102, 999])))

    assert record.action is not None
    assert record.action.extra == {"member_ids": [102, 999]}
