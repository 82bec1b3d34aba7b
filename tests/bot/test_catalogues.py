"""Every text of the bot is translated, and every translation belongs to a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.language import DOMAIN, ENGLISH, LOCALES, _can_be_said, languages

ROOT = Path(__file__).parents[2]
KEYWORDS = {
    "_": None,
    "Phrase": None,
    "Sentence": None,
    "marked": None,
    "plural": (2, 3),
    "count": (2, 3),
}
"""As in the Makefile: what is called with a text, and which arguments are a text and its plural."""
SPOKEN = ("bot", "exporter", "storage")
"""Packages with texts."""
MODULES = sorted((ROOT / "bot").glob("*texts.py"))
ENGLISH_WORDS = re.compile(r"\b[A-Z][a-z]{2,}|[a-z]{2,} [a-z]{2,}")
FOREIGN = [code for code in languages() if code != ENGLISH]

MessageId = str | tuple[str, ...]


def in_code() -> set[MessageId]:
    """The texts that gettext's tools find."""
    return {
        found[2]
        for package in SPOKEN
        for found in extract_from_dir(
            str(ROOT / package), method_map=[("**.py", "python")], keywords=KEYWORDS
        )
    }


def catalogue(code: str) -> Catalog:
    with (LOCALES / code / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb") as file:
        return read_po(file, locale=code, abort_invalid=True)


def messages(code: str) -> list[Message]:
    return [message for message in catalogue(code) if message.id]


def forms(text: str | tuple[str, ...] | list[str] | None) -> list[str]:
    return [text] if isinstance(text, str) else list(text or ())


def values(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_there_is_a_catalogue_beside_english() -> None:
    assert FOREIGN == ["ru"]


@pytest.mark.parametrize("code", FOREIGN)
def test_a_catalogue_has_the_texts_of_the_code_and_no_others(code: str) -> None:
    assert {message.id for message in messages(code)} == in_code()


@pytest.mark.parametrize("code", FOREIGN)
def test_every_text_is_translated_in_all_its_forms(code: str) -> None:
    made = catalogue(code)
    for message in messages(code):
        wanted = 1 if isinstance(message.id, str) else made.num_plurals
        assert len([form for form in forms(message.string) if form]) == wanted, message.id
        assert not message.fuzzy, message.id


@pytest.mark.parametrize("code", FOREIGN)
def test_a_translation_has_the_values_of_its_text(code: str) -> None:
    for message in messages(code):
        expected = values(forms(message.id)[-1])
        for form in forms(message.string):
            assert values(form) == expected, message.id


@pytest.mark.parametrize("code", FOREIGN)
def test_a_translation_keeps_what_is_to_be_typed_and_the_lines(code: str) -> None:
    typed = re.compile(r"(?<![\w/}])/[a-z]+|chatkeep [a-z ]+|^\s|\s$")
    for message in messages(code):
        english = forms(message.id)[-1]
        for form in forms(message.string):
            assert sorted(typed.findall(form)) == sorted(typed.findall(english)), message.id
            assert form.count("\n") == english.count("\n"), message.id


@pytest.mark.parametrize(
    ("text", "translation", "usable"),
    [
        ("{n} of {total}", "{n} из {total}", True),
        ("{n} of {total}", "всего {total}", True),
        ("{n} of {total}", "{n} из {totl}", False),
        ("{n} of {total}", "{n} из {total", False),
        ("{n} of {total}", "{n.__class__} из {total}", False),
        (("{n} chat", "{n} chats"), ("{n} чат", "{n} чата", "{m} чатов"), False),
    ],
)
def test_a_translation_with_a_slip_is_said_in_english(
    text: MessageId, translation: MessageId, usable: bool
) -> None:
    assert _can_be_said(Message(text, translation)) is usable


def test_a_counted_text_holds_its_number() -> None:
    """Or there would be a noun beside it that other languages cannot bend."""
    for text in in_code():
        if not isinstance(text, str):
            assert all("{n}" in form for form in text), text


def test_no_text_hides_from_the_tools() -> None:
    """They see neither into an f-string nor into the arguments of another text."""
    seen = {form for text in in_code() for form in forms(text)}
    for package in SPOKEN:
        for path in (ROOT / package).rglob("*.py"):
            hidden = set(_called(ast.parse(path.read_text("utf-8")))) - seen
            assert not hidden, path.name


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_no_english_is_said_that_cannot_be_translated(path: Path) -> None:
    said = _said(ast.parse(path.read_text("utf-8")))

    assert [text for text in said if ENGLISH_WORDS.search(text)] == []


def _called(tree: ast.Module) -> Iterator[str]:
    """The texts that stand in calls of the keywords."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and (name := _name(node)) in KEYWORDS:
            places = KEYWORDS[name] or (1,)
            for argument in (node.args[place - 1] for place in places if place <= len(node.args)):
                if (text := _text(argument)) is not None:
                    yield text


def _said(tree: ast.Module) -> Iterator[str]:
    """Strings that are neither docstrings nor translated."""
    silent = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node) in KEYWORDS:
            silent |= {id(argument) for argument in node.args}
    for node in ast.walk(tree):
        if id(node) not in silent and (text := _text(node)) is not None:
            yield text


def _text(node: ast.AST) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text
    return None


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@pytest.mark.parametrize(
    "path", sorted((ROOT / "bot").rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_nothing_is_said_before_it_is_known_to_whom(path: Path) -> None:
    """A text that a module says while it is imported would be English for everybody."""
    body = ast.parse(path.read_text("utf-8")).body
    said_early = [
        _name(node)
        for statement in body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call) and (_name(node).isupper() or _name(node) in ("_", "count"))
    ]

    assert said_early == []
