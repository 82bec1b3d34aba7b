"""Keys: the data centres' one RSA key, the clients' authorization keys and their salts."""

import hashlib
import os
import secrets
import time
from dataclasses import dataclass, field
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from telethon.crypto.rsa import _compute_fingerprint

SALT_EVERY_S = 1800
SALT_LIVES_S = 3600
_KEY_BYTES = 256


class RsaKey:
    """The RSA key pair by which clients know the data centres."""

    def __init__(self, private: rsa.RSAPrivateKey) -> None:
        public = private.public_key()
        self._numbers = private.private_numbers()
        self._modulus = public.public_numbers().n
        self.fingerprint: int = _compute_fingerprint(public.public_numbers())
        """As in resPQ, a signed 64-bit number."""
        self.public_pem: str = public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.PKCS1
        ).decode()
        """PKCS#1, the only form that Telethon reads."""
        self.public_spki_pem: str = public.public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        ).decode()

    @classmethod
    def generate(cls) -> "RsaKey":
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=2048))

    @classmethod
    @cache
    def shared(cls) -> "RsaKey":
        """One key for all servers of this process: making one takes about 0.1 s."""
        return cls.generate()

    def decrypt(self, block: bytes) -> bytes:
        """Raw RSA, as the key exchange wants it: 256 bytes in, 256 bytes out."""
        plain = pow(int.from_bytes(block, "big"), self._numbers.d, self._modulus)
        return plain.to_bytes(_KEY_BYTES, "big")


@dataclass(frozen=True, slots=True)
class Salt:
    valid_since: int
    """Unix seconds."""
    valid_until: int
    value: int


def sha1(*parts: bytes) -> bytes:
    """MTProto prescribes it for key ids and the key exchange."""
    return hashlib.sha1(b"".join(parts), usedforsecurity=False).digest()


class Salts:
    """The server salts of one authorization key: a new one every half hour, each good for an hour.

    https://core.telegram.org/mtproto/description#server-salt
    """

    def __init__(self, first: int | None = None) -> None:
        self._salts = [_salt(int(time.time()), first)]

    def current(self) -> int:
        now = time.time()
        self._extend(until=now)
        return next(salt.value for salt in reversed(self._salts) if salt.valid_since <= now)

    def accepts(self, value: int) -> bool:
        now = time.time()
        return any(
            salt.value == value and salt.valid_since <= now < salt.valid_until
            for salt in self._salts
        )

    def future(self, count: int) -> list[Salt]:
        """The current salt and those after it, at most `count`."""
        now = time.time()
        self._extend(until=now + count * SALT_EVERY_S)
        return [salt for salt in self._salts if salt.valid_until > now][:count]

    def replace(self) -> None:
        """End every salt now: the client's next message is answered by bad_server_salt."""
        self._salts = [_salt(int(time.time()), None)]

    def _extend(self, until: float) -> None:
        while self._salts[-1].valid_since + SALT_EVERY_S <= until:
            self._salts.append(_salt(self._salts[-1].valid_since + SALT_EVERY_S, None))


def _salt(since: int, value: int | None) -> Salt:
    if value is None:
        value = int.from_bytes(os.urandom(8), "little", signed=True)
    return Salt(since, since + SALT_LIVES_S, value)


@dataclass(slots=True, eq=False)
class AuthKey:
    """An authorization key: what a client and a data centre share, and what is known of it."""

    key: bytes
    """256 bytes."""
    dc_id: int
    """The data centre that knows it; to the others it is an unknown key."""
    account: int | None = None
    """User id of the account that signed in with it."""
    revoked: bool = False
    """Its session was ended from another device."""
    ended: tuple[int, str] | None = None
    """It was ended in another way: the error of whatever is asked with it."""
    layer: int = 0
    """The layer of its last invokeWithLayer; 0 before the first."""
    salts: Salts = field(default_factory=Salts)
    key_id: int = field(init=False)
    """Unsigned, as Telethon's `AuthKey.key_id`."""

    def __post_init__(self) -> None:
        self.key_id = int.from_bytes(sha1(self.key)[12:20], "little")


class AuthKeys:
    """Every authorization key that the data centres know."""

    def __init__(self) -> None:
        self._keys: dict[int, AuthKey] = {}

    def ready_made(self, user_id: int, *, dc_id: int = 2) -> AuthKey:
        """A key that is signed in already, as if the account had done so earlier."""
        return self.add(AuthKey(_key_bytes(), dc_id, account=user_id))

    def add(self, key: AuthKey) -> AuthKey:
        self._keys[key.key_id] = key
        return key

    def get(self, key_id: int) -> AuthKey | None:
        return self._keys.get(key_id)

    def forget(self, key: AuthKey) -> None:
        """The key is unknown from now on: transport error -404."""
        self._keys.pop(key.key_id, None)

    def of_account(self, user_id: int) -> list[AuthKey]:
        return [key for key in self._keys.values() if key.account == user_id]


def _key_bytes() -> bytes:
    # Telethon drops leading zeros of a key it computes, so none here.
    return bytes([1 + secrets.randbelow(255)]) + os.urandom(_KEY_BYTES - 1)
