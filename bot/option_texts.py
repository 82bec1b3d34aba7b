"""What the screens of options and the plans of exports say."""

from __future__ import annotations

from datetime import date

from bot import texts
from bot.schedule_texts import MONTHS
from storage.choices import Choice, Span
from storage.plans import Plan

LOOKING = "Looking what there is…"
STARTED = "Started."
NOT_STARTED = "Nothing was started."
NO_PLAN = "The chat could not be looked at."
WHICH_TOPIC = "Which topic?"
PLAN_USAGE = "Which chat? Send /plan and the chat: /plan @name"
AGREE = "That is a lot. Start it?"
LAST_ONE_STAYS = "One format has to stay."

ALL_TOPICS = "All topics"
BACK = "‹ Back"
COMMENTS = "Comments"
START, PLAN, CHANGE, CANCEL = "Start", "Plan", "Change", "Cancel"
ANY_SIZE = "Any size"

SPANS = {
    Span.ALL: "All",
    Span.LAST: "Since last",
    Span.WEEK: "7 days",
    Span.MONTH: "30 days",
}
RANGES = {
    Span.ALL: "All messages",
    Span.LAST: "Since last time",
    Span.WEEK: "The last 7 days",
    Span.MONTH: "The last 30 days",
}
DAYS = "Days…"
WHICH_DAYS = (
    "Which days? Write the first and the last one to me: 2024-05-01 2024-06-30. "
    "One day alone means from then on; 2024-05 is a whole month, 2024 a whole year."
)
DAYS_NOT_UNDERSTOOD = (
    "I don't understand which days you mean. Write the first and the last one: "
    "2024-05-01 2024-06-30."
)
DAYS_REVERSED = "The first of these days comes after the last. Write the earlier one first."
KINDS = {
    "photo": ("Photos", ("photo",)),
    "video": ("Videos", ("video_file", "video_message", "animation")),
    "voice": ("Voice", ("voice_message",)),
    "music": ("Music", ("audio_file",)),
    "file": ("Files", ("file",)),
    "sticker": ("Stickers", ("sticker", "custom_emoji")),
    "story": ("Stories", ("story",)),
    "profile": ("Profile photos", ("profile_photo",)),
    "preview": ("Link previews", ("link_preview",)),
}
"""What a button of files is called, and which kinds it stands for."""
FORMATS = {"json": "result.json", "jsonl": "JSONL"}


def ticked(text: str, *, on: bool) -> str:
    """A button that is chosen, or could be."""
    return f"✓ {text}" if on else text


def day(iso: str) -> str:
    """`1 May 2024`"""
    meant = date.fromisoformat(iso)
    return f"{meant.day} {MONTHS[meant.month - 1]} {meant.year}"


def days(first: str | None, last: str | None) -> str:
    """`1 May 2024 – 30 Jun 2024`, `Since 1 May 2024`"""
    if first is None:
        return DAYS
    return f"Since {day(first)}" if last is None else f"{day(first)} – {day(last)}"


def range_of(choice: Choice) -> str:
    """Which messages, by their age."""
    if choice.span is Span.DATES:
        return days(choice.first, choice.last)
    return RANGES[choice.span]


def no_such_day(word: str) -> str:
    return f"There is no such day: {word}. Write it like 2024-05-31."


def days_ahead(today: date) -> str:
    return f"That is still to come: today is {day(today.isoformat())}."


def before_telegram(year: int) -> str:
    return f"Telegram began in {year}. Write a year from then on."


def page_button(*, forward: bool) -> str:
    """Leads to other topics."""
    return "More ›" if forward else "‹ Before"


def topic_button(title: str | None) -> str:
    """Leads to the list of topics."""
    return ALL_TOPICS if title is None else texts.short_title(title)


def about(chat_type: str | None, topics: int = 0) -> str:
    """` · group, 5 topics`"""
    if chat_type is None:
        return ""
    kind = texts.chat_type(chat_type).lower()
    return f" · {kind}" + (f", {texts.count(topics, 'topic', 'topics')}" if topics else "")


def chosen(choice: Choice, topic: str | None) -> str:
    """The choice in lines."""
    lines = [range_of(choice), f"Files: {_files(choice)}"]
    if topic is not None:
        lines.append(f"Topic: {texts.short_title(topic)}")
    if choice.comments:
        lines.append("With the comments of posts")
    lines.append(f"Formats: {_formats(choice)}")
    return "\n".join(lines)


def plan(made: Plan, choice: Choice | None = None) -> str:
    """What an export would fetch; `choice` is None where it is not known."""
    lines = [] if choice is None else [range_of(choice), ""]
    noun = "new message" if made.held else "message"
    lines.append(f"About {texts.count(made.messages, noun, f'{noun}s')}")
    if made.files:
        lines += _files_by_kind(made)
        kept = f", kept already {texts.size(made.kept_bytes)}" if made.kept_bytes else ""
        lines.append(f"To fetch {texts.size(made.fetch_bytes)}{kept}")
    after = max(0, made.free_bytes - made.fetch_bytes)
    lines.append(f"About {texts.duration(made.duration_s)} · {texts.size(after)} free after")
    if choice is not None:
        lines += ["", f"Formats: {_formats(choice)}"]
    return "\n".join(lines)


def _files_by_kind(made: Plan) -> list[str]:
    """`Photos 812 · videos 96`, two or three to a line."""
    counts = {
        name: sum(made.files.get(kind, 0) for kind in kinds) for name, kinds in KINDS.values()
    }
    parts = [f"{name.lower()} {texts.number(number)}" for name, number in counts.items() if number]
    if not parts:
        return []
    text = " · ".join(parts)
    return [f"{text[0].upper()}{text[1:]}"]


def _files(choice: Choice) -> str:
    if choice.media == "none":
        return "none"
    limit = "" if choice.max_size_bytes is None else f", up to {texts.size(choice.max_size_bytes)}"
    if choice.media == "all":
        return f"all{limit}"
    wanted = set(choice.media.split(","))
    names = [name.lower() for name, kinds in KINDS.values() if wanted & set(kinds)]
    return ", ".join(names) + limit


def _formats(choice: Choice) -> str:
    return ", ".join(FORMATS.get(name, name) for name in choice.formats)
