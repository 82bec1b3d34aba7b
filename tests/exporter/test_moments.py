"""Words for days and moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from exporter.errors import CommandError
from exporter.moments import span

NOW = datetime(2026, 5, 10, 12, 30, tzinfo=UTC)


def test_a_day_is_the_whole_day_of_the_zone() -> None:
    found = span("2026-05-03", option="--since", zone=ZoneInfo("Europe/Berlin"), now=NOW)

    assert found.begin == datetime(2026, 5, 2, 22, tzinfo=UTC)
    assert found.end == datetime(2026, 5, 3, 22, tzinfo=UTC)


def test_a_day_on_which_the_clocks_change_is_as_long_as_it_is() -> None:
    found = span("2026-03-29", option="--since", zone=ZoneInfo("Europe/Berlin"), now=NOW)

    assert found.end.astimezone(UTC) - found.begin.astimezone(UTC) == timedelta(hours=23)


@pytest.mark.parametrize(
    ("word", "moment"),
    [
        ("2026-05-03T14:30", datetime(2026, 5, 3, 12, 30, tzinfo=UTC)),
        ("2026-05-03 14:30:05", datetime(2026, 5, 3, 12, 30, 5, tzinfo=UTC)),
        ("2026-05-03T14:30Z", datetime(2026, 5, 3, 14, 30, tzinfo=UTC)),
        ("7d", datetime(2026, 5, 3, 12, 30, tzinfo=UTC)),
        ("12H", datetime(2026, 5, 10, 0, 30, tzinfo=UTC)),
        (" 2w ", datetime(2026, 4, 26, 12, 30, tzinfo=UTC)),
    ],
)
def test_a_moment_is_one_second(word: str, moment: datetime) -> None:
    found = span(word, option="--since", zone=timezone(timedelta(hours=2)), now=NOW)

    assert (found.begin, found.end) == (moment, moment + timedelta(seconds=1))


def test_yesterday_is_that_of_the_zone() -> None:
    late = datetime(2026, 5, 10, 23, tzinfo=UTC)

    found = span("yesterday", option="--since", zone=timezone(timedelta(hours=3)), now=late)

    assert found.begin == datetime(2026, 5, 9, 21, tzinfo=UTC)


@pytest.mark.parametrize(
    "word",
    [
        "",
        "soon",
        "7",
        "-7d",
        "2026-13-01",
        "03.05.2026",
        "7y",
        "999999d",
        "20260503",
        "2026-W18",
        "14:30",
    ],
)
def test_anything_else_is_refused_with_the_words_that_would_do(word: str) -> None:
    with pytest.raises(CommandError, match="--until takes a day"):
        span(word, option="--until", zone=UTC, now=NOW)
