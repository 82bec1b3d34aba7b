"""How the screen looks that asks about many chats at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from zlib import crc32

from aiogram.filters.callback_data import CallbackData
from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup
from aiogram.utils.formatting import Bold, Text

from bot import many_texts as words
from bot import people_texts, texts
from bot.keyboards import batched
from bot.language import said
from bot.option_screens import View
from bot.option_texts import ticked
from storage.archive import Archive
from storage.database import Database
from storage.folders import Folder, Folders
from storage.jobs import Jobs
from storage.models import JobState
from storage.people import People
from storage.picking import Picked, pick
from storage.rights import Action, may
from storage.screens import Screen, Stage
from storage.selections import ChatKind, Selection, kind_of

FOLDERS_SHOWN = 30
"""Telegram allows ten, and twenty to who pays: https://core.telegram.org/api/config"""


class Ask(StrEnum):
    """What a tap asks for."""

    KIND = "k"
    ALL = "a"
    FOLDERS = "l"
    """The list of folders."""
    FOLDER = "f"
    BACK = "b"
    FILES = "m"
    PERSONAL = "i"
    START = "g"
    CLOSE = "x"


class Choose(CallbackData, prefix="m"):
    """A tap on a button of such a screen."""

    ask: Ask
    screen: int
    revision: int
    """The screen's when the button was made: what was meant for another one is not obeyed."""
    value: str = ""
    """A kind of chats, or the `mark` of a folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What there is to choose from."""

    folders: Sequence[Folder]
    picked: Picked
    """By the selection as it is."""
    kinds: dict[ChatKind, int]
    """How many chats of each kind there are, in the chosen folders."""
    error: str | None = None
    """Why the list could not be read."""

    @property
    def problem(self) -> str | None:
        """What has to be put right before it can be started."""
        if self.picked.no_folders:
            name = self.picked.no_folders[0]
            return words.no_folder(name) if name else words.WHICH_FOLDERS()
        return words.no_chat(self.picked.no_chats[0]) if self.picked.no_chats else None


async def seen_by(database: Database, screen: Screen) -> Seen | None:
    """What there is for the person who asks; None for who may not ask (any more)."""
    if screen.chats is None or not may(await People(database).role(screen.person_id), Action.BATCH):
        return None
    listing = None if screen.job_id is None else await Jobs(database).get(screen.job_id)
    failed = listing is not None and listing.state is JobState.FAILED
    chats, folders = await Archive(database).dialogs(), await Folders(database).all()
    of_folders = Selection(folders=screen.chats.folders)
    inside = pick(of_folders, chats, folders).chats
    return Seen(
        folders=folders,
        picked=pick(screen.chats, chats, folders),
        kinds={kind: sum(kind_of(chat.type) is kind for chat in inside) for kind in ChatKind},
        error=(listing.error or words.NO_LIST()) if failed and listing is not None else None,
    )


def view_of(screen: Screen, seen: Seen | None) -> View:
    """The screen as it should look now."""
    selection = screen.chats or Selection()
    if seen is None:
        text, entities = Text(people_texts.NO_ACCESS()).render()
        return View(text=text, entities=tuple(entities), keyboard=None)
    body: list[str | Text] = [Bold(texts.short_title(words.title(selection)))]
    rows: list[list[Button]] = []
    match screen.stage:
        case Stage.STARTED:
            body.append(f"\n{words.STARTED}")
        case Stage.CLOSED:
            body.append(f"\n{words.NOT_STARTED}")
        case Stage.PLANNING:
            body.append(f"\n\n{words.LOOKING}")
            rows = [[_cancel()]]
        case _ if seen.error is not None:
            body.append(f"\n\n{said(seen.error)}")
            rows = [[_cancel()]]
        case Stage.FOLDERS:
            body.append(f"\n\n{words.WHICH_FOLDERS}")
            rows = _folders(selection, seen.folders)
        case _ if seen.picked.no_folders:
            body.append(f"\n\n{_which_folder(seen)}")
            rows = _folders(selection, seen.folders)
        case _:
            body.append(f"\n\n{_question(selection, seen)}")
            rows = _options(screen, selection, seen)
    text, entities = Text(*body).render()
    return View(text=text, entities=tuple(entities), keyboard=_keyboard(screen, rows))


Button = tuple[str, Ask, str]


def _cancel() -> Button:
    return (words.CANCEL(), Ask.CLOSE, "")


def _which_folder(seen: Seen) -> str:
    """Asked of who named none, or one that is not there."""
    if not seen.folders:
        return words.NO_FOLDERS()
    lines = dict.fromkeys((seen.problem, words.WHICH_FOLDERS()))
    return "\n".join(line for line in lines if line)


def _question(selection: Selection, seen: Seen) -> str:
    excluded = [chat.title or chat.username or str(chat.id) for chat in seen.picked.excluded]
    text = words.question(
        selection,
        meant=len(seen.picked.chats),
        seen=sum(seen.kinds.values()),
        excluded=excluded,
    )
    return text if seen.problem is None else f"{text}\n{seen.problem}"


def _options(screen: Screen, selection: Selection, seen: Seen) -> list[list[Button]]:
    everything = not selection.kinds and not selection.folders
    kinds: list[Button] = [
        (ticked(words.kind_button(kind, amount), on=kind in selection.kinds), Ask.KIND, kind.value)
        for kind, amount in seen.kinds.items()
        if amount or kind in selection.kinds
    ]
    rows: list[list[Button]] = [[(ticked(words.ALL_CHATS(), on=everything), Ask.ALL, "")]]
    rows += [list(row) for row in batched(kinds, 2)]
    if seen.folders or selection.folders:
        rows.append([(ticked(words.FOLDERS(), on=bool(selection.folders)), Ask.FOLDERS, "")])
    rows.append(
        [
            (ticked(words.FILES(), on=screen.choice.media != "none"), Ask.FILES, ""),
            (ticked(words.PERSONAL(), on=selection.accounts), Ask.PERSONAL, ""),
        ]
    )
    return [*rows, [(words.START(), Ask.START, ""), _cancel()]]


def _folders(selection: Selection, folders: Sequence[Folder]) -> list[list[Button]]:
    chosen = {name.casefold() for name in selection.folders}
    buttons: list[Button] = [
        (
            ticked(texts.short_title(folder.title), on=folder.title.casefold() in chosen),
            Ask.FOLDER,
            mark(folder),
        )
        for folder in folders[:FOLDERS_SHOWN]
    ]
    return [*(list(row) for row in batched(buttons, 2)), [(words.BACK(), Ask.BACK, "")]]


def mark(folder: Folder) -> str:
    """Names a folder in a button, where its title might not fit."""
    return f"{crc32(folder.title.casefold().encode()):08x}"


def _keyboard(screen: Screen, rows: Sequence[Sequence[Button]]) -> InlineKeyboardMarkup | None:
    if not rows:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[
            [
                InlineKeyboardButton(
                    text=text,
                    callback_data=Choose(
                        ask=ask, screen=screen.id, revision=screen.revision, value=value
                    ).pack(),
                )
                for text, ask, value in row
            ]
            for row in rows
        ]
    )
