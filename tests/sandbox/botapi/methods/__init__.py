"""The methods of the Bot API by name: https://core.telegram.org/bots/api#available-methods"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.methods import (
    albums,
    chats,
    commands,
    files,
    messages,
    queries,
    receiving,
)
from tests.sandbox.botapi.state import State

Method = Callable[[State, Fields], Awaitable[Any]]

METHODS: dict[str, Method] = {
    **receiving.METHODS,
    **messages.METHODS,
    **queries.METHODS,
    **commands.METHODS,
    **chats.METHODS,
    **files.METHODS,
    **albums.METHODS,
}
BY_LOWER_NAME = {name.lower(): name for name in METHODS}
"""Names are case-insensitive, https://core.telegram.org/bots/api#making-requests"""
