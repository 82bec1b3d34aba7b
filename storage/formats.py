"""The formats that an archive can be written in, by the names that people give."""

from __future__ import annotations

FORMATS = ("json", "jsonl", "html", "csv", "markdown", "markdown-one")
IN_PARTS = ("json", "jsonl", "csv", "markdown", "markdown-one")
"""Those that can be split into several files, and whose files can be named."""
USUAL = ("json", "jsonl", "html")
"""What is written where nobody chose anything; the setting FORMATS says otherwise."""


def formats_of(text: str) -> tuple[str, ...]:
    """The formats of a comma list, in its order, none twice.

    Raises:
        ValueError: there are none, or others.
    """
    words = tuple(dict.fromkeys(word.strip().lower() for word in text.split(",") if word.strip()))
    if not words or not set(words) <= set(FORMATS):
        raise ValueError(f"must be a comma list of {', '.join(FORMATS)}")
    return words
