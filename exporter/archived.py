"""Finding a chat in the archive by what a person types; nothing is asked."""

from __future__ import annotations

import re

from exporter.errors import CommandError
from exporter.folder import name_of
from storage.archive import Archive
from storage.models import ChatInfo


async def archived_chat(archive: Archive, typed: str) -> ChatInfo:
    """Find a chat by id, @name or title.

    A basic group is found as the supergroup that it became.

    Raises:
        CommandError: the archive has none such, or several.
    """
    word = typed.strip().removeprefix("@")
    if re.fullmatch(r"-?\d+", word) and (chat := await archive.chat(int(word))):
        return await _now(archive, chat)
    found = await archive.chats()
    named = [await _now(archive, chat) for chat in found if word.casefold() in _names(chat)]
    exact = list(dict.fromkeys(named))
    if len(exact) == 1:
        return exact[0]
    if exact:
        which = ", ".join(str(chat.id) for chat in exact)
        raise CommandError(f"Several archived chats are called {typed!r}. Give an id: {which}")
    raise CommandError(f"No chat in the archive is called {typed!r}. Export it first.")


async def _now(archive: Archive, chat: ChatInfo) -> ChatInfo:
    later = await archive.successor_of(chat.id)
    return chat if later is None else await archive.chat(later) or chat


def _names(chat: ChatInfo) -> set[str]:
    return {name.casefold() for name in (name_of(chat), chat.username) if name}
