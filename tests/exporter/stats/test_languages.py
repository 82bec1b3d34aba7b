"""Numbers, dates and counted nouns are written as Babel writes them, in each language."""

from __future__ import annotations

from datetime import date

import pytest
from babel import Locale
from babel.dates import format_date, get_day_names
from babel.numbers import format_decimal
from hypothesis import given
from hypothesis import strategies as st

from exporter.stats.languages import ENGLISH, LANGUAGES, Language, language

LOCALES = {"en": "en_GB", "ru": "ru"}
EVERY = pytest.mark.parametrize("spoken", LANGUAGES.values(), ids=list(LANGUAGES))


@EVERY
@given(number=st.integers(min_value=0, max_value=10**12))
def test_numbers_are_grouped_as_babel_does_it(spoken: Language, number: int) -> None:
    assert spoken.number(number) == format_decimal(number, locale=LOCALES[spoken.code])


@EVERY
@given(number=st.integers(min_value=0, max_value=10**6))
def test_a_noun_has_the_form_that_goes_with_its_number(spoken: Language, number: int) -> None:
    rule = Locale.parse(LOCALES[spoken.code]).plural_form
    forms = {"one": 0, "few": 1, "many": 2, "other": 1}

    assert spoken.plural(number) == forms[rule(number)]


@EVERY
@pytest.mark.parametrize("month", range(1, 13))
def test_dates_are_written_as_babel_does_it(spoken: Language, month: int) -> None:
    day = date(2026, month, 3)
    whole = format_date(day, "d MMMM y", locale=LOCALES[spoken.code])

    assert spoken.whole_date(day).replace("\u00a0", " ") == whole
    assert spoken.short_date(day).replace("\u00a0", " ") == whole[: len("3 мая")]
    alone = format_date(day, "LLLL y", locale=LOCALES[spoken.code])
    assert spoken.month(day).split()[0] == alone[:3]


@EVERY
def test_weekdays_begin_on_monday(spoken: Language) -> None:
    names = get_day_names("abbreviated", locale=LOCALES[spoken.code])

    assert list(spoken.weekdays) == [names[weekday] for weekday in range(7)]


@EVERY
def test_every_language_has_every_text(spoken: Language) -> None:
    assert spoken.words.keys() == ENGLISH.words.keys()
    assert spoken.kinds.keys() == ENGLISH.kinds.keys()
    assert spoken.counted.keys() == ENGLISH.counted.keys()
    forms = {spoken.plural(number) for number in range(1000)}
    assert all(len(nouns) == len(forms) for nouns in spoken.counted.values())


def test_sizes_and_shares_are_rounded_for_people() -> None:
    english, russian = language("en"), language("ru")

    assert [english.size(n) for n in (0, 999, 1000, 999_960, 3_240_000_000)] == [
        "0\u00a0B",
        "999\u00a0B",
        "1.0\u00a0kB",
        "1.0\u00a0MB",
        "3.2\u00a0GB",
    ]
    assert russian.size(3_240_000_000) == "3,2\u00a0ГБ"
    assert english.size(7 * 10**15) == "7,000.0\u00a0TB"
    assert [english.percent(n, 1000) for n in (0, 1, 126, 1000)] == ["0%", "<1%", "13%", "100%"]
    assert russian.percent(1, 2) == "50\u00a0%"


def test_a_language_is_known_by_its_code_whatever_the_region() -> None:
    assert {each.code for each in map(language, ("ru", "ru-RU", "RU_ru"))} == {"ru"}
    assert language("uk") is language(None) is ENGLISH
