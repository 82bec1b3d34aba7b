"""/plan, a chat chosen from Telegram's lists, and the taps on the screens that these open."""

from __future__ import annotations

from dataclasses import replace
from datetime import tzinfo

from aiogram import Bot, F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, ReplyKeyboardRemove, Update

from bot import option_texts as words
from bot import people_texts, texts
from bot.days import DaysNotUnderstood, days_in
from bot.filters import FirstTime, Is
from bot.hints import title_of
from bot.naming import meant_by, names_in, shown_name
from bot.option_screens import Press, Want, wants_kind
from bot.rights import May, Who, refuse
from bot.scheduler import Clock, zone_by
from storage.audit import Audit
from storage.choices import Choice, Choices, Span
from storage.database import Database
from storage.grants import Grants
from storage.jobs import Jobs
from storage.limits import exceeded
from storage.models import CardPlace
from storage.rights import Action
from storage.schedules import Schedules
from storage.screens import Screen, Screens, Stage

PLAN = Command("plan", ignore_case=True)
LAST_PAGE = 1000
"""Of topics; more than there are is the last one."""
TURNS = {
    Want.CHANGE: (Stage.OPTIONS, None),
    Want.DATES: (Stage.DATES, None),
    Want.CLOSE: (Stage.CLOSED, words.NOT_STARTED),
}
"""Taps that only turn to another side of the screen, and what is said about it."""


def router() -> Router:
    routes = Router(name="options")
    ask = May(Action.ASK)
    routes.message.register(plan, PLAN, ask, has_words)
    routes.message.register(usage, PLAN, ask, FirstTime())
    routes.message.register(shared, ask, Is(F.chat_shared))
    routes.message.register(shared, ask, Is(F.users_shared.users.len() == 1))
    routes.message.register(days, Is(F.text), ask, asks_for_days)
    routes.callback_query.register(press, Press.filter())
    return routes


async def has_words(_: Message, command: CommandObject) -> bool:
    return len(meant_by(command.args or "")) == 1 and bool((command.args or "").strip())


async def asks_for_days(
    message: Message, who: Who, bot: Bot, database: Database
) -> bool | dict[str, Screen]:
    """A text that is no command and names no chat is the answer to a screen that waits for one."""
    text = message.text or ""
    if text.startswith("/") or names_in(text):
        return False
    screen = await Screens(database).asking_days(bot.id, who.id)
    return False if screen is None else {"screen": screen}


async def days(
    message: Message,
    *,
    event_update: Update,
    screen: Screen,
    bot: Bot,
    jobs: Jobs,
    database: Database,
    schedules: Schedules,
    zone: tzinfo,
    clock: Clock,
) -> None:
    """The days that a screen asked for were written."""
    theirs = zone_by(await schedules.habits(screen.person_id), zone)
    try:
        meant = days_in(message.text or "", clock().astimezone(theirs).date())
    except DaysNotUnderstood as error:
        if await jobs.record_command(bot.id, event_update.update_id):
            await message.reply(str(error))
        return
    choice = replace(screen.choice, span=Span.DATES, first=meant.first, last=meant.last)
    if await Screens(database).write_days(screen, choice, event_update.update_id):
        await message.reply(words.range_of(choice), disable_notification=True)


async def usage(message: Message) -> None:
    await message.answer(words.PLAN_USAGE())


async def plan(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    database: Database,
    grants: Grants,
) -> None:
    """The chat stands behind the command.

    One that is not open to the person is not known here: what they chose for it would tell that
    there is such a chat.
    """
    chat = (command.args or "").strip()
    peer_id = await Choices(database).chat_id(chat)
    if peer_id is not None and not await grants.may_read(who.id, peer_id):
        peer_id = None
    await _open(
        message, event_update, who, bot, database=database, chat=chat, peer_id=peer_id, title=None
    )


async def shared(
    message: Message, *, event_update: Update, who: Who, bot: Bot, jobs: Jobs, database: Database
) -> None:
    """One chat or person was chosen from Telegram's lists.

    A public name is found by any account; a number only by one that has met the chat.
    """
    if (picked := message.chat_shared) is not None:
        peer_id, username, title = picked.chat_id, picked.username, picked.title
    elif message.users_shared is not None:
        person = message.users_shared.users[0]
        peer_id, username = person.user_id, person.username
        title = shown_name(person) or None
    else:
        return
    chat = f"@{username}" if username else str(peer_id)
    await _open(
        message, event_update, who, bot, database=database, chat=chat, peer_id=peer_id, title=title
    )
    if await jobs.record_command(bot.id, event_update.update_id):
        await message.answer(
            texts.chosen(1), reply_markup=ReplyKeyboardRemove(), disable_notification=True
        )


