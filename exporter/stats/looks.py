"""Light and dark: the colours of the HTML reader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Colours, each pair of text and ground with a contrast of 4.5 to 1 or more."""

    ground: str
    text: str
    faint: str
    """Text that says less."""
    line: str
    accent: str
    second: str
    """Bars beside those of the accent."""
    empty: str
    """A cell with nothing in it."""


LOOKS: Mapping[str, Look] = {
    "light": Look(
        ground="#ffffff",
        text="#0f1419",
        faint="#56616b",
        line="#dfe4e8",
        accent="#1766a6",
        second="#276b2b",
        empty="#eef2f5",
    ),
    "dark": Look(
        ground="#151d23",
        text="#eef3f6",
        faint="#a3b4bf",
        line="#26323a",
        accent="#6cbcf5",
        second="#94dd98",
        empty="#222e36",
    ),
}
