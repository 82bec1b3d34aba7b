"""Scripts without spaces: each character is a word of its own."""

from __future__ import annotations

import pytest

from storage.spacing import MARK, spaced, unspaced


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("北京大学", ["北", "京", "大", "学"]),
        ("in北京, today", ["in", "北", "京", ", today"]),
        ("カタカナとひらがな", list("カタカナとひらがな")),
        ("ที่รัก", ["ที่", "รั", "ก"]),
    ],
)
def test_each_character_stands_alone_with_its_marks(text: str, words: list[str]) -> None:
    assert [word for word in spaced(text).split(MARK) if word] == words


@pytest.mark.parametrize("text", ["", "Hello, world", "Привет, мир", "नमस्ते दुनिया", "한국어 문장"])
def test_scripts_with_spaces_stay_as_they_are(text: str) -> None:
    assert spaced(text) == text


def test_the_marks_are_taken_out_again() -> None:
    assert unspaced(spaced("我在北京 and ที่รัก")) == "我在北京 and ที่รัก"
