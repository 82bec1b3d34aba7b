"""The list of a chat's members and admins: asked for, kept, and written as members.jsonl.

Each line is an object: `v` (the version of this format), `chat_id`, `user` (as a peer in
messages.jsonl), `role` (creator, admin or member), and if there are any `rank`, `joined`, and
`earlier_names`: what the user was called before, as far as it was seen. Dates are in UTC with a Z.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import orjson
import structlog

from exporter.fetch import Seat
from exporter.telegram.members import fetch_members
from exporter.writers.atomic import AtomicFile
from storage.archive import Archive
from storage.models import ChatInfo, Member, Peer, PeerName
from storage.wording import Sentence

FILE_NAME = "members.jsonl"
VERSION = 1
OPTIONS = orjson.OPT_APPEND_NEWLINE | orjson.OPT_UTC_Z

log = structlog.get_logger()


async def keep_members(seat: Seat, archive: Archive) -> list[str]:
    """Ask who is in a chat and keep the list in the place of the last one.

    Returns:
        What the person should know, when not all are shown; those that are shown are kept.
    """
    telegram, chat = seat.telegrams[0]
    found = await fetch_members(telegram, chat)
    await archive.save_peers(telegram.account_id, found.peers)
    await archive.save_members(chat.info.id, found.listed)
    log.info("members kept", chat=chat.info.id, listed=len(found.listed), total=found.total)
    if found.hidden:
        return [
            Sentence(
                "Telegram shows the members of this chat to its admins only: the list has {n}.",
                n=len(found.listed),
            )
        ]
    if len(found.listed) < found.total:
        return [
            Sentence(
                "Telegram lists {n} of this chat's {total} members.",
                total=found.total,
                n=len(found.listed),
            )
        ]
    return []


async def write_members(archive: Archive, chat: ChatInfo, folder: Path) -> int:
    """Write the list as it was last asked for, if it ever was; return how many are in it.

    Raises:
        JobError: another export writes the same file.
        OSError: the disk is full, or the folder cannot be written.
    """
    members = await archive.members(chat.id)
    if not members:
        return 0
    ids = [member.user_id for member in members]
    peers = await archive.peers(ids)
    names = await archive.names(ids)
    with ExitStack() as undo:
        file = AtomicFile(folder / FILE_NAME)
        undo.callback(file.discard)
        file.open()
        for member in members:
            user, earlier = peers.get(member.user_id), names.get(member.user_id, ())
            file.write(orjson.dumps(_line(chat.id, member, user, earlier), option=OPTIONS))
        file.commit()
    return len(members)


def _line(
    chat_id: int, member: Member, user: Peer | None, earlier: Sequence[PeerName]
) -> dict[str, Any]:
    line: dict[str, Any] = {
        "v": VERSION,
        "chat_id": chat_id,
        "user": _user(member.user_id, user),
        "role": member.role,
    }
    if member.rank:
        line["rank"] = member.rank
    if member.joined is not None:
        line["joined"] = member.joined
    if earlier:
        line["earlier_names"] = [
            {"name": name.name, "username": name.username, "until": name.until} for name in earlier
        ]
    return line


def _user(user_id: int, user: Peer | None) -> dict[str, Any]:
    found: dict[str, Any] = {"id": user_id, "name": user.name if user else None}
    if user and user.username:
        found["username"] = user.username
    if user and user.is_bot:
        found["is_bot"] = True
    return found
