"""What the process that draws is told: JSON on its input."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from exporter.stats.figures import Day, Figures, Given, Kind, Word, Writer
from exporter.stats.telling import Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Pictures to draw."""

    figures: Figures
    charts: Sequence[Chart]
    looks: Sequence[str]
    """light, dark."""
    language: str
    format: str
    """png or svg."""
    folder: str

    def name_of(self, chart: Chart, look: str) -> str:
        """`1-time.png`; with its look where there are several: `1-time-dark.svg`."""
        name = chart.value if len(self.looks) == 1 else f"{chart.value}-{look}"
        return f"{name}.{self.format}"


def write_order(order: Order) -> bytes:
    return orjson.dumps(order)


def read_order(told: bytes) -> Order:
    fields = orjson.loads(told)
    charts = [Chart(chart) for chart in fields["charts"]]
    return Order(**fields | {"figures": _figures(fields["figures"]), "charts": charts})


def _figures(fields: dict[str, Any]) -> Figures:
    days = [Day(date.fromisoformat(day["date"]), day["messages"]) for day in fields["days"]]
    lists = {
        "days": days,
        "writers": [Writer(**each) for each in fields["writers"]],
        "media": [Kind(**each) for each in fields["media"]],
        "words": [Word(**each) for each in fields["words"]],
        "reactions": [Given(**each) for each in fields["reactions"]],
    }
    return Figures(**fields | lists)
