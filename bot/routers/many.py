"""/export all, folders and kinds of chats, and the taps on the screens that these open."""

from __future__ import annotations

import re
from dataclasses import replace

from aiogram import Bot, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message, Update

from bot import many_texts as words
from bot import people_texts, texts
from bot.language import said as in_words
from bot.many_screens import Ask, Choose, Seen, mark, seen_by
from bot.rights import May, Who, refuse
from bot.routers.options import fits
from storage.audit import Audit, Deed
from storage.database import Database
from storage.jobs import Jobs
from storage.limits import exceeded
from storage.models import CardPlace
from storage.rights import Action
from storage.screens import Screen, Screens, Stage
from storage.selections import ChatKind, Selection

EXPORT = Command("export", ignore_case=True)
KIND = "|".join(ChatKind)
MANY = re.compile(
    rf"(?:all|(?P<kinds>(?:{KIND})(?:\s*(?:,|\band\b)\s*(?:{KIND}))*)"
    r"|(?P<folders>folders?)(?:\s+(?P<folder>.+?))?)"
    r"(?:\s+except\s+(?P<excluded>.+))?",
    re.IGNORECASE | re.DOTALL,
)
TOAST_LENGTH = 200
"""https://core.telegram.org/bots/api#answercallbackquery"""


def router() -> Router:
    routes = Router(name="many")
    routes.message.register(export, EXPORT, May(Action.ASK), is_many)
    routes.callback_query.register(choose, Choose.filter())
    return routes


async def is_many(_: Message, command: CommandObject) -> bool:
    return selection_in(command.args or "") is not None


def selection_in(typed: str) -> Selection | None:
    """Which chats `all except @spam, News` means, and the like; None for anything else.

    Who says `folder` alone is asked which: the name is empty then.
    """
    found = MANY.fullmatch(typed.strip())
    if found is None:
        return None
    kinds = {word.lower() for word in re.findall(r"\w+", found["kinds"] or "")}
    excluded = re.split(r"[,\n]", found["excluded"] or "")
    return Selection(
        kinds=tuple(kind for kind in ChatKind if kind in kinds),
        folders=((found["folder"] or "").strip(),) if found["folders"] else (),
        excluded=tuple(word.strip() for word in excluded if word.strip()),
    )


async def export(
    message: Message,
    *,
    command: CommandObject,
    event_update: Update,
    who: Who,
    bot: Bot,
    jobs: Jobs,
    database: Database,
    audit: Audit,
) -> None:
    """A screen asks once more, since this is a lot; it appears by itself once its row stands."""
    selection = selection_in(command.args or "")
    if not who.may(Action.BATCH):
        if await jobs.record_command(bot.id, event_update.update_id):
            await audit.note(Deed.REFUSED, by=who.id, detail=message.text)
            await message.reply(words.NOT_YOURS())
        return
    await Screens(database).open_many(
        update_id=event_update.update_id,
        place=CardPlace(bot_id=bot.id, chat_id=message.chat.id, reply_to=message.message_id),
        person_id=who.id,
        chats=selection or Selection(),
    )


async def choose(
    tap: CallbackQuery, callback_data: Choose, who: Who, database: Database, audit: Audit
) -> None:
    """Only what was meant for the screen as it is now is obeyed: so twice is once."""
    screens = Screens(database)
    screen = await screens.get(callback_data.screen)
    if not who.may(Action.BATCH) or (screen is not None and screen.person_id != who.id):
        await refuse(tap, who, audit, None)
        return
    seen = None if screen is None else await seen_by(database, screen)
    if (
        screen is None
        or seen is None
        or screen.revision != callback_data.revision
        or not fits(screen, tap)
    ):
        await tap.answer(texts.OUT_OF_DATE())
    elif callback_data.ask is Ask.START:
        await tap.answer((await _start(screen, seen, who, database))[:TOAST_LENGTH])
    else:
        done, said = await _do(callback_data, screen, seen, screens)
        await tap.answer(said if done else texts.OUT_OF_DATE())


async def _start(screen: Screen, seen: Seen, who: Who, database: Database) -> str:
    """Begin, unless something has to be put right first; what to say about it."""
    selection = screen.chats or Selection()
    if (problem := seen.problem or seen.error) is not None:
        return in_words(problem)
    if not seen.picked.chats and not selection.accounts:
        return words.NONE_MEANT()
    if (limit := await exceeded(database, who.id)) is not None:
        return people_texts.exceeded(limit)
    request = replace(screen.choice.request("", None), chats=selection)
    begun = await Screens(database).start(screen, request, None)
    return words.STARTED() if begun is not None else texts.OUT_OF_DATE()


async def _do(
    tapped: Choose, screen: Screen, seen: Seen, screens: Screens
) -> tuple[bool, str | None]:
    """Do what a tap asks for; whether it was, and what to say about it."""
    match tapped.ask:
        case Ask.CLOSE:
            return await screens.change(screen, stage=Stage.CLOSED), words.NOT_STARTED()
        case Ask.FOLDERS:
            return await screens.change(screen, stage=Stage.FOLDERS), None
        case Ask.BACK:
            known = {folder.title.casefold() for folder in seen.folders}
            chats = screen.chats or Selection()
            names = tuple(name for name in chats.folders if name.casefold() in known)
            chats = replace(chats, folders=names)
            return await screens.change(screen, stage=Stage.PLANNED, chats=chats), None
        case Ask.FILES:
            media = "all" if screen.choice.media == "none" else "none"
            return await screens.change(screen, choice=replace(screen.choice, media=media)), None
    chats = changed(screen.chats or Selection(), tapped, seen)
    return await screens.change(screen, chats=chats), None


def changed(selection: Selection, tapped: Choose, seen: Seen) -> Selection:
    """The selection after a tap; the same for what no button of ours says."""
    match tapped.ask:
        case Ask.ALL:
            return replace(selection, kinds=(), folders=())
        case Ask.KIND:
            kinds = tuple(
                kind for kind in ChatKind if (kind in selection.kinds) != (kind == tapped.value)
            )
            return replace(selection, kinds=() if len(kinds) == len(ChatKind) else kinds)
        case Ask.FOLDER:
            return replace(selection, folders=_toggled(selection, tapped.value, seen))
        case Ask.PERSONAL:
            return replace(selection, accounts=not selection.accounts)
    return selection


def _toggled(selection: Selection, value: str, seen: Seen) -> tuple[str, ...]:
    """The folders with one in or out; names that no folder has go."""
    chosen = {name.casefold() for name in selection.folders}
    return tuple(
        folder.title
        for folder in seen.folders
        if (folder.title.casefold() in chosen) != (mark(folder) == value)
    )
