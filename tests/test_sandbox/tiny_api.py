"""A Telegram with next to nothing in it, for tests of the wire alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from inspect import Parameter, signature
from typing import Any

from telethon import TelegramClient
from telethon.crypto import AuthKey as ClientKey
from telethon.crypto import rsa
from telethon.network.connection import ConnectionTcpFull
from telethon.sessions import MemorySession
from telethon.tl import functions, types
from telethon.tl.tlobject import TLObject, TLRequest

from tests.sandbox.mtproto.calls import Call, RpcFault
from tests.sandbox.mtproto.keys import AuthKey
from tests.sandbox.mtproto.server import HOST, MtprotoServer

ACCOUNT = 777_000_123
NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)


class TinyApi:
    """Answers what a client asks when it connects; and getHistory, with as much as is asked for."""

    def __init__(self) -> None:
        self.server: MtprotoServer
        self.calls: list[Call] = []

    async def answer(self, call: Call) -> TLObject | bytes | bool | list[Any]:
        self.calls.append(call)
        if isinstance(call.request, functions.help.GetConfigRequest):
            return config(call.dc_id, self.server.ports)
        if isinstance(call.request, functions.messages.GetHistoryRequest):
            return history(call.request.offset_id, call.request.limit)
        if call.auth_key.account is None:
            raise RpcFault(401, "AUTH_KEY_UNREGISTERED")
        return about_account(call.request, call.auth_key.account)


def about_account(request: TLRequest, account: int) -> TLObject | list[Any]:
    match request:
        case functions.users.GetUsersRequest():
            return [types.User(account, is_self=True, access_hash=5)]
        case functions.updates.GetStateRequest():
            return types.updates.State(1, 0, NOW, 1, 0)
        case functions.updates.GetDifferenceRequest():
            return types.updates.DifferenceEmpty(NOW, 1)
    raise RpcFault(400, "INPUT_METHOD_INVALID")


def history(offset_id: int, limit: int) -> types.messages.Messages:
    """Messages from `offset_id` upwards, never more than 100."""
    messages = [
        message((offset_id + number) % 2**31, f"message {number}")
        for number in range(min(limit, 100))
    ]
    return types.messages.Messages(messages, [], [], [])


def message(message_id: int, text: str) -> types.Message:
    return types.Message(id=message_id, peer_id=types.PeerUser(ACCOUNT), date=NOW, message=text)


def config(dc_id: int, ports: dict[int, int]) -> types.Config:
    """Only the data centres matter; every other number is 1, every text empty."""
    fields: dict[str, Any] = {
        name: "" if parameter.annotation is str else 1
        for name, parameter in signature(types.Config).parameters.items()
        if parameter.default is Parameter.empty
    }
    fields["date"] = fields["expires"] = NOW
    fields["this_dc"] = dc_id
    fields["dc_options"] = [types.DcOption(dc, HOST, port) for dc, port in ports.items()]
    return types.Config(**fields)


@asynccontextmanager
async def tiny_server(**options: Any) -> AsyncIterator[TinyApi]:
    """A running server; `options` are MtprotoServer's."""
    api = TinyApi()
    api.server = MtprotoServer(api.answer, **options)
    await api.server.start()
    rsa.add_key(api.server.public_key_pem, old=False)
    TelegramClient._config = None  # cached on the class, with the ports of another server
    try:
        yield api
    finally:
        await api.server.close()


@asynccontextmanager
async def client(
    server: MtprotoServer,
    key: AuthKey | None,
    *,
    dc_id: int = 2,
    port: int | None = None,
    connection: type[Any] = ConnectionTcpFull,
    **options: Any,
) -> AsyncIterator[TelegramClient]:
    """The real client, connected; without a `key` it makes one by the key exchange."""
    session = MemorySession()
    session.set_dc(dc_id, HOST, port or server.ports[dc_id])
    if key is not None:
        session.auth_key = ClientKey(key.key)
    options = {"retry_delay": 0, "flood_sleep_threshold": 0, "receive_updates": False} | options
    telegram = TelegramClient(session, 1, "any", connection=connection, **options)
    await telegram.connect()
    try:
        yield telegram
    finally:
        await telegram.disconnect()


def get_history(offset_id: int = 0, limit: int = 100) -> functions.messages.GetHistoryRequest:
    return functions.messages.GetHistoryRequest(
        types.InputPeerSelf(), offset_id, None, 0, limit, 0, 0, 0
    )
