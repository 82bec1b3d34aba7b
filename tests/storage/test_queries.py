"""What people type to find messages."""

from __future__ import annotations

import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.queries import Asked, NotAsked, Term, check, read
from storage.search_schema import FTS


def test_words_phrases_exclusions_and_beginnings_are_told_apart() -> None:
    assert read('budget "next year" -draft plan* -"old plan"').terms == (
        Term("budget"),
        Term("next year"),
        Term("draft", without=True),
        Term("plan", begins=True),
        Term("old plan", without=True),
    )


def test_quotes_of_phones_make_a_phrase_too() -> None:
    assert read("“next year” «в этом году»").terms == (Term("next year"), Term("в этом году"))


def test_what_narrows_is_read_among_the_words() -> None:
    asked = read('budget in:"My team" FROM:@anna from:Bob has:photo since:2024-05 until:2025')

    assert asked == Asked(
        terms=(Term("budget"),),
        chats=("My team",),
        senders=("@anna", "Bob"),
        has=("photo",),
        since="2024-05",
        until="2025",
    )


@pytest.mark.parametrize("typed", ["", "  ", '"', "* - ()", "😀 …", "since:2024-05"])
def test_where_there_is_no_word_there_is_nothing_to_look_for(typed: str) -> None:
    with pytest.raises(NotAsked) as refused:
        check(read(typed))

    assert refused.value.reason == NotAsked.NOTHING


def test_only_words_to_leave_out_are_no_question() -> None:
    with pytest.raises(NotAsked) as refused:
        check(read("-draft"))

    assert refused.value.reason == NotAsked.ONLY_WITHOUT
    check(read("-draft from:anna"))


def test_what_no_message_can_have_is_named() -> None:
    with pytest.raises(NotAsked) as refused:
        check(read("budget has:unicorn"))

    assert (refused.value.reason, refused.value.word) == (NotAsked.UNKNOWN_HAS, "unicorn")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_nothing_that_is_typed_is_a_syntax_error(typed: str) -> None:
    database = sqlite3.connect(":memory:")
    try:
        database.execute(FTS["search_names"])
        for term in read(typed).terms:
            database.execute(
                "SELECT rowid FROM search_names WHERE search_names MATCH ?", (term.as_fts(),)
            ).fetchall()
    finally:
        database.close()
