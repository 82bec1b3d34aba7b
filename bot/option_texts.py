"""What the screens of options and the plans of exports say."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from bot import texts
from bot.language import Phrase, _, spoken
from storage.choices import Choice, Span
from storage.plans import Plan

LOOKING = Phrase("Looking what there is…")
STARTED = Phrase("Started.")
NOT_STARTED = Phrase("Nothing was started.")
NO_PLAN = Phrase("The chat could not be looked at.")
WHICH_TOPIC = Phrase("Which topic?")
PLAN_USAGE = Phrase("Which chat? Send /plan and the chat: /plan @name")
AGREE = Phrase("That is a lot. Start it?")
LAST_ONE_STAYS = Phrase("One format has to stay.")

ALL_TOPICS = Phrase("All topics")
BACK = Phrase("‹ Back")
COMMENTS = Phrase("Comments")
START, PLAN = Phrase("Start"), Phrase("Plan")
CHANGE, CANCEL = Phrase("Change"), Phrase("Cancel")
ANY_SIZE = Phrase("Any size")

SPANS = {
    Span.ALL: Phrase("All"),
    Span.LAST: Phrase("Since last"),
    Span.WEEK: Phrase("7 days"),
    Span.MONTH: Phrase("30 days"),
}
RANGES = {
    Span.ALL: Phrase("All messages"),
    Span.LAST: Phrase("Since last time"),
    Span.WEEK: Phrase("The last 7 days"),
    Span.MONTH: Phrase("The last 30 days"),
}
DAYS = Phrase("Days…")
WHICH_DAYS = Phrase(
    "Which days? Write the first and the last one to me: 2024-05-01 2024-06-30. "
    "One day alone means from then on; 2024-05 is a whole month, 2024 a whole year."
)
DAYS_NOT_UNDERSTOOD = Phrase(
    "I don't understand which days you mean. Write the first and the last one: "
    "2024-05-01 2024-06-30."
)
DAYS_REVERSED = Phrase("The first of these days comes after the last. Write the earlier one first.")
KINDS = {
    "photo": (Phrase("Photos"), ("photo",)),
    "video": (Phrase("Videos"), ("video_file", "video_message", "animation")),
    "voice": (Phrase("Voice"), ("voice_message",)),
    "music": (Phrase("Music"), ("audio_file",)),
    "file": (Phrase("Files"), ("file",)),
    "sticker": (Phrase("Stickers"), ("sticker", "custom_emoji")),
    "story": (Phrase("Stories"), ("story",)),
    "profile": (Phrase("Profile photos"), ("profile_photo",)),
    "preview": (Phrase("Link previews"), ("link_preview",)),
}
"""What a button of files is called, and which kinds it stands for."""
FORMATS: dict[str, str | Phrase] = {
    "json": "result.json",
    "jsonl": "JSONL",
    "html": Phrase("Reader"),
    "csv": "CSV",
    "markdown": Phrase("Notes"),
    "markdown-one": Phrase("Text for AI"),
}
"""What a button of a format is called."""
MAKE_USUAL = Phrase("Use these formats for new chats")
NOW_USUAL = Phrase("Chats that you choose for the first time will come in these formats.")


def ticked(text: str, *, on: bool) -> str:
    """A button that is chosen, or could be."""
    return f"✓ {text}" if on else text


def format_name(name: str) -> str:
    """What a format is called."""
    called = FORMATS.get(name, name)
    return called() if isinstance(called, Phrase) else called


def limit(size_bytes: int) -> str:
    """`200 MB`, on a button."""
    whole = size_bytes // 1_000_000
    return _("{n} MB", n=whole) if whole < 1000 else _("{n} GB", n=whole // 1000)


def day(iso: str) -> str:
    """`1 May 2024`"""
    return format_date(date.fromisoformat(iso), "d MMM y", locale=spoken().locale)


def days(first: str | None, last: str | None) -> str:
    """`1 May 2024 – 30 Jun 2024`, `Since 1 May 2024`"""
    if first is None:
        return DAYS()
    return _("Since {day}", day=day(first)) if last is None else f"{day(first)} – {day(last)}"


def range_of(choice: Choice) -> str:
    """Which messages, by their age."""
    if choice.span is Span.DATES:
        return days(choice.first, choice.last)
    return RANGES[choice.span]()


def no_such_day(word: str) -> str:
    return _("There is no such day: {word}. Write it like 2024-05-31.", word=word)


def days_ahead(today: date) -> str:
    return _("That is still to come: today is {day}.", day=day(today.isoformat()))


def before_telegram(year: int) -> str:
    return _("Telegram began in {year}. Write a year from then on.", year=year)


def page_button(*, forward: bool) -> str:
    """Leads to other topics."""
    return _("More ›") if forward else _("‹ Before")


def topic_button(title: str | None) -> str:
    """Leads to the list of topics."""
    return ALL_TOPICS() if title is None else texts.short_title(title)


def about(chat_type: str | None, topics: int = 0) -> str:
    """` · group, 5 topics`"""
    if chat_type is None:
        return ""
    kind = texts.chat_type(chat_type).lower()
    counted = texts.count(topics, "{n} topic", "{n} topics")
    return f" · {kind}, {counted}" if topics else f" · {kind}"


def chosen(choice: Choice, topic: str | None) -> str:
    """The choice in lines."""
    lines = [range_of(choice), _("Files: {which}", which=_files(choice))]
    if topic is not None:
        lines.append(_("Topic: {title}", title=texts.short_title(topic)))
    if choice.comments:
        lines.append(_("With the comments of posts"))
    lines.append(_formats(choice))
    return "\n".join(lines)


def plan(made: Plan, choice: Choice | None = None) -> str:
    """What an export would fetch; `choice` is None where it is not known."""
    lines = [] if choice is None else [range_of(choice), ""]
    lines.append(_about_messages(made))
    if made.files:
        lines += _files_by_kind(made)
        fetch, kept = texts.size(made.fetch_bytes), texts.size(made.kept_bytes)
        lines.append(
            _("To fetch {size}, kept already {kept}", size=fetch, kept=kept)
            if made.kept_bytes
            else _("To fetch {size}", size=fetch)
        )
    after = max(0, made.free_bytes - made.fetch_bytes)
    took = texts.duration(made.duration_s)
    lines.append(_("About {time} · {size} free after", time=took, size=texts.size(after)))
    if choice is not None:
        lines += ["", _formats(choice)]
    return "\n".join(lines)


def _about_messages(made: Plan) -> str:
    if made.held:
        return texts.count(made.messages, "About {n} new message", "About {n} new messages")
    return texts.count(made.messages, "About {n} message", "About {n} messages")


def _files_by_kind(made: Plan) -> list[str]:
    """`Photos 812 · videos 96`, two or three to a line."""
    counts = {
        name: sum(made.files.get(kind, 0) for kind in kinds) for name, kinds in KINDS.values()
    }
    parts = [
        _("{kind} {n}", kind=name().lower(), n=texts.number(number))
        for name, number in counts.items()
        if number
    ]
    if not parts:
        return []
    text = " · ".join(parts)
    return [f"{text[0].upper()}{text[1:]}"]


def _files(choice: Choice) -> str:
    if choice.media == "none":
        return _("none")
    wanted = set(choice.media.split(","))
    names = [name().lower() for name, kinds in KINDS.values() if wanted & set(kinds)]
    which = _("all") if choice.media == "all" else ", ".join(names)
    if choice.max_size_bytes is None:
        return which
    return _("{which}, up to {size}", which=which, size=texts.size(choice.max_size_bytes))


def _formats(choice: Choice) -> str:
    names = ", ".join(map(format_name, choice.formats))
    return _("Formats: {names}", names=names)
