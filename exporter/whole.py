"""All chats of the archive as one result.json, the shape of Telegram Desktop's full export."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from exporter.account import FOLDER as ACCOUNTS
from exporter.config import ExporterConfig
from exporter.errors import CommandError
from exporter.media.placing import Placer, Shelves
from exporter.media.transfer import clear_unfinished
from exporter.render import records_of
from exporter.writers.atomic import AtomicFile
from exporter.writers.json_export import FILE_NAME
from exporter.writers.whole_account import WholeAccount
from storage.archive import Archive
from storage.models import Account, ChatInfo, Skipped

NUMBERS = ".chats.json"
"""In the folder: which chat has which number, so that it has the same one the next time."""
PICTURES = "profile_pictures"
BEFORE = ("personal_information", PICTURES, "contacts")
AFTER = ("left_chats",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What was written."""

    chats: int
    messages: int


async def write_whole(
    archive: Archive,
    shelves: Shelves,
    config: ExporterConfig,
    folder: Path,
    *,
    account: Account | None,
    only_theirs: bool,
    kinds: Collection[str] | None = None,
    on_skipped: Callable[[Skipped], None] | None = None,
) -> Whole:
    """Write the chats that are kept into a folder, each chat's files in `chats/chat_NNN/` below it.

    `account` is whose export it is, and `only_theirs` leaves out chats that it does not see. What
    `--personal` wrote of it in `EXPORT_DIR` is taken over. `kinds`: only files of these; None: all.

    Raises:
        CommandError: nothing is kept yet.
        JobError: another one writes the same file.
        OSError: the disk is full, or the folder cannot be written.
    """
    chats = await archive.kept_chats(account if only_theirs else None)
    if not chats:
        raise CommandError("No chat is archived yet. Export some first: chatkeep export --all")
    told = await shelves.threads.run(_told, account, config.export_dir, folder)
    numbers = await shelves.threads.run(_numbered, folder, chats)
    writer = WholeAccount(folder, config.zone)
    messages = 0
    try:
        writer.begin(
            {name: told[name] for name in BEFORE if name in told},
            {name: told[name] for name in AFTER if name in told},
        )
        for chat in sorted(chats, key=lambda chat: numbers[chat.id]):
            below = f"chats/chat_{numbers[chat.id]:03}/"
            await shelves.threads.run(clear_unfinished, folder / below)
            placer = Placer(
                shelves, folder, config.zone, kinds=kinds, on_skipped=on_skipped, below=below
            )
            wanted = None if kinds is not None and not kinds else placer
            messages += await _write_chat(writer, archive, chat, wanted, config)
        writer.end()
    finally:
        writer.abort()
    return Whole(chats=len(chats), messages=messages)


async def _write_chat(
    writer: WholeAccount,
    archive: Archive,
    chat: ChatInfo,
    placer: Placer | None,
    config: ExporterConfig,
) -> int:
    written = 0
    writer.begin_chat(chat)
    async for records in records_of(archive, chat, keep_deleted=config.keep_deleted, placer=placer):
        for record in records:
            writer.message(record)
        written += len(records)
        await archive.foreground.let_pass()
    if placer is not None:
        await placer.place_pictures(chat.id)
    writer.end_chat()
    return written


def _told(account: Account | None, export_dir: Path, folder: Path) -> dict[str, Any]:
    """What is known of the account itself; its profile pictures come along."""
    if account is None:
        return {}
    for there in sorted((export_dir / ACCOUNTS).glob(f"* {account.user_id}")):
        with suppress(OSError, ValueError):
            told: dict[str, Any] = orjson.loads((there / FILE_NAME).read_bytes())
            for picture in told.get(PICTURES, ()):
                _copy_picture(there, folder, Path(picture["photo"]).name)
            return told
    person = {"user_id": account.user_id, "first_name": account.name}
    if account.phone:
        person["phone_number"] = f"+{account.phone.removeprefix('+')}"
    return {"personal_information": person}


def _copy_picture(there: Path, folder: Path, name: str) -> None:
    target = folder / PICTURES / name
    source = there / PICTURES / name
    if target.exists() or not source.is_file():
        return
    for missing in (folder, target.parent):
        missing.mkdir(mode=0o700, parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o600)


def _numbered(folder: Path, chats: Sequence[ChatInfo]) -> dict[int, int]:
    """The number of each chat: the one it had, or the next ones, in their order."""
    path = folder / NUMBERS
    known: dict[int, int] = {}
    if path.is_file():
        noted = orjson.loads(path.read_bytes())
        known = {int(chat_id): number for chat_id, number in noted.items()}
    for chat in chats:
        known.setdefault(chat.id, max(known.values(), default=0) + 1)
    file = AtomicFile(path)
    file.open()
    try:
        file.write(orjson.dumps({str(chat_id): number for chat_id, number in known.items()}))
        file.commit()
    finally:
        file.discard()
    return known
