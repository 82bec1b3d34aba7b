"""A client that does as little as it can: MTProto by hand, answers counted and thrown away.

It opens one answer in many, to be sure of what it counts.
"""

import asyncio
import os
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cryptg
from telethon.crypto import AuthKey
from telethon.extensions import BinaryReader
from telethon.network.mtprotostate import MTProtoState
from telethon.tl.core import MessageContainer, RpcResult
from telethon.tl.tlobject import TLRequest
from telethon.tl.types import BadServerSalt

_SERVICE_BYTES = 1500
"""No answer with a page is as short as this, and no service message longer.

The longest acknowledges all that is under way, with eight bytes for each request.
"""
_MOST_AT_ONCE = 150
_OPENED_ONE_IN = 200
_HEADER = struct.Struct("<qqqii")


def messages_in(answer: Any) -> int:
    return len(getattr(answer, "messages", ()))


def bytes_in(answer: Any) -> int:
    return len(getattr(answer, "bytes", b""))


@dataclass(slots=True)
class Plain:
    """A packet before encryption or after it."""

    salt: int
    session_id: int
    msg_id: int
    seqno: int
    body: bytes


def sealed(key: AuthKey, plain: Plain) -> bytes:
    """What a client sends, but for the transport's frame."""
    length = len(plain.body)
    data = _HEADER.pack(plain.salt, plain.session_id, plain.msg_id, plain.seqno, length)
    data += plain.body
    data += os.urandom(12 + (-(len(data) + 12)) % 16)
    msg_key = sha256(key.key[88:120] + data).digest()[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key.key, msg_key, True)
    encrypted = cryptg.encrypt_ige(data, aes_key, aes_iv)
    return b"".join((struct.pack("<Q", key.key_id), msg_key, encrypted))


def opened(key: AuthKey, packet: bytes) -> Plain:
    """What the server sent, without any check."""
    aes_key, aes_iv = MTProtoState._calc_key(key.key, packet[8:24], False)
    data = cryptg.decrypt_ige(packet[24:], aes_key, aes_iv)
    salt, session_id, msg_id, seqno, length = _HEADER.unpack_from(data)
    return Plain(salt, session_id, msg_id, seqno, data[_HEADER.size : _HEADER.size + length])


class RawClient(asyncio.Protocol):
    """One connection in the intermediate transport, with a ready-made key."""

    def __init__(self, key: AuthKey) -> None:
        self._key = key
        self._salt = 0
        self._session_id = int.from_bytes(os.urandom(8), "little", signed=True)
        self._msg_id = 0
        self._content = 0
        self._held = bytearray()
        self._transport: asyncio.Transport
        self._take: Callable[[list[bytes]], None] = lambda _: None
        self._awaited: asyncio.Future[Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"\xee" * 4)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_exception(exc or ConnectionError("the server hung up"))

    def data_received(self, data: bytes) -> None:
        held = self._held
        held += data
        packets = []
        start = 0
        while len(held) - start >= 4:
            end = start + 4 + int.from_bytes(held[start : start + 4], "little")
            if len(held) < end:
                break
            packets.append(bytes(held[start + 4 : end]))
            start = end
        del held[:start]
        self._take(packets)

    async def ask(self, request: TLRequest) -> Any:
        """One request and its answer, with nothing else under way."""
        answered: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

        def take(packets: list[bytes]) -> None:
            for content in (inner for packet in packets for inner in self._contents(packet)):
                if isinstance(content, BadServerSalt):
                    self._salt = content.new_server_salt
                    self._send([bytes(request)])
                elif isinstance(content, RpcResult):
                    answered.set_result(_answer_of(content))

        self._take, self._awaited = take, answered
        self._send([bytes(request)])
        return await answered

    async def throw_away(
        self,
        requests: Iterator[bytes],
        *,
        page: int,
        at_once: int,
        seconds: float,
        counted: Callable[[Any], int] = messages_in,
        opened_one_in: int = _OPENED_ONE_IN,
    ) -> tuple[int, float]:
        """Keep `at_once` requests under way; answers received, and the seconds it took.

        One answer in `opened_one_in` is deciphered and looked at.

        Raises:
            ValueError: an opened answer does not hold `page` of what is `counted` (messages, or
                bytes of a file), or too much `at_once`.
        """
        if at_once > _MOST_AT_ONCE:
            raise ValueError(f"no more than {_MOST_AT_ONCE} requests at once")
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        began = time.perf_counter()
        asked, answers = at_once, 0

        def take(packets: list[bytes]) -> None:
            nonlocal asked, answers
            pages = [packet for packet in packets if len(packet) >= _SERVICE_BYTES]
            if answers // opened_one_in != (answers + len(pages)) // opened_one_in:
                self._check(pages[-1], page, counted, finished)
            answers += len(pages)
            if time.perf_counter() - began < seconds:
                asked += len(pages)
                self._send([next(requests) for _ in pages])
            elif answers == asked and not finished.done():
                finished.set_result(None)

        self._take, self._awaited = take, finished
        self._send([next(requests) for _ in range(at_once)])
        await finished
        return answers, time.perf_counter() - began

    def close(self) -> None:
        self._transport.abort()

    def _check(
        self,
        packet: bytes,
        page: int,
        counted: Callable[[Any], int],
        finished: asyncio.Future[None],
    ) -> None:
        for content in self._contents(packet):
            if not isinstance(content, RpcResult) or finished.done():
                continue
            answer = _answer_of(content)
            count = counted(answer)
            if count != page:
                kind = type(answer).__name__
                finished.set_exception(ValueError(f"{kind} with {count} is not one of {page}"))

    def _send(self, bodies: list[bytes]) -> None:
        self._transport.write(b"".join(map(self._packet, bodies)))

    def _packet(self, body: bytes) -> bytes:
        self._msg_id = max(int(time.time() * 2**32) & ~3, self._msg_id + 4)
        self._content += 1
        seqno = self._content * 2 - 1
        packet = sealed(self._key, Plain(self._salt, self._session_id, self._msg_id, seqno, body))
        return len(packet).to_bytes(4, "little") + packet

    def _contents(self, packet: bytes) -> list[Any]:
        content = BinaryReader(opened(self._key, packet).body).tgread_object()
        if isinstance(content, MessageContainer):
            return [message.obj for message in content.messages]
        return [content]


def _answer_of(result: RpcResult) -> Any:
    if result.error is not None:
        return result.error
    return BinaryReader(result.body).tgread_object()
