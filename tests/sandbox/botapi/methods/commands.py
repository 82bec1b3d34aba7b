"""The bot's commands by scope and language, and what it says about itself.

https://core.telegram.org/bots/api#setmycommands
"""

from __future__ import annotations

import json
import re

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.state import State

COMMAND = re.compile(r"[a-z0-9_]{1,32}")
WIDE_SCOPES = frozenset(
    {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
)
CHAT_SCOPES = frozenset({"chat", "chat_administrators", "chat_member"})


async def set_my_commands(state: State, fields: Fields) -> bool:
    commands: list[Json] = fields.parsed("commands", "commands") or []
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    checked = []
    for command in commands:
        name = str(command.get("command", "")).removeprefix("/")
        description = str(command.get("description", "")).strip()
        if not COMMAND.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        checked.append({"command": name, "description": description})
    state.commands[_scope(state, fields), fields.text("language_code")] = checked
    return True


async def get_my_commands(state: State, fields: Fields) -> list[Json]:
    return state.commands.get((_scope(state, fields), fields.text("language_code")), [])


async def delete_my_commands(state: State, fields: Fields) -> bool:
    state.commands.pop((_scope(state, fields), fields.text("language_code")), None)
    return True


def _scope(state: State, fields: Fields) -> str:
    """The scope as canonical JSON; one that names a chat needs a chat that the bot knows."""
    scope: Json = fields.parsed("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type")
    if kind in CHAT_SCOPES:
        chat = state.find_chat(Fields(scope, {}))
        if chat.person is not None and not chat.person.started:
            raise bad_request("chat not found")
    elif kind not in WIDE_SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if kind == "chat_member" and not scope.get("user_id"):
        raise bad_request("can't parse BotCommandScope: Can't find field \"user_id\"")
    return json.dumps(scope, sort_keys=True)


async def set_my_name(state: State, fields: Fields) -> bool:
    return _describe(state, fields, "name", limit=64)


async def get_my_name(state: State, fields: Fields) -> Json:
    return {"name": _described(state, fields, "name") or state.me.first_name}


async def set_my_description(state: State, fields: Fields) -> bool:
    return _describe(state, fields, "description", limit=512)


async def get_my_description(state: State, fields: Fields) -> Json:
    return {"description": _described(state, fields, "description")}


async def set_my_short_description(state: State, fields: Fields) -> bool:
    return _describe(state, fields, "short_description", limit=120)


async def get_my_short_description(state: State, fields: Fields) -> Json:
    return {"short_description": _described(state, fields, "short_description")}


def _describe(state: State, fields: Fields, word: str, *, limit: int) -> bool:
    text = fields.text(word)
    if len(text) > limit:
        raise bad_request(f"BOT_{word.upper()}_INVALID")
    state.described[word, fields.text("language_code")] = text
    return True


def _described(state: State, fields: Fields, word: str) -> str:
    return state.described.get((word, fields.text("language_code")), "")


METHODS = {
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyName": set_my_name,
    "getMyName": get_my_name,
    "setMyDescription": set_my_description,
    "getMyDescription": get_my_description,
    "setMyShortDescription": set_my_short_description,
    "getMyShortDescription": get_my_short_description,
}
