"""MTProto 2.0 messages: encrypted packets, containers and gzip.

https://core.telegram.org/mtproto/description, https://core.telegram.org/mtproto/service_messages
"""

import os
import struct
import zlib
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import cryptg
from mtproto.transport.packets.message_packet import EncryptedMessagePacket
from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.network.mtprotostate import MTProtoState
from telethon.tl.tlobject import TLObject
from telethon.tl.types import upload

from tests.sandbox.mtproto.keys import AuthKey

_CONTAINER = 0x73F1F8DC.to_bytes(4, "little")
_GZIP_PACKED = 0x3072CFA1.to_bytes(4, "little")
_HEADER = struct.Struct("<qqqii")  # salt, session id, message id, seqno, length
_INNER = struct.Struct("<qii")  # message id, seqno, length
_MAX_MESSAGES = 1020
_MAX_UNPACKED_BYTES = 8 * 1024 * 1024
_FILE = upload.File.CONSTRUCTOR_ID.to_bytes(4, "little")
_GZIP_FROM_BYTES = 512
_GZIP_TO_BYTES = 256 * 1024
_GZIP_KEPT_BYTES = 64 * 1024 * 1024

UNREADABLE = (
    TypeNotFoundError,
    BufferError,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""All that Telethon's generated readers raise for bytes that are no object of the layer."""


class PacketError(Exception):
    """The packet was not made with this key, or breaks the format: the connection ends."""


class ContainerError(Exception):
    """Error 64 of bad_msg_notification."""


@dataclass(slots=True)
class Packet:
    """A decrypted packet: one message or a container of them."""

    salt: int
    session_id: int
    msg_id: int
    seqno: int
    body: bytes


@dataclass(slots=True)
class Message:
    msg_id: int
    seqno: int
    body: bytes


@dataclass(slots=True)
class Outgoing:
    """A message to the client; its body comes in two parts to spare a copy of long answers."""

    msg_id: int
    seqno: int
    head: bytes
    rest: bytes = b""


def decrypt(key: AuthKey, packet: EncryptedMessagePacket) -> Packet:
    """https://core.telegram.org/mtproto/security_guidelines#mtproto-encrypted-messages

    Raises:
        PacketError
    """
    msg_key, data = bytes(packet.message_key), bytes(packet.encrypted_data)
    if len(msg_key) != 16 or len(data) < 48 or len(data) % 16:
        raise PacketError("wrong length")
    aes_key, aes_iv = MTProtoState._calc_key(key.key, msg_key, True)
    plain: bytes = cryptg.decrypt_ige(data, aes_key, aes_iv)
    if sha256(key.key[88:120] + plain).digest()[8:24] != msg_key:
        raise PacketError("wrong msg_key")
    salt, session_id, msg_id, seqno, length = _HEADER.unpack_from(plain)
    end = _HEADER.size + length
    if length < 0 or length % 4 or not 12 <= len(plain) - end <= 1024:
        raise PacketError("wrong padding")
    return Packet(salt, session_id, msg_id, seqno, plain[_HEADER.size : end])


def encrypt(
    key: AuthKey, salt: int, session_id: int, messages: Sequence[Outgoing]
) -> EncryptedMessagePacket:
    """One packet of these messages. Several make a container, which is the first of them."""
    first = messages[0]
    parts = [b"", first.head, first.rest]
    for message in messages[1:]:
        length = len(message.head) + len(message.rest)
        parts += (
            _INNER.pack(message.msg_id, message.seqno, length),
            message.head,
            message.rest,
        )
    length = sum(map(len, parts))
    parts[0] = _HEADER.pack(salt, session_id, first.msg_id, first.seqno, length)
    parts.append(os.urandom(12 + (-(_HEADER.size + length + 12)) % 16))
    plain = b"".join(parts)
    msg_key = sha256(key.key[96:128] + plain).digest()[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key.key, msg_key, False)
    encrypted = cryptg.encrypt_ige(plain, aes_key, aes_iv)
    return EncryptedMessagePacket(_signed(key.key_id), msg_key, encrypted)


def container_head(count: int) -> bytes:
    return _CONTAINER + count.to_bytes(4, "little")


def is_container(packet: Packet) -> bool:
    return packet.body[:4] == _CONTAINER


def messages_of(packet: Packet) -> list[Message]:
    """The messages of a packet.

    Raises:
        ContainerError: it is cut, nested or too long.
    """
    if not is_container(packet):
        return [Message(packet.msg_id, packet.seqno, packet.body)]
    return list(_inner(packet.body))


def _inner(body: bytes) -> Iterator[Message]:
    count = int.from_bytes(body[4:8], "little")
    if not 0 < count <= _MAX_MESSAGES:
        raise ContainerError
    position = 8
    for _ in range(count):
        if len(body) < position + _INNER.size:
            raise ContainerError
        msg_id, seqno, length = _INNER.unpack_from(body, position)
        position += _INNER.size
        inner = body[position : position + length]
        if length <= 0 or len(inner) != length or inner[:4] == body[:4]:
            raise ContainerError
        position += length
        yield Message(msg_id, seqno, inner)


def read(body: bytes) -> Any:
    """The TL object of a message, which may be gzipped; of that, no more than 8 MiB.

    Raises:
        One of `UNREADABLE`.
    """
    reader = BinaryReader(body)
    if body[:4] == _GZIP_PACKED:
        reader.seek(4)
        unpacked = zlib.decompressobj(wbits=31).decompress(
            reader.tgread_bytes(), _MAX_UNPACKED_BYTES
        )
        if unpacked[:4] == _CONTAINER:
            raise ValueError("a gzipped container")
        reader = BinaryReader(unpacked)
    return reader.tgread_object()


class Gzip:
    """gzip_packed forms of answers, kept for as long as they fit: a page is asked for often."""

    def __init__(self) -> None:
        self._packed: OrderedDict[bytes, bytes] = OrderedDict()
        self._size_bytes = 0

    def pack(self, body: bytes) -> bytes:
        """`body` gzipped where that makes it shorter, as Telegram does; parts of files never."""
        if not _GZIP_FROM_BYTES < len(body) <= _GZIP_TO_BYTES or body[:4] == _FILE:
            return body
        packed = self._packed.get(body)
        if packed is None:
            packed = _gzip(body)
            self._keep(body, packed)
        return packed

    def _keep(self, body: bytes, packed: bytes) -> None:
        self._packed[body] = packed
        self._size_bytes += len(body) + len(packed)
        while self._size_bytes > _GZIP_KEPT_BYTES:
            old = self._packed.popitem(last=False)
            self._size_bytes -= len(old[0]) + len(old[1])


def _gzip(body: bytes) -> bytes:
    compressor = zlib.compressobj(level=1, wbits=31)
    data = compressor.compress(body) + compressor.flush()
    packed = _GZIP_PACKED + TLObject.serialize_bytes(data)
    return packed if len(packed) < len(body) else body


def _signed(key_id: int) -> int:
    return key_id - 2**64 if key_id >= 2**63 else key_id
