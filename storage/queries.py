"""What people type to find messages: words, "phrases", -words, begin*, and in: from: has: since:.

Every word is told to FTS5 in quotes, so that nothing a person types is a syntax error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.spacing import spaced

TOKEN = re.compile(
    r"""(?P<minus>-?)(?:(?P<key>in|from|has|since|until):)?"""
    r"""(?:["“„«](?P<phrase>[^"“”„«»]*)["”“»]?|(?P<word>[^\s"“„«]\S*))(?P<star>\*?)""",
    re.IGNORECASE,
)
HAS = {
    "photo": ("photo",),
    "video": ("videofile", "videomessage"),
    "voice": ("voicemessage",),
    "round": ("videomessage",),
    "music": ("audiofile",),
    "audio": ("audiofile", "voicemessage"),
    "file": ("file",),
    "gif": ("animation",),
    "sticker": ("sticker",),
    "link": ("link",),
    "poll": ("poll",),
    "location": ("location", "livelocation", "venue"),
    "contact": ("contact",),
    "media": ("photo", "videofile", "videomessage", "voicemessage", "audiofile", "file"),
    "todo": ("todolist",),
    "service": ("service",),
}
"""What a message can be asked to have, and the kinds that are meant: those of `MessageRow.kind`
without their underscore, and link."""
LEAST_BEGINNING = 2
"""Characters: half of all words begin with a few single letters, and nobody means those."""


@dataclass(frozen=True, slots=True)
class Term:
    """A word or a phrase."""

    text: str
    begins: bool = False
    """The last word of it may go on: it ended in a *."""
    without: bool = False
    """Messages that have it are not wanted."""

    @property
    def is_word(self) -> bool:
        """Whether there is something in it to be found: a letter or a figure."""
        return any(character.isalnum() for character in self.text)

    def as_fts(self) -> str:
        """It in FTS5's words: https://www.sqlite.org/fts5.html#fts5_strings"""
        quoted = spaced(self.text).replace('"', '""').replace("\0", " ")
        return f'"{quoted}"{" *" if self.begins else ""}'


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question as it was typed."""

    terms: tuple[Term, ...] = ()
    chats: tuple[str, ...] = ()
    """in: names of chats; any of them."""
    senders: tuple[str, ...] = ()
    """from: likewise."""
    has: tuple[str, ...] = ()
    """Keys of `HAS`, all of them."""
    since: str | None = None
    until: str | None = None
    """Days, as they were typed."""


class NotAsked(Exception):
    """A question that cannot be answered; `reason` says why, and `word` what it is about."""

    NOTHING = "nothing"
    """There is no word in it, and neither chat nor sender nor what a message has."""
    ONLY_WITHOUT = "only without"
    """It says only what is not wanted."""
    UNKNOWN_HAS = "unknown has"

    def __init__(self, reason: str, word: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.word = word


def read(typed: str) -> Asked:
    """Read what was typed; any text can be read."""
    found: dict[str, list[str]] = {key: [] for key in ("in", "from", "has", "since", "until")}
    terms: list[Term] = []
    for token in TOKEN.finditer(typed):
        text = token["phrase"] if token["phrase"] is not None else token["word"]
        key = (token["key"] or "").lower()
        if key and not token["minus"]:
            found[key].append(text.strip())
            continue
        if key:
            text = f"{key}:{text}"
        begins = bool(token["star"]) or text.endswith("*")
        text = text.rstrip("*")
        begins = begins and len(text) >= LEAST_BEGINNING
        term = Term(text, begins, without=bool(token["minus"]))
        if term.is_word:
            terms.append(term)
    return Asked(
        terms=tuple(terms),
        chats=_given(found["in"]),
        senders=_given(found["from"]),
        has=tuple(word.lower() for word in _given(found["has"])),
        since=next(iter(found["since"]), None),
        until=next(iter(found["until"]), None),
    )


def _given(words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word)


def check(asked: Asked) -> None:
    """Make sure that a question can be answered.

    Raises:
        NotAsked: it cannot.
    """
    for word in asked.has:
        if word not in HAS:
            raise NotAsked(NotAsked.UNKNOWN_HAS, word)
    narrowed = asked.chats or asked.senders or asked.has
    if not any(not term.without for term in asked.terms):
        if asked.terms and not narrowed:
            raise NotAsked(NotAsked.ONLY_WITHOUT)
        if not narrowed:
            raise NotAsked(NotAsked.NOTHING)
