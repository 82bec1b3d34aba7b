"""/find: messages of the archives that a person may see, a few at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from aiogram import Bot, Router
from aiogram.exceptions import TelegramBadRequest
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message, Update
from aiogram.utils.formatting import Bold, Text, TextLink

from bot import find_texts as words
from bot import texts
from bot.days import DaysNotUnderstood, span
from bot.delivery import UNCHANGED
from bot.filters import FirstTime
from bot.keyboards import FoundPage, found_keyboard
from bot.rights import May, Who
from bot.scheduler import zone_by
from storage.archive import Archive
from storage.database import Database
from storage.grants import Grants
from storage.links import message_link
from storage.models import ChatInfo, Peer
from storage.narrowing import narrowed
from storage.queries import HAS, Asked, NotAsked, check, read
from storage.rights import Action
from storage.schedules import Schedules
from storage.search import COUNTED, Answer, Found, Search
from storage.search_index import SearchIndex
from storage.search_schema import IndexLost
from storage.searches import Searches
from storage.snippets import snippet

A_PAGE = 5
LAST_PAGE = COUNTED // A_PAGE
SNIPPET = 160
WORDS_SHOWN = 60

Shown = tuple[Text, InlineKeyboardMarkup | None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What an answer is made with."""

    database: Database
    grants: Grants
    schedules: Schedules
    zone: tzinfo


def router() -> Router:
    routes = Router(name="find")
    may = May(Action.FIND)
    routes.message.register(find, Command("find", ignore_case=True), may, FirstTime())
    routes.callback_query.register(turn, FoundPage.filter(), may)
    return routes


async def find(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    database: Database,
    grants: Grants,
    schedules: Schedules,
    zone: tzinfo,
) -> None:
    typed = (command.args or "").strip()
    number = await Searches(database).note(bot.id, event_update.update_id, who.id, typed)
    desk = Desk(database, grants, schedules, zone)
    text, keyboard = await _page(desk, who, number, typed, 0)
    await message.answer(**text.as_kwargs(), reply_markup=keyboard)


async def turn(
    tap: CallbackQuery,
    callback_data: FoundPage,
    *,
    who: Who,
    bot: Bot,
    database: Database,
    grants: Grants,
    schedules: Schedules,
    zone: tzinfo,
) -> None:
    """Show another page in the same message, of what may be seen by now."""
    number, page = callback_data.search_id, callback_data.page
    typed = await Searches(database).words(number, who.id)
    if tap.message is None or typed is None or not 0 <= page <= LAST_PAGE:
        await tap.answer(texts.OUT_OF_DATE())
        return
    await tap.answer()
    text, keyboard = await _page(Desk(database, grants, schedules, zone), who, number, typed, page)
    try:
        await bot.edit_message_text(
            chat_id=tap.message.chat.id,
            message_id=tap.message.message_id,
            reply_markup=keyboard,
            **text.as_kwargs(),
        )
    except TelegramBadRequest as error:
        if UNCHANGED not in error.message.lower():
            raise


async def _page(desk: Desk, who: Who, number: int, typed: str, page: int) -> Shown:
    asked = read(typed)
    zone = zone_by(await desk.schedules.habits(who.id), desk.zone)
    try:
        check(asked)
        answer = await _answer(desk, who, asked, zone, page)
    except NotAsked as error:
        return Text(_refusal(error)), None
    except DaysNotUnderstood as error:
        return Text(str(error)), None
    except IndexLost:
        await SearchIndex(desk.database).forget()  # the worker fills it
        return Text(words.BEING_MADE()), None
    if not answer.found:
        return _nothing(typed, answer, page), found_keyboard(number, page, more=False)
    first = page * A_PAGE + 1
    last = first + len(answer.found) - 1
    count = min(answer.count, COUNTED)
    heading = words.heading(first, last, count, capped=answer.is_capped)
    lines: list[str | Text] = ["🔎 ", Bold(_quoted(typed)), f" · {heading}"]
    lines += await _entries(desk, answer.found, zone)
    if answer.is_behind:
        lines.append(f"\n\n{words.NOT_INDEXED}")
    if answer.count > A_PAGE and not page:
        lines.append(f"\n\n{words.NARROW}")
    return Text(*lines), found_keyboard(number, page, more=last < count)


async def _answer(desk: Desk, who: Who, asked: Asked, zone: tzinfo, page: int) -> Answer:
    """Look where the person may.

    Raises:
        DaysNotUnderstood: the text is a sentence for them.
        IndexLost: the index has to be made first.
    """
    since = datetime.combine(span(asked.since)[0], time(), zone) if asked.since else None
    day_after = span(asked.until)[1] + timedelta(days=1) if asked.until else None
    question = await narrowed(
        asked,
        desk.database,
        readable=await desk.grants.searchable(who.id),
        since=since,
        until=datetime.combine(day_after, time(), zone) if day_after else None,
    )
    search = Search(desk.database)
    return await search.find(question.wanted, limit=A_PAGE, offset=page * A_PAGE)


def _refusal(error: NotAsked) -> str:
    if error.reason == NotAsked.UNKNOWN_HAS:
        return words.unknown_has(_quoted(error.word), ", ".join(HAS))
    return (words.ONLY_WITHOUT if error.reason == NotAsked.ONLY_WITHOUT else words.USAGE)()


def _nothing(typed: str, answer: Answer, page: int) -> Text:
    if page:
        return Text(words.NO_MORE())
    hint = words.NOT_INDEXED if answer.is_behind else words.WIDEN
    return Text(f"{words.nothing(_quoted(typed))}\n{hint}\n{words.NARROW}")


async def _entries(desk: Desk, found: Sequence[Found], zone: tzinfo) -> list[str | Text]:
    archive = Archive(desk.database)
    chats = {each.chat_id: await archive.chat(each.chat_id) for each in found}
    peers = await archive.peers(each.sender_id for each in found if each.sender_id is not None)
    lines: list[str | Text] = []
    for each in found:
        chat = chats[each.chat_id] or ChatInfo(id=each.chat_id, title=None, type="unknown")
        sender = peers.get(each.sender_id) if each.sender_id is not None else None
        lines += ["\n\n", *_entry(each, chat, sender, zone)]
    return lines


def _entry(found: Found, chat: ChatInfo, sender: Peer | None, zone: tzinfo) -> list[str | Text]:
    """Chat, sender and date, which opens the message; below it what was found."""
    head: list[str | Text] = [Bold(texts.short_title(chat.title or str(chat.id)))]
    if sender is not None and sender.name and sender.name != chat.title:
        head.append(f" · {texts.short_title(sender.name)}")
    date = words.moment(found.date.astimezone(zone))
    link = message_link(chat, found.message_id, found.topic_id)
    head += [" · ", date if link is None else TextLink(date, url=link)]
    if found.deleted is not None:
        head.append(f" · {words.DELETED}")
    shown = [
        Bold(texts.plain(piece.text)) if piece.hit else texts.plain(piece.text)
        for piece in snippet(found, SNIPPET)
    ]
    body = ["\u2068", *shown, "\u2069"] if shown else [texts.kind_name(found.kind)]
    return [*head, "\n", *body]


def _quoted(typed: str) -> str:
    """What was typed, in one line and not too long."""
    clean = " ".join(texts.plain(typed).split())
    return clean if len(clean) <= WORDS_SHOWN else f"{clean[: WORDS_SHOWN - 1]}…"
