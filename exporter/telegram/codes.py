"""Hides login codes: they arrive as messages of Telegram's own chats, and open the account.

They are hidden before anything is kept, and once more when files are written, so that an archive
of an earlier version shows none either. Each character of a code becomes a dot: the length stays,
and so do the offsets of entities. Too much is hidden rather than too little.
"""

from __future__ import annotations

import re
from typing import Any

from telethon.tl import TLObject, types

from storage.rights import SERVICE_CHATS

DOT = "•"
FIGURES = re.compile(
    r"(?<!\d)(?:\d{5,}|\d(?:[-\s]\d){4,}|\d{2,4}[-\s]\d{3}|\d{3}[-\s]\d{2,4})(?!\d)"
)
"""12345, 123456, 1-2-3-4-5, 123-456, 12 345."""
WORD = re.compile(r"(?:(?<=[:=>\n/])|(?<=[:=>] )|^)[\w-]{6,64}(?=[\s.,!]|$)", re.ASCII)
"""What stands for itself on a line, or after a colon: yqDJ3xkr9Jg, of my.telegram.org."""
ORIGINS = ("peer_id", "from_id", "saved_peer_id", "fwd_from", "reply_to")
"""Where a message says from whom it is, in whatever depth."""
NOBODY = (types.PeerChannel, types.PeerChat)
"""Peers that are no user, as those of Telegram's own chats are."""
SERVICE_PEERS = tuple(bytes(types.PeerUser(user_id)) for user_id in sorted(SERVICE_CHATS))
IN_BYTES = re.compile(rb"[0-9]{5,}")


def without_codes(text: str) -> str:
    """A text of Telegram's own chats as it may be kept; never longer or shorter."""
    text = FIGURES.sub(lambda found: DOT * len(found[0]), text)
    return WORD.sub(lambda found: _dots(found[0]), text)


def hide_codes(message: Any) -> bool:
    """Hide the codes in a message from or about Telegram's own chats; whether there were any.

    All its texts are gone through: a code may stand in a link, a button or a quotation as well.
    """
    return _is_about_codes(message) and _hide_in(message)


def names_service_chat(tl: bytes) -> bool:
    """Whether a message may be from or about one of Telegram's own chats, as far as bytes tell."""
    return any(peer in tl for peer in SERVICE_PEERS)


def hidden_in_bytes(tl: bytes) -> bytes:
    """The same for a message that cannot be read."""
    return IN_BYTES.sub(lambda found: b"*" * len(found[0]), tl)


def _dots(word: str) -> str:
    """Only what looks like a code: with figures, or with a capital after a small letter."""
    random = any(char.isdigit() for char in word) or re.search(r"[a-z][A-Z]", word)
    return DOT * len(word) if random else word


def _is_about_codes(message: Any) -> bool:
    """It stands in such a chat, comes from there by forwarding, or quotes a message of there."""
    said = (getattr(message, name, None) for name in ORIGINS)
    return any(_names_service_chat(value) for value in said if value is not None)


def _names_service_chat(value: Any) -> bool:
    if isinstance(value, types.PeerUser):
        return value.user_id in SERVICE_CHATS
    if isinstance(value, NOBODY):  # nearly every message stands in one: this spares a tenth
        return False
    inner = vars(value).values() if isinstance(value, TLObject) else ()
    return any(_names_service_chat(each) for each in inner)


def _hide_in(owner: Any) -> bool:
    """Go through an object of the library, and change its texts."""
    hidden = False
    for name, value in vars(owner).items():
        changed = _hidden(value)
        if changed is not value:
            setattr(owner, name, changed)
            hidden = True
        elif isinstance(value, TLObject):
            hidden |= _hide_in(value)
        elif isinstance(value, list):
            hidden |= _hide_in_list(value)
    return hidden


def _hide_in_list(values: list[Any]) -> bool:
    hidden = False
    for place, value in enumerate(values):
        changed = _hidden(value)
        if changed is not value:
            values[place] = changed
            hidden = True
        elif isinstance(value, TLObject):
            hidden |= _hide_in(value)
        elif isinstance(value, list):
            hidden |= _hide_in_list(value)
    return hidden


def _hidden(value: Any) -> Any:
    """A text without its codes; the very same object when there is nothing to hide."""
    if not isinstance(value, str):
        return value
    changed = without_codes(value)
    return value if changed == value else changed
