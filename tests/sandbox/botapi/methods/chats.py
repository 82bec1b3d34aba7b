"""Chats: https://core.telegram.org/bots/api#getchat, #getchatmember, #pinchatmessage"""

from __future__ import annotations

import time

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.messages import Frame
from tests.sandbox.botapi.state import State


async def get_chat(state: State, fields: Fields) -> Json:
    chat = state.find_chat(fields)
    shown = {**chat.to_json(), "accent_color_id": 0, "max_reaction_count": 11}
    shown["accepted_gift_types"] = dict.fromkeys(
        (
            "unlimited_gifts",
            "limited_gifts",
            "unique_gifts",
            "premium_subscription",
            "gifts_from_channels",
        ),
        False,
    )
    if chat.pinned:
        shown["pinned_message"] = chat.messages[chat.pinned[-1]].to_json()
    return shown


async def get_chat_member(state: State, fields: Fields) -> Json:
    chat = state.find_chat(fields)
    user_id = fields.integer("user_id")
    if user_id == state.me.id:
        return {"status": "member" if chat.bot_is_member else "left", "user": state.me.to_json()}
    person = chat.person if chat.person and chat.person.id == user_id else chat.members.get(user_id)
    if person is not None:
        return {"status": "member", "user": person.to_json()}
    if user_id not in state.people:
        raise bad_request("PARTICIPANT_ID_INVALID")
    return {"status": "left", "user": state.people[user_id].to_json()}


async def get_chat_member_count(state: State, fields: Fields) -> int:
    chat = state.find_chat(fields)
    return 2 if chat.is_private else len(chat.members) + chat.bot_is_member


async def leave_chat(state: State, fields: Fields) -> bool:
    chat = state.find_chat(fields)
    if chat.is_private:
        raise bad_request("chat is not a group or channel")
    chat.bot_is_member = False
    return True


async def pin_chat_message(state: State, fields: Fields) -> bool:
    chat = state.writable_chat(fields)
    message = state.find_message(chat, fields.integer("message_id"))
    if message is None:
        raise bad_request("message to pin not found")
    if message.id in chat.pinned:
        chat.pinned.remove(message.id)
    chat.pinned.append(message.id)
    state.add_message(
        chat,
        state.me,
        Frame(text="", at=time.time()),
        silent=fields.flag("disable_notification"),
        service={"pinned_message": message.to_json(with_reply=False)},
    )
    return True


async def unpin_chat_message(state: State, fields: Fields) -> bool:
    chat = state.writable_chat(fields)
    message_id = fields.integer("message_id") or (chat.pinned[-1] if chat.pinned else 0)
    if message_id not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(message_id)
    state.changed()
    return True


async def unpin_all_chat_messages(state: State, fields: Fields) -> bool:
    state.writable_chat(fields).pinned.clear()
    state.changed()
    return True


async def set_chat_menu_button(state: State, fields: Fields) -> bool:
    if "chat_id" in fields:
        state.find_chat(fields)
    return True


async def get_chat_menu_button(state: State, fields: Fields) -> Json:
    return {"type": "commands"}


METHODS = {
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "getChatMemberCount": get_chat_member_count,
    "leaveChat": leave_chat,
    "pinChatMessage": pin_chat_message,
    "unpinChatMessage": unpin_chat_message,
    "unpinAllChatMessages": unpin_all_chat_messages,
    "setChatMenuButton": set_chat_menu_button,
    "getChatMenuButton": get_chat_menu_button,
}
