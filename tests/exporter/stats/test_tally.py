"""What is counted of a chat's messages, and which pictures that makes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telethon.tl import types

from exporter.stats.figures import CUSTOM, PAID, Day, Figures, Given, Kind, Word, Writer
from exporter.stats.languages import language
from exporter.stats.tally import Tally
from exporter.stats.telling import Chart, Step, bars_of, charts_of, step_of, tell
from storage.models import ChatInfo
from tests.exporter.convert.making import (
    GROUP,
    document,
    in_group,
    photo,
    record_of,
    service,
)

BERLIN = ZoneInfo("Europe/Berlin")
SUNDAY_NIGHT = datetime(2025, 7, 13, 23, 30, tzinfo=UTC)
"""In Berlin it is Monday, half past one."""


def counted(messages: Iterable[Any], chat: ChatInfo = GROUP) -> Figures:
    tally = Tally(chat, BERLIN)
    for message in messages:
        tally.add(record_of(message, chat))
    return tally.figures()


def written(days: Iterable[date]) -> Figures:
    """A message at noon of each day."""
    noon = (datetime(day.year, day.month, day.day, 12, tzinfo=UTC) for day in days)
    return counted(in_group(number, date=at) for number, at in enumerate(noon, start=1))


def reacted(*results: tuple[Any, int]) -> Any:
    return types.MessageReactions(
        results=[types.ReactionCount(reaction, count) for reaction, count in results]
    )


def test_days_and_hours_are_those_of_the_reader() -> None:
    figures = counted([in_group(1, date=SUNDAY_NIGHT)])

    assert figures.zone == "Europe/Berlin"
    assert figures.days == [Day(date(2025, 7, 14), 1)]
    assert figures.hours[0][1] == 1
    assert sum(map(sum, figures.hours)) == 1


def test_service_messages_do_not_count() -> None:
    joined = service(2, types.MessageActionChatJoinedByRequest())

    assert counted([in_group(1, "hut"), joined]).messages == 1
    assert charts_of(counted([joined])) == []


def test_who_wrote_is_told_with_names_and_the_rest_as_a_number() -> None:
    people = [types.PeerUser(100 + number) for number in range(1, 14)]
    figures = counted(
        in_group(place, from_id=person)
        for number, person in enumerate(people, start=1)
        for place in range(20 - number)
    )

    assert figures.writers[:3] == [
        Writer(101, "Ann Lee", 19),
        Writer(102, "Bob", 18),
        Writer(103, None, 17),
    ]
    assert (len(figures.writers), figures.writers_total) == (10, 13)
    assert "Deleted account" in tell(Chart.WRITERS, figures, language("en")).alt


def test_files_are_counted_by_kind_with_their_bytes() -> None:
    voice = document(types.DocumentAttributeAudio(3, voice=True), mime_type="audio/ogg", size=500)
    figures = counted(
        [
            in_group(1, media=types.MessageMediaPhoto(photo=photo())),
            in_group(2, media=types.MessageMediaPhoto(photo=photo())),
            in_group(3, media=types.MessageMediaDocument(document=voice)),
            in_group(4, "hut"),
        ]
    )

    assert figures.media == [Kind("photo", 2, 300_000), Kind("voice_message", 1, 500)]


def test_reactions_are_added_up_by_what_they_show() -> None:
    figures = counted(
        [
            in_group(1, reactions=reacted((types.ReactionEmoji("👍"), 3), (_custom(1), 1))),
            in_group(2, reactions=reacted((_custom(2), 1), (types.ReactionPaid(), 50))),
        ]
    )

    assert figures.reactions == [Given(PAID, 50), Given("👍", 3), Given(CUSTOM, 2)]
    assert figures.reactions_total == 55


def _custom(number: int) -> Any:
    return types.ReactionCustomEmoji(document_id=number)


def test_nothing_that_is_written_in_telegrams_own_chat_is_counted_as_words() -> None:
    codes = ChatInfo(id=777000, title="Telegram", type="personal_chat")
    messages = [in_group(1, "Login code: hutte. Do not give this code to anyone")]

    assert counted(messages, codes).words == []
    assert Word("hutte", 1) in counted(messages).words


@pytest.mark.parametrize(
    ("days", "step", "bars"),
    [
        (1, Step.DAY, 1),
        (60, Step.DAY, 60),
        (365, Step.WEEK, 53),
        (3 * 365, Step.MONTH, 36),
        (12 * 365, Step.YEAR, 12),
    ],
)
def test_bars_stand_for_what_fits_the_length_of_the_chat(days: int, step: Step, bars: int) -> None:
    first = date(2014, 1, 1)
    figures = written({first, first + timedelta(days=days - 1)})

    assert step_of(figures) is step
    drawn = bars_of(figures, step)
    assert len(drawn) == bars
    assert sum(messages for _, messages in drawn) == figures.messages
    assert [begin for begin, _ in drawn] == sorted({step.begin(begin) for begin, _ in drawn})


@pytest.mark.parametrize("code", ["en", "ru"])
def test_a_picture_is_told_in_words(code: str) -> None:
    evil = ChatInfo(id=GROUP.id, title="Garden", type="private_supergroup")
    figures = counted([in_group(1, "hut"), in_group(2, "hut", from_id=types.PeerUser(102))], evil)
    told = {chart: tell(chart, figures, language(code)).alt for chart in charts_of(figures)}

    assert list(told) == [Chart.TIME, Chart.HOURS, Chart.WRITERS, Chart.WORDS]
    expected = {
        "en": (
            "Messages over time (2\u00a0messages, 15\u00a0January 2025):"
            " most on 15\u00a0January 2025: 2."
        ),
        "ru": (
            "Сообщения по времени (2\u00a0сообщения, 15\u00a0января 2025):"
            " больше всего 15\u00a0января 2025: 2."
        ),
    }
    assert told[Chart.TIME] == expected[code]
    assert "\u2068Ann Lee\u2069 50" in told[Chart.WRITERS]
    assert "\u2068hut\u2069 2" in told[Chart.WORDS]
