"""Service messages about a chat: members, titles, topics, calls, polls and checklists."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from exporter.peers import peer_key
from exporter.records import Action, Json
from exporter.telegram.convert.details import Converter, Details, given
from exporter.telegram.convert.files import photo_record
from exporter.telegram.convert.names import Names, channel_peer_id, marked_id
from exporter.telegram.convert.text import styled


def _members(name: str, user_ids: list[int], names: Names, **details: Json) -> Action:
    """Members go by name; who has none is null."""
    details["members"] = [names.ref(user_id).name for user_id in user_ids]
    return Action(name=name, details=given(**details), extra={"member_ids": list(user_ids)})


def _create_group(action: Any, names: Names) -> Action:
    return _members("create_group", action.users, names, title=action.title)


def _invite(action: Any, names: Names) -> Action:
    return _members("invite_members", action.users, names)


def _remove(action: Any, names: Names) -> Action:
    return _members("remove_members", [action.user_id], names)


def _invite_to_call(action: Any, names: Names) -> Action:
    return _members("invite_to_group_call", action.users, names)


def _edit_photo(action: Any, _names: Names) -> Action:
    return Action(name="edit_group_photo", photo=photo_record(action.photo))


def _suggest_photo(action: Any, _names: Names) -> Action:
    return Action(name="suggest_profile_photo", photo=photo_record(action.photo))


def _join_by_link(action: Any, names: Names) -> Action:
    inviter = names.ref(action.inviter_id)
    return Action(
        name="join_group_by_link",
        details={"inviter": inviter.name},
        extra={"inviter_id": action.inviter_id},
    )


def _joined_via_community(action: Any, _names: Names) -> Action:
    details: Details = {"community_id": action.community_id}
    return Action(name="join_group_via_community", details=details)


def _migrate_to(action: Any, _names: Names) -> Action:
    extra: Details = {"to_id": channel_peer_id(action.channel_id)}
    return Action(name="migrate_to_supergroup", extra=extra)


def _migrate_from(action: Any, _names: Names) -> Action:
    return Action(
        name="migrate_from_group",
        details=given(title=action.title),
        extra={"group_id": -action.chat_id},
    )


def _community(action: Any, _names: Names) -> Action:
    return Action(name="change_community", details={"community_id": action.community_id})


def _creator(name: str) -> Converter:
    def convert(action: Any, names: Names) -> Action:
        creator = names.ref(action.new_creator_id)
        return Action(
            name=name, details={"new_creator": creator.name}, extra={"new_creator_id": creator.id}
        )

    return convert


def _phone_call(action: Any, _names: Names) -> Action:
    details: Details = {}
    if action.duration:
        details["duration_seconds"] = action.duration
    reason = _DISCARD_REASONS.get(type(action.reason))
    if reason:
        details["discard_reason"] = reason
    return Action(name="phone_call", details=details, extra={"video": bool(action.video)})


_DISCARD_REASONS: dict[type, str] = {
    types.PhoneCallDiscardReasonBusy: "busy",
    types.PhoneCallDiscardReasonDisconnect: "disconnect",
    types.PhoneCallDiscardReasonHangup: "hangup",
    types.PhoneCallDiscardReasonMissed: "missed",
    types.PhoneCallDiscardReasonMigrateConferenceCall: "migrate_conference_all",
}


def _conference_call(action: Any, _names: Names) -> Action:
    details: Details = {"duration_seconds": action.duration} if action.duration else {}
    details["is_active"] = bool(action.active and not action.missed)
    details["is_missed"] = bool(action.missed)
    others = [marked_id(peer) for peer in action.other_participants or ()]
    return Action(
        name="conference_call",
        details=details,
        extra={"video": bool(action.video), "participant_ids": others},
    )


def _group_call(action: Any, _names: Names) -> Action:
    details: Details = {"duration": action.duration} if action.duration else {}
    return Action(name="group_call", details=details)


def _group_call_scheduled(action: Any, _names: Names) -> Action:
    at = int(action.schedule_date.timestamp())
    return Action(name="group_call_scheduled", details={"schedule_date": at})


def _proximity(action: Any, names: Names) -> Action:
    who, whom = names.peer(action.from_id), names.peer(action.to_id)
    details: Details = {
        "from": who.name,
        "from_id": peer_key(who.id),
        "to": whom.name,
        "to_id": peer_key(whom.id),
        "distance": action.distance,
    }
    return Action(name="proximity_reached", details=details, has_actor=False)


def _ttl(action: Any, _names: Names) -> Action:
    return Action(name="set_messages_ttl", details={"period": action.period})


def _theme(action: Any, _names: Names) -> Action:
    emoticon = getattr(action.theme, "emoticon", "")
    return Action(name="edit_chat_theme", details=given(emoticon=emoticon))


def _topic_created(action: Any, _names: Names) -> Action:
    extra: Details = {"icon_color": action.icon_color, "icon_emoji_id": action.icon_emoji_id}
    return Action(name="topic_created", details=given(title=action.title), extra=extra)


def _topic_edited(action: Any, _names: Names) -> Action:
    details = given(new_title=action.title or "")
    if action.icon_emoji_id is not None:
        details["new_icon_emoji_id"] = action.icon_emoji_id
    extra = {
        key: value
        for key, value in (("closed", action.closed), ("hidden", action.hidden))
        if value is not None
    }
    return Action(name="topic_edit", details=details, extra=extra)


def _todo_completions(action: Any, _names: Names) -> Action:
    return Action(
        name="todo_completions",
        details={
            "completed": tuple(action.completed),
            "incompleted": tuple(action.incompleted),
        },
    )


def _todo_appended(action: Any, _names: Names) -> Action:
    items = [{"text": styled(item.title), "id": item.id} for item in action.list]
    return Action(name="todo_append_tasks", details={"items": items})


def _poll_answer_added(action: Any, _names: Names) -> Action:
    return Action(name="poll_append_answer", details=given(option=action.answer.text.text))


def _poll_answer_deleted(action: Any, _names: Names) -> Action:
    return Action(name="poll_delete_answer", details=given(option=action.answer.text.text))


def _birthday(action: Any, _names: Names) -> Action:
    day = action.birthday
    details: Details = {"day": day.day, "month": day.month}
    if day.year:
        details["year"] = day.year
    return Action(name="suggest_birthday", details=details)


def _no_forwards(action: Any, _names: Names) -> Action:
    return Action(name="no_forwards_toggle", details={"new_value": bool(action.new_value)})


def _no_forwards_request(action: Any, _names: Names) -> Action:
    details: Details = {"expired": bool(action.expired), "new_value": bool(action.new_value)}
    return Action(name="no_forwards_request", details=details)


CHAT_ACTIONS: dict[type, Converter] = {
    types.MessageActionChatCreate: _create_group,
    types.MessageActionChatAddUser: _invite,
    types.MessageActionChatDeleteUser: _remove,
    types.MessageActionChatJoinedByLink: _join_by_link,
    types.MessageActionChatJoinedViaCommunity: _joined_via_community,
    types.MessageActionChangeCommunity: _community,
    types.MessageActionChatEditPhoto: _edit_photo,
    types.MessageActionSuggestProfilePhoto: _suggest_photo,
    types.MessageActionChatMigrateTo: _migrate_to,
    types.MessageActionChannelMigrateFrom: _migrate_from,
    types.MessageActionNewCreatorPending: _creator("new_creator_pending"),
    types.MessageActionChangeCreator: _creator("change_creator"),
    types.MessageActionPhoneCall: _phone_call,
    types.MessageActionConferenceCall: _conference_call,
    types.MessageActionGroupCall: _group_call,
    types.MessageActionGroupCallScheduled: _group_call_scheduled,
    types.MessageActionInviteToGroupCall: _invite_to_call,
    types.MessageActionGeoProximityReached: _proximity,
    types.MessageActionSetMessagesTTL: _ttl,
    types.MessageActionSetChatTheme: _theme,
    types.MessageActionTopicCreate: _topic_created,
    types.MessageActionTopicEdit: _topic_edited,
    types.MessageActionTodoCompletions: _todo_completions,
    types.MessageActionTodoAppendTasks: _todo_appended,
    types.MessageActionPollAppendAnswer: _poll_answer_added,
    types.MessageActionPollDeleteAnswer: _poll_answer_deleted,
    types.MessageActionSuggestBirthday: _birthday,
    types.MessageActionNoForwardsToggle: _no_forwards,
    types.MessageActionNoForwardsRequest: _no_forwards_request,
}
