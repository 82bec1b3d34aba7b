"""What is an account's own, kept in a folder beside those of its chats."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from exporter.config import ExporterConfig
from exporter.errors import ItemError
from exporter.folder import safe_title
from exporter.media.names import FileNames
from exporter.progress import ProgressBoard
from exporter.telegram import own
from exporter.telegram.connection import Telegram
from exporter.telegram.pacing import Refused
from exporter.telegram.pictures import own_photos
from exporter.telegram.takeout import WORTH
from exporter.writers.account import AccountFile, Contact, Picture
from exporter.writers.atomic import AtomicFile
from storage.archive import Archive
from storage.database import Database
from storage.folders import Folders
from storage.media import FileKey
from storage.models import ChatInfo, MediaRow, Skipped, Summary
from storage.threads import Threads
from storage.wording import Sentence

FOLDER = "account"
"""In `EXPORT_DIR`; the folder of a chat ends with its id."""
PART_BYTES = 1024 * 1024
NO_SAVED = Sentence("The address book was not told: Telegram tells it in a data export only.")
NO_LEFT = Sentence(
    "The channels that were left were not told: Telegram tells them in a data export only."
)

T = TypeVar("T")


@dataclass(slots=True)
class _Kept:
    notes: list[str] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    picture_bytes: int = 0


async def keep_account(
    telegram: Telegram,
    archive: Archive,
    database: Database,
    config: ExporterConfig,
    board: ProgressBoard,
) -> Summary:
    """Write who an account is, its contacts, profile pictures, and chats.

    What Telegram tells in data exports only is left out, with a note, while there is none.

    Raises:
        JobError, StorageError, OSError: see `exporter.errors`.
    """
    user, bio = await own.full_self(telegram)
    name = " ".join(filter(None, (user.first_name, user.last_name)))
    board.names(name or None)
    folder = config.export_dir / FOLDER / f"{safe_title(name)} {telegram.user_id}"
    kept = _Kept()
    async with telegram.takeout(
        messages=WORTH,
        protected=False,
        on_permission=lambda asks: board.asks_permission(telegram.account_id, asks),
    ) as exporting:
        left = await _told(own.left_channels, exporting, kept, NO_LEFT)
        saved = await _told(own.saved_contacts, exporting, kept, NO_SAVED)
    contacts = _contacts(saved, await own.contacts(telegram))
    names = FileNames(config.zone)
    await _keep_pictures(telegram, folder, kept, board=board, threads=database.threads, names=names)
    written = AccountFile(
        user=user,
        bio=bio,
        pictures=kept.pictures,
        contacts=contacts,
        chats=await archive.dialogs(account_id=telegram.account_id),
        folders=await Folders(database).all(),
        left=left,
        zone=config.zone,
    )
    board.renders()
    await database.threads.run(written.write, folder)
    return Summary(
        chat=ChatInfo(id=telegram.user_id, title=name or None, type="personal_chat"),
        folder=str(folder),
        messages=0,
        new=0,
        media_kept=len(kept.pictures),
        media_bytes=kept.picture_bytes,
        media_failed=len(kept.skipped),
        skipped=tuple(kept.skipped),
        notes=tuple(kept.notes),
        complete=not kept.skipped,
        duration_s=round(board.worked_s, 3),
    )


async def _told(
    ask: Callable[[Telegram], Awaitable[Sequence[T]]], exporting: Telegram, kept: _Kept, note: str
) -> Sequence[T]:
    """What is told in a data export only; nothing and a note while there is none."""
    try:
        return await ask(exporting)
    except Refused:
        kept.notes.append(note)
        return ()


def _contacts(saved: Sequence[Any], users: Sequence[Any]) -> list[Contact]:
    """Those of the address book with its names, then the others."""
    by_phone = {user.phone: user for user in users if user.phone}
    listed = [
        Contact(
            first_name=each.first_name,
            last_name=each.last_name,
            phone=each.phone,
            date=each.date,
            user_id=user.id if (user := by_phone.pop(_digits(each.phone), None)) else None,
        )
        for each in saved
    ]
    named = {contact.user_id for contact in listed}
    listed += [
        Contact(
            first_name=user.first_name or "",
            last_name=user.last_name or "",
            phone=user.phone or "",
            date=None,
            user_id=user.id,
        )
        for user in users
        if user.id not in named
    ]
    return listed


def _digits(phone: str) -> str:
    return "".join(letter for letter in phone if letter.isdigit())


async def _keep_pictures(
    telegram: Telegram,
    folder: Path,
    kept: _Kept,
    *,
    board: ProgressBoard,
    threads: Threads,
    names: FileNames,
) -> None:
    """Fetch the profile pictures that are not there yet; they are few and small."""
    photos = await own_photos(telegram)
    board.wants(len(photos), sum(row.size_bytes for _, row in photos))
    for date, row in reversed(photos):  # so that a new one changes no name
        path = names.name_for(FileKey(row.file_id), kind=row.kind, date=date)
        try:
            if not await threads.run(_is_there, folder / path, row.size_bytes):
                content = await _content(telegram, row)
                await threads.run(_write, folder / path, content)
        except ItemError as error:
            kept.skipped.append(Skipped(id=0, reason=f"the profile picture {path}: {error}"))
        else:
            kept.pictures.append(Picture(path=path, date=date))
            kept.picture_bytes += row.size_bytes
        board.file_done(row.size_bytes)
    kept.pictures.reverse()  # the newest first, as Telegram Desktop has them


async def _content(telegram: Telegram, row: MediaRow) -> bytes:
    """The bytes of a photo.

    Raises:
        ItemError: it cannot be had, or not whole.
    """
    content = b""
    while len(content) < row.size_bytes:
        part = await telegram.files.part(row.dc_id, row.location, len(content), PART_BYTES)
        if not part:
            break
        content += part
    if len(content) != row.size_bytes:
        raise ItemError(f"{len(content)} bytes came instead of {row.size_bytes}")
    return content


def _is_there(path: Path, size_bytes: int) -> bool:
    return path.is_file() and path.stat().st_size == size_bytes


def _write(path: Path, content: bytes) -> None:
    file = AtomicFile(path)
    file.open()
    try:
        file.write(content)
        file.commit()
    finally:
        file.discard()
