"""TELEGRAM_PROXY: the way to Telegram when there is none directly."""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CTR
from telethon.network import (
    ConnectionTcpIntermediate,
    ConnectionTcpMTProxyIntermediate,
    ConnectionTcpMTProxyRandomizedIntermediate,
)
from telethon.network.connection import tcpmtproxy

from exporter.errors import CommandError

SECRET_BYTES = 16
PADDED, FAKE_TLS = 0xDD, 0xEE
"""First byte of a longer secret, https://core.telegram.org/mtproto/mtproto-transports"""


class Ctr:
    """AES-CTR as Telethon's MTProxy connections use it: one stream, both ways alike."""

    def __init__(self, key: bytes, iv: bytes) -> None:
        self._stream = Cipher(AES(key), CTR(iv)).encryptor()

    def encrypt(self, data: bytes) -> bytes:
        return self._stream.update(bytes(data))


tcpmtproxy.AESModeCTR = Ctr  # its own is in plain Python: a few hundred kilobytes a second


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """How Telethon connects: its connection class and what it wants as `proxy`."""

    connection: Any = ConnectionTcpIntermediate
    proxy: Any = field(default=None, repr=False)


def route(proxy: str | None) -> Route:
    """Read `socks5://user:password@host:port`, `http://…` or a link to an MTProxy.

    Raises:
        CommandError: it is none of these, or an MTProxy of a kind that Telethon cannot speak to.
    """
    if not proxy:
        return Route()
    url = urlsplit(proxy.strip())
    link = (url.scheme, (url.hostname or "").removeprefix("www."), url.path.strip("/"))
    if link in (("tg", "proxy", ""), ("https", "t.me", "proxy"), ("http", "t.me", "proxy")):
        return _mtproxy(url)
    if url.scheme in ("socks5", "socks5h", "socks4", "http"):
        return _classic(url)
    raise CommandError(
        "TELEGRAM_PROXY must look like socks5://user:password@host:port, http://host:port,"
        " tg://proxy?server=…&port=…&secret=… or https://t.me/proxy?server=…"
    )


def _classic(url: SplitResult) -> Route:
    try:
        port = url.port
    except ValueError:
        port = None
    if not url.hostname or port is None:
        raise CommandError(f"TELEGRAM_PROXY needs a host and a port: {url.scheme}://host:port.")
    return Route(
        proxy={
            "proxy_type": url.scheme.removesuffix("h"),
            "addr": url.hostname,
            "port": port,
            "username": unquote(url.username) if url.username else None,
            "password": unquote(url.password) if url.password else None,
            "rdns": True,
        }
    )


def _mtproxy(url: SplitResult) -> Route:
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    server, port, secret = (query.get(name, "") for name in ("server", "port", "secret"))
    if not server or not port.isdecimal() or not 0 < int(port) < 65536 or not secret:
        raise CommandError(
            "TELEGRAM_PROXY is an MTProxy link without a server, port or secret in it:"
            " tg://proxy?server=…&port=…&secret=…"
        )
    key = _secret(secret)
    if key[0] == FAKE_TLS and len(key) > SECRET_BYTES:
        raise CommandError(
            "TELEGRAM_PROXY is an MTProxy with a secret of the kind ee… (disguised as HTTPS)."
            " Chatkeep cannot speak to those yet: use one whose secret starts with dd, or"
            " a socks5:// or http:// proxy."
        )
    padded = key[0] == PADDED and len(key) == SECRET_BYTES + 1
    if not padded and len(key) != SECRET_BYTES:
        raise CommandError(
            "TELEGRAM_PROXY has an MTProxy secret of the wrong length: it has 32 hex digits,"
            " 34 when it starts with dd."
        )
    # Telethon strips one leading "dd" or "ee" from the text, which may be part of the key itself.
    text = "dd" + key[-SECRET_BYTES:].hex()
    kind = (
        ConnectionTcpMTProxyRandomizedIntermediate if padded else ConnectionTcpMTProxyIntermediate
    )
    return Route(connection=kind, proxy=(server, int(port), text))


def _secret(text: str) -> bytes:
    """Decode a secret in hex or base64url; b"\\0" when it is neither."""
    try:
        return bytes.fromhex(text) or b"\0"
    except ValueError:
        pass
    text = text.replace(" ", "+").replace("+", "-").replace("/", "_")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) or b"\0"
    except binascii.Error:
        return b"\0"
