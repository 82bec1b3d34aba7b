"""What the bot says about schedules, and the news of what they brought; the rest is in `texts`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, time, tzinfo

from babel.dates import format_datetime, get_day_names

from bot.language import Phrase, _, spoken
from bot.texts import count, deleted, duration, edited, number, short_title, size
from storage.models import Job, JobState
from storage.schedules import Plan, Schedule

USAGE = Phrase(
    "Send /schedule, the chat, and when:\n"
    "/schedule @name daily 03:00\n"
    "/schedule @name weekly mon,thu 03:00\n"
    "/schedule @name cron 0 3 * * 1-5\n"
    "Add “at most 2 h 20 GB” to limit each run: what is left comes with the next one."
)
NOT_UNDERSTOOD = Phrase("I don't understand when that should be.")
TOO_MANY = Phrase("That are too many schedules. Delete one first.")
SCHEDULES = Phrase("By schedule:")
NONE_YET = Phrase("Nothing is exported by schedule yet.")
REMOVED = Phrase("Deleted. What was saved stays.")
RESTS = Phrase("It rests until you let it go on.")
GOES_ON = Phrase("It goes on.")
GONE = Phrase("This schedule is not there any more.")
IS_OFF = Phrase("off")
LOUD = Phrase("You get news of schedules at any time.")
ONCE_ONLY = Phrase("This chat was opened to you for that one export.")
OFTEN = {
    "night": Phrase("Every night"),
    "week": Phrase("Every week"),
    "month": Phrase("Every month"),
}
"""Buttons, by the words of `timetable.OFTEN`."""
QUIET_USAGE = Phrase("Send /schedule quiet 22:00-08:00, or /schedule quiet off.")
ZONE_USAGE = Phrase("Another one: /timezone Europe/Berlin, or /timezone +02:00.")
FAILED_LENGTH = 200
LINES_SHOWN = 20
NIGHT = (21, 9)
"""Runs between these hours were last night's."""

MOMENT = Phrase("EEE d MMM, HH:mm")
"""A pattern of https://unicode.org/reports/tr35/tr35-dates.html: `Thu 26 Nov, 03:00`."""

MONTHLY = re.compile(r"(\d+) (\d+) 1 \* \*")
DAILY = re.compile(r"(\d+) (\d+) \* \* \*")
WEEKLY = re.compile(r"(\d+) (\d+) \* \* ([0-6](?:,[0-6])*)")


def how_often(zone_name: str) -> str:
    """The question below the title of a chat."""
    return _(
        "How often shall I save it, at 03:00 ({zone})? What is new comes with each run, with "
        "the options that you chose last. /schedule takes other times.",
        zone=zone_name,
    )


def closed(chats: Sequence[str]) -> str:
    """What somebody hears whose schedules ended with what was open to them."""
    names = ", ".join(short_title(chat) for chat in chats)
    return _("No longer open to you, so that its schedule has ended: {names}", names=names)


def switch_button(place: int, *, resting: bool) -> str:
    """Lets the schedule with this place in the list rest, or go on."""
    return f"{'▶' if resting else '⏸'} {number(place)}"


def remove_button(place: int) -> str:
    return f"🗑 {number(place)}"


def when(cron: str) -> str:
    """`daily at 03:00`, `Mon, Thu at 03:00`, or the five fields."""
    if match := DAILY.fullmatch(cron):
        return _("daily at {time}", time=_clock(match[1], match[2]))
    if match := WEEKLY.fullmatch(cron):
        names = get_day_names("abbreviated", context="format", locale=spoken().locale)
        days = ", ".join(names[(int(day) - 1) % 7] for day in match[3].split(","))
        return _("{days} at {time}", days=days, time=_clock(match[1], match[2]))
    if match := MONTHLY.fullmatch(cron):
        return _("on the first of each month at {time}", time=_clock(match[1], match[2]))
    return f"cron {cron}"


def limits(plan: Plan) -> str | None:
    """`at most 2 h, 20.0 GB`"""
    parts = [duration(plan.limit_s)] if plan.limit_s else []
    parts += [size(plan.limit_bytes)] if plan.limit_bytes else []
    return _("at most {limits}", limits=", ".join(parts)) if parts else None


