"""What the bot says about many chats at once."""

from __future__ import annotations

from collections.abc import Sequence

from bot import texts
from bot.language import Phrase, _
from storage.batches import Tally
from storage.models import JobState
from storage.selections import ChatKind, Selection

HELP = Phrase(
    "/export all saves every chat, /export folder NAME those of a folder, /export channels (or "
    "groups, people, bots) those of a kind. Chats to leave out stand behind: "
    "/export all except @name, Title of a chat"
)
LOOKING = Phrase("Looking which chats there are…")
NOT_YOURS = Phrase("Only an owner may export many chats at once. Send /export and one chat.")
NO_LIST = Phrase("The list of chats could not be read.")
NONE_MEANT = Phrase("No chat is meant by that.")
WHICH_FOLDERS = Phrase("Chats of which folders?")
NO_FOLDERS = Phrase("There are no folders in Telegram.")
ALL_CHATS = Phrase("All chats")
FOLDERS = Phrase("Folders")
FILES = Phrase("Files")
PERSONAL = Phrase("About me")
START, CANCEL, BACK = Phrase("Start"), Phrase("Cancel"), Phrase("‹ Back")
STARTED = Phrase("Started.")
NOT_STARTED = Phrase("Nothing was started.")

KINDS = {
    ChatKind.CHANNEL: Phrase("Channels"),
    ChatKind.GROUP: Phrase("Groups"),
    ChatKind.PERSON: Phrase("People"),
    ChatKind.BOT: Phrase("Bots"),
}


def title(selection: Selection) -> str:
    """`All chats`, `Channels, Groups · Work`: what is meant, in a line."""
    kinds = ", ".join(KINDS[kind]() for kind in selection.kinds) or ALL_CHATS()
    return " · ".join([kinds, *filter(None, selection.folders)])


def chats(value: int) -> str:
    return texts.count(value, "{n} chat", "{n} chats")


def of_chats(some: int, of: int) -> str:
    """`118 of 120 chats`"""
    return texts.count(of, "{some} of {n} chat", "{some} of {n} chats", some=texts.number(some))


def kind_button(kind: ChatKind, amount: int) -> str:
    """`Channels 40`"""
    return f"{KINDS[kind]} {texts.number(amount)}"


def question(selection: Selection, *, meant: int, seen: int, excluded: Sequence[str]) -> str:
    """What would be exported, in lines."""
    lines = [chats(seen) if meant == seen else of_chats(meant, seen)]
    if selection.folders:
        names = ", ".join(map(texts.short_title, selection.folders))
        lines.append(_("Folders: {names}", names=names))
    if excluded:
        lines.append(_("Without {names}", names=", ".join(map(texts.short_title, excluded))))
    if selection.accounts:
        lines.append(_("With your personal information, contacts and profile pictures"))
    return "\n".join(lines)


def no_folder(name: str) -> str:
    return _("⚠️ No folder is called {name}.", name=texts.short_title(name))


def no_chat(name: str) -> str:
    return _("⚠️ No chat is called {name}, so it cannot be left out.", name=texts.short_title(name))


def progress(tally: Tally) -> list[str]:
    """Bar and counts of a batch that is under way."""
    total = len(tally.chats)
    percentage = min(99, tally.over * 100 // total) if total else 0
    done = _("Chats {done} of {total}", done=texts.number(tally.over), total=texts.number(total))
    lines = [texts.bar(percentage), done, texts.messages(tally.messages)]
    if tally.files:
        lines.append(files(tally))
    if tally.failed:
        lines.append(f"⚠️ {failed(len(tally.failed))}")
    return lines


def files(tally: Tally) -> str:
    """`949 files, 3.2 GB`"""
    size = texts.size(tally.file_bytes)
    return texts.count(tally.files, "{n} file, {size}", "{n} files, {size}", size=size)


def paused(tally: Tally) -> str:
    return _("⏸ Paused. {stays}", stays=stays(tally))


def cancelled(tally: Tally) -> str:
    return _("Cancelled. {stays}", stays=stays(tally))


def really_cancel(tally: Tally) -> str:
    """The question before a cancel."""
    return _("Cancel? {stays}", stays=stays(tally))


def stays(tally: Tally) -> str:
    """What a batch leaves behind that does not go on."""
    return texts.count(
        len(tally.chats),
        "Done so far: {some} of {n} chat. All that was saved stays.",
        "Done so far: {some} of {n} chats. All that was saved stays.",
        some=texts.number(tally.over),
    )


def saved(tally: Tally) -> str:
    """`118 of 120 chats saved`"""
    done = sum(part.state is JobState.DONE for part in tally.chats)
    return texts.count(
        len(tally.chats),
        "{some} of {n} chat saved",
        "{some} of {n} chats saved",
        some=texts.number(done),
    )


def counts(tally: Tally) -> str:
    """`52,300 messages · 4,312 new`"""
    new = texts.count(tally.new, "{n} new", "{n} new")
    return f"{texts.messages(tally.messages)} · {new}"


def took(seconds: float) -> str:
    return _("in {time}", time=texts.duration(seconds))


def failed(amount: int) -> str:
    """`2 chats stopped`"""
    return texts.count(amount, "{n} chat stopped", "{n} chats stopped")


def left_out(amount: int) -> str:
    """Above the titles of those that were left out by name."""
    return texts.count(
        amount, "{n} chat left out, as you asked:", "{n} chats left out, as you asked:"
    )


def closed(amount: int) -> str:
    """Above the titles of those that the account may no longer read."""
    return texts.count(
        amount,
        "{n} chat no longer open to the account:",
        "{n} chats no longer open to the account:",
    )


def skipped(amount: int) -> str:
    return texts.count(
        amount,
        "{n} message or file could not be had.",
        "{n} messages or files could not be had.",
    )


def standing(tally: Tally) -> str:
    """How a batch stands, in a list of jobs."""
    return of_chats(tally.over, len(tally.chats))
