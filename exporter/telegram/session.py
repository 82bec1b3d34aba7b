"""Telethon sessions: a data centre and the key that an account has there."""

from __future__ import annotations

import socket
import sqlite3
import struct
from contextlib import closing
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from telethon.crypto import AuthKey
from telethon.sessions import MemorySession, StringSession

from exporter.errors import CommandError

KEY_BYTES = 256


class OwnSession(MemorySession):  # type: ignore[misc]  # Telethon has no types
    """Keeps the data centre and its key, and no peers: those are in our own tables."""

    def process_entities(self, tlo: Any) -> None:
        """Keep nothing; Telethon's own set of peers would grow with each page."""

    @property
    def text(self) -> str:
        """The session as Telethon's StringSession writes it; "" without a key."""
        session = StringSession()
        session.set_dc(self.dc_id, self.server_address, self.port)
        session.auth_key = self.auth_key
        return str(session.save())


def read_session_text(text: str) -> OwnSession:
    """Read what Telethon's StringSession wrote.

    Raises:
        CommandError: it is something else, or cut short.
    """
    try:
        parsed = StringSession(text.strip())
    except (ValueError, struct.error):
        parsed = StringSession()
    if not parsed.auth_key:
        raise CommandError(
            "This is not a Telethon session string: it starts with 1 and has 353 characters,"
            " or 369 with an IPv6 address. Check that it was pasted whole."
        )
    return _session(parsed.dc_id, parsed.server_address, parsed.port, parsed.auth_key.key)


def read_session_file(path: Path) -> OwnSession:
    """Read a `.session` file of Telethon; it is opened for reading only.

    A session belongs to one program: when two use it at once, Telegram ends it for good.

    Raises:
        CommandError: there is no such file, or it is something else.
    """
    if not path.is_file():
        raise CommandError(f"There is no session file {path}.")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as database:
            row = database.execute(
                "SELECT dc_id, server_address, port, auth_key FROM sessions"
            ).fetchone()
    except sqlite3.Error as error:
        raise CommandError(f"{path} cannot be read as a Telethon session: {error}.") from error
    if row is None or not isinstance(row[3], bytes) or len(row[3]) != KEY_BYTES:
        raise CommandError(
            f"{path} is a session that was never signed in. Sign in with --phone instead."
        )
    dc_id, address, port, key = row
    return _session(dc_id, _as_ip(str(address), path), port, key)


def _session(dc_id: int, address: str, port: int, key: bytes) -> OwnSession:
    session = OwnSession()
    session.set_dc(dc_id, address, port)
    session.auth_key = AuthKey(key)
    return session


def _as_ip(address: str, path: Path) -> str:
    """Resolve a host name, which a session string has no room for."""
    try:
        return ip_address(address).compressed
    except ValueError:
        pass
    try:
        return socket.gethostbyname(address)
    except OSError as error:
        raise CommandError(
            f"{path} names the server {address!r}, which cannot be found: {error}."
        ) from error
