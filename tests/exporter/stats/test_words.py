"""Which words of a message are counted, and how many of very many stay in memory."""

from __future__ import annotations

import random

import pytest

from exporter.stats.frequent import Frequent
from exporter.stats.words import words_of
from exporter.texts import Entity, Text


def words(text: str, *entities: Entity) -> list[str]:
    return list(words_of(Text(text, entities)))


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("The train to Zürich, the TRAIN!", ["train", "zürich", "train"]),
        ("Ещё один поезд и это всё", ["поезд"]),
        ("don’t rock’n’roll o'clock", ["rock’n’roll", "o'clock"]),
        ("see https://example.org/path?q=train or www.train.ch/a", []),
        ("by bob@example.org about #summit with @alpine /export example.org/x", []),
        ("code 12345, room abc12, yqDJ3xkr9Jg, 3rd", ["code", "room"]),
        ("кто-то кое-где северо-запад", ["кое-где", "северо-запад"]),
        ("Cafe\u0301 café", ["café", "café"]),
        ("קפה שחור", ["קפה", "שחור"]),
        ("我们明天去看电影然后我们再去吃饭" * 3, []),
        ("ок да нет no yes", []),
    ],
)
def test_words_are_what_people_would_call_so(text: str, counted: list[str]) -> None:
    assert words(text) == counted


def test_links_code_and_names_that_telegram_marked_are_left_out() -> None:
    text = "😀 summit print(x) Anna hut"
    found = words(text, Entity("code", 10, 8), Entity("mention", 19, 4))

    assert found == ["summit", "hut"]


def test_a_link_behind_words_leaves_the_words() -> None:
    assert words("our hut", Entity("text_link", 4, 3, "https://x.org")) == ["hut"]


def test_entities_that_reach_past_the_text_or_overlap_do_no_harm() -> None:
    found = words("glacier hut", Entity("code", 8, 99), Entity("pre", 9, 1), Entity("link", 50, 5))

    assert found == ["glacier"]


def test_the_most_frequent_survive_whatever_else_comes() -> None:
    dice = random.Random(1)
    frequent = Frequent(limit=100)
    truth = {f"word{n}": 4_000 // n for n in range(1, 11)}
    stream = [word for word, times in truth.items() for _ in range(times)]
    stream += [f"rare{n}" for n in range(20_000)]
    dice.shuffle(stream)

    for word in stream:
        frequent.add([word])

    top = dict(frequent.top(5))
    assert list(top) == [f"word{n}" for n in range(1, 6)]
    assert all(truth[word] <= told <= truth[word] + len(stream) / 100 for word, told in top.items())
    assert frequent.held < 200


def test_equals_come_by_the_alphabet() -> None:
    frequent = Frequent()
    frequent.add(["b", "c", "a", "c", "b", "a", "ab"])

    assert frequent.top(3) == [("a", 2), ("b", 2), ("c", 2)]
