"""The key exchange: repeated, refused, and its keys kept apart by data centre."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from telethon import errors
from telethon.extensions import BinaryReader
from telethon.network import authenticator
from telethon.tl import functions, types
from telethon.tl.tlobject import TLObject

from tests.sandbox.mtproto.keys import RsaKey
from tests.sandbox.mtproto.server import HOST
from tests.test_sandbox.tiny_api import ACCOUNT, TinyApi, client, get_history, tiny_server


class PlainSender:
    """What Telethon's key exchange speaks through: unencrypted messages on one connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.change: Callable[[Any], Any] = lambda request: request
        """What a test does to a request before it is sent."""
        self.see: Callable[[Any], Any] = lambda answer: answer
        """What it makes of an answer."""

    async def send(self, request: TLObject) -> Any:
        body = bytes(self.change(request))
        packet = bytes(8) + os.urandom(8) + len(body).to_bytes(4, "little") + body
        self._writer.write(len(packet).to_bytes(4, "little") + packet)
        answer = await self.packet()
        return self.see(BinaryReader(answer[20:]).tgread_object())

    async def packet(self) -> bytes:
        length = int.from_bytes(await self._reader.readexactly(4), "little")
        answer = await self._reader.readexactly(length)
        if len(answer) == 4:
            raise errors.InvalidBufferError(answer)
        return answer


@pytest.fixture
async def api() -> AsyncIterator[TinyApi]:
    async with tiny_server() as running:
        yield running


@pytest.fixture
async def sender(api: TinyApi) -> AsyncIterator[PlainSender]:
    reader, writer = await asyncio.open_connection(HOST, api.server.ports[2])
    writer.write(b"\xee" * 4)
    yield PlainSender(reader, writer)
    writer.close()
    await writer.wait_closed()


async def exchange(sender: PlainSender) -> Any:
    """A key, as Telethon makes it.

    It drops leading zeros of what both sides computed, so that one exchange in 256 fails.
    """
    while True:
        try:
            key, _ = await authenticator.do_authentication(sender)
        except errors.SecurityError:
            continue
        return key


async def test_a_client_may_exchange_again_on_the_same_connection(
    api: TinyApi, sender: PlainSender
) -> None:
    first = await exchange(sender)
    second = await exchange(sender)

    assert first.key != second.key
    for made in (first, second):
        known = api.server.keys.get(made.key_id)
        assert known is not None
        assert known.key == made.key


async def test_an_exchange_can_begin_anew_halfway(sender: PlainSender) -> None:
    await sender.send(functions.ReqPqMultiRequest(1))

    assert await exchange(sender)


async def test_a_made_key_can_be_used_at_once(api: TinyApi) -> None:
    async with client(api.server, None) as telegram:
        assert await telegram(get_history())
        assert await telegram.get_me() is None


async def test_a_key_is_made_anew_for_another_data_centre(api: TinyApi) -> None:
    async with client(api.server, api.server.keys.ready_made(ACCOUNT)) as telegram:
        home = telegram.session.auth_key.key_id
        await telegram._switch_dc(1)
        away = telegram.session.auth_key.key_id

    made = api.server.keys.get(away)
    assert made is not None
    assert (made.dc_id, made.account) == (1, None)
    assert home != away
    assert api.calls[-1].dc_id == 1


async def test_a_client_with_an_unknown_key_is_told_so(api: TinyApi) -> None:
    key = api.server.keys.ready_made(ACCOUNT)
    api.server.keys.forget(key)
    with pytest.raises(errors.AuthKeyNotFound):
        async with client(api.server, key):
            pass


def wrong_fingerprint(request: Any) -> Any:
    if isinstance(request, functions.ReqDHParamsRequest):
        request.public_key_fingerprint += 1
    return request


def wrong_nonce(request: Any) -> Any:
    if isinstance(request, functions.ReqDHParamsRequest):
        request.server_nonce += 1
    return request


def wrong_cipher(request: Any) -> Any:
    if isinstance(request, functions.ReqDHParamsRequest | functions.SetClientDHParamsRequest):
        request.encrypted_data = os.urandom(len(request.encrypted_data))
    return request


def wrong_length(request: Any) -> Any:
    if isinstance(request, functions.SetClientDHParamsRequest):
        request.encrypted_data = request.encrypted_data[:-1]
    return request


def wrong_order(request: Any) -> Any:
    return functions.SetClientDHParamsRequest(request.nonce, 0, b"")


def wrong_method(request: Any) -> Any:
    return functions.help.GetConfigRequest()


def wrong_object(request: Any) -> Any:
    return types.InputPeerSelf()


@pytest.mark.parametrize(
    "change",
    [
        wrong_fingerprint,
        wrong_nonce,
        wrong_cipher,
        wrong_length,
        wrong_order,
        wrong_method,
        wrong_object,
    ],
)
async def test_a_broken_exchange_is_refused(
    sender: PlainSender, change: Callable[[Any], Any]
) -> None:
    sender.change = change
    with pytest.raises(errors.InvalidBufferError) as raised:
        await authenticator.do_authentication(sender)

    assert raised.value.code == 404


async def test_wrong_factors_are_refused(sender: PlainSender) -> None:
    def see(answer: Any) -> Any:
        if isinstance(answer, types.ResPQ):
            answer.pq = (32_749 * 65_519).to_bytes(4, "big")
        return answer

    sender.see = see
    with pytest.raises(errors.InvalidBufferError) as raised:
        await authenticator.do_authentication(sender)

    assert raised.value.code == 404


async def test_the_public_key_is_given_in_both_forms() -> None:
    key = RsaKey.shared()

    assert key.public_pem.startswith("-----BEGIN RSA PUBLIC KEY-----")
    assert key.public_spki_pem.startswith("-----BEGIN PUBLIC KEY-----")
