"""Sending, editing and deleting: https://core.telegram.org/bots/api#sendmessage and below"""

from __future__ import annotations

import time
from typing import Any

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.formatted import CAPTION_LIMIT, formatted_text
from tests.sandbox.botapi.markup import read_markup
from tests.sandbox.botapi.messages import Chat, Frame, Message
from tests.sandbox.botapi.state import State

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
DELETABLE_S = 48 * 3600
"""https://core.telegram.org/bots/api#deletemessage"""
ACTIONS = frozenset({
    "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice",
    "upload_document", "choose_sticker", "find_location", "record_video_note",
    "upload_video_note",
})  # fmt: skip
"""https://core.telegram.org/bots/api#sendchataction"""
_REACTIONS = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 "
    "❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 "
    "😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ "
    "😡 "
)
REACTIONS = frozenset(_REACTIONS.split())
"""https://core.telegram.org/bots/api#reactiontypeemoji"""


async def send_message(state: State, fields: Fields) -> Json:
    text, entities = formatted_text(fields, "text", "entities")
    if not text:
        raise bad_request("message text is empty")
    return add_own_message(state, fields, text, entities).to_json()


def add_own_message(
    state: State,
    fields: Fields,
    text: str,
    entities: tuple[Json, ...],
    document: Json | None = None,
) -> Message:
    markup = read_markup(fields)
    chat = state.writable_chat(fields)
    reply_to = replied_message(state, fields, chat)
    state.limits.spend(chat)
    return state.add_message(
        chat,
        state.me,
        Frame(text=text, entities=entities, buttons=markup.inline, at=time.time()),
        reply_to=reply_to,
        silent=fields.flag("disable_notification"),
        keyboard=markup.keyboard,
        document=document,
    )


def replied_message(state: State, fields: Fields, chat: Chat) -> Message | None:
    """The message to reply to, https://core.telegram.org/bots/api#replyparameters

    Raises:
        BotApiError: 400, there is none with that id and `allow_sending_without_reply` is not set.
    """
    reply: Any = fields.parsed("reply_parameters", "reply parameters") or {}
    message_id = reply.get("message_id") or fields.integer("reply_to_message_id")
    if not message_id:
        return None
    message = state.find_message(chat, int(message_id))
    lenient = reply.get("allow_sending_without_reply") or fields.flag("allow_sending_without_reply")
    if message is None and not lenient:
        raise bad_request("message to be replied not found")
    return message


async def edit_message_text(state: State, fields: Fields) -> Json:
    text, entities = formatted_text(fields, "text", "entities", too_long="MESSAGE_TOO_LONG")
    if not text:
        raise bad_request("message text is empty")
    message = _editable(state, fields)
    if message.document is not None:
        raise bad_request("there is no text in the message to edit")
    return _edit(state, fields, message, text, entities)


async def edit_message_caption(state: State, fields: Fields) -> Json:
    text, entities = caption_of(fields)
    message = _editable(state, fields)
    if message.document is None:
        raise bad_request("there is no caption in the message to edit")
    return _edit(state, fields, message, text, entities)


def caption_of(fields: Fields) -> tuple[str, tuple[Json, ...]]:
    return formatted_text(
        fields,
        "caption",
        "caption_entities",
        limit=CAPTION_LIMIT,
        too_long="message caption is too long",
    )


async def edit_message_reply_markup(state: State, fields: Fields) -> Json:
    message = _editable(state, fields)
    return _edit(state, fields, message, message.text, message.entities)


def _editable(state: State, fields: Fields) -> Message:
    if fields.integer("message_id") <= 0:
        raise bad_request("message identifier is not specified")
    chat = state.writable_chat(fields)
    message = state.find_message(chat, fields.integer("message_id"))
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender is not state.me or message.service:
        raise bad_request("message can't be edited")
    return message


def _edit(
    state: State, fields: Fields, message: Message, text: str, entities: tuple[Json, ...]
) -> Json:
    markup = read_markup(fields)
    state.limits.spend(message.chat)
    now = message.frames[-1]
    if (text, entities, markup.inline) == (now.text, now.entities, now.buttons):
        raise bad_request(NOT_MODIFIED)
    frame = Frame(text=text, entities=entities, buttons=markup.inline, at=time.time())
    message.frames.append(frame)
    message.edit_date = int(frame.at)
    state.changed()
    return message.to_json()


async def delete_message(state: State, fields: Fields) -> bool:
    chat = state.find_chat(fields)
    message = state.find_message(chat, fields.integer("message_id"))
    if message is None:
        raise bad_request("message to delete not found")
    if time.time() - message.date > DELETABLE_S:
        raise bad_request("message can't be deleted for everyone")
    if message.sender is not state.me and not chat.is_private:
        raise bad_request("message can't be deleted")
    message.deleted = True
    state.changed()
    return True


async def delete_messages(state: State, fields: Fields) -> bool:
    """Those that can't be found are skipped, https://core.telegram.org/bots/api#deletemessages"""
    chat = state.find_chat(fields)
    for message_id in fields.parsed("message_ids", "message identifiers") or []:
        message = state.find_message(chat, int(message_id))
        if message is not None:
            message.deleted = True
    state.changed()
    return True


async def send_chat_action(state: State, fields: Fields) -> bool:
    chat = state.writable_chat(fields)
    action = fields.text("action").strip().lower()
    if action not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat.actions.append(action)
    state.changed()
    return True


async def set_message_reaction(state: State, fields: Fields) -> bool:
    chat = state.writable_chat(fields)
    message = state.find_message(chat, fields.integer("message_id"))
    if message is None:
        raise bad_request("message to react not found")
    reactions: list[Json] = fields.parsed("reaction", "reaction types") or []
    for reaction in reactions:
        if reaction.get("type") == "emoji" and reaction.get("emoji") not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    message.reactions = reactions
    state.changed()
    return True


METHODS = {
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageCaption": edit_message_caption,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "deleteMessage": delete_message,
    "deleteMessages": delete_messages,
    "sendChatAction": send_chat_action,
    "setMessageReaction": set_message_reaction,
}
