"""Days as people write them."""

from __future__ import annotations

from datetime import date

import pytest

from bot.days import Days, DaysNotUnderstood, days_in

TODAY = date(2026, 11, 25)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-05-01 2024-06-30", "2024-05-01", "2024-06-30"),
        (" 2024-05-01 – 2024-06-30 ", "2024-05-01", "2024-06-30"),
        ("2024-05-01 - 2024-06-30", "2024-05-01", "2024-06-30"),
        ("2024-05-01 to 2024-06-30", "2024-05-01", "2024-06-30"),
        ("2024-05-01, 2024-06-30", "2024-05-01", "2024-06-30"),
        ("1.5.2024–30.6.2024", "2024-05-01", "2024-06-30"),
        ("2024-5-1 2024-5-1", "2024-05-01", "2024-05-01"),
        ("2024-05-01", "2024-05-01", None),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2024", "2024-01-01", "2024-12-31"),
        ("2023-11 2024", "2023-11-01", "2024-12-31"),
        ("2026", "2026-01-01", None),
        ("2024 2026-11-25", "2024-01-01", None),
    ],
)
def test_days_are_read(text: str, first: str, last: str | None) -> None:
    assert days_in(text, TODAY) == Days(first, last)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "I don't understand"),
        ("hello", "I don't understand"),
        ("2024-05-01 2024-05-02 2024-05-03", "I don't understand"),
        ("2024-05-01 hello", "I don't understand"),
        ("٢٠٢٤", "I don't understand"),
        ("2024-13", "There is no such day: 2024-13."),
        ("31.4.2024", "There is no such day: 31.4.2024."),
        ("2024 2023", "The first of these days comes after the last."),
        ("2026-11-26", "That is still to come: today is 25 Nov 2026."),
        ("0001-01-01", "Telegram began in 2013."),
    ],
)
def test_what_cannot_be_meant_is_told(text: str, told: str) -> None:
    with pytest.raises(DaysNotUnderstood, match=f"^{told}"):
        days_in(text, TODAY)
