"""In which time zone an export was written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

SAMPLES = 400
"""So many moments decide between zones that change their clocks."""


def find_zone(messages: Iterable[dict[str, Any]]) -> str:
    """The zone that turns every `date_unixtime` into its `date`.

    ±HH:MM where the clocks never changed, else the name of a zone that changed them then. Exports
    of old versions have no `date_unixtime`; their dates are taken as UTC.

    Raises:
        ValueError: no zone fits.
    """
    samples: list[tuple[int, timedelta]] = []
    offsets: set[timedelta] = set()
    for moment, offset in _offsets(messages):
        if not samples or samples[-1][1] != offset:
            samples.append((moment, offset))
        offsets.add(offset)
    if not offsets:
        return "+00:00"
    if len(offsets) == 1:
        return _named(offsets.pop())
    for name in sorted(available_timezones(), key=_plainness):
        zone = ZoneInfo(name)
        if all(
            datetime.fromtimestamp(moment, zone).utcoffset() == offset
            for moment, offset in samples[:SAMPLES]
        ):
            return name
    raise ValueError("the dates of the export fit no time zone")


def zone_of(name: str) -> tzinfo:
    """The zone that `find_zone` named."""
    if name[0] not in "+-":
        return ZoneInfo(name)
    hours, minutes = int(name[1:3]), int(name[4:6])
    offset = timedelta(hours=hours, minutes=minutes)
    return timezone(-offset if name[0] == "-" else offset)


def _offsets(messages: Iterable[dict[str, Any]]) -> Iterator[tuple[int, timedelta]]:
    for message in messages:
        for key in ("date", "edited"):
            if f"{key}_unixtime" in message and key in message:
                moment = int(message[f"{key}_unixtime"])
                local = datetime.fromisoformat(message[key]).replace(tzinfo=UTC)
                yield moment, local - datetime.fromtimestamp(moment, UTC)


def _named(offset: timedelta) -> str:
    sign = "-" if offset < timedelta(0) else "+"
    minutes = abs(offset) // timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def _plainness(name: str) -> tuple[bool, str]:
    """Cities before the special names."""
    return "/" not in name or name.startswith("Etc/"), name
