"""`chatkeep import`: bring an export of Telegram Desktop into the archive."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any

import orjson
from cyclopts import Parameter

from exporter.config import ExporterConfig
from exporter.console import Console, one_line, size
from exporter.errors import CommandError
from exporter.folder import name_of
from exporter.importing.bringing import Bringer, Came
from exporter.importing.checking import ExportedChat, check
from exporter.importing.folder import ExportFolder
from exporter.importing.reading import ExportFile
from exporter.receipt import OWN_IDS_BELOW
from exporter.telegram.desktop.numbers import made_up_group
from exporter.workbench import opened
from storage.accounts import Accounts
from storage.archive import Archive
from storage.imports import NOBODY, Imports

ITEMS_SKIPPED = 1

Config = Annotated[ExporterConfig, Parameter(parse=False)]


async def import_export(
    path: Path, *, owner: str | None = None, json: bool = False, config: Config
) -> int:
    """Bring an export of Telegram Desktop into the archive, with its files.

    The export stays as it is. Messages that were fetched from Telegram are never replaced, and
    importing again adds nothing.

    Parameters
    ----------
    path
        The result.json, or the folder that holds it: of one chat, or of a whole account.
    owner
        Whose export it is, where the file does not say it (of a basic group, of a private chat in
        which the account wrote nothing): a number, phone or name of `accounts list`, or a user id.
    json
        Print one JSON object about what came in.
    """
    console = Console()
    began = time.monotonic()
    with closing(ExportFile(path)) as file:
        folder = ExportFolder(file.path.parent)

        def checked(number: int) -> None:
            console.draw([f"Checking {file.path.name}: {number:,} messages"])

        def brought(one: Came) -> None:
            console.draw([_so_far(one, file)])

        chats = await check(file, folder, config.zone, checked)
        async with opened(config) as bench:
            imports = Imports(bench.database)
            given = await _user_id(owner, bench.accounts)
            owners = await owners_of(chats, file, given, imports, bench.archive)
            bringer = Bringer(
                file=file,
                folder=folder,
                archive=bench.archive,
                imports=imports,
                shelves=bench.shelves,
                zone=config.zone,
                import_id=await imports.begin(file.digest, str(file.path.absolute())),
            )
            came = await bringer.bring(chats, owners, brought)
    took_s = time.monotonic() - began
    for line in told(came, took_s):
        console.say(line)
    if json:
        print(orjson.dumps(as_json(came, took_s)).decode())  # noqa: T201 - the command's result
    return ITEMS_SKIPPED if any(one.skipped or one.missing for one in came) else 0


def _so_far(came: Came, file: ExportFile) -> str:
    done = file.read_bytes * 100 // max(file.size_bytes, 1)
    files = f"; {came.files:,} files, {size(came.file_bytes)}" if came.files else ""
    return f"{_name(came)}: {came.new:,} new messages, {done} % read{files}"


async def _user_id(typed: str | None, accounts: Accounts) -> int | None:
    """Who is meant by `--owner`.

    Raises:
        CommandError: nobody is.
    """
    if typed is None:
        return None
    word = typed.strip()
    if (account := await accounts.find(word)) is not None:
        return account.user_id
    if word.isascii() and word.isdecimal() and len(word) <= 15 and int(word):
        return int(word)
    raise CommandError(
        f"No account is called {typed!r}. --owner takes what `chatkeep accounts list` shows, or a"
        " user id such as 123456789."
    )


async def owners_of(
    chats: Sequence[ExportedChat],
    file: ExportFile,
    given: int | None,
    imports: Imports,
    archive: Archive,
) -> dict[int, int]:
    """Whose numbers the messages of private chats and basic groups have, by chat.

    Raises:
        CommandError: the file does not say it, or the archive has such a chat of somebody else.
    """
    found: dict[int, int] = {}
    for chat in chats:
        around = await archive.surroundings(chat.info.id)
        is_numbered_by_chat = chat.info.id < OWN_IDS_BELOW
        if is_numbered_by_chat and not chat.earlier:
            continue
        group_id = around.forerunner_id or made_up_group(chat.info.id)
        chat_id = group_id if is_numbered_by_chat else chat.info.id
        told = file.owner_id or chat.owner_id
        if None not in (told, given) and told != given:
            raise CommandError(f"The export is of the user {told}, not of {given}.")
        owner_id = told or given
        before = await imports.owner(chat_id)
        if owner_id is None:
            if not is_numbered_by_chat or before not in (None, NOBODY):
                raise CommandError(_unknown(chat))
            continue
        if before not in (None, NOBODY, owner_id):
            raise CommandError(_of_others(chat, before, owner_id))
        found[chat_id] = owner_id
    return found


def _unknown(chat: ExportedChat) -> str:
    return (
        f"Telegram numbers the messages of “{name_of(chat.info)}” differently for each account,"
        " and the file does not say whose export it is. Name that account with --owner, as"
        " `chatkeep accounts list` shows it, or by its user id. Nothing was imported."
    )


def _of_others(chat: ExportedChat, before: int | None, owner_id: int) -> str:
    return (
        f"The archive has “{name_of(chat.info)}” as the account {before} sees it, and the export is"
        f" of the account {owner_id}, for which Telegram numbers the messages differently. They"
        " cannot be put together. Nothing was imported."
    )


def told(came: Sequence[Came], took_s: float) -> list[str]:
    """What came in, in lines for a person."""
    lines = []
    for one in came:
        edited = f", {one.edited:,} edited" if one.edited else ""
        known = one.messages - one.new - one.edited
        held = f", {known:,} that the archive had" if known else ""
        lines.append(f"{_name(one)} is imported: {one.new:,} new messages{edited}{held}.")
        if one.files:
            lines.append(f"{one.files:,} files taken over, {size(one.file_bytes)}.")
        if one.missing:
            lines.append(f"{one.missing:,} files that the export names are not in its folder.")
        lines += [f"Left out: message {item.id}: {item.reason}" for item in one.skipped]
    total = sum(one.messages for one in came)
    lines.append(
        f"{total:,} messages in {took_s:.1f} s ({total / max(took_s, 0.001):,.0f}/s). `chatkeep"
        " render ID` writes a chat's files, `chatkeep export ID` goes on with it at Telegram."
    )
    return [one_line(line) for line in lines]


def as_json(came: Sequence[Came], took_s: float) -> dict[str, Any]:
    """The object that `--json` prints."""
    return {
        "chats": [
            {
                "id": one.chat.id,
                "title": one.chat.title,
                "type": one.chat.type,
                "messages": one.messages,
                "new": one.new,
                "edited": one.edited,
                "files": one.files,
                "bytes": one.file_bytes,
                "missing": one.missing,
                "skipped": [{"id": item.id, "reason": item.reason} for item in one.skipped],
            }
            for one in came
        ],
        "messages": sum(one.messages for one in came),
        "new": sum(one.new for one in came),
        "complete": not any(one.skipped or one.missing for one in came),
        "duration_s": round(took_s, 3),
    }


def _name(came: Came) -> str:
    return f"{name_of(came.chat) or 'The chat'} ({came.chat.id})"
