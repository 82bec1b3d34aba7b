"""Texts are cut as Telegram Desktop cuts them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.texts import Entity, Text
from exporter.writers.runs import Run, run_object, runs_of, text_value


def cut(text: str, *entities: Entity) -> list[tuple[str, str]]:
    return [(run.type, run.text) for run in runs_of(Text(text, entities))]


def test_a_plain_text_is_one_run_and_an_empty_one_none() -> None:
    assert cut("привет") == [("plain", "привет")]
    assert cut("") == []
    assert text_value(Text("привет")) == "привет"
    assert text_value(Text("")) == ""


@pytest.mark.parametrize(
    ("text", "after"),
    [("bold", []), ("жирный", [("plain", "")]), ("b😀ld", [("plain", "")])],
)
def test_a_last_entity_is_followed_by_an_empty_run_if_the_text_is_not_ascii(
    text: str, after: list[tuple[str, str]]
) -> None:
    units = len(text.encode("utf-16-le")) // 2

    assert cut(text, Entity("bold", 0, units)) == [("bold", text), *after]


def test_an_entity_that_begins_inside_another_is_dropped() -> None:
    runs = cut("abcdefgh", Entity("bold", 0, 4), Entity("italic", 2, 4), Entity("code", 6, 2))

    assert runs == [("bold", "abcd"), ("plain", "ef"), ("code", "gh")]


def test_of_two_entities_on_the_same_place_the_first_one_stays() -> None:
    assert cut("abc", Entity("bold", 0, 3), Entity("italic", 0, 3)) == [("bold", "abc")]


def test_empty_and_overlong_entities_are_dropped() -> None:
    assert cut("abc", Entity("bold", 0, 0), Entity("bold", 0, -1), Entity("bold", 1, 3)) == [
        ("plain", "abc")
    ]


def test_an_overlong_entity_of_a_text_that_is_not_ascii_reaches_to_its_end() -> None:
    # Six units, but twelve bytes: Telegram Desktop compares with the bytes.
    assert cut("привет", Entity("bold", 4, 6)) == [
        ("plain", "прив"),
        ("bold", "ет"),
        ("plain", ""),
    ]


def test_offsets_count_utf16_units() -> None:
    assert cut("😀a😀b", Entity("bold", 2, 1), Entity("italic", 5, 1)) == [
        ("plain", "😀"),
        ("bold", "a"),
        ("plain", "😀"),
        ("italic", "b"),
        ("plain", ""),
    ]


def test_half_an_emoji_is_a_question_mark() -> None:
    assert cut("a😀", Entity("bold", 0, 2)) == [("bold", "a?"), ("plain", "?")]


def test_a_type_without_a_word_is_unknown_and_loses_its_value() -> None:
    (run,) = runs_of(Text("today", (Entity("formatted_date", 0, 5, 1),)))

    assert run_object(run) == {"type": "unknown", "text": "today"}


@pytest.mark.parametrize(
    ("entity", "key", "value"),
    [
        (Entity("text_link", 0, 1, "https://x.org"), "href", "https://x.org"),
        (Entity("pre", 0, 1, ""), "language", ""),
        (Entity("mention_name", 0, 1, 5), "user_id", 5),
        (Entity("blockquote", 0, 1, value=False), "collapsed", False),
    ],
)
def test_a_run_carries_what_its_entity_carries(entity: Entity, key: str, value: object) -> None:
    (run,) = runs_of(Text("a", (entity,)))

    assert run_object(run) == {"type": entity.type, "text": "a", key: value}


def test_a_custom_emoji_names_a_file_and_not_its_id() -> None:
    emoji = run_object(Run("custom_emoji", "😀", 5368324170671202286))

    assert emoji["document_id"].startswith("(File not included.")


@given(
    text=st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    spans=st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=6),
)
def test_runs_put_together_are_the_text(text: str, spans: list[tuple[int, int]]) -> None:
    units = len(text.encode("utf-16-le")) // 2
    entities = [Entity("bold", start, length) for start, length in spans if start + length <= units]
    runs = runs_of(Text(text, tuple(entities)))

    together = "".join(run.text for run in runs)
    assert len(together.encode("utf-16-le")) == len(text.encode("utf-16-le")) or "?" in together
    assert all(run.text for run in runs[:-1])
    if "?" not in together:
        assert together == text
