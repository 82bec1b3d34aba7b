"""Each service action of an export becomes the TL action that it was made from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.world import World
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.loader.payments import ACTIONS as KNOWN
from tests.test_sandbox.everything import ACTIONS, ACTORLESS, everything
from tests.test_sandbox.test_loader_messages import saved

TOLD = [*ACTIONS, *ACTORLESS]


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    return load_export(World(), saved(tmp_path, everything())).chats[0]


def actions(chat: Chat, name: str) -> list[Any]:
    """The TL actions that the exported actions of that name became."""
    first = next(
        message["id"] for message in everything()["messages"] if message["type"] == "service"
    )
    found = []
    for place, told in enumerate(TOLD):
        if told.get("action") == name:
            message = chat.message(first + place)
            found.append(message.action)
    return found


EXPECTED: dict[str, list[dict[str, Any]]] = {
    "create_channel": [{"_": "MessageActionChannelCreate", "title": "Everything"}],
    "edit_group_title": [{"_": "MessageActionChatEditTitle", "title": "Новое имя"}],
    "delete_group_photo": [{"_": "MessageActionChatDeletePhoto"}],
    "join_group_by_request": [{"_": "MessageActionChatJoinedByRequest"}],
    "migrate_to_supergroup": [{"_": "MessageActionChatMigrateTo"}],
    "migrate_from_group": [{"_": "MessageActionChannelMigrateFrom", "title": "Before"}],
    "pin_message": [{"_": "MessageActionPinMessage"}],
    "clear_history": [{"_": "MessageActionHistoryClear"}],
    "score_in_game": [{"_": "MessageActionGameScore", "score": 42}],
    "conference_call": [{"_": "MessageActionConferenceCall", "duration": 5, "active": False}],
    "take_screenshot": [{"_": "MessageActionScreenshotTaken"}],
    "joined_telegram": [{"_": "MessageActionContactSignUp"}],
    "group_call": [
        {"_": "MessageActionGroupCall", "duration": 30},
        {"_": "MessageActionGroupCall", "duration": None},
    ],
    "set_messages_ttl": [{"_": "MessageActionSetMessagesTTL", "period": 86_400}],
    "send_premium_gift": [
        {"_": "MessageActionGiftPremium", "currency": "USD", "amount": 499, "days": 90}
    ],
    "topic_created": [{"_": "MessageActionTopicCreate", "title": "Тема"}],
    "topic_edit": [
        {"_": "MessageActionTopicEdit", "title": "Новая тема", "icon_emoji_id": 0},
        {"_": "MessageActionTopicEdit", "title": None, "icon_emoji_id": 5368324170671202286},
    ],
    "set_chat_wallpaper": [{"_": "MessageActionSetChatWallPaper", "same": False}],
    "set_same_chat_wallpaper": [{"_": "MessageActionSetChatWallPaper", "same": True}],
    "boost_apply": [{"_": "MessageActionBoostApply", "boosts": 2}],
    "stars_prize": [
        {
            "_": "MessageActionPrizeStars",
            "stars": 500,
            "unclaimed": True,
            "giveaway_msg_id": 12,
            "transaction_id": "abc",
            "boost_peer": {"_": "PeerChannel", "channel_id": 1900000005},
        }
    ],
    "send_stars_gift": [
        {"_": "MessageActionGiftStars", "currency": "USD", "amount": 199, "stars": 100}
    ],
    "paid_messages_refund": [{"_": "MessageActionPaidMessagesRefunded", "count": 2, "stars": 20}],
    "paid_messages_price_change": [
        {
            "_": "MessageActionPaidMessagesPrice",
            "stars": 5,
            "broadcast_messages_allowed": True,
        }
    ],
    "todo_completions": [
        {"_": "MessageActionTodoCompletions", "completed": [1], "incompleted": [2]}
    ],
    "process_suggested_post": [
        {"_": "MessageActionSuggestedPostApproval", "rejected": True, "reject_comment": "no"}
    ],
    "suggested_post_success": [
        {
            "_": "MessageActionSuggestedPostSuccess",
            "price": {"_": "StarsTonAmount", "amount": 1_000_000_005},
        }
    ],
    "suggested_post_refund": [{"_": "MessageActionSuggestedPostRefund", "payer_initiated": True}],
    "requested_peer": [
        {
            "_": "MessageActionRequestedPeer",
            "button_id": 4,
            "peers": [
                {"_": "PeerUser", "user_id": 1000001},
                {"_": "PeerChannel", "channel_id": 1900000005},
            ],
        }
    ],
    "send_payment": [
        {"_": "MessageActionPaymentSent", "currency": "EUR", "total_amount": 250},
        {"_": "MessageActionPaymentSent", "currency": "XTR", "recurring_init": True},
    ],
    "allow_sending_messages": [
        {"_": "MessageActionBotAllowed", "domain": "example.org"},
        {"_": "MessageActionBotAllowed", "domain": None},
    ],
    "attach_menu_bot_allowed": [{"_": "MessageActionBotAllowed", "attach_menu": True}],
    "web_app_bot_allowed": [{"_": "MessageActionBotAllowed", "from_request": True}],
    "send_passport_values": [
        {
            "_": "MessageActionSecureValuesSent",
            "types": [
                {"_": "SecureValueTypePassport"},
                {"_": "SecureValueTypeAddress"},
                {"_": "SecureValueTypeEmail"},
            ],
        }
    ],
    "proximity_reached": [
        {
            "_": "MessageActionGeoProximityReached",
            "from_id": {"_": "PeerUser", "user_id": 5000000002},
            "to_id": {"_": "PeerUser", "user_id": 1000001},
            "distance": 300,
        }
    ],
    "gift_code_prize": [
        {
            "_": "MessageActionGiftCode",
            "slug": "code",
            "days": 90,
            "unclaimed": True,
            "via_giveaway": True,
        }
    ],
    "giveaway_launch": [{"_": "MessageActionGiveawayLaunch"}],
    "giveaway_results": [
        {
            "_": "MessageActionGiveawayResults",
            "winners_count": 5,
            "unclaimed_count": 1,
            "stars": True,
        }
    ],
    "refunded_payment": [
        {
            "_": "MessageActionPaymentRefunded",
            "total_amount": 250,
            "currency": "XTR",
            "peer": {"_": "PeerUser", "user_id": 5000000002},
            "charge": {"_": "PaymentCharge", "id": "charge", "provider_charge_id": ""},
        }
    ],
}


@pytest.mark.parametrize("name", EXPECTED)
def test_an_action_keeps_what_is_told_of_it(chat: Chat, name: str) -> None:
    found = [action.to_dict() for action in actions(chat, name)]
    cut = [
        {key: action[key] for key in expected}
        for action, expected in zip(found, EXPECTED[name], strict=True)
    ]
    assert cut == EXPECTED[name]


def test_members_are_found_by_name_and_nameless_ones_are_deleted_accounts(chat: Chat) -> None:
    users = chat.world.users
    (created,) = actions(chat, "create_group")
    (invited,) = actions(chat, "invite_members")
    (removed,) = actions(chat, "remove_members")
    (joined,) = actions(chat, "join_group_by_link")
    (called,) = actions(chat, "invite_to_group_call")

    assert created.users[0] == invited.users[0] == called.users[0] == 5000000002
    assert users[created.users[1]].deleted
    assert invited.users[1] == removed.user_id
    assert users[removed.user_id].name == "Somebody New"
    assert len(set(invited.users)) == 4
    assert all(users[number].deleted for number in invited.users[2:])
    assert users[joined.inviter_id].name == "Group"


def test_phone_calls_keep_length_and_end(chat: Chat) -> None:
    answered, missed = actions(chat, "phone_call")
    assert (answered.duration, answered.reason.to_dict()["_"]) == (
        61,
        "PhoneCallDiscardReasonHangup",
    )
    assert (missed.duration, missed.reason.to_dict()["_"]) == (None, "PhoneCallDiscardReasonMissed")


def test_new_photos_keep_their_measures(chat: Chat) -> None:
    for name, size in (("edit_group_photo", 12_000), ("suggest_profile_photo", 5_000)):
        (action,) = actions(chat, name)
        largest = action.photo.sizes[-1]
        assert (largest.w, largest.h, largest.size) == (640, 640, size)


def test_the_rest_of_the_actions_keeps_its_words(chat: Chat) -> None:
    (gift,) = actions(chat, "send_star_gift")
    assert (gift.gift.id, gift.gift.stars, gift.gift.limited) == (5170145012310081615, 15, False)
    assert (gift.name_hidden, gift.message.text) == (True, "С праздником")
    (app,) = [each.app for each in actions(chat, "allow_sending_messages") if each.app]
    assert (app.id, app.title) == (7, "App")
    (theme,) = actions(chat, "edit_chat_theme")
    assert theme.theme.emoticon == "🐸"
    (scheduled,) = actions(chat, "group_call_scheduled")
    assert scheduled.schedule_date.timestamp() == 1_700_600_000
    (tasks,) = actions(chat, "todo_append_tasks")
    assert [(item.id, item.title.text) for item in tasks.list] == [(3, "three")]
    (custom,) = actions(chat, None)  # type: ignore[arg-type]
    assert custom.message == "Something happened"


def test_no_action_that_the_loader_knows_is_forgotten_here() -> None:
    """Whatever the loader knows is tested above, or named here as rare."""
    named = {told["action"] for told in TOLD if "action" in told}
    rare = {
        "join_group_via_community",
        "no_forwards_request",
        "no_forwards_toggle",
        "requested_phone_number",
        "send_ton_gift",
        "send_webview_data",
        "suggest_birthday",
    }
    assert named | rare == set(KNOWN)
