"""Junk, at every depth: it never ends the server, and never is an exception nobody expected."""

import asyncio
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telethon.crypto import AuthKey as ClientKey

from tests.bench.raw_client import Plain, sealed
from tests.sandbox.mtproto.server import HOST
from tests.test_sandbox.raw_wire import RawWire, raw_wire
from tests.test_sandbox.tiny_api import ACCOUNT, TinyApi, client, get_history, tiny_server

FIRST_BYTES = [b"", b"\xef", b"\xee" * 4, b"\xdd" * 4, b"\x20\0\0\0\0\0\0\0"]


@pytest.fixture
async def api() -> AsyncIterator[TinyApi]:
    """A server that must answer a real client at the end, with no unexpected exception before."""
    unexpected: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: unexpected.append(context))
    async with tiny_server() as running:
        yield running
        async with client(running.server, running.server.keys.ready_made(ACCOUNT)) as telegram:
            answer = await telegram(get_history())
    assert len(answer.messages) == 100
    assert unexpected == []


async def test_random_bytes_are_survived(api: TinyApi) -> None:
    dice = random.Random(1)
    for number in range(200):
        first = FIRST_BYTES[number % len(FIRST_BYTES)]
        reader, writer = await asyncio.open_connection(HOST, api.server.ports[2])
        writer.write(first + dice.randbytes(dice.randrange(300)))
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()


async def test_random_packets_are_survived(api: TinyApi) -> None:
    """Well framed, but neither encrypted nor a key exchange."""
    dice = random.Random(2)
    key = api.server.keys.ready_made(ACCOUNT)
    starts = [bytes(8), bytes(20), key.key_id.to_bytes(8, "little"), b""]
    for number in range(200):
        packet = starts[number % len(starts)] + dice.randbytes(dice.randrange(100))
        async with raw_wire(api.server.ports[2], key, init=False) as wire:
            await wire.send_packet(packet)


async def test_random_messages_are_survived(api: TinyApi) -> None:
    """Rightly encrypted, with nothing sensible in them; the connection stands throughout."""
    dice = random.Random(3)
    key = api.server.keys.ready_made(ACCOUNT)
    request = bytes(get_history())
    starts = [b"", b"\xdc\xf8\xf1\x73", b"\xa1\xcf\x72\x30", request[:4], b"\x15\xc4\xb5\x1c"]
    async with raw_wire(api.server.ports[2], key) as wire:
        for number in range(300):
            body = starts[number % len(starts)] + dice.randbytes(4 * dice.randrange(30))
            await wire.send(body, content=bool(dice.randrange(2)))
        await answered(wire)


async def test_damaged_requests_are_survived(api: TinyApi) -> None:
    dice = random.Random(4)
    key = api.server.keys.ready_made(ACCOUNT)
    async with raw_wire(api.server.ports[2], key) as wire:
        for _ in range(300):
            body = bytearray(bytes(get_history()))
            for _ in range(dice.randrange(1, 6)):
                body[dice.randrange(4, len(body))] = dice.randrange(256)
            await wire.send(bytes(body[: 4 * dice.randrange(1, len(body) // 4 + 1)]))
        await answered(wire)


async def test_random_numbers_are_survived(api: TinyApi) -> None:
    dice = random.Random(5)
    key = api.server.keys.ready_made(ACCOUNT)
    async with raw_wire(api.server.ports[2], key) as wire:
        for _ in range(200):
            plain = Plain(
                salt=dice.choice([wire.salt, dice.getrandbits(63)]),
                session_id=wire.session_id,
                msg_id=dice.choice([wire.next_id(), dice.getrandbits(63)]),
                seqno=dice.getrandbits(31),
                body=bytes(get_history()),
            )
            await wire.send_packet(sealed(ClientKey(key.key), plain))
        odd = await wire.send(get_history(), msg_id=wire.next_id() + 1)
        while getattr((await wire.receive()).obj, "bad_msg_id", None) != odd:
            pass


async def answered(wire: RawWire) -> None:
    """The connection still answers: wait for the answer to one more request."""
    msg_id = await wire.send(get_history(limit=1))
    while getattr((await wire.receive()).obj, "req_msg_id", None) != msg_id:
        pass
