"""Time zones by name."""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_of(text: str) -> tzinfo:
    """Turn an IANA name or ±HH:MM into a zone.

    Raises:
        ValueError: it is neither.
    """
    if match := re.fullmatch(r"([+-])(\d{2}):?([0-5]\d)", text):
        offset = timedelta(hours=int(match[2]), minutes=int(match[3]))
        if offset < timedelta(hours=24):
            return timezone(offset if match[1] == "+" else -offset)
    if text.upper() in ("UTC", "Z"):
        return UTC
    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            f"{text!r} is no time zone: use a name such as Europe/Berlin, or +02:00"
        ) from None
