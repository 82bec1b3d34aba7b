"""The part of a message around what was looked for, as pieces that are shown in whatever way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.search import BEGIN, END, Found

SPACE = re.compile(r"\s+")
ELLIPSIS = "…"
BEFORE = 3
"""A third of the shown text at most comes before the first hit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some text of one kind."""

    text: str
    hit: bool = False
    """It was looked for."""


def snippet(found: Found, length: int) -> list[Piece]:
    """About `length` characters of a message, with the first hit in them.

    They are of its text, or else of the line of its other words that was hit; in one line.
    """
    lines = found.words.split("\n")
    texts = (found.text, *lines)
    shown = next((text for text in texts if BEGIN in text), found.text.strip() or lines[0])
    return _cut(pieces(SPACE.sub(" ", shown).strip()), length)


def pieces(marked: str) -> list[Piece]:
    """Cut a text at its marks; a mark that stands alone is left out."""
    found: list[Piece] = []
    for number, part in enumerate(marked.split(BEGIN)):
        hit, ended, rest = part.partition(END)
        if number and ended:
            found += [Piece(hit, hit=True), Piece(rest)]
        else:
            found.append(Piece(part.replace(END, "")))
    return [piece for piece in found if piece.text]


def _cut(whole: Sequence[Piece], length: int) -> list[Piece]:
    first = 0
    for piece in whole:
        if piece.hit:
            break
        first += len(piece.text)
    total = sum(len(piece.text) for piece in whole)
    begin = 0 if total <= length or first == total else max(0, first - length // BEFORE)
    begin = min(begin, max(0, total - length))
    if begin:
        begin = _next_word("".join(piece.text for piece in whole), begin, first)
    shown: list[Piece] = [Piece(ELLIPSIS)] if begin else []
    at = 0
    for piece in whole:
        part = piece.text[max(0, begin - at) : max(0, begin + length - at)]
        at += len(piece.text)
        if part:
            shown.append(Piece(part, piece.hit))
    return [*shown, Piece(ELLIPSIS)] if begin + length < total else shown


def _next_word(text: str, begin: int, before: int) -> int:
    """Where the next word begins, so that none is cut; `begin` itself if there is no space."""
    space = text.find(" ", begin, before)
    return begin if space < 0 else space + 1
