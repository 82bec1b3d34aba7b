"""From the words of a selection to the chats that they mean."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from storage.choices import LINK
from storage.folders import Folder
from storage.models import ChatInfo
from storage.selections import Selection, kind_of

SAVED_MESSAGES = ("me", "saved messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a selection comes to."""

    chats: Sequence[ChatInfo]
    """In Telegram's order."""
    excluded: Sequence[ChatInfo] = ()
    """Those that would be among them, were they not excluded by name."""
    no_folders: Sequence[str] = ()
    """Names that no folder has."""
    no_chats: Sequence[str] = ()
    """Words among the excluded that name no chat."""


def pick(selection: Selection, seen: Sequence[ChatInfo], folders: Sequence[Folder]) -> Picked:
    """Find the chats that are meant among those that the accounts see."""
    wanted = [chat for chat in seen if _is_of_kind(chat, selection)]
    names = {name.casefold(): name for name in selection.folders}
    if names:
        chosen = [folder for folder in folders if folder.title.casefold() in names]
        inside = {chat_id for folder in chosen for chat_id in folder.chat_ids}
        wanted = [chat for chat in wanted if chat.id in inside]
        for folder in chosen:
            names.pop(folder.title.casefold(), None)
    by_words = {words: _named(words, seen) for words in selection.excluded}
    excluded = {chat_id for found in by_words.values() for chat_id in found}
    return Picked(
        chats=[chat for chat in wanted if chat.id not in excluded],
        excluded=[chat for chat in wanted if chat.id in excluded],
        no_folders=list(names.values()),
        no_chats=[words for words, found in by_words.items() if not found],
    )


def _is_of_kind(chat: ChatInfo, selection: Selection) -> bool:
    return not selection.kinds or kind_of(chat.type) in selection.kinds


def _named(words: str, seen: Sequence[ChatInfo]) -> Collection[int]:
    """The chats that these words name: all that are called so."""
    typed = words.strip()
    link = LINK.fullmatch(typed)
    name = typed[1:] if typed.startswith("@") else link and link[1]
    if name:
        return {chat.id for chat in seen if (chat.username or "").casefold() == name.casefold()}
    if typed.casefold() in SAVED_MESSAGES:
        return {chat.id for chat in seen if chat.type == "saved_messages"}
    return {
        chat.id
        for chat in seen
        if str(chat.id) == typed or (chat.title or "").casefold() == typed.casefold()
    }
