"""The second factor: a password that is proved without being sent (SRP).

https://core.telegram.org/api/srp
"""

from __future__ import annotations

import hashlib
from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.sign_in import authorized
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.numbers import digest
from tests.sandbox.world.people import Account

G = 3
P = int(
    "c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c14934d037563d930f48198a0aa7c14058229493d2"
    "2530f4dbfa336f6e0ac925139543aed44cce7c3720fd51f69458705ac68cd4fe6b6b13abdc97465129693284"
    "54f18faf8c595f642477fe96bb2a941d5bcd1d4ac8cc49880708fa9b378e3c4f3a9060bee67cf9a4a4a69581"
    "1051907e162753b56b0f6b410dba74d8a84b2a14b3144e0ef1284754fd17ed950d5965b4b9dd46582db1178d"
    "169c6bc465b0d6ff9ca3928fef5b9ae4e418fc15e83ebea0f87fa9ff5eed70050ded2849f47bf959d956850c"
    "e929851f0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b",
    16,
)
"""Telegram's own prime; clients know it, and check any other slowly."""
HASH_ROUNDS = 100_000


def get_password(asked: Asked) -> types.account.Password:
    """https://core.telegram.org/method/account.getPassword.

    It may be asked by a key that still owes the password, too.
    """
    account = _owing(asked) or asked.viewer
    algo = _algo(account)
    has = account.password is not None
    return types.account.Password(
        new_algo=algo,
        new_secure_algo=types.SecurePasswordKdfAlgoPBKDF2HMACSHA512iter100000(salt=bytes(8)),
        secure_random=bytes(256),
        has_password=has or None,
        current_algo=algo if has else None,
        srp_B=_bytes(_server_public(account)) if has else None,
        srp_id=_srp_id(account) if has else None,
    )


def check_password(asked: Asked) -> types.auth.Authorization:
    """https://core.telegram.org/method/auth.checkPassword.

    Raises:
        RpcFault: SRP_ID_INVALID, PASSWORD_HASH_INVALID.
    """
    account = _owing(asked)
    if account is None:
        raise RpcFault(401, "AUTH_KEY_UNREGISTERED")
    given = asked.request.password
    if getattr(given, "srp_id", None) != _srp_id(account):
        raise RpcFault(400, "SRP_ID_INVALID")
    if _expected(account, given.A) != given.M1:
        raise RpcFault(400, "PASSWORD_HASH_INVALID")
    asked.codes.password_wanted.pop(asked.call.auth_key.key_id)
    return authorized(asked, account)


def _owing(asked: Asked) -> Account | None:
    user_id = asked.codes.password_wanted.get(asked.call.auth_key.key_id)
    return None if user_id is None else asked.world.accounts[user_id]


def _algo(account: Account) -> Any:
    return types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
        salt1=digest("salt1", account.id), salt2=digest("salt2", account.id), g=G, p=_bytes(P)
    )


def _srp_id(account: Account) -> int:
    return int.from_bytes(digest("srp", account.id), "little") >> 1


def _secret(account: Account) -> int:
    return int.from_bytes(digest("b", account.id, size=64) * 4, "big")


def _verifier(account: Account) -> int:
    """g^x, where x is the password's slow hash ("Using the SRP protocol" on that page)."""
    algo = _algo(account)
    first = _sha256(algo.salt1, (account.password or "").encode(), algo.salt1)
    second = _sha256(algo.salt2, first, algo.salt2)
    slow = hashlib.pbkdf2_hmac("sha512", second, algo.salt1, HASH_ROUNDS)
    return pow(G, int.from_bytes(_sha256(algo.salt2, slow, algo.salt2), "big"), P)


def _multiplier() -> int:
    return int.from_bytes(_sha256(_bytes(P), _bytes(G)), "big")


def _server_public(account: Account) -> int:
    return (_multiplier() * _verifier(account) + pow(G, _secret(account), P)) % P


def _expected(account: Account, public: bytes) -> bytes:
    """The proof that a client which knows the password gives."""
    algo = _algo(account)
    mine = _bytes(_server_public(account))
    u = int.from_bytes(_sha256(public, mine), "big")
    base = int.from_bytes(public, "big") * pow(_verifier(account), u, P)
    shared = _sha256(_bytes(pow(base, _secret(account), P)))
    mixed = bytes(a ^ b for a, b in zip(_sha256(_bytes(P)), _sha256(_bytes(G)), strict=True))
    return _sha256(mixed, _sha256(algo.salt1), _sha256(algo.salt2), public, mine, shared)


def _sha256(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def _bytes(number: int) -> bytes:
    """Numbers are hashed as 256 bytes."""
    return number.to_bytes(256, "big")


HANDLERS: dict[type, Handler] = {
    functions.account.GetPasswordRequest: get_password,
    functions.auth.CheckPasswordRequest: check_password,
}
