"""Which Telegram to talk to. Importing this does not import Telethon."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class TelegramServer:
    """Which Telegram to talk to, and as which application."""

    api_id: int
    api_hash: str = field(repr=False)
    host: str | None = None
    """A name or address; None: Telegram itself."""
    port: int | None = None
    dc_id: int = 2
    key: Path | None = None
    """The server's RSA public key, PEM, PKCS#1 or SPKI."""
    proxy: str | None = field(default=None, repr=False)
    """socks5://…, http://… or a link to an MTProxy."""
    takeout: bool = True
    """Fetch long chats within a data export, where the owner allows it."""
