"""Finding a chat in the archive by what a person types; nothing is asked."""

from __future__ import annotations

import re

from exporter.errors import CommandError
from exporter.folder import name_of
from storage.archive import Archive
from storage.choices import LINK
from storage.models import ChatInfo
from storage.wording import Sentence


async def archived_chat(archive: Archive, typed: str) -> ChatInfo:
    """Find a chat by id, @name, link or title.

    A basic group is found as the supergroup that it became.

    Raises:
        CommandError: the archive has none such, or several.
    """
    word = typed.strip().removeprefix("@")
    if linked := LINK.fullmatch(word):
        word = linked[1]
    if re.fullmatch(r"-?\d+", word) and (chat := await archive.chat(int(word))):
        return await _now(archive, chat)
    found = await archive.chats()
    named = [await _now(archive, chat) for chat in found if word.casefold() in _names(chat)]
    exact = list(dict.fromkeys(named))
    if len(exact) == 1:
        return exact[0]
    if exact:
        which = ", ".join(str(chat.id) for chat in exact)
        raise CommandError(
            Sentence(
                "Several archived chats are called “{words}”. Give an id: {ids}",
                words=typed,
                ids=which,
            )
        )
    raise CommandError(
        Sentence("No chat in the archive is called “{words}”. Export it first.", words=typed)
    )


async def _now(archive: Archive, chat: ChatInfo) -> ChatInfo:
    later = await archive.successor_of(chat.id)
    return chat if later is None else await archive.chat(later) or chat


def _names(chat: ChatInfo) -> set[str]:
    return {name.casefold() for name in (name_of(chat), chat.username) if name}
