"""Ask the sandbox's API without a wire between."""

from __future__ import annotations

from typing import Any

from telethon.extensions import BinaryReader
from telethon.tl import types

from tests.sandbox.api import TelegramApi
from tests.sandbox.mtproto.calls import serialised, unwrap
from tests.sandbox.mtproto.keys import AuthKeys
from tests.sandbox.world import Account, World
from tests.sandbox.world.chats import Chat

PORTS = {1: 4431, 2: 4432, 4: 4434}


class Client:
    """One client of the API, signed in or not. Answers go through bytes, as on the wire."""

    def __init__(
        self, world: World, account: Account | None = None, *, api: TelegramApi | None = None
    ) -> None:
        self.api = api or TelegramApi(world, lambda: PORTS)
        self.account = account
        user_id = 0 if account is None else account.id
        self.key = AuthKeys().ready_made(user_id, dc_id=2 if account is None else account.dc_id)
        if account is None:
            self.key.account = None

    async def __call__(self, request: Any, *, dc_id: int | None = None) -> Any:
        """The answer as a client would read it.

        Raises:
            RpcFault: the request was refused.
        """
        call = unwrap(
            BinaryReader(bytes(request)).tgread_object(),
            dc_id=dc_id or self.key.dc_id,
            auth_key=self.key,
            session_id=1,
        )
        return request.read_result(BinaryReader(serialised(await self.api.answer(call))))

    def peer(self, chat: Chat) -> Any:
        """The chat as this client names it."""
        assert self.account is not None
        return chat.input_peer(self.account)

    def channel(self, chat: Chat) -> Any:
        """The channel as this client names it where no other chat may stand."""
        peer = self.peer(chat)
        return types.InputChannel(peer.channel_id, peer.access_hash)


def client_of(world: World) -> Client:
    return Client(world, world.owner)
