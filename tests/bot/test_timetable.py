"""When a schedule is due: words, zones, and hours that are changed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.timetable import (
    Asked,
    NotUnderstood,
    asked,
    checked,
    next_after,
    quiet_of,
    quiet_until,
    zone_named,
)

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("words", "cron"),
    [
        ("@alpine daily", "0 3 * * *"),
        ("@alpine daily 04:30", "30 4 * * *"),
        ("@alpine Daily at 23", "0 23 * * *"),
        ("@alpine weekly", "0 3 * * 1"),
        ("@alpine weekly sunday 7:05", "5 7 * * 0"),
        ("@alpine weekly on mon, Thu and sat at 4", "0 4 * * 1,4,6"),
        ("@alpine cron 15 2 * * 1-5", "15 2 * * 1-5"),
    ],
)
def test_words_become_five_fields(words: str, cron: str) -> None:
    assert asked(words) == Asked(chat="@alpine", cron=cron)


def test_a_title_may_hold_the_words_of_a_time() -> None:
    assert asked("The daily news, weekly weekly fri 12:00") == Asked(
        chat="The daily news, weekly", cron="0 12 * * 5"
    )


@pytest.mark.parametrize(
    ("limit", "limit_s", "limit_bytes"),
    [
        ("at most 2 h", 7200, None),
        ("at most 20GB", None, 20_000_000_000),
        ("At most 2 h / 20 GB a night", 7200, 20_000_000_000),
        ("max 90min and 1.5 GB", 5400, 1_500_000_000),
    ],
)
def test_a_limit_has_time_or_bytes_or_both(
    limit: str, limit_s: int | None, limit_bytes: int | None
) -> None:
    assert asked(f"@alpine daily 03:00 {limit}") == Asked(
        chat="@alpine", cron="0 3 * * *", limit_s=limit_s, limit_bytes=limit_bytes
    )


@pytest.mark.parametrize(
    "words",
    [
        "",
        "@alpine",
        "daily",
        "@alpine daily 25:00",
        "@alpine daily noon",
        "@alpine weekly someday",
        "@alpine cron",
        "@alpine cron 0 3 * *",
        "@alpine cron 0 3 * * mon fri",
        "@alpine cron 61 3 * * *",
        "@alpine cron 0 0 30 2 *",
        "@alpine daily 03:00 at most",
        "@alpine daily 03:00 at most two hours",
        "@alpine daily 03:00 at most 0 GB",
        "@alpine daily 03:00 at most 0 h 5 GB",
    ],
)
def test_what_names_no_time_is_refused(words: str) -> None:
    with pytest.raises(NotUnderstood):
        asked(words)


@pytest.mark.parametrize("cron", ["* * * * *", "0,20 3 * * *", "*/15 * * * *"])
def test_runs_have_half_an_hour_between_them(cron: str) -> None:
    with pytest.raises(NotUnderstood):
        checked(cron)

    assert checked("*/30 * * * *") == "*/30 * * * *"


def test_the_next_time_is_told_by_clocks_in_the_persons_zone() -> None:
    now = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)

    assert next_after("0 3 * * *", BERLIN, now) == datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    assert next_after("0 3 * * *", UTC, now) == datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def test_an_hour_that_a_night_leaves_out_is_made_up_for_and_one_it_has_twice_counts_once() -> None:
    spring = datetime(2026, 3, 28, 12, tzinfo=UTC)
    skipped = next_after("30 2 * * *", BERLIN, spring)
    assert skipped == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)

    autumn = datetime(2026, 10, 24, 12, tzinfo=UTC)
    first = next_after("30 2 * * *", BERLIN, autumn)
    assert first == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert next_after("30 2 * * *", BERLIN, first) == datetime(2026, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["30 2 * * *", "45 2 * * *", "*/30 * * * *", "0 2,3 * * *"])
def test_the_next_time_is_never_over_also_in_an_hour_that_comes_again(cron: str) -> None:
    evening = datetime(2026, 10, 24, 23, 50, tzinfo=UTC)

    for minutes in range(0, 180, 5):
        now = evening + timedelta(minutes=minutes)
        following = next_after(cron, BERLIN, now)
        assert following is not None
        assert following > now


@pytest.mark.parametrize(
    ("hour", "until"),
    [
        (21, None),
        (22, datetime(2026, 11, 26, 7, tzinfo=UTC)),
        (3, datetime(2026, 11, 25, 7, tzinfo=UTC)),
        (8, None),
    ],
)
def test_quiet_hours_go_past_midnight(hour: int, until: datetime | None) -> None:
    now = datetime(2026, 11, 25, hour, tzinfo=BERLIN)

    assert quiet_until("22:00-08:00", BERLIN, now) == until


def test_quiet_hours_within_a_day_and_none_at_all() -> None:
    noon = datetime(2026, 11, 25, 12, tzinfo=UTC)

    assert quiet_of(" 9 to 17:30") == "09:00-17:30"
    assert quiet_until("09:00-17:30", UTC, noon) == datetime(2026, 11, 25, 17, 30, tzinfo=UTC)
    assert quiet_of("OFF") == ""
    assert quiet_until("", UTC, noon) is None
    with pytest.raises(NotUnderstood):
        quiet_of("at night")


def test_a_zone_is_found_by_its_name_its_city_or_an_offset() -> None:
    assert zone_named("europe/berlin") == "Europe/Berlin"
    assert zone_named("New York") == "America/New_York"
    assert zone_named("+05:00") == "+05:00"
    with pytest.raises(ValueError, match="no time zone"):
        zone_named("Atlantis")
