"""A client's byte stream as MTProto packets: the transports, obfuscated or not.

https://core.telegram.org/mtproto/mtproto-transports
"""

import hashlib
from collections.abc import Sequence

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes
from mtproto.enums import ConnectionRole, TransportEvent, TransportType
from mtproto.transport.connection import Connection
from mtproto.transport.packets.base_packet import BasePacket

_ABRIDGED = b"\xef"
_INTERMEDIATE = b"\xee" * 4
_PADDED = b"\xdd" * 4
_HTTP = (b"POST", b"GET ", b"HEAD", b"OPTI")
_OBFUSCATED_TAGS = {b"\xef" * 4: _ABRIDGED, _INTERMEDIATE: _INTERMEDIATE, _PADDED: _PADDED}
_HEADER_BYTES = 64
_MAX_PACKET_BYTES = 1024 * 1024
_PREFIXED = (TransportType.INTERMEDIATE, TransportType.PADDED_INTERMEDIATE)


class TransportError(Exception):
    """The bytes are none of the transports, or a broken packet: the connection ends."""


class Wire:
    """One connection's transport; found out from the first bytes that the client sends."""

    def __init__(self, secrets: Sequence[bytes] = ()) -> None:
        """`secrets`: what MTProxy clients may have mixed into their keys, 16 bytes each."""
        self.dc_id: int | None = None
        """The data centre that an MTProxy client asks for."""
        self._secrets = secrets
        self._connection: Connection = Connection(ConnectionRole.SERVER)  # type: ignore[type-arg]
        self._held = bytearray()
        self._started = False
        self._decrypt: CipherContext | None = None
        self._encrypt: CipherContext | None = None

    def receive(self, data: bytes) -> list[BasePacket]:
        """The packets that `data` completes.

        Raises:
            TransportError: the connection is of no use any more.
        """
        if self._decrypt is not None:
            data = self._decrypt.update(data)
        if not self._started:
            self._held += data
            data = self._start()
        try:
            self._feed(data)
            return self._packets()
        except ValueError as error:  # what the library raises for bytes it cannot read
            raise TransportError(str(error)) from error

    def frame(self, packet: BasePacket) -> bytes:
        """The bytes to write for `packet`. To be written in the order they were made."""
        data = self._connection.send(packet)
        return self._encrypt.update(data) if self._encrypt is not None else data

    def _start(self) -> bytes:
        """Find the transport; returns the bytes that follow, none while too few came."""
        held = bytes(self._held)
        if held[:1] == _ABRIDGED:
            return self._choose(_ABRIDGED, held[1:])
        if held[:4] in (_INTERMEDIATE, _PADDED):
            return self._choose(held[:4], held[4:])
        if len(held) < 8:
            return b""
        if held[:4] in _HTTP:
            raise TransportError("HTTP is not served")
        if held[4:8] == bytes(4):  # the full transport's first sequence number
            return self._choose(held, b"")
        if len(held) < _HEADER_BYTES:
            return b""
        return self._choose(*self._deobfuscate(held[:_HEADER_BYTES], held[_HEADER_BYTES:]))

    def _choose(self, first: bytes, rest: bytes) -> bytes:
        """Let the library see the first bytes, by which it chooses the transport."""
        self._started = True
        self._held.clear()
        self._connection.data_received(first)
        self._connection.has_packet()
        return rest

    def _deobfuscate(self, header: bytes, rest: bytes) -> tuple[bytes, bytes]:
        """Take an obfuscated connection's AES-CTR off, from here on: the plain tag and `rest`.

        https://core.telegram.org/mtproto/mtproto-transports#transport-obfuscation
        """
        for secret in (b"", *self._secrets):
            decrypt = _ctr(header[8:40], header[40:56], secret)
            plain = decrypt.update(header)
            tag = _OBFUSCATED_TAGS.get(plain[56:60])
            if tag is not None:
                backwards = header[55:7:-1]
                self._decrypt = decrypt
                self._encrypt = _ctr(backwards[:32], backwards[32:48], secret)
                self.dc_id = abs(int.from_bytes(plain[60:62], "little", signed=True))
                return tag, decrypt.update(rest)
        raise TransportError("unknown transport")

    def _feed(self, data: bytes) -> None:
        """Hand bytes to the library; of intermediate transports whole packets only.

        mtproto 0.3.1 misjudges whether an intermediate packet is complete: it takes bit 7 of
        the length for a quick ack, and forgets the four bytes of the length itself.
        """
        if self._connection.transport_type not in _PREFIXED:
            self._connection.data_received(data)
            return
        self._held += data
        while len(self._held) >= 4:
            end = 4 + (int.from_bytes(self._held[:4], "little") & 0x7FFFFFFF)
            if end > _MAX_PACKET_BYTES:
                raise TransportError("packet too long")
            if len(self._held) < end:
                return
            self._connection.data_received(bytes(self._held[:end]))
            del self._held[:end]

    def _packets(self) -> list[BasePacket]:
        packets = []
        while self._connection.has_packet():
            packet = self._connection.next_event()
            if packet is None or isinstance(packet, TransportEvent):
                raise TransportError("broken packet")  # length, checksum or order of the packet
            packets.append(packet)
        return packets


def _ctr(key: bytes, iv: bytes, secret: bytes) -> CipherContext:
    if secret:
        key = hashlib.sha256(key + secret).digest()
    return Cipher(algorithms.AES(key), modes.CTR(iv)).encryptor()
