"""When a schedule is due: from a person's words to five fields of cron, and to the next moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError

from storage.zones import zone_of

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
USUAL_TIME = time(3, 0)
USUAL_DAY = "1"
OFTEN = {"night": "0 3 * * *", "week": "0 3 * * 1", "month": "0 3 1 * *"}
"""What a tap can say: at 03:00, on Mondays, on the first of the month."""
SHORTEST_GAP = timedelta(minutes=30)
"""Between two runs: Telegram would be asked in vain."""
GAPS_LOOKED_AT = 100

ASKED = re.compile(
    r"(?P<chat>.*\S)\s+(?P<rule>daily|weekly|cron)(?:\s+(?P<rest>.*))?", re.IGNORECASE | re.DOTALL
)
LIMIT = re.compile(r"(?:\s|^)(?:at\s+most|max)\s+(?P<limit>.*)$", re.IGNORECASE | re.DOTALL)
AMOUNT = re.compile(
    r"\s*(?P<number>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>min|hours|hour|h|MB|GB|TB)\b"
    r"(?:\s*(?:/|,|and|or)\s*)?",
    re.IGNORECASE,
)
UNITS = {"min": 60, "h": 3600, "hour": 3600, "hours": 3600}
BYTES = {"mb": 10**6, "gb": 10**9, "tb": 10**12}
NIGHTLY = re.compile(r"\s*(?:a\s+night|nightly|each\s+time)\s*$", re.IGNORECASE)
CLOCK = re.compile(r"(?P<hour>[01]?\d|2[0-3])(?::(?P<minute>[0-5]\d))?", re.ASCII)
QUIET = re.compile(r"(\S+?)\s*(?:-|–|to)\s*(\S+)", re.IGNORECASE)


class NotUnderstood(Exception):
    """Words that name no time; the text says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody wrote behind /schedule."""

    chat: str
    cron: str
    limit_s: int | None = None
    limit_bytes: int | None = None


def asked(words: str) -> Asked:
    """Read `CHAT daily 03:00 at most 2 h 20 GB`, with `weekly mon,thu 03:00` or `cron 0 3 * * *`.

    Raises:
        NotUnderstood: it says nothing of the kind.
    """
    limit_s = limit_bytes = None
    if (limited := LIMIT.search(words)) is not None:
        limit_s, limit_bytes = _limits(limited["limit"])
        words = words[: limited.start()]
    match = ASKED.fullmatch(words.strip())
    if match is None:
        raise NotUnderstood(words.strip())
    rest = (match["rest"] or "").split()
    match match["rule"].lower():
        case "daily":
            cron = _daily(rest)
        case "weekly":
            cron = _weekly(rest)
        case _:
            cron = " ".join(rest)
    return Asked(chat=match["chat"], cron=checked(cron), limit_s=limit_s, limit_bytes=limit_bytes)


def checked(cron: str) -> str:
    """Return five fields that come true, and not all the time.

    Raises:
        NotUnderstood: they don't.
    """
    if len(cron.split()) != 5:
        raise NotUnderstood(cron)
    try:
        coming = CronSim(cron, datetime(2026, 1, 1, tzinfo=UTC))
        before = next(coming)
        for moment, _ in zip(coming, range(GAPS_LOOKED_AT), strict=False):
            if moment - before < SHORTEST_GAP:
                raise NotUnderstood(cron)
            before = moment
    except (CronSimError, StopIteration):
        raise NotUnderstood(cron) from None
    return cron


def next_after(cron: str, zone: tzinfo, now: datetime) -> datetime | None:
    """When it is due next, as clocks in `zone` show it; None: never again.

    CronSim takes an hour that comes again for the first of the two, and names moments of it that
    are over.
    """
    coming = (moment.astimezone(UTC) for moment in CronSim(cron, now.astimezone(zone)))
    return next((moment for moment in coming if moment > now), None)


def quiet_of(words: str) -> str:
    """Read `22:00-08:00`; `off` becomes nothing.

    Raises:
        NotUnderstood: it is neither.
    """
    if words.strip().lower() == "off":
        return ""
    match = QUIET.fullmatch(words.strip())
    if match is None:
        raise NotUnderstood(words)
    first, last = _clock(match[1]), _clock(match[2])
    return f"{first:%H:%M}-{last:%H:%M}"


def quiet_until(quiet: str, zone: tzinfo, now: datetime) -> datetime | None:
    """When the quiet hours end that it is in now; None: it is in none."""
    if not quiet:
        return None
    first, last = (time.fromisoformat(word) for word in quiet.split("-"))
    local = now.astimezone(zone)
    at = local.time()
    within = first <= at < last if first <= last else at >= first or at < last
    if not within:
        return None
    day = local.date() + timedelta(days=int(at >= last))
    return datetime.combine(day, last, tzinfo=zone).astimezone(UTC)


def zone_named(words: str) -> str:
    """The zone that a name, a city or an offset means.

    Raises:
        ValueError: none, or more than one.
    """
    wanted = "_".join(words.split()).casefold()
    names = sorted(available_timezones())
    same = [name for name in names if name.casefold() == wanted]
    cities = [name for name in names if name.rpartition("/")[2].casefold() == wanted]
    found = same or cities
    if len(found) == 1:
        return found[0]
    zone_of(words.strip())
    return words.strip()


def _daily(rest: list[str]) -> str:
    at = _clock(" ".join(_without("at", rest))) if rest else USUAL_TIME
    return f"{at.minute} {at.hour} * * *"


def _weekly(rest: list[str]) -> str:
    words = _without("on", _without("at", rest))
    at = USUAL_TIME
    if words and CLOCK.fullmatch(words[-1]):
        at = _clock(words.pop())
    named = [word for word in re.split(r"[\s,]+", " ".join(words).lower()) if word != "and"]
    days = sorted({_day(word) for word in named if word})
    return f"{at.minute} {at.hour} * * {','.join(map(str, days)) or USUAL_DAY}"


def _without(word: str, words: list[str]) -> list[str]:
    return [each for each in words if each.lower() != word]


def _day(word: str) -> int:
    if len(word) < 3 or word[:3] not in DAYS:
        raise NotUnderstood(word)
    return DAYS.index(word[:3])


def _clock(word: str) -> time:
    match = CLOCK.fullmatch(word)
    if match is None:
        raise NotUnderstood(word)
    return time(int(match["hour"]), int(match["minute"] or 0))


def _limits(words: str) -> tuple[int | None, int | None]:
    """Seconds and bytes of `2 h / 20 GB a night`."""
    rest = NIGHTLY.sub("", words)
    seconds = size_bytes = None
    while rest.strip():
        match = AMOUNT.match(rest)
        if match is None or not float(match["number"]):
            raise NotUnderstood(words)
        unit, number = match["unit"].lower(), float(match["number"])
        if unit in UNITS:
            seconds = max(60, round(number * UNITS[unit]))
        else:
            size_bytes = round(number * BYTES[unit])
        rest = rest[match.end() :]
    if seconds is None and size_bytes is None:
        raise NotUnderstood(words)
    return seconds, size_bytes
