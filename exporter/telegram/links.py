"""What a person may type to name a chat, taken apart. Nothing is asked here."""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from exporter.errors import CommandError
from exporter.telegram.peers import marked_channel
from storage.wording import Sentence

HOSTS = ("t.me", "telegram.me", "telegram.dog")
USERNAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{3,31}", re.ASCII)
INVITE_HASH = re.compile(r"[\w-]{6,}", re.ASCII)
LINK = re.compile(
    r"(?:tg:|[a-z]+://|(?:[\w-]+\.)?(?:t|telegram)\.(?:me|dog)(?:/|$))", re.ASCII | re.IGNORECASE
)
LARGEST_ID = 2 * 10**12
NO_CHAT = frozenset(
    (
        "addemoji",
        "addlist",
        "addstickers",
        "addtheme",
        "bg",
        "boost",
        "confirmphone",
        "contact",
        "giftcode",
        "invoice",
        "iv",
        "joinchat",
        "login",
        "m",
        "nft",
        "proxy",
        "setlanguage",
        "share",
        "socks",
        "stars",
    )
)
"""First parts of t.me links that lead to something else: https://core.telegram.org/api/links"""


PASTED_ALONG = (
    string.whitespace + "\u00a0\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060"
    "\u2066\u2067\u2068\u2069\ufeff"
)
"""White space, direction marks and zero-width characters around a pasted name or link."""


@dataclass(frozen=True, slots=True)
class Me:
    """The account's own Saved Messages."""


@dataclass(frozen=True, slots=True)
class Username:
    """A public name, without the @."""

    name: str


@dataclass(frozen=True, slots=True)
class PeerId:
    """A marked peer id, or a bare number that is probably a user's."""

    id: int


@dataclass(frozen=True, slots=True)
class Invite:
    """The hash of an invite link."""

    hash: str


@dataclass(frozen=True, slots=True)
class Title:
    """The name of a dialog, or the beginning of one."""

    text: str


Named = Me | Username | PeerId | Invite | Title


def read(typed: str) -> Named:
    """Tell what was typed.

    A link may lead to a message; the chat is what counts.

    Raises:
        CommandError: nothing was, or a link or name that cannot lead to a chat.
    """
    text = _plain(typed)
    if not text:
        raise CommandError(
            Sentence("Name a chat: @name, a t.me link, an id, or the name of a chat.")
        )
    if text.casefold() in ("me", "saved messages"):
        return Me()
    if text.startswith("@"):
        return _username(text[1:], typed)
    if re.fullmatch(r"-?[0-9]+", text):
        return _id(int(text), typed)
    if LINK.match(text):
        return _link(text)
    return Title(text)


def _plain(typed: str) -> str:
    """Return what was typed without the white space and unseen marks that pasting brings along."""
    return typed.strip(PASTED_ALONG)


def message_id(typed: str) -> int | None:
    """Return the number of the message that a link leads to; None when it names none."""
    text = _plain(typed)
    if not LINK.match(text):
        return None
    if text.lower().startswith("tg:"):
        number = parse_qs(urlsplit(text).query).get("post", [""])[0]
    else:
        parts = urlsplit(text if "://" in text else f"https://{text}").path.strip("/").split("/")
        number = parts[-1] if len(parts) > (2 if parts[0] == "c" else 1) else ""
    return int(number) if number.isdecimal() else None


def is_username(text: str) -> bool:
    """Tell whether a word could be a public name."""
    return USERNAME.fullmatch(text) is not None


def _link(text: str) -> Named:
    if text.lower().startswith("tg:"):
        return _app_link(text)
    url = urlsplit(text if "://" in text else f"https://{text}")
    host = (url.hostname or "").removeprefix("www.")
    parts = [part for part in url.path.split("/") if part]
    if url.scheme in ("http", "https"):
        if host in HOSTS:
            return _web_link(parts, text)
        name, _, rest = host.partition(".")
        if rest == "t.me":
            return _username(name, text)
    raise _malformed(text)


def _web_link(parts: list[str], text: str) -> Named:
    match parts:
        case ["c", number, *rest] if number.isdecimal() and _all_numbers(rest):
            return _id(marked_channel(int(number)), text)
        case ["joinchat", code] if INVITE_HASH.fullmatch(code):
            return Invite(code)
        case ["s", name]:
            return _username(name, text)
        case [code] if code.startswith(("+", "%2B", " ")):
            return _invite_or_phone(code.removeprefix("%2B").lstrip("+ "), text)
        case [name, *rest] if name.lower() not in NO_CHAT and _all_numbers(rest):
            return _username(name, text)
    raise _malformed(text)


def _app_link(text: str) -> Named:
    url = urlsplit(text)
    action = url.netloc or url.path.strip("/")
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    match action, query:
        case "resolve", {"domain": name}:
            return _username(name, text)
        case "privatepost", {"channel": number} if number.isdecimal():
            return _id(marked_channel(int(number)), text)
        case ("openmessage", {"user_id": number}) | ("user", {"id": number}) if number.isdecimal():
            return _id(int(number), text)
        case "openmessage", {"chat_id": number} if number.isdecimal():
            return _id(-int(number), text)
        case "join", {"invite": code} if INVITE_HASH.fullmatch(code):
            return Invite(code)
    raise _malformed(text)


def _invite_or_phone(code: str, text: str) -> Invite:
    if code.isdecimal():
        raise CommandError(
            Sentence(
                "{link} leads to a phone number. Name the chat by @name, by its id, or as it is"
                " called in your chat list.",
                link=text,
            )
        )
    if not INVITE_HASH.fullmatch(code):
        raise _malformed(text)
    return Invite(code)


def _username(name: str, typed: str) -> Username:
    if not is_username(name):
        if LINK.match(typed):
            raise _malformed(typed)
        raise CommandError(
            Sentence(
                "{words} is no Telegram name: those have 4 to 32 letters, digits or _ and begin"
                " with a letter.",
                words=typed.strip(),
            )
        )
    return Username(name)


def _id(number: int, typed: str) -> PeerId:
    if not 0 < abs(number) < LARGEST_ID:
        raise CommandError(
            Sentence(
                "{words} is no id of a chat. Ids look like -1001234567890 (channels and"
                " supergroups), -12345 (basic groups) or 12345 (people).",
                words=typed.strip(),
            )
        )
    return PeerId(number)


def _all_numbers(parts: list[str]) -> bool:
    return all(part.isdecimal() for part in parts)


def _malformed(text: str) -> CommandError:
    return CommandError(
        Sentence(
            "{link} is not a link to a chat. Links look like https://t.me/name,"
            " https://t.me/c/1234567890/55 or https://t.me/+AbCdEf…",
            link=text,
        )
    )
