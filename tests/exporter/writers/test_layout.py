"""JSON is laid out as Telegram Desktop does it, and is always valid."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.writers.layout import finish, layout


def test_each_level_is_indented_by_one_space() -> None:
    value: Any = {"a": [1, {"b": True}], "c": None, "d": {}}

    assert layout(value, "\n") == (
        '{\n "a": [\n  1,\n  {\n   "b": true\n  }\n ],\n "c": null,\n "d": {\n }\n}'
    )


def test_an_empty_list_is_open_and_a_tuple_stays_on_its_line() -> None:
    assert layout({"members": [], "text_entities": (), "completed": (1, 2)}, "\n") == (
        '{\n "members": [\n ],\n "text_entities": [],\n "completed": [1,2]\n}'
    )


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("\x01", r'"\u0001"'),
        ("\x1f", r'"\u001f"'),
        ("\n\r\t", r'"\n\r\t"'),
        ('"\\/', r'"\"\\/"'),
        ("\u2028\u2029", r'"\u2028\u2029"'),
        ("é😀\x7f", '"é😀\x7f"'),
    ],
)
def test_only_what_must_be_is_escaped(text: str, escaped: str) -> None:
    assert finish(layout(text, "\n")).decode() == escaped


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=20,
)


@given(JSON)
def test_what_is_laid_out_can_be_read_back(value: Any) -> None:
    assert json.loads(finish(layout(value, "\n  "))) == value
