"""Service actions of groups, calls, topics and bots."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from telethon.tl import types

from exporter.telegram.desktop.additions import peer
from exporter.telegram.desktop.files import photo
from exporter.telegram.desktop.media import tasks
from exporter.telegram.desktop.numbers import file_id
from exporter.telegram.desktop.source import Source
from exporter.telegram.desktop.told import Malformed, Told

Make = Callable[[Source, Told], Any]

NO_CALL = types.InputGroupCall(id=0, access_hash=0)
TOPIC_COLOR = 0x6FB9F0
"""The first of those that topics without an icon may have."""
DISCARD_REASONS: dict[str, Callable[[], Any]] = {
    "busy": types.PhoneCallDiscardReasonBusy,
    "disconnect": types.PhoneCallDiscardReasonDisconnect,
    "hangup": types.PhoneCallDiscardReasonHangup,
    "missed": types.PhoneCallDiscardReasonMissed,
    "migrate_conference_all": lambda: types.PhoneCallDiscardReasonMigrateConferenceCall(slug=""),
}
SECURE_VALUES: dict[str | None, type] = {
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


def _members(source: Source, told: Told) -> list[int]:
    """Members are given by name only; those without one are deleted accounts."""
    return [
        source.people.user_called(name, source.chat_id, told.number("id"), place)
        for place, name in enumerate(told.names("members"))
    ]


def _user(source: Source, told: Told, key: str) -> int:
    return source.people.user_called(told.words(key), source.chat_id, told.number("id"), key)


def _photo(source: Source, told: Told) -> Any:
    return photo(source, told, source.date) or types.PhotoEmpty(id=0)


def _remove(source: Source, told: Told) -> Any:
    removed = _members(source, told)
    return types.MessageActionChatDeleteUser(user_id=removed[0] if removed else 0)


def _phone_call(source: Source, told: Told) -> Any:
    reason = DISCARD_REASONS.get(told.text("discard_reason"))
    return types.MessageActionPhoneCall(
        call_id=file_id("call", source.chat_id, told.number("id")),
        reason=reason() if reason else None,
        duration=told.number("duration_seconds") or None,
    )


def _conference(source: Source, told: Told) -> Any:
    return types.MessageActionConferenceCall(
        call_id=file_id("call", source.chat_id, told.number("id")),
        missed=told.flag("is_missed"),
        active=told.flag("is_active"),
        duration=told.number("duration_seconds") or None,
    )


def _bot_allowed(_source: Source, told: Told) -> Any:
    if "reason_app_name" not in told:
        return types.MessageActionBotAllowed(domain=told.text("reason_domain"))
    app = types.BotApp(
        id=told.number("reason_app_id"),
        access_hash=0,
        short_name="",
        title=told.text("reason_app_name"),
        description="",
        photo=types.PhotoEmpty(id=0),
        hash=0,
    )
    return types.MessageActionBotAllowed(app=app)


def _migrated_from(source: Source, told: Told) -> Any:
    title = told.text("title")
    return types.MessageActionChannelMigrateFrom(title=title, chat_id=-source.group_id)


def _requested_peer(_source: Source, told: Told) -> Any:
    """The peers are a text that holds a JSON list: Telegram Desktop's own numbers, with the kind
    (user, group, channel) above the lower 48 bits."""
    listed = told.raw("peers")
    kinds = (types.PeerUser, types.PeerChat, types.PeerChannel)
    try:
        numbers = json.loads(listed) if isinstance(listed, str) else listed or []
        peers = [kinds[int(one) >> 48](int(one) & ((1 << 48) - 1)) for one in numbers]
    except (ValueError, TypeError, IndexError, RecursionError):
        raise Malformed("`peers` is not a list of peers") from None
    return types.MessageActionRequestedPeer(button_id=told.number("button_id"), peers=peers)


def _schedule(_source: Source, told: Told) -> Any:
    at = told.number("schedule_date")
    return types.MessageActionGroupCallScheduled(call=NO_CALL, schedule_date=at)


def _proximity(source: Source, told: Told) -> Any:
    return types.MessageActionGeoProximityReached(
        from_id=peer(source, told, "from_id", "from"),
        to_id=peer(source, told, "to_id", "to"),
        distance=told.number("distance"),
    )


def _topic_edit(_source: Source, told: Told) -> Any:
    icon = told.number("new_icon_emoji_id") if "new_icon_emoji_id" in told else None
    return types.MessageActionTopicEdit(title=told.words("new_title"), icon_emoji_id=icon)


def _wallpaper(*, same: bool) -> Make:
    return lambda *_: types.MessageActionSetChatWallPaper(
        wallpaper=types.WallPaperNoFile(id=0), same=same or None
    )


def _no_forwards(_source: Source, told: Told) -> Any:
    new = bool(told.flag("new_value"))
    return types.MessageActionNoForwardsToggle(prev_value=not new, new_value=new)


def _no_forwards_request(_source: Source, told: Told) -> Any:
    new, expired = bool(told.flag("new_value")), told.flag("expired")
    return types.MessageActionNoForwardsRequest(prev_value=not new, new_value=new, expired=expired)


def _birthday(_source: Source, told: Told) -> Any:
    day = types.Birthday(
        day=told.number("day"), month=told.number("month"), year=told.number("year") or None
    )
    return types.MessageActionSuggestBirthday(birthday=day)


def _titled(kind: Any) -> Make:
    return lambda _, told: kind(title=told.text("title"))


def _plain(kind: Any) -> Make:
    return lambda *_: kind()


CHAT_ACTIONS: dict[str, Make] = {
    "create_group": lambda source, told: types.MessageActionChatCreate(
        title=told.text("title"), users=_members(source, told)
    ),
    "edit_group_title": _titled(types.MessageActionChatEditTitle),
    "edit_group_photo": lambda source, told: types.MessageActionChatEditPhoto(
        photo=_photo(source, told)
    ),
    "delete_group_photo": _plain(types.MessageActionChatDeletePhoto),
    "invite_members": lambda source, told: types.MessageActionChatAddUser(
        users=_members(source, told)
    ),
    "remove_members": _remove,
    "join_group_by_link": lambda source, told: types.MessageActionChatJoinedByLink(
        inviter_id=_user(source, told, "inviter")
    ),
    "join_group_by_request": _plain(types.MessageActionChatJoinedByRequest),
    "join_group_via_community": lambda _, told: types.MessageActionChatJoinedViaCommunity(
        community_id=told.number("community_id")
    ),
    "change_community": lambda _, told: types.MessageActionChangeCommunity(
        community_id=told.number("community_id")
    ),
    "create_channel": _titled(types.MessageActionChannelCreate),
    "migrate_to_supergroup": lambda *_: types.MessageActionChatMigrateTo(channel_id=0),
    "migrate_from_group": _migrated_from,
    "new_creator_pending": lambda source, told: types.MessageActionNewCreatorPending(
        new_creator_id=_user(source, told, "new_creator")
    ),
    "change_creator": lambda source, told: types.MessageActionChangeCreator(
        new_creator_id=_user(source, told, "new_creator")
    ),
    "pin_message": _plain(types.MessageActionPinMessage),
    "clear_history": _plain(types.MessageActionHistoryClear),
    "take_screenshot": _plain(types.MessageActionScreenshotTaken),
    "joined_telegram": _plain(types.MessageActionContactSignUp),
    "empty": _plain(types.MessageActionEmpty),
    "score_in_game": lambda _, told: types.MessageActionGameScore(
        game_id=0, score=told.number("score")
    ),
    "phone_call": _phone_call,
    "conference_call": _conference,
    "group_call": lambda _, told: types.MessageActionGroupCall(
        call=NO_CALL, duration=told.number("duration") or None
    ),
    "invite_to_group_call": lambda source, told: types.MessageActionInviteToGroupCall(
        call=NO_CALL, users=_members(source, told)
    ),
    "group_call_scheduled": _schedule,
    "set_messages_ttl": lambda _, told: types.MessageActionSetMessagesTTL(
        period=told.number("period")
    ),
    "edit_chat_theme": lambda _, told: types.MessageActionSetChatTheme(
        theme=types.ChatTheme(emoticon=told.text("emoticon"))
    ),
    "set_chat_wallpaper": _wallpaper(same=False),
    "set_same_chat_wallpaper": _wallpaper(same=True),
    "suggest_profile_photo": lambda source, told: types.MessageActionSuggestProfilePhoto(
        photo=_photo(source, told)
    ),
    "topic_created": lambda _, told: types.MessageActionTopicCreate(
        title=told.text("title"), icon_color=TOPIC_COLOR
    ),
    "topic_edit": _topic_edit,
    "proximity_reached": _proximity,
    "allow_sending_messages": _bot_allowed,
    "attach_menu_bot_allowed": lambda *_: types.MessageActionBotAllowed(attach_menu=True),
    "web_app_bot_allowed": lambda *_: types.MessageActionBotAllowed(from_request=True),
    "send_passport_values": lambda _, told: types.MessageActionSecureValuesSent(
        types=[SECURE_VALUES[one]() for one in told.names("values") if one in SECURE_VALUES]
    ),
    "send_webview_data": lambda _, told: types.MessageActionWebViewDataSent(text=told.text("text")),
    "managed_bot_created": lambda source, told: types.MessageActionManagedBotCreated(
        bot_id=_user(source, told, "bot")
    ),
    "requested_peer": _requested_peer,
    "requested_phone_number": lambda *_: types.MessageActionRequestedPeer(button_id=0, peers=[]),
    "todo_completions": lambda _, told: types.MessageActionTodoCompletions(
        completed=told.numbers("completed"), incompleted=told.numbers("incompleted")
    ),
    "todo_append_tasks": lambda _, told: types.MessageActionTodoAppendTasks(
        list=tasks(told, "items")
    ),
    "no_forwards_toggle": _no_forwards,
    "no_forwards_request": _no_forwards_request,
    "suggest_birthday": _birthday,
}
"""By Telegram Desktop's words, and by ours where it has none."""
