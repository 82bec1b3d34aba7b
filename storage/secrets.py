"""Sessions are encrypted at rest: whoever holds a Telegram session holds the account."""

from __future__ import annotations

import base64
import os
import secrets
import time
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from storage.errors import SessionUnreadable
from storage.locks import HostLock
from storage.sentences import named_os_errors
from storage.sqlite import create_file

KEY_FILE = "session.key"
SALT_BYTES = 16
SCRYPT_COST = 2**14
"""About 50 ms and 16 MiB, https://www.rfc-editor.org/rfc/rfc7914#section-2"""


class Secrets:
    """Encrypts and decrypts with a key made from `SESSION_KEY` or from the key file."""

    def __init__(self, session_key: str | None, key_file: Path) -> None:
        self._session_key = session_key
        self._key_file = key_file

    @classmethod
    def load(cls, session_key: str | None, data_dir: Path) -> Secrets:
        """The key is `session_key`, or else in `data_dir`/session.key, made when first needed."""
        return cls(session_key or None, data_dir / KEY_FILE)

    def encrypt(self, text: str) -> bytes:
        """A token with its own salt. Takes about 50 ms."""
        salt = os.urandom(SALT_BYTES)
        return salt + _fernet(self._secret(make=True), salt).encrypt(text.encode())

    def decrypt(self, token: bytes) -> str:
        """The text again. Takes about 50 ms the first time.

        Raises:
            SessionUnreadable: it was encrypted with another key, or damaged.
        """
        salt, sealed = token[:SALT_BYTES], token[SALT_BYTES:]
        try:
            return _fernet(self._secret(make=False), salt).decrypt(sealed).decode()
        except (InvalidToken, FileNotFoundError):
            source = "SESSION_KEY" if self._session_key else f"the key in {self._key_file}"
            raise SessionUnreadable(
                f"The stored Telegram session cannot be decrypted with {source}. "
                "Put back the key it was stored with, or add the account again."
            ) from None

    def _secret(self, *, make: bool) -> bytes:
        if self._session_key:
            return self._session_key.encode()
        if make and not self._key_file.exists():
            _make_key_file(self._key_file)
        return self._key_file.read_bytes()


def _make_key_file(path: Path) -> None:
    """A fresh random key, whole or not at all, and one for all who want it at once."""
    with named_os_errors(path):
        lock = HostLock(path.parent, "session-key")
        while not lock.acquire():
            time.sleep(0.01)
        try:
            if path.exists():
                return
            unfinished = path.with_name(f"{path.name}.part")
            create_file(unfinished)
            with unfinished.open("wb") as file:
                file.write(base64.urlsafe_b64encode(secrets.token_bytes(32)))
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        finally:
            lock.release()


@lru_cache(maxsize=64)
def _fernet(secret: bytes, salt: bytes) -> Fernet:
    key = Scrypt(salt=salt, length=32, n=SCRYPT_COST, r=8, p=1).derive(secret)
    return Fernet(base64.urlsafe_b64encode(key))
