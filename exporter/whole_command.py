"""`chatkeep render-all`: all archived chats as one result.json, offline."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from exporter import options
from exporter.config import ExporterConfig
from exporter.console import Console
from exporter.errors import CommandError
from exporter.media.wanting import kinds_of
from exporter.workbench import Workbench, opened
from storage.models import Account, ExportRequest, Skipped

ITEMS_SKIPPED = 1

Config = Annotated[ExporterConfig, Parameter(parse=False)]


async def render_all(
    folder: Path, *, account: str | None = None, media: str = "all", config: Config
) -> int:
    """Write all archived chats into one result.json, as Telegram Desktop's export of all data.

    Nothing is asked of Telegram. What `export --all --personal` wrote of the account itself is
    taken over.

    Parameters
    ----------
    folder
        Where to: result.json, and the files of each chat in chats/chat_001 and so on below it.
    account
        Whose chats, if there are several accounts: number, phone or name.
    media
        Photos, videos and other files: all, none, or a comma list of kinds: photo, video_file, …
    """
    from exporter.whole import write_whole  # noqa: PLC0415 - brings Telethon's types

    kinds = kinds_of(ExportRequest(chat="", media=options.media(media)))
    target = options.folder(folder) or folder
    skipped: list[Skipped] = []
    console = Console()
    async with opened(config) as bench:
        known = await bench.accounts.all()
        done = await write_whole(
            bench.archive,
            bench.shelves,
            config,
            target,
            account=await _whose(bench, account, known),
            only_theirs=len(known) > 1,
            kinds=kinds,
            on_skipped=skipped.append,
        )
    for item in skipped:
        console.say(item.reason)
    chats = "1 chat" if done.chats == 1 else f"{done.chats:,} chats"
    console.say(f"{done.messages:,} messages of {chats} written.")
    print(target)  # noqa: T201 - the command's result
    return ITEMS_SKIPPED if skipped else 0


async def _whose(bench: Workbench, word: str | None, known: list[Account]) -> Account | None:
    """The account that is meant; None: none is signed in.

    Raises:
        CommandError: there is no such account, or several and none is named.
    """
    if word is not None:
        found = await bench.accounts.find(word)
        if found is None:
            raise CommandError(f"No account is called {word!r}. See: chatkeep accounts list")
        return found
    if len(known) > 1:
        raise CommandError(
            "There are several accounts, and private chats have numbers of their own in each:"
            " say whose chats are meant with --account. See: chatkeep accounts list"
        )
    return known[0] if known else None
