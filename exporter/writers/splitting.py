"""Where a format is split into several files, and what these are called."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from string import Formatter

from exporter.errors import CommandError
from exporter.folder import safe_title
from exporter.media.safe_names import folded, numbered, safe_name

TEMPLATE_BYTES = 60
"""Of a template, and of each title in it: a name may have 255."""
SMALLEST_BYTES = 1024 * 1024
FEWEST = 100
FIELDS = ("chat", "date", "topic", "part")


class By(StrEnum):
    """What a new file begins with."""

    NOTHING = "nothing"
    SIZE = "size"
    COUNT = "count"
    DAY = "day"
    MONTH = "month"
    TOPIC = "topic"


@dataclass(frozen=True, slots=True)
class Split:
    """Where a new file begins."""

    by: By = By.NOTHING
    amount: int = 0
    """Bytes or messages a file."""


UNSPLIT = Split()
DEFAULT_NAMES: dict[By, str] = {
    By.NOTHING: "",
    By.SIZE: " {part}",
    By.COUNT: " {part}",
    By.DAY: " {date}",
    By.MONTH: " {date}",
    By.TOPIC: " {topic}",
}
"""What is put behind a file's usual name."""
FITTING: dict[By, frozenset[str]] = {
    By.NOTHING: frozenset({"chat"}),
    By.SIZE: frozenset({"chat", "part"}),
    By.COUNT: frozenset({"chat", "part"}),
    By.DAY: frozenset({"chat", "date", "part"}),
    By.MONTH: frozenset({"chat", "date", "part"}),
    By.TOPIC: frozenset({"chat", "topic", "part"}),
}
_NOT_IN_LINKS = str.maketrans("#^[]|", "     ")
"""A name without these can be linked to in a vault of notes."""
_UNITS = {"K": 1024, "M": 1024**2, "G": 1024**3}


def split_of(text: str | None) -> Split:
    """What `--split` means: 50MB, 10000, day, month or topic; None: nothing.

    Raises:
        CommandError: it means nothing.
    """
    if text is None:
        return UNSPLIT
    word = text.strip().lower()
    if word in (By.DAY, By.MONTH, By.TOPIC):
        return Split(By(word))
    match = re.fullmatch(r"(\d{1,9}(?:\.\d{1,3})?)(?: ?([kmg])i?b?)?", word, re.ASCII)
    if match is None or (match[2] is None and "." in match[1]):
        raise CommandError(
            "--split takes a size (50MB), a number of messages (10000), day, month or topic,"
            f" not {text!r}."
        )
    if match[2] is None:
        return _at_least(Split(By.COUNT, int(match[1])), FEWEST, f"{FEWEST} messages")
    size_bytes = int(float(match[1]) * _UNITS[match[2].upper()])
    return _at_least(Split(By.SIZE, size_bytes), SMALLEST_BYTES, "1MB")


def _at_least(split: Split, least: int, told: str) -> Split:
    if split.amount < least:
        raise CommandError(f"--split makes files of {told} or more.")
    return split


def check_template(template: str | None, split: Split) -> None:
    """Look whether `--name` names every part apart.

    Raises:
        CommandError: it does not, or is no template.
    """
    if template is None:
        return
    fields = _fields(template)
    if len(template.encode()) > TEMPLATE_BYTES:
        raise CommandError(f"--name may have {TEMPLATE_BYTES} bytes at most.")
    if len(set(fields)) != len(fields):
        raise CommandError("--name may hold each of {chat}, {date}, {topic} and {part} once.")
    fitting = FITTING[split.by]
    for field in fields:
        if field not in FIELDS:
            raise CommandError(
                f"--name may hold {{chat}}, {{date}}, {{topic}} and {{part}}, not {{{field}}}."
            )
        if field not in fitting:
            raise CommandError(_does_not_fit(field))
    if split.by is not By.NOTHING and not set(fields) & (fitting - {"chat"}):
        told = " or ".join(f"{{{field}}}" for field in sorted(fitting - {"chat"}))
        raise CommandError(
            f"With --split every file needs a name of its own: put {told} into --name."
        )


def _does_not_fit(field: str) -> str:
    needs = {"date": "--split day or --split month", "topic": "--split topic", "part": "--split"}
    return f"{{{field}}} in --name goes with {needs[field]}."


def _fields(template: str) -> list[str]:
    try:
        parsed = list(Formatter().parse(template))
    except ValueError:
        parsed = [("", "{}", "", None)]
    if any(spec or conversion for _, _, spec, conversion in parsed) or not template.strip():
        parsed = [("", "{}", "", None)]
    return [field for _, field, _, _ in parsed if field is not None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What tells one part from the others."""

    part: int
    date: str = ""
    topic: str = ""


def name_for(
    template: str, ending: str, *, chat: str, label: Label, taken: Collection[str] = ()
) -> str:
    """The name of a part, safe on every system; another one than those in `taken` (folded)."""
    told = template.format(
        chat=_short(chat), date=label.date, topic=_short(label.topic), part=f"{label.part:03}"
    )
    stem = " ".join(told.translate(_NOT_IN_LINKS).split()).strip(" .")
    name = safe_name(f"{stem or 'part'}{ending}")
    free, number = name, 0
    while folded(free) in taken:
        number += 1
        free = numbered(name, number)
    return free


def _short(title: str) -> str:
    """A title of strangers, as long as a part of a name may be."""
    if not title:
        return ""
    return safe_title(title).encode()[:TEMPLATE_BYTES].decode(errors="ignore").strip(" .")
