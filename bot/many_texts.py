"""What the bot says about many chats at once."""

from __future__ import annotations

from collections.abc import Sequence

from bot import texts
from storage.batches import Tally
from storage.models import JobState
from storage.selections import ChatKind, Selection

HELP = (
    "\n\n/export all saves every chat, /export folder NAME those of a folder, /export channels (or "
    "groups, people, bots) those of a kind. Chats to leave out stand behind: "
    "/export all except @name, Title of a chat"
)
LOOKING = "Looking which chats there are…"
NOT_YOURS = "Only an owner may export many chats at once. Send /export and one chat."
NO_LIST = "The list of chats could not be read."
NONE_MEANT = "No chat is meant by that."
WHICH_FOLDERS = "Chats of which folders?"
NO_FOLDERS = "There are no folders in Telegram."
ALL_CHATS = "All chats"
FOLDERS = "Folders"
FILES = "Files"
PERSONAL = "About me"
START, CANCEL, BACK = "Start", "Cancel", "‹ Back"
STARTED = "Started."
NOT_STARTED = "Nothing was started."

KINDS = {
    ChatKind.CHANNEL: "Channels",
    ChatKind.GROUP: "Groups",
    ChatKind.PERSON: "People",
    ChatKind.BOT: "Bots",
}


def title(selection: Selection) -> str:
    """`All chats`, `Channels, groups · Work`: what is meant, in a line."""
    kinds = ", ".join(KINDS[kind] for kind in selection.kinds) or ALL_CHATS
    return " · ".join([kinds, *filter(None, selection.folders)])


def chats(value: int) -> str:
    return texts.count(value, "chat", "chats")


def kind_button(kind: ChatKind, amount: int) -> str:
    """`Channels 40`"""
    return f"{KINDS[kind]} {texts.number(amount)}"


def question(selection: Selection, *, meant: int, seen: int, excluded: Sequence[str]) -> str:
    """What would be exported, in lines."""
    some = f"{texts.number(meant)} of {chats(seen)}"
    lines = [chats(seen) if meant == seen else some]
    if selection.folders:
        names = ", ".join(map(texts.short_title, selection.folders))
        lines.append(f"Folders: {names}")
    if excluded:
        lines.append(f"Without {', '.join(map(texts.short_title, excluded))}")
    if selection.accounts:
        lines.append("With your personal information, contacts and profile pictures")
    return "\n".join(lines)


def no_folder(name: str) -> str:
    return f"⚠️ No folder is called {texts.short_title(name)}."


def no_chat(name: str) -> str:
    return f"⚠️ No chat is called {texts.short_title(name)}, so it cannot be left out."


def progress(tally: Tally) -> list[str]:
    """Bar and counts of a batch that is under way."""
    total = len(tally.chats)
    percentage = min(99, tally.over * 100 // total) if total else 0
    lines = [texts.bar(percentage), f"Chats {texts.number(tally.over)} of {texts.number(total)}"]
    lines.append(texts.messages(tally.messages))
    if tally.files:
        lines.append(files(tally))
    if tally.failed:
        lines.append(f"⚠️ {failed(len(tally.failed))}")
    return lines


def files(tally: Tally) -> str:
    """`949 files, 3.2 GB`"""
    return f"{texts.count(tally.files, 'file', 'files')}, {texts.size(tally.file_bytes)}"


def paused(tally: Tally) -> str:
    return f"⏸ Paused. {stays(tally)}"


def cancelled(tally: Tally) -> str:
    return f"Cancelled. {stays(tally)}"


def really_cancel(tally: Tally) -> str:
    """The question before a cancel."""
    return f"Cancel? {stays(tally)}"


def stays(tally: Tally) -> str:
    """What a batch leaves behind that does not go on."""
    over = f"{texts.number(tally.over)} of {chats(len(tally.chats))}"
    return f"Done so far: {over}. All that was saved stays."


def saved(tally: Tally) -> str:
    """`118 of 120 chats saved`"""
    done = sum(part.state is JobState.DONE for part in tally.chats)
    return f"{texts.number(done)} of {chats(len(tally.chats))} saved"


def counts(tally: Tally) -> str:
    """`52,300 messages · 4,312 new`"""
    return f"{texts.messages(tally.messages)} · {texts.number(tally.new)} new"


def failed(amount: int) -> str:
    """`2 chats stopped`"""
    return f"{chats(amount)} stopped"


def left_out(amount: int) -> str:
    """Above the titles of those that were left out by name."""
    return f"{chats(amount)} left out, as you asked:"


def closed(amount: int) -> str:
    """Above the titles of those that the account may no longer read."""
    return f"{chats(amount)} no longer open to the account:"


def skipped(amount: int) -> str:
    return f"{texts.count(amount, 'message or file', 'messages or files')} could not be had."


def standing(tally: Tally) -> str:
    """How a batch stands, in a list of jobs."""
    return f"{texts.number(tally.over)} of {chats(len(tally.chats))}"
