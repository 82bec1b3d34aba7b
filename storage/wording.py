"""Sentences for people that remember what they were made of, so that the bot can translate them.

Exporter and storage write English: into the log, the terminal and the database. What is kept in
the database keeps the sentence's template and values with it.
"""

from __future__ import annotations

from typing import Any, Self

import orjson

Value = str | int
"""An `int` is a figure, which languages write differently; an id that stays as it is, a `str`."""
MARK = '{"template":'
"""Begins a sentence in a column that else holds text as it is."""


class Sentence(str):
    """Its English text, and the template with `{name}`s and the values that made it.

    A part of it, or a longer text made with it, is a plain `str`, which nobody translates.
    """

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        shown = {
            name: f"{value:,}" if isinstance(value, int) else value
            for name, value in values.items()
        }
        made = super().__new__(cls, template.format(**shown))
        made.template = template
        made.values = values
        return made


def marked(template: str) -> str:
    """A template that becomes a `Sentence` later; translators' tools find it by this name."""
    return template


def as_json(sentence: object) -> dict[str, object]:
    """What `orjson` asks for: a sentence as a JSON object."""
    if isinstance(sentence, Sentence):
        return {"template": sentence.template, "values": sentence.values}
    raise TypeError(f"{type(sentence).__name__} has no place in JSON")


def from_json(value: Any) -> Any:
    """A sentence again, of what `as_json` made of it; anything else as it is."""
    if not isinstance(value, dict):
        return value
    template = value["template"]
    return Sentence(template, **{name: from_json(each) for name, each in value["values"].items()})


def to_column(sentence: str | None) -> str | None:
    """What a column of text keeps of a sentence."""
    if not isinstance(sentence, Sentence):
        return sentence
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_SUBCLASS
    return orjson.dumps(sentence, default=as_json, option=options).decode()


def from_column(text: str | None) -> str | None:
    """The sentence again, or the text as it is."""
    if text is None or not text.startswith(MARK):
        return text
    sentence: str = from_json(orjson.loads(text))
    return sentence
