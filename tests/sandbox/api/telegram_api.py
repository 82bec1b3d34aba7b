"""Answers to requests, by their class."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.sandbox.api import (
    chats,
    config,
    dialogs,
    files,
    folders,
    freezing,
    history,
    invites,
    password,
    pictures,
    search,
    sign_in,
    takeout,
    topics,
    updates,
    users,
)
from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.codes import Codes
from tests.sandbox.api.serving import Serving
from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.world.world import World

HANDLERS: dict[type, Handler] = {
    **config.HANDLERS,
    **sign_in.HANDLERS,
    **password.HANDLERS,
    **updates.HANDLERS,
    **users.HANDLERS,
    **dialogs.HANDLERS,
    **folders.HANDLERS,
    **history.HANDLERS,
    **search.HANDLERS,
    **topics.HANDLERS,
    **chats.HANDLERS,
    **invites.HANDLERS,
    **takeout.HANDLERS,
    **files.HANDLERS,
    **pictures.HANDLERS,
}


ANYWHERE = ("auth", "help", "upload")
"""The groups of methods that every data centre answers, wherever the account lives."""


def check_home(asked: Asked) -> None:
    """Refuse what only the account's own data centre answers.

    Raises:
        RpcFault: 303 USER_MIGRATE_X: "the user whose identity is being used to execute queries is
            associated with a different data center":
            https://core.telegram.org/api/errors#303-see-other
    """
    account = asked.world.accounts.get(asked.call.auth_key.account or 0)
    if account is None or account.dc_id == asked.call.dc_id:
        return
    if type(asked.request).__module__.rpartition(".")[2] not in ANYWHERE:
        raise RpcFault(303, f"USER_MIGRATE_{account.dc_id}")


class TelegramApi:
    """What every data centre answers; give `answer` to the server."""

    def __init__(self, world: World, ports: Callable[[], Mapping[int, int]]) -> None:
        """`ports` gives the data centres' ports on 127.0.0.1 by their ids, for help.getConfig."""
        self.world = world
        self.ports = ports
        self.codes = Codes()
        self.files = Serving()
        """How files are served, and what was asked of them."""
        self.unknown: list[str] = []
        """Class names of requests that have no handler: a test that used one should fail."""

    async def answer(self, call: Call) -> Any:
        """The answer to one request: a TL object, a list, or the bytes of a boxed answer.

        Raises:
            RpcFault: what Telegram answers with an error.
        """
        handler = HANDLERS.get(type(call.request))
        if handler is None:
            self.unknown.append(type(call.request).__name__)
            raise RpcFault(400, "INPUT_METHOD_INVALID")
        asked = Asked(self.world, call, self.ports, self.codes, self.files)
        check_home(asked)
        freezing.check(asked)
        takeout.check(asked)
        return handler(asked)
