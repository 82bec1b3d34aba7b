"""Numbers, plurals, times and titles as people read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import texts
from storage.models import FileProgress, Phase, Progress


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (0, "0 messages"),
        (1, "1 message"),
        (2, "2 messages"),
        (5, "5 messages"),
        (11, "11 messages"),
        (21, "21 messages"),
        (22, "22 messages"),
        (101, "101 messages"),
        (1_000_000, "1,000,000 messages"),
    ],
)
def test_messages_are_counted_with_the_right_form(amount: int, expected: str) -> None:
    assert texts.messages(amount) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        (0, "1 s"),
        (0.2, "1 s"),
        (42, "42 s"),
        (59.5, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (54_262, "15 h 5 min"),
        (187_200, "2 d 4 h"),
    ],
)
def test_a_duration_never_promises_too_little(seconds: float, expected: str) -> None:
    assert texts.duration(seconds).replace(texts.NO_BREAK, " ") == expected


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (3_200_000_000, "3.2 GB"), (999_990, "1.0 MB")],
)
def test_sizes_have_one_decimal_and_do_not_break(size_bytes: int, expected: str) -> None:
    assert texts.size(size_bytes) == expected.replace(" ", texts.NO_BREAK)


def test_a_long_title_is_cut_at_32_characters_and_isolated() -> None:
    title = texts.short_title("A very long title of a chat about mountains")

    assert title == "\u2068A very long title of a chat abo…\u2069"
    assert len(title) == 32 + 2


def test_a_title_stays_on_one_line_and_cannot_turn_the_text_around() -> None:
    assert texts.short_title(" Left\n\u202eright\u2066 \t up\u2069 ") == "\u2068Left right up\u2069"
    assert texts.short_title("a\x00b\x1b[2J") == "\u2068a b [2J\u2069"


def test_an_empty_title_is_still_something_to_look_at() -> None:
    assert texts.short_title("\u2069 ") == "\u2068?\u2069"


@given(st.text())
def test_every_title_is_closed_again(title: str) -> None:
    shown = texts.short_title(title)

    assert shown.count("\u2068") == shown.count("\u2069") == 1
    assert len(shown) <= 34


@pytest.mark.parametrize(
    ("messages", "total", "expected"),
    [
        (0, 1000, "▱▱▱▱▱▱▱▱▱▱ 0%"),
        (529, 1000, "▰▰▰▰▰▱▱▱▱▱ 52%"),
        (999, 1000, "▰▰▰▰▰▰▰▰▰▱ 99%"),
        (1000, 1000, "▰▰▰▰▰▰▰▰▰▱ 99%"),
        (1200, 1000, "▰▰▰▰▰▰▰▰▰▱ 99%"),
    ],
)
def test_the_bar_is_rounded_down_and_full_only_at_the_end(
    messages: int, total: int, expected: str
) -> None:
    progress = Progress(phase=Phase.FETCHING, messages=messages, total=total)

    assert texts.progress_lines(progress)[0] == expected


def test_without_a_total_there_is_a_count_and_no_bar() -> None:
    progress = Progress(phase=Phase.FETCHING, messages=12_340)

    assert texts.progress_lines(progress) == ["12,340 messages so far"]


def test_the_bar_goes_by_bytes_once_all_messages_are_there() -> None:
    progress = Progress(
        phase=Phase.DOWNLOADING,
        messages=12_340,
        total=12_340,
        files=312,
        files_total=940,
        file_bytes=1_200_000_000,
        file_bytes_total=3_200_000_000,
        byte_rate=4_100_000.0,
    )

    lines = [line.replace(texts.NO_BREAK, " ") for line in texts.progress_lines(progress)]

    assert lines == [
        "▰▰▰▱▱▱▱▱▱▱ 37%",
        "12,340 messages",
        "Files 312 of 940",
        "1.2 GB of 3.2 GB · 4.1 MB/s",
    ]


def test_a_large_file_has_a_line_of_its_own() -> None:
    film = FileProgress(name="film\n\u202e.mp4", done_bytes=43, size_bytes=100)

    assert texts.large_file(film) == "\u2068film .mp4\u2069 43%"
    assert texts.large_file(FileProgress(name="x", done_bytes=0, size_bytes=0)).endswith(" 0%")


def test_figures_fit_a_phone() -> None:
    progress = Progress(
        phase=Phase.FETCHING,
        messages=98_765_432,
        total=123_456_789,
        rate=12_345.6,
        files=98_765_432,
        files_total=123_456_789,
        file_bytes=999_900_000_000,
        file_bytes_total=999_900_000_000_000,
        byte_rate=999_900_000.0,
    )

    assert max(len(line) for line in texts.progress_lines(progress)) <= 36
