"""Whom and which chat the words of a command mean, and whether that may be done to them."""

from __future__ import annotations

from aiogram.types import Message

from bot import people_texts as words
from bot.rights import Who
from storage.archive import Archive
from storage.people import People, Person
from storage.rights import Action, On, Role, on_role

LARGEST_ID = 2**52
"""https://core.telegram.org/api/bots/ids"""


async def person_meant(
    message: Message, name: str, *, who: Who, action: Action, people: People, usage: str
) -> Person | None:
    """The person that a command is about, if it may be done to them; else say why not."""
    if not name.strip():
        await message.reply(usage)
        return None
    found = await people.find(name)
    person = found[0] if len(found) == 1 else None
    if person is None or person.role is None:
        await message.reply(words.NO_SUCH_PERSON())
        return None
    if not who.may(action, on_person(who, person.id, person.role)):
        await message.reply(words.NOT_YOURS_TO_DO())
        return None
    return person


def on_person(who: Who, person_id: int, role: Role | None) -> On:
    return On.SELF if person_id == who.id else on_role(role)


async def chat_meant(message: Message, typed: str, who: Who, archive: Archive) -> int | None:
    """A chat by its id, or as our accounts call it: grants go by the id in any case.

    Private chats that are not theirs to open do not exist for who looks by name.
    """
    if is_id(typed.removeprefix("-")):
        return int(typed)
    name = typed.rstrip("/").rpartition("/")[2].removeprefix("@").casefold()
    found = [
        chat.id
        for chat in await archive.chats()
        if (chat.id < 0 or who.may(Action.OPEN, On.PRIVATE))
        and ((chat.username or "").casefold() == name or (chat.title or "") == typed)
    ]
    if len(found) == 1:
        return found[0]
    await message.reply(words.SEVERAL_CHATS() if found else words.NO_SUCH_CHAT())
    return None


def is_id(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) < 17 and 0 < int(word) < LARGEST_ID
