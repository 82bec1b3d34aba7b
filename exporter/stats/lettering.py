"""Which letters the pictures have: names of strangers may be in any script.

DejaVu Sans, which comes with matplotlib, has Latin, Greek, Cyrillic, Armenian, Georgian, Hebrew
and Arabic letters (matplotlib joins and turns these), and beside it lies Noto Emoji. What neither
has is written in Latin letters, as far as that can be said, and otherwise left out: no box ever
stands for a letter.
"""

from __future__ import annotations

import logging
import unicodedata
from functools import cache
from pathlib import Path

import matplotlib as mpl
from anyascii import anyascii
from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

LETTERS, LETTERS_BOLD = "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"
EMOJI = Path(__file__).parent / "fonts" / "NotoEmoji-Medium.ttf"
FAMILIES = ("DejaVu Sans", "Noto Emoji")
"""Where a letter is looked for, the first one first; of an emoji the other way round."""
JOINER = "\u200d"
LEFT_OUT = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Controls, marks that turn the writing direction, and what is no character."""
LONGEST = 18
"""Letters of a name; the rest gives way to the bars."""


def use_own_fonts() -> None:
    """Draw with the fonts that come along, whatever else this machine has."""
    logging.getLogger(font_manager.__name__).setLevel(logging.ERROR)  # there is one weight of emoji
    fonts = font_manager.fontManager
    fonts.ttflist = []
    for path in (*map(_with_matplotlib, (LETTERS, LETTERS_BOLD)), EMOJI):
        fonts.addfont(path)
    mpl.rcParams["font.family"] = list(FAMILIES)


def legible(text: str, longest: int = LONGEST) -> str:
    """A text of strangers on one line, in letters that there are, cut where it is too long."""
    known = _characters()
    pieces = []
    for char in unicodedata.normalize("NFC", text):
        if char == JOINER:
            pieces.append(char)
        elif unicodedata.category(char) in LEFT_OUT:
            pieces.append(" " if char.isspace() else "")
        elif ord(char) in known:
            pieces.append(char)
        else:
            plain = unicodedata.normalize("NFKC", char)
            pieces.append(plain if known.issuperset(map(ord, plain)) else anyascii(char))
    line = " ".join("".join(pieces).split()).strip(JOINER) or "?"
    return line if len(line) <= longest else f"{line[: longest - 1].rstrip(f' {JOINER}')}…"


@cache
def _characters() -> frozenset[int]:
    """Those that some font has."""
    letters = FT2Font(str(_with_matplotlib(LETTERS))).get_charmap()
    return frozenset({*letters, *FT2Font(str(EMOJI)).get_charmap()} - {0})


def _with_matplotlib(name: str) -> Path:
    return Path(mpl.get_data_path()) / "fonts" / "ttf" / name
