"""/grant: opening chats to people, and closing them again."""

from __future__ import annotations

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, InlineKeyboardMarkup, Message

from bot import people_texts as words
from bot.courtesy import tell_person
from bot.filters import FirstTime
from bot.keyboards import TakeBack, take_back_keyboard
from bot.language import speaking
from bot.meant import chat_meant, on_person, person_meant
from bot.rights import May, Who, refuse
from bot.schedule_texts import closed as schedules_closed
from storage.archive import Archive
from storage.audit import Audit
from storage.grants import Grants
from storage.people import People, Person
from storage.rights import Action, On, may_open

GRANTS_SHOWN = 30


def router() -> Router:
    routes = Router(name="granting")
    command = Command("grant", ignore_case=True)
    routes.message.register(grant, command, May(Action.USERS), FirstTime())
    routes.callback_query.register(take_back, TakeBack.filter())
    return routes


async def grant(
    message: Message,
    *,
    command: CommandObject,
    who: Who,
    bot: Bot,
    people: People,
    grants: Grants,
    archive: Archive,
) -> None:
    """Open a chat to somebody; without a chat, show what is open, with a way to take it back."""
    name, _, typed = (command.args or "").strip().partition(" ")
    person = await person_meant(
        message, name, who=who, action=Action.GRANT, people=people, usage=words.GRANT_USAGE()
    )
    if person is None:
        return
    if not typed.strip():
        text, keyboard = await _opened(person, who, grants)
        await message.answer(text, reply_markup=keyboard)
        return
    chat_id = await chat_meant(message, typed.strip(), who, archive)
    if chat_id is None:
        return
    on = await grants.on(person.id, chat_id)
    if not may_open(who.role, chat_id, on):
        owners_own = on is On.SERVICE and who.may(Action.OPEN, On.PRIVATE)
        await message.reply(words.NEVER_GRANTED() if owners_own else words.PRIVATE_CHAT())
        return
    known = await archive.chat(chat_id)
    title = known.title if known else None
    new = await grants.add(person.id, chat_id, by=who.id)
    await message.answer(words.granted(person, words.chat(chat_id, title), new=new))
    if new:
        with speaking(person.language):
            await tell_person(bot, person.id, words.open_to_you(chat_id, title))


async def take_back(
    tap: CallbackQuery,
    callback_data: TakeBack,
    *,
    who: Who,
    bot: Bot,
    people: People,
    grants: Grants,
    audit: Audit,
) -> None:
    """Close a chat to somebody, and show what is still open."""
    person = await people.get(callback_data.person_id)
    may = person is not None and who.may(Action.GRANT, on_person(who, person.id, person.role))
    private = callback_data.chat_id > 0 and not who.may(Action.OPEN, On.PRIVATE)
    if person is None or tap.message is None or not may or private:
        await refuse(tap, who, audit, None)
        return
    closed = await grants.remove(person.id, callback_data.chat_id, by=who.id)
    await tap.answer(words.TAKEN_BACK())
    if closed.schedules:
        with speaking(person.language):
            await tell_person(bot, person.id, schedules_closed(closed.schedules))
    if not closed.was_open:
        return
    text, keyboard = await _opened(person, who, grants)
    await bot.edit_message_text(
        text,
        chat_id=tap.message.chat.id,
        message_id=tap.message.message_id,
        reply_markup=keyboard,
    )


async def _opened(
    person: Person, who: Who, grants: Grants
) -> tuple[str, InlineKeyboardMarkup | None]:
    """What is open to somebody, and buttons to take it back.

    Private chats are not there for those who may not open them.
    """
    all_opened = await grants.of(person.id)
    opened = [each for each in all_opened if may_open(who.role, each.chat_id, On.GRANTED)]
    opened = opened[:GRANTS_SHOWN]
    return words.grants(person, opened), take_back_keyboard(opened) if opened else None