async def _open(
    message: Message,
    update: Update,
    who: Who,
    bot: Bot,
    *,
    database: Database,
    chat: str,
    peer_id: int | None,
    title: str | None,
) -> None:
    """The screen appears by itself once its row stands."""
    await Screens(database).open(
        update_id=update.update_id,
        place=CardPlace(bot_id=bot.id, chat_id=message.chat.id, reply_to=message.message_id),
        person_id=who.id,
        chat=chat,
        peer_id=peer_id,
        title=title,
        choice=await Choices(database).last(who.id, peer_id),
    )


async def press(
    tap: CallbackQuery,
    *,
    callback_data: Press,
    who: Who,
    database: Database,
    audit: Audit,
    formats: tuple[str, ...],
) -> None:
    """Only what was meant for the screen as it is now is obeyed: so twice is once."""
    screens = Screens(database)
    screen = await screens.get(callback_data.screen)
    if screen is not None and screen.person_id != who.id:
        await refuse(tap, who, audit, None)
    elif screen is None or screen.revision != callback_data.revision or not fits(screen, tap):
        await tap.answer(texts.OUT_OF_DATE())
    elif callback_data.want is Want.START and (limit := await exceeded(database, who.id)):
        await tap.answer(people_texts.exceeded(limit)[:200])
    else:
        done, said = await _do(callback_data, screen, database, formats)
        await tap.answer(said if done else texts.OUT_OF_DATE())


def fits(screen: Screen, tap: CallbackQuery) -> bool:
    """The tap was under the screen's message."""
    message = tap.message
    return message is not None and screen.is_at(message.chat.id, message.message_id)


async def _do(
    pressed: Press, screen: Screen, database: Database, formats: tuple[str, ...]
) -> tuple[bool, str | None]:
    """Do what a tap asks for; whether it was, and what to say about it."""
    screens, choices = Screens(database), Choices(database)
    want = pressed.want
    if want is Want.TOPICS:
        page = int(pressed.value) if _is_number(pressed.value) else 0
        return await screens.change(screen, stage=Stage.TOPICS, page=min(page, LAST_PAGE)), None
    if want in TURNS:
        stage, said = TURNS[want]
        return await screens.change(screen, stage=stage), said() if said else None
    if want in (Want.PLAN, Want.START):
        last_at = await choices.last_export(screen.peer_id)
        request = screen.choice.request(screen.chat, last_at)
        if want is Want.PLAN:
            return await screens.plan(screen, request), words.LOOKING()
        title = screen.title or await title_of(database, screen.person_id, screen.chat)
        return await screens.start(screen, request, title) is not None, words.STARTED()
    return await _choose(pressed, screen, choices, formats)


async def _choose(
    pressed: Press, screen: Screen, choices: Choices, formats: tuple[str, ...]
) -> tuple[bool, str | None]:
    """Change what is chosen; likewise. `formats`: what a choice without any means, so that one with
    just these is equal to it."""
    screens, want, before = Screens(choices.database), pressed.want, screen.choice
    filled = replace(before, formats=before.formats or formats)
    after = changed(filled, want, pressed.value)
    same = after == filled
    if set(after.formats) == set(formats):
        after = replace(after, formats=())
    if want is Want.USUAL:
        await choices.make_usual(screen.person_id, after.formats)
        return await screens.change(screen, choice=after), words.NOW_USUAL()
    if same and screen.stage is Stage.OPTIONS:
        return True, words.LAST_ONE_STAYS() if want is Want.FORMAT else None
    return await screens.change(screen, stage=Stage.OPTIONS, choice=after), None


def changed(choice: Choice, want: Want, value: str) -> Choice:
    """The choice after a tap; the same for what no button of ours says."""
    if want is Want.SPAN and value in set(words.SPANS):
        choice = replace(choice, span=Span(value))
    elif want is Want.KIND and value in words.KINDS:
        choice = replace(choice, media=_toggled(choice, value))
    elif want is Want.SIZE and _is_number(value):
        choice = replace(choice, max_size_bytes=int(value) or None)
    elif want is Want.FORMAT and value in words.FORMATS:
        names = (name for name in words.FORMATS if (name in choice.formats) != (name == value))
        choice = replace(choice, formats=tuple(names) or choice.formats)
    elif want is Want.COMMENTS:
        choice = replace(choice, comments=not choice.comments)
    elif want is Want.TOPIC and (not value or _is_number(value)):
        choice = replace(choice, topic=value or None)
    return choice


def _is_number(value: str) -> bool:
    return value.isascii() and value.isdecimal() and len(value) < 12


def _toggled(choice: Choice, key: str) -> str:
    """`ExportRequest.media` with the kinds of a button in or out."""
    wanted = [other for other in words.KINDS if wants_kind(choice, other) != (other == key)]
    if len(wanted) == len(words.KINDS):
        return "all"
    kinds = sorted(kind for other in wanted for kind in words.KINDS[other][1])
    return ",".join(kinds) or "none"
