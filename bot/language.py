"""The languages that the bot speaks, and the one that it speaks at this moment.

The texts of the text modules are English and the keys of the catalogues,
`locales/LANGUAGE/LC_MESSAGES/chatkeep.po` (gettext). These are read once, at the first word: a
person who translates needs no other file, and nothing has to be compiled. Whom the bot speaks to
is said by `speaking`: around each update, and around each message that it sends by itself.

Values stand in texts as `{name}`, and are filled in after the text was translated.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter

import structlog
from aiogram.utils.formatting import Text
from babel import Locale
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from storage.wording import Sentence

log = structlog.get_logger(__name__)

LOCALES = Path(__file__).parent / "locales"
DOMAIN = "chatkeep"
ENGLISH = "en"
REGIONS = {ENGLISH: "en_GB"}
"""Whose habits numbers and dates follow, where the language alone would mean another country's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """What a text is translated by, and how numbers and dates are written."""

    code: str
    """As in Telegram's `language_code`, without a region: `ru`."""
    catalogue: NullTranslations
    locale: Locale


@cache
def languages() -> tuple[str, ...]:
    """Every language that there is, English first."""
    found = sorted(path.parts[-3] for path in LOCALES.glob(f"*/LC_MESSAGES/{DOMAIN}.po"))
    return (ENGLISH, *found)


def language(code: str | None) -> Language:
    """What a phone set to `code` is answered in: `ru-RU` in `ru`, an unknown one in English."""
    wanted = (code or ENGLISH).replace("_", "-").partition("-")[0].lower()
    spoken = wanted if wanted in languages() else ENGLISH
    return _load(spoken)


@cache
def _load(code: str) -> Language:
    catalogue = NullTranslations()
    if code != ENGLISH:
        compiled = BytesIO()
        with (LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
            read = read_po(file, locale=code)
        for message in [each for each in read if each.id and not _can_be_said(each)]:
            log.warning("a translation is left out: its values are wrong", text=message.id)
            read.delete(message.id)
        write_mo(compiled, read)
        compiled.seek(0)
        catalogue = GNUTranslations(compiled)
    return Language(code=code, catalogue=catalogue, locale=Locale.parse(REGIONS.get(code, code)))


def _can_be_said(message: Message) -> bool:
    """Whether a translation names no values but those of its text; a slip must not stop a card."""
    known = _values(message.id)
    try:
        return _values(message.string) <= known
    except ValueError:  # a lone brace
        return False


def _values(text: str | Sequence[str] | None) -> set[str]:
    forms = [text] if isinstance(text, str) else text or ()
    parsed = (Formatter().parse(form) for form in forms)
    return {name for parts in parsed for _, name, _, _ in parts if name is not None}


_now: ContextVar[str | None] = ContextVar("language", default=None)


@contextmanager
def speaking(code: str | None) -> Iterator[None]:
    """Within it all texts are in the language of a phone set to `code`; None is not known."""
    before = _now.set(code)
    try:
        yield
    finally:
        _now.reset(before)


def spoken() -> Language:
    """The language of this moment."""
    return language(_now.get())


def _(text: str, **values: object) -> str:
    """A text in the language of this moment."""
    return spoken().catalogue.gettext(text).format(**values)


def plural(number: int, one: str, many: str, **values: object) -> str:
    """The form of a text that goes with a number; English has two, Russian three."""
    return spoken().catalogue.ngettext(one, many, number).format(**values)


def said(sentence: str) -> str:
    """What exporter or storage wrote, in the language of this moment; other words as they are."""
    if not isinstance(sentence, Sentence):
        return sentence
    values = {
        name: said(value) if isinstance(value, str) else figure(value)
        for name, value in sentence.values.items()
    }
    return _(sentence.template, **values)


def figure(value: int) -> str:
    """`12,340`."""
    return format_decimal(value, locale=spoken().locale)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text that is written down before it is known in which language it will be said.

    Not a `str`, so that none is sent as it stands: `phrase()` says it.
    """

    text: str

    def __call__(self, **values: object) -> str:
        return _(self.text, **values)

    def __str__(self) -> str:
        return self()


def woven(phrase: Phrase, **parts: str | Text) -> Text:
    """A text whose values may be bold and the like: `woven(SAVED, title=Bold(…))`."""
    translated = spoken().catalogue.gettext(phrase.text)
    body: list[str | Text] = []
    for words, name, _format, _conversion in Formatter().parse(translated):
        body.append(words)
        if name is not None:
            body.append(parts[name])
    return Text(*body)
