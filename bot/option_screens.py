"""How a screen of options looks: its text and its buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, MessageEntity
from aiogram.utils.formatting import Bold, Text

from bot import option_texts as words
from bot import texts
from bot.keyboards import Number, batched
from bot.language import said
from storage.choices import Choice, Span
from storage.formats import USUAL
from storage.models import ChatInfo, Topic
from storage.plans import Plan
from storage.screens import Screen, Stage

SIZES = (20_000_000, 200_000_000, 2_000_000_000)
TOPICS_A_PAGE = 24


class Want(StrEnum):
    """What a tap on a screen asks for."""

    SPAN = "s"
    KIND = "k"
    SIZE = "z"
    FORMAT = "f"
    USUAL = "u"
    """Have new chats written in these formats, too."""
    COMMENTS = "c"
    DATES = "d"
    """A question for the days that are meant."""
    TOPICS = "l"
    """A page of the list of topics."""
    TOPIC = "t"
    CHANGE = "o"
    """Back to the options."""
    PLAN = "p"
    START = "g"
    CLOSE = "x"


class Press(CallbackData, prefix="o"):
    """A tap on a button of a screen."""

    want: Want
    screen: Number
    revision: Number
    """The screen's when the button was made: what was meant for another one is not obeyed."""
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What is known of a screen's chat, as far as the person may know it."""

    formats: tuple[str, ...] = USUAL
    """What a choice without formats means."""
    usual: tuple[str, ...] = ()
    """The person's usual formats; none: those."""
    chat: ChatInfo | None = None
    topics: Sequence[Topic] = ()
    exported: bool = False
    """There was an export of it."""
    plan: Plan | None = None
    error: str | None = None
    """Why there is no plan."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One state of a screen."""

    text: str
    entities: tuple[MessageEntity, ...]
    keyboard: InlineKeyboardMarkup | None


def view(screen: Screen, around: Around) -> View:
    """The screen as it should look now."""
    if not screen.choice.formats:
        screen = replace(screen, choice=replace(screen.choice, formats=around.formats))
    body: list[str | Text] = [_title(screen, around)]
    keyboard: InlineKeyboardMarkup | None = None
    match screen.stage:
        case Stage.OPTIONS:
            topic = topic_title(screen.choice.topic, around.topics)
            body += [f"\n\n{words.chosen(screen.choice, topic)}"]
            keyboard = _options(screen, around)
        case Stage.TOPICS:
            body += [f"\n\n{words.WHICH_TOPIC}"]
            keyboard = _topics(screen, around)
        case Stage.DATES:
            body += [f"\n\n{words.WHICH_DAYS}"]
            keyboard = _keyboard(screen, [[_back()]])
        case Stage.PLANNING:
            body += [f"\n\n{words.LOOKING}"]
            keyboard = _keyboard(screen, [[(words.CANCEL(), Want.CLOSE, "")]])
        case Stage.PLANNED if around.plan is not None:
            body += [f"\n{words.plan(around.plan, screen.choice)}"]
            keyboard = _keyboard(screen, [_last_row()])
        case Stage.PLANNED:
            body += [f"\n\n{said(around.error or words.NO_PLAN())}"]
            keyboard = _keyboard(screen, [_last_row()[1:]])
        case Stage.STARTED:
            body += [f"\n{words.STARTED}"]
        case Stage.CLOSED:
            body += [f"\n{words.NOT_STARTED}"]
    text, entities = Text(*body).render()
    return View(text=text, entities=tuple(entities), keyboard=keyboard)


Button = tuple[str, Want, str]


def _last_row() -> list[Button]:
    return [
        (words.START(), Want.START, ""),
        (words.CHANGE(), Want.CHANGE, ""),
        (words.CANCEL(), Want.CLOSE, ""),
    ]


def _back() -> Button:
    return (words.BACK(), Want.CHANGE, "")


def _title(screen: Screen, around: Around) -> Text:
    plan, chat = around.plan, around.chat
    if plan is not None:
        chat = plan.chat
    name = (chat.title if chat else None) or screen.title or screen.chat
    topics = plan.topics if plan is not None else len(around.topics)
    return Text(Bold(texts.short_title(name)), words.about(chat.type if chat else None, topics))


