"""Service actions of groups, calls and topics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader import files
from tests.sandbox.world.loader.directory import peer_id_of
from tests.sandbox.world.loader.extras import todo_items
from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.topics import COLORS
from tests.sandbox.world.view import peer_of

Told = dict[str, Any]
Make = Callable[[Source, Told], Any]

NO_CALL = types.InputGroupCall(id=0, access_hash=0)

DISCARD_REASONS = {
    "busy": types.PhoneCallDiscardReasonBusy,
    "disconnect": types.PhoneCallDiscardReasonDisconnect,
    "hangup": types.PhoneCallDiscardReasonHangup,
    "missed": types.PhoneCallDiscardReasonMissed,
}

SECURE_VALUES = {
    "personal_details": types.SecureValueTypePersonalDetails,
    "passport": types.SecureValueTypePassport,
    "driver_license": types.SecureValueTypeDriverLicense,
    "identity_card": types.SecureValueTypeIdentityCard,
    "internal_passport": types.SecureValueTypeInternalPassport,
    "address_information": types.SecureValueTypeAddress,
    "utility_bill": types.SecureValueTypeUtilityBill,
    "bank_statement": types.SecureValueTypeBankStatement,
    "rental_agreement": types.SecureValueTypeRentalAgreement,
    "passport_registration": types.SecureValueTypePassportRegistration,
    "temporary_registration": types.SecureValueTypeTemporaryRegistration,
    "phone_number": types.SecureValueTypePhone,
    "email": types.SecureValueTypeEmail,
}


def members(source: Source, told: Told) -> list[int]:
    """Members are given by name only; those without one are deleted accounts."""
    return [
        source.directory.user_called(name, place)
        for place, name in enumerate(told.get("members", []))
    ]


def photo(source: Source, told: Told) -> Any:
    """The new photo of a group or a profile."""
    date = source.moment(told, "date") or 0
    return files.photo(source, told, date) or types.PhotoEmpty(id=0)


def peer(told: Told, key: str) -> Any:
    return peer_of(peer_id_of(told.get(key)) or 0)


def _remove(source: Source, told: Told) -> Any:
    removed = members(source, told)
    return types.MessageActionChatDeleteUser(user_id=removed[0] if removed else 0)


def _topic(source: Source, told: Told) -> Any:
    color = COLORS[told["id"] % len(COLORS)]
    return types.MessageActionTopicCreate(title=told.get("title", ""), icon_color=color)


def _topic_edit(source: Source, told: Told) -> Any:
    return types.MessageActionTopicEdit(
        title=told.get("new_title"), icon_emoji_id=told.get("new_icon_emoji_id")
    )


def _phone_call(source: Source, told: Told) -> Any:
    reason = told.get("discard_reason")
    if reason == "migrate_conference_all":
        how: Any = types.PhoneCallDiscardReasonMigrateConferenceCall(slug="")
    else:
        how = DISCARD_REASONS[reason]() if reason in DISCARD_REASONS else None
    return types.MessageActionPhoneCall(
        call_id=source.file_id(told["id"], "call"),
        reason=how,
        duration=told.get("duration_seconds"),
    )


def _conference(source: Source, told: Told) -> Any:
    return types.MessageActionConferenceCall(
        call_id=source.file_id(told["id"], "call"),
        missed=told.get("is_missed") or None,
        active=told.get("is_active") or None,
        duration=told.get("duration_seconds"),
    )


def _bot_allowed(source: Source, told: Told) -> Any:
    if "reason_app_name" in told:
        app = types.BotApp(
            id=told.get("reason_app_id", 0),
            access_hash=0,
            short_name="",
            title=told["reason_app_name"],
            description="",
            photo=types.PhotoEmpty(id=0),
            hash=0,
        )
        return types.MessageActionBotAllowed(app=app)
    return types.MessageActionBotAllowed(domain=told.get("reason_domain", ""))


ACTIONS: dict[str, Make] = {
    "create_group": lambda source, told: types.MessageActionChatCreate(
        title=told.get("title", ""), users=members(source, told)
    ),
    "edit_group_title": lambda _, told: types.MessageActionChatEditTitle(
        title=told.get("title", "")
    ),
    "edit_group_photo": lambda source, told: types.MessageActionChatEditPhoto(
        photo=photo(source, told)
    ),
    "delete_group_photo": lambda *_: types.MessageActionChatDeletePhoto(),
    "invite_members": lambda source, told: types.MessageActionChatAddUser(
        users=members(source, told)
    ),
    "remove_members": _remove,
    "join_group_by_link": lambda source, told: types.MessageActionChatJoinedByLink(
        inviter_id=source.directory.user_called(told.get("inviter"))
    ),
    "join_group_by_request": lambda *_: types.MessageActionChatJoinedByRequest(),
    "join_group_via_community": lambda _, told: types.MessageActionChatJoinedViaCommunity(
        community_id=told.get("community_id", 0)
    ),
    "create_channel": lambda _, told: types.MessageActionChannelCreate(title=told.get("title", "")),
    "migrate_to_supergroup": lambda source, _: types.MessageActionChatMigrateTo(
        channel_id=source.file_id("migrated") % 1_000_000_000
    ),
    "migrate_from_group": lambda source, told: types.MessageActionChannelMigrateFrom(
        title=told.get("title", ""),
        chat_id=source.group_id or source.file_id("migrated") % 1_000_000_000,
    ),
    "pin_message": lambda *_: types.MessageActionPinMessage(),
    "clear_history": lambda *_: types.MessageActionHistoryClear(),
    "take_screenshot": lambda *_: types.MessageActionScreenshotTaken(),
    "joined_telegram": lambda *_: types.MessageActionContactSignUp(),
    "score_in_game": lambda _, told: types.MessageActionGameScore(
        game_id=1, score=told.get("score", 0)
    ),
    "phone_call": _phone_call,
    "conference_call": _conference,
    "group_call": lambda _, told: types.MessageActionGroupCall(
        call=NO_CALL, duration=told.get("duration")
    ),
    "invite_to_group_call": lambda source, told: types.MessageActionInviteToGroupCall(
        call=NO_CALL, users=members(source, told)
    ),
    "group_call_scheduled": lambda _, told: types.MessageActionGroupCallScheduled(
        call=NO_CALL, schedule_date=told.get("schedule_date", 0)
    ),
    "set_messages_ttl": lambda _, told: types.MessageActionSetMessagesTTL(
        period=told.get("period", 0)
    ),
    "edit_chat_theme": lambda _, told: types.MessageActionSetChatTheme(
        theme=types.ChatTheme(emoticon=told.get("emoticon", ""))
    ),
    "set_chat_wallpaper": lambda *_: types.MessageActionSetChatWallPaper(
        wallpaper=types.WallPaperNoFile(id=0)
    ),
    "set_same_chat_wallpaper": lambda *_: types.MessageActionSetChatWallPaper(
        wallpaper=types.WallPaperNoFile(id=0), same=True
    ),
    "suggest_profile_photo": lambda source, told: types.MessageActionSuggestProfilePhoto(
        photo=photo(source, told)
    ),
    "topic_created": _topic,
    "topic_edit": _topic_edit,
    "proximity_reached": lambda _, told: types.MessageActionGeoProximityReached(
        from_id=peer(told, "from_id"), to_id=peer(told, "to_id"), distance=told.get("distance", 0)
    ),
    "allow_sending_messages": _bot_allowed,
    "attach_menu_bot_allowed": lambda *_: types.MessageActionBotAllowed(attach_menu=True),
    "web_app_bot_allowed": lambda *_: types.MessageActionBotAllowed(from_request=True),
    "send_passport_values": lambda _, told: types.MessageActionSecureValuesSent(
        types=[SECURE_VALUES[each]() for each in told.get("values", []) if each in SECURE_VALUES]
    ),
    "send_webview_data": lambda _, told: types.MessageActionWebViewDataSent(
        text=told.get("text", "")
    ),
    "boost_apply": lambda _, told: types.MessageActionBoostApply(boosts=told.get("boosts", 0)),
    "todo_completions": lambda _, told: types.MessageActionTodoCompletions(
        completed=told.get("completed", []), incompleted=told.get("incompleted", [])
    ),
    "todo_append_tasks": lambda _, told: types.MessageActionTodoAppendTasks(
        list=todo_items(told.get("items", []))
    ),
    "no_forwards_toggle": lambda _, told: types.MessageActionNoForwardsToggle(
        prev_value=not told.get("new_value"), new_value=told.get("new_value", False)
    ),
    "no_forwards_request": lambda _, told: types.MessageActionNoForwardsRequest(
        prev_value=not told.get("new_value"),
        new_value=told.get("new_value", False),
        expired=told.get("expired") or None,
    ),
    "suggest_birthday": lambda _, told: types.MessageActionSuggestBirthday(
        birthday=types.Birthday(
            day=told.get("day", 1), month=told.get("month", 1), year=told.get("year")
        )
    ),
}
