"""One client's connection to a data centre: bytes in and out, encryption, key exchange."""

import asyncio
import logging
from collections.abc import Callable, Sequence

from mtproto.transport.packets.base_packet import BasePacket
from mtproto.transport.packets.error_packet import ErrorPacket
from mtproto.transport.packets.message_packet import (
    EncryptedMessagePacket,
    UnencryptedMessagePacket,
)

from tests.sandbox.mtproto.answering import Telegram
from tests.sandbox.mtproto.exchange import ExchangeError, KeyExchange
from tests.sandbox.mtproto.intake import Intake
from tests.sandbox.mtproto.messages import (
    Outgoing,
    PacketError,
    container_head,
    decrypt,
    encrypt,
)
from tests.sandbox.mtproto.session import Session
from tests.sandbox.mtproto.transport import TransportError, Wire

_UNKNOWN_KEY = 404
_KEY_ID_MASK = 2**64 - 1
_log = logging.getLogger(__name__)


class ClientConnection(asyncio.Protocol):
    """The server's end of a connection.

    `dc_id` is None for the port of an MTProxy: its clients name the data centre they want.
    """

    def __init__(
        self,
        telegram: Telegram,
        dc_id: int | None,
        secrets: Sequence[bytes],
        closed: Callable[["ClientConnection"], None],
    ) -> None:
        self._telegram = telegram
        self._dc_id = dc_id
        self._closed = closed
        self._wire = Wire(secrets)
        self._exchange: KeyExchange | None = None
        self._intake: Intake | None = None
        self._close_timer: asyncio.TimerHandle | None = None
        self._transport: asyncio.Transport

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        if self._close_timer is not None:
            self._close_timer.cancel()
        self._closed(self)

    def data_received(self, data: bytes) -> None:
        try:
            for packet in self._wire.receive(data):
                self._take(packet)
        except (TransportError, PacketError) as error:
            _log.info("connection ended: %s", error)
            self._transport.close()
        except ExchangeError as error:
            _log.info("key exchange ended: %s", error)
            self._refuse()

    def pause_writing(self) -> None:
        """The client is slow to read: its next requests wait as long."""
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        self._transport.resume_reading()

    # Packets

    def _take(self, packet: BasePacket) -> None:
        if self._transport.is_closing():
            return
        if isinstance(packet, EncryptedMessagePacket):
            self._take_encrypted(packet)
        elif isinstance(packet, UnencryptedMessagePacket):
            if self._exchange is None:
                self._exchange = KeyExchange(self._telegram.rsa, self._telegram.keys, self.dc_id)
            answer = self._exchange.answer(bytes(packet.message_data))
            msg_id = self._telegram.ids.next(reply=True)
            self._write(UnencryptedMessagePacket(msg_id, answer))
        else:
            raise TransportError("a client sends no such packet")

    def _take_encrypted(self, packet: EncryptedMessagePacket) -> None:
        key = self._telegram.keys.get(packet.auth_key_id & _KEY_ID_MASK)
        if key is None or key.dc_id != self.dc_id:
            self._refuse()
            return
        opened = decrypt(key, packet)
        session = self._telegram.sessions.of(key, opened.session_id)
        session.connection = self
        if self._intake is None:
            self._intake = Intake(self._telegram, self.dc_id, self._close_after)
        self._intake.take(session, opened)

    @property
    def dc_id(self) -> int:
        dc_id = self._dc_id or self._wire.dc_id
        if dc_id is None:
            raise TransportError("an MTProxy is spoken to in an obfuscated transport")
        return dc_id

    def send(self, session: Session, messages: Sequence[Outgoing]) -> None:
        if not self._transport.is_closing():
            self._write(self._encrypted(session, messages))

    def _encrypted(self, session: Session, messages: Sequence[Outgoing]) -> EncryptedMessagePacket:
        if len(messages) > 1:
            container = session.outgoing(container_head(len(messages)), content=False)
            messages = (container, *messages)
        return encrypt(session.key, session.key.salts.current(), session.id, messages)

    def _write(self, packet: BasePacket) -> None:
        self._transport.write(self._wire.frame(packet))

    # Endings

    def _refuse(self) -> None:
        """https://core.telegram.org/mtproto/mtproto-transports#transport-errors"""
        self._write(ErrorPacket(_UNKNOWN_KEY))
        self._transport.close()

    def _close_after(self, seconds: float) -> None:
        if self._close_timer is not None:
            self._close_timer.cancel()
        loop = asyncio.get_running_loop()
        self._close_timer = loop.call_later(seconds, self._transport.close)

    def cut(self) -> None:
        """End the connection now, whatever is still to be sent."""
        self._transport.abort()

    def cut_amid(self, session: Session, message: Outgoing) -> None:
        if not self._transport.is_closing():
            data = self._wire.frame(self._encrypted(session, [message]))
            self._transport.write(data[: len(data) // 2])
            self._transport.close()
