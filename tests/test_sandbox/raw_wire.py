"""A client that sends what a test says, right or wrong, and shows every message it gets."""

import asyncio
import os
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from telethon.crypto import AuthKey as ClientKey
from telethon.extensions import BinaryReader
from telethon.tl.core import MessageContainer, RpcResult, TLMessage
from telethon.tl.functions import InvokeWithLayerRequest
from telethon.tl.functions.help import GetConfigRequest
from telethon.tl.tlobject import TLObject
from telethon.tl.types import NewSessionCreated

from tests.bench.raw_client import Plain, opened, sealed
from tests.sandbox.mtproto.keys import AuthKey
from tests.sandbox.mtproto.server import HOST

LAYER = 229


class RawWire:
    """One connection, intermediate transport; its numbers are right unless a test gives others."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, key: AuthKey
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._key = ClientKey(key.key)
        self.salt = key.salts.current()
        self.session_id = int.from_bytes(os.urandom(8), "little", signed=True)
        self._msg_id = 0
        self._content = 0
        self._messages: list[TLMessage] = []

    def next_id(self) -> int:
        self._msg_id = max(int(time.time() * 2**32) & ~3, self._msg_id + 4)
        return self._msg_id

    def next_seqno(self, *, content: bool = True) -> int:
        self._content += content
        return self._content * 2 - content

    async def send(
        self, body: TLObject | bytes, *, content: bool = True, msg_id: int = 0, seqno: int = -1
    ) -> int:
        """Send one message; its id."""
        msg_id = msg_id or self.next_id()
        seqno = self.next_seqno(content=content) if seqno < 0 else seqno
        plain = Plain(self.salt, self.session_id, msg_id, seqno, bytes(body))
        await self.send_packet(sealed(self._key, plain))
        return msg_id

    async def send_packet(self, packet: bytes) -> None:
        self._writer.write(len(packet).to_bytes(4, "little") + packet)
        await self._writer.drain()

    async def send_container(self, *bodies: TLObject | bytes) -> tuple[int, list[int]]:
        """The ids of the container and of its messages, all of them content-related."""
        inner, msg_ids = b"", []
        for body in map(bytes, bodies):
            msg_ids.append(self.next_id())
            inner += struct.pack("<qii", msg_ids[-1], self.next_seqno(), len(body)) + body
        head = struct.pack("<Ii", MessageContainer.CONSTRUCTOR_ID, len(bodies))
        return await self.send(head + inner, content=False), msg_ids

    async def packet(self) -> bytes:
        """The next packet as it comes.

        Raises:
            asyncio.IncompleteReadError: the server ended the connection.
        """
        length = int.from_bytes(await self._reader.readexactly(4), "little")
        return await self._reader.readexactly(length)

    async def receive(self, *, created: bool = False) -> TLMessage:
        """The next message, containers taken apart; new_session_created only if asked for."""
        while not self._messages:
            self.take(await self.packet())
            if not created:
                self._messages = [
                    m for m in self._messages if not isinstance(m.obj, NewSessionCreated)
                ]
        return self._messages.pop(0)

    def take(self, packet: bytes) -> None:
        plain = opened(self._key, packet)
        assert plain.session_id == self.session_id
        content = BinaryReader(plain.body).tgread_object()
        if isinstance(content, MessageContainer):
            self._messages += content.messages
        else:
            self._messages.append(TLMessage(plain.msg_id, plain.seqno, content))

    async def answer_to(self, msg_id: int) -> Any:
        """The answer to that request; others' answers are an error of the test."""
        result = (await self.receive()).obj
        assert isinstance(result, RpcResult)
        assert result.req_msg_id == msg_id
        return result.error or BinaryReader(result.body).tgread_object()

    async def ended(self) -> bool:
        """Whether the server ends the connection without another packet."""
        return await self._reader.read() == b""

    def close(self) -> None:
        self._writer.transport.abort()


@asynccontextmanager
async def raw_wire(port: int, key: AuthKey, *, init: bool = True) -> AsyncIterator[RawWire]:
    """Connected; with `init`, initConnection's part is done."""
    reader, writer = await asyncio.open_connection(HOST, port)
    wire = RawWire(reader, writer, key)
    writer.write(b"\xee" * 4)
    try:
        if init:
            msg_id = await wire.send(InvokeWithLayerRequest(LAYER, GetConfigRequest()))
            await wire.answer_to(msg_id)
        yield wire
    finally:
        writer.close()
        await writer.wait_closed()
