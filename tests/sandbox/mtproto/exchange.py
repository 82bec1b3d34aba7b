"""The key exchange, server's side: https://core.telegram.org/mtproto/auth_key"""

import os
import secrets
import time

import cryptg
from telethon.extensions import BinaryReader
from telethon.helpers import generate_key_data_from_nonce
from telethon.tl.functions import (
    ReqDHParamsRequest,
    ReqPqMultiRequest,
    ReqPqRequest,
    SetClientDHParamsRequest,
)
from telethon.tl.tlobject import TLObject
from telethon.tl.types import (
    ClientDHInnerData,
    DhGenOk,
    PQInnerData,
    PQInnerDataDc,
    ResPQ,
    ServerDHInnerData,
    ServerDHParamsOk,
)

from tests.sandbox.mtproto.keys import AuthKey, AuthKeys, RsaKey, Salts, sha1
from tests.sandbox.mtproto.messages import UNREADABLE, read

_P, _Q = 251, 2_147_483_647
"""Quickly found primes: factoring is the client's proof of work, and nothing to wait for here.

Their product has a clear top bit, as Telethon reads it as a signed number. They are far apart:
of two like each other Telethon's method fails to find either, once in some hundred times.
"""
_GENERATOR = 3
_PRIME = int(
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74"
    "020BBEA63B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F1437"
    "4FE1356D6D51C245E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7ED"
    "EE386BFB5A899FA5AE9F24117C4B1FE649286651ECE45B3DC2007CB8A163BF05"
    "98DA48361C55D39A69163FA8FD24CF5F83655D23DCA3AD961C62F356208552BB"
    "9ED529077096966D670C354E4ABC9804F1746C08CA18217C32905E462E36CE3B"
    "E39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9DE2BCBF695581718"
    "3995497CEA956AE515D2261898FA051015728E5A8AACAA68FFFFFFFFFFFFFFFF",
    16,
)
"""RFC 3526's 2048-bit group; 3 is a generator that the client's checks accept for it."""
_SAFETY = 2 ** (2048 - 64)
_EXPONENT_BITS = 256
"""Enough on a loopback, and eight times as quick as a full one."""


class ExchangeError(Exception):
    """The client broke the exchange: transport error -404, as Telegram answers."""


class KeyExchange:
    """One connection's exchange. A client may begin anew at any time, and does after a failure."""

    def __init__(self, rsa: RsaKey, keys: AuthKeys, dc_id: int) -> None:
        self._rsa = rsa
        self._keys = keys
        self._dc_id = dc_id
        self._nonce = 0
        self._server_nonce = 0
        self._new_nonce = 0
        self._secret = 0

    def answer(self, data: bytes) -> bytes:
        """The answer to one unencrypted message.

        Raises:
            ExchangeError
        """
        try:
            return bytes(self._step(read(data)))
        except UNREADABLE as error:
            raise ExchangeError(str(error)) from error

    def _step(self, request: TLObject) -> TLObject:
        match request:
            case ReqPqMultiRequest() | ReqPqRequest():
                return self._begin(request)
            case ReqDHParamsRequest() if self._server_nonce and self._is_ours(request):
                return self._dh_params(request)
            case SetClientDHParamsRequest() if self._secret and self._is_ours(request):
                return self._finish(request)
            case _:
                raise ExchangeError("out of order")

    def _begin(self, request: ReqPqMultiRequest) -> ResPQ:
        self._nonce = request.nonce
        self._server_nonce = int.from_bytes(os.urandom(16), "little", signed=True)
        self._new_nonce = self._secret = 0
        return ResPQ(self._nonce, self._server_nonce, _bytes(_P * _Q), [self._rsa.fingerprint])

    def _dh_params(self, request: ReqDHParamsRequest) -> ServerDHParamsOk:
        if request.public_key_fingerprint != self._rsa.fingerprint:
            raise ExchangeError("unknown fingerprint")
        if len(request.encrypted_data) != 256:
            raise ExchangeError("wrong length")
        inner = _verified(self._rsa.decrypt(request.encrypted_data)[1:])
        if not isinstance(inner, PQInnerData | PQInnerDataDc) or not self._is_ours(inner):
            raise ExchangeError("not p_q_inner_data")
        if (inner.p, inner.q) != (_bytes(_P), _bytes(_Q)):
            raise ExchangeError("wrong factors")
        self._new_nonce = inner.new_nonce
        self._secret = secrets.randbits(_EXPONENT_BITS) | 1 << (_EXPONENT_BITS - 1)
        answer = bytes(
            ServerDHInnerData(
                self._nonce,
                self._server_nonce,
                _GENERATOR,
                _bytes(_PRIME),
                _bytes(pow(_GENERATOR, self._secret, _PRIME)),
                int(time.time()),
            )
        )
        plain = sha1(answer) + answer
        encrypted = cryptg.encrypt_ige(plain + os.urandom(-len(plain) % 16), *self._aes())
        return ServerDHParamsOk(self._nonce, self._server_nonce, encrypted)

    def _finish(self, request: SetClientDHParamsRequest) -> DhGenOk:
        if not request.encrypted_data or len(request.encrypted_data) % 16:
            raise ExchangeError("wrong length")
        inner = _verified(cryptg.decrypt_ige(request.encrypted_data, *self._aes()))
        if not isinstance(inner, ClientDHInnerData) or not self._is_ours(inner):
            raise ExchangeError("not client_DH_inner_data")
        g_b = int.from_bytes(inner.g_b, "big")
        if not _SAFETY <= g_b <= _PRIME - _SAFETY:
            raise ExchangeError("g_b out of range")
        shared = pow(g_b, self._secret, _PRIME).to_bytes(256, "big")
        new_nonce = self._new_nonce.to_bytes(32, "little", signed=True)
        server_nonce = self._server_nonce.to_bytes(16, "little", signed=True)
        salt = bytes(a ^ b for a, b in zip(new_nonce[:8], server_nonce[:8], strict=True))
        salts = Salts(int.from_bytes(salt, "little", signed=True))
        self._keys.add(AuthKey(shared, self._dc_id, salts=salts))
        aux_hash = sha1(shared)[:8]
        new_nonce_hash = sha1(new_nonce, b"\1", aux_hash)[4:]
        self._secret = 0
        return DhGenOk(
            self._nonce, self._server_nonce, int.from_bytes(new_nonce_hash, "little", signed=True)
        )

    def _is_ours(self, part: TLObject) -> bool:
        return (part.nonce, part.server_nonce) == (self._nonce, self._server_nonce)

    def _aes(self) -> tuple[bytes, bytes]:
        key, iv = generate_key_data_from_nonce(self._server_nonce, self._new_nonce)
        return key, iv


def _verified(plain: bytes) -> TLObject:
    """The object after its SHA-1; what follows it is padding."""
    reader = BinaryReader(plain[20:])
    inner = reader.tgread_object()
    if sha1(plain[20 : 20 + reader.tell_position()]) != plain[:20]:
        raise ExchangeError("wrong hash")
    return inner


def _bytes(number: int) -> bytes:
    return number.to_bytes((number.bit_length() + 7) // 8, "big")