def name(plan: Plan) -> str:
    """The chat, as it is called or as it was typed."""
    return short_title(plan.title or plan.request.chat)


def standing(schedule: Schedule, zone: tzinfo) -> str:
    """`daily at 03:00 · at most 2 h · next Thu 26 Nov, 03:00`"""
    parts = [when(schedule.plan.cron), limits(schedule.plan)]
    following = (
        IS_OFF()
        if schedule.next_at is None
        else _("next {moment}", moment=moment(schedule.next_at, zone))
    )
    return " · ".join(part for part in (*parts, following) if part)


def noted(plan: Plan, next_at: datetime | None, zone: tzinfo, options: str) -> str:
    """The answer to a new schedule; `options`: what of the chat, in lines."""
    rule = ", ".join(filter(None, (when(plan.cron), limits(plan))))
    words = NOTED_ONCE if next_at is None else NOTED
    following = "" if next_at is None else moment(next_at, zone)
    return f"{words(name=name(plan), rule=rule, moment=following)}\n\n{options}"


NOTED = Phrase(
    "{name}: {rule}. The next time is {moment}. I'll send news only when there is something new."
)
NOTED_ONCE = Phrase("{name}: {rule}. That time does not come any more.")


def moment(at: datetime, zone: tzinfo) -> str:
    """`Thu 26 Nov, 03:00`, in words that no setting of the machine changes."""
    return format_datetime(at.astimezone(zone), MOMENT(), locale=spoken().locale)


def zone_is(zone_name: str, now: datetime, zone: tzinfo) -> str:
    """`Your time zone is Europe/Berlin: it is Thu 26 Nov, 03:00 there.`"""
    return _(
        "Your time zone is {zone}: it is {moment} there.",
        zone=zone_name,
        moment=moment(now, zone),
    )


def no_such_zone(words: str) -> str:
    unknown = _("I know no time zone {name}.", name=short_title(words))
    return f"{unknown} {ZONE_USAGE}"


def quiet(hours: str) -> str:
    """When nothing is told."""
    if not hours:
        return LOUD()
    first, last = hours.split("-")
    return _(
        "From {first} to {last} I keep quiet: news of schedules come after that.",
        first=first,
        last=last,
    )


def heading(chats: int, new: int, *, at_night: bool) -> str:
    """`🌙 Last night: 3 chats, 518 new messages`"""
    what = _("🌙 Last night") if at_night else _("🗓 By schedule")
    parts = [count(chats, "{n} chat", "{n} chats")] if chats else []
    parts += [count(new, "{n} new message", "{n} new messages")] if new else []
    return f"{what}: {', '.join(parts)}" if parts else what


def happened_at_night(moments: Sequence[datetime], zone: tzinfo) -> bool:
    """Whether all of it was last night's."""
    hours = [at.astimezone(zone).hour for at in moments]
    return all(hour >= NIGHT[0] or hour < NIGHT[1] for hour in hours)


def news(job: Job) -> str | None:
    """What a run brought: `+412 · 2 deleted`; None when nothing happened."""
    summary = job.summary
    if job.state is not JobState.DONE or summary is None:
        return None
    parts = [f"+{number(summary.new)}"] if summary.new else []
    parts += [count(summary.comments, "{n} comment", "{n} comments")] if summary.comments else []
    parts += [edited(summary.edited)] if summary.edited else []
    parts += [deleted(summary.deleted)] if summary.deleted else []
    return " · ".join(parts) or None


def trouble(job: Job, reason: str) -> str | None:
    """The sentence about a run that failed; None for any other."""
    if job.state is not JobState.FAILED:
        return None
    sentence = " ".join(reason.split())
    return sentence if len(sentence) <= FAILED_LENGTH else f"{sentence[: FAILED_LENGTH - 1]}…"


PAUSED = Phrase("paused, it goes on next time")
AT_ITS_LIMIT = Phrase("came to its limit, the rest comes next time")
WAITS_FOR_YOU = Phrase("it is large, and waits until you tap Start on its card")


def _clock(minute: str, hour: str) -> str:
    return f"{time(int(hour), int(minute)):%H:%M}"