def topic_title(topic: str | None, topics: Sequence[Topic]) -> str | None:
    """What a topic is called, or its number; None: it is none."""
    if topic is None:
        return None
    return next((each.title for each in topics if str(each.topic_id) == topic), topic)


def _options(screen: Screen, around: Around) -> InlineKeyboardMarkup:
    choice = screen.choice
    spans = [span for span in words.SPANS if span is not Span.LAST or around.exported]
    rows: list[list[Button]] = [
        [
            (words.ticked(words.SPANS[span](), on=choice.span is span), Want.SPAN, span.value)
            for span in spans
        ],
        [
            (
                words.ticked(words.days(choice.first, choice.last), on=choice.span is Span.DATES),
                Want.DATES,
                "",
            )
        ],
    ]
    kinds = [
        (words.ticked(name(), on=wants_kind(choice, key)), Want.KIND, key)
        for key, (name, _) in words.KINDS.items()
    ]
    rows += [list(row) for row in batched(kinds, 3)]
    if choice.media != "none":
        sizes: list[Button] = [
            (words.ticked(words.ANY_SIZE(), on=choice.max_size_bytes is None), Want.SIZE, "0")
        ]
        sizes += [
            (
                words.ticked(words.limit(size), on=choice.max_size_bytes == size),
                Want.SIZE,
                str(size),
            )
            for size in SIZES
        ]
        rows.append(sizes)
    rows += _formats(choice, around.usual or around.formats)
    if around.topics:
        title = topic_title(choice.topic, around.topics)
        rows.append([(words.topic_button(title), Want.TOPICS, "")])
    if around.chat is None or around.chat.type.endswith("channel"):
        rows.append([(words.ticked(words.COMMENTS(), on=choice.comments), Want.COMMENTS, "")])
    rows.append(
        [
            (words.PLAN(), Want.PLAN, ""),
            (words.START(), Want.START, ""),
            (words.CANCEL(), Want.CLOSE, ""),
        ]
    )
    return _keyboard(screen, rows)


def _formats(choice: Choice, usual: tuple[str, ...]) -> list[list[Button]]:
    """The formats; and once others than the usual ones are chosen, to make those the usual ones."""
    buttons: list[Button] = [
        (words.ticked(words.format_name(name), on=name in choice.formats), Want.FORMAT, name)
        for name in words.FORMATS
    ]
    rows = [list(row) for row in batched(buttons, 3)]
    if set(choice.formats) != set(usual):
        rows.append([(words.MAKE_USUAL(), Want.USUAL, "")])
    return rows


def _topics(screen: Screen, around: Around) -> InlineKeyboardMarkup:
    last_page = max(0, len(around.topics) - 1) // TOPICS_A_PAGE
    page = min(screen.page, last_page)
    topics: list[Button] = [
        (
            words.ticked(
                texts.short_title(topic.title), on=screen.choice.topic == str(topic.topic_id)
            ),
            Want.TOPIC,
            str(topic.topic_id),
        )
        for topic in around.topics[page * TOPICS_A_PAGE : (page + 1) * TOPICS_A_PAGE]
    ]
    rows: list[list[Button]] = [
        [(words.ticked(words.ALL_TOPICS(), on=screen.choice.topic is None), Want.TOPIC, "")]
    ]
    rows += [list(row) for row in batched(topics, 2)]
    beside: list[Button] = []
    if page:
        beside.append((words.page_button(forward=False), Want.TOPICS, str(page - 1)))
    if page < last_page:
        beside.append((words.page_button(forward=True), Want.TOPICS, str(page + 1)))
    return _keyboard(screen, [*rows, *([beside] if beside else []), [_back()]])


def wants_kind(choice: Choice, key: str) -> bool:
    """Whether the kinds of a button are chosen."""
    kinds = words.KINDS[key][1]
    return choice.media == "all" or bool(set(kinds) & set(choice.media.split(",")))


def _keyboard(screen: Screen, rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup:
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(
                    text=text,
                    callback_data=Press(
                        want=want, screen=screen.id, revision=screen.revision, value=value
                    ).pack(),
                )
                for text, want, value in row
            ]
            for row in rows
        ]
    )
