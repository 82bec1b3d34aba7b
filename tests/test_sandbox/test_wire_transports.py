"""The wire under each transport of the real client, with ready-made keys and with the exchange."""

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mtproto.enums import ConnectionRole
from mtproto.transport.connection import Connection
from mtproto.transport.packets.base_packet import BasePacket
from mtproto.transport.packets.message_packet import EncryptedMessagePacket
from mtproto.transport.transports.abridged import AbridgedTransport
from mtproto.transport.transports.base_transport import BaseTransport
from mtproto.transport.transports.full import FullTransport
from mtproto.transport.transports.intermediate import IntermediateTransport
from mtproto.transport.transports.padded_intermediate import PaddedIntermediateTransport
from telethon.network.connection import (
    ConnectionTcpAbridged,
    ConnectionTcpFull,
    ConnectionTcpIntermediate,
    ConnectionTcpMTProxyIntermediate,
    ConnectionTcpMTProxyRandomizedIntermediate,
    ConnectionTcpObfuscated,
)

from tests.sandbox.mtproto.server import HOST, MtprotoServer
from tests.sandbox.mtproto.transport import Wire
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


async def test_an_mtproxy_leads_to_the_data_centre_asked_for() -> None:
    secret = bytes(range(16))

    async def visit(server: MtprotoServer, transport: type[Any], dc_id: int) -> Any:
        key = server.keys.ready_made(ACCOUNT + dc_id, dc_id=dc_id)
        options: dict[str, Any] = {
            "connection": transport,
            "dc_id": dc_id,
            "proxy": (HOST, server.proxy_port, secret.hex()),
        }
        async with client(server, key, **options) as telegram:
            return await telegram.get_me()

    async with tiny_server(proxy_secret=secret) as api:
        first, second = await asyncio.gather(  # each waits 2 s, which is the client's way
            visit(api.server, ConnectionTcpMTProxyIntermediate, 1),
            visit(api.server, ConnectionTcpMTProxyRandomizedIntermediate, 2),
        )

    assert (first.id, second.id) == (ACCOUNT + 1, ACCOUNT + 2)
    assert {(call.dc_id, call.auth_key.account) for call in api.calls} == {
        (1, ACCOUNT + 1),
        (2, ACCOUNT + 2),
    }


@pytest.mark.parametrize(
    "transport",
    [FullTransport, AbridgedTransport, IntermediateTransport, PaddedIntermediateTransport],
)
@given(
    blocks=st.lists(st.integers(min_value=2, max_value=80), min_size=1, max_size=4),
    steps=st.lists(st.integers(min_value=1, max_value=200), min_size=1),
)
def test_packets_may_come_in_any_pieces(
    transport: type[BaseTransport], blocks: list[int], steps: list[int]
) -> None:
    sent = [EncryptedMessagePacket(7, b"k" * 16, b"d" * 16 * count) for count in blocks]
    sender: Connection[BaseTransport] = Connection(ConnectionRole.CLIENT, transport)
    data = b"".join(bytes(sender.send(packet)) for packet in sent)
    wire = Wire()
    received: list[BasePacket] = []
    for step in itertools.cycle(steps):
        received += wire.receive(data[:step])
        data = data[step:]
        if not data:
            break

    assert [packet.write() for packet in received] == [packet.write() for packet in sent]


@pytest.mark.parametrize(
    "junk",
    [
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="HTTP"),
        pytest.param(bytes(range(64)), id="no obfuscated header"),
        pytest.param(b"\xef\x7f\xff\xff\xff", id="abridged packet too long"),
        pytest.param(b"\xee" * 4 + b"\xff" * 4, id="intermediate packet too long"),
        pytest.param(b"\x14\0\0\0\0\0\0\0" + bytes(12), id="full with a wrong checksum"),
        pytest.param(b"\4\0\0\0\0\0\0\0" + bytes(12), id="full packet too short"),
        pytest.param(b"\xee" * 4 + b"\4\0\0\0" + bytes(4), id="a server's packet"),
    ],
)
async def test_a_connection_that_talks_nonsense_is_ended(junk: bytes) -> None:
    async with tiny_server() as api:
        reader, writer = await asyncio.open_connection(HOST, api.server.ports[2])
        writer.write(junk)

        assert await reader.read() == b""

        writer.close()
        await writer.wait_closed()
