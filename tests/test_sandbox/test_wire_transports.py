"""The wire under each transport of the real client, with ready-made keys and with the exchange."""

from typing import Any

import pytest
from telethon.network.connection import (
    ConnectionTcpAbridged,
    ConnectionTcpFull,
    ConnectionTcpIntermediate,
    ConnectionTcpObfuscated,
)

from tests.test_sandbox.tiny_api import ACCOUNT, client, get_history, tiny_server

TRANSPORTS = [
    ConnectionTcpFull,
    ConnectionTcpAbridged,
    ConnectionTcpIntermediate,
    ConnectionTcpObfuscated,
]


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_ready_made_key_is_signed_in_over_every_transport(transport: type[Any]) -> None:
    async with tiny_server() as api:
        key = api.server.keys.ready_made(ACCOUNT)
        async with client(api.server, key, connection=transport) as telegram:
            me = await telegram.get_me()
            answer = await telegram(get_history(offset_id=5, limit=100))

    assert me.id == ACCOUNT
    assert [message.id for message in answer.messages] == list(range(5, 105))


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_new_client_makes_a_key_over_every_transport(transport: type[Any]) -> None:
    async with tiny_server() as api, client(api.server, None, connection=transport) as telegram:
        answer = await telegram(get_history())
        made = api.server.keys.get(telegram.session.auth_key.key_id)

    assert len(answer.messages) == 100
    assert made is not None
    assert made.account is None
