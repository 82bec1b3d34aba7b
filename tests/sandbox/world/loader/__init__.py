"""Loads what Telegram Desktop exported, so that one's own history can be served.

The messages become TL messages from which a faithful exporter makes the same export again: ids,
dates, senders, texts with entities, replies, forwards, media and their measures, reactions, polls,
service actions. What an export does not tell (views, albums, the bytes of files) stays away or is
made up from ids.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.loader.chats import PRIVATE, fill_chat, make_chat, peer_id
from tests.sandbox.world.loader.directory import Directory, peer_id_of
from tests.sandbox.world.loader.reading import Exported, read_export
from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.loader.zones import find_zone, zone_of
from tests.sandbox.world.people import Account
from tests.sandbox.world.world import World

DEFAULT_PHONE = "15550100001"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedExport:
    """What a file brought into the world."""

    chats: Sequence[Chat]
    """In the order of the file; those that the person had left come last."""
    zone: str
    """The time zone of the export's dates: ±HH:MM or an IANA name."""
    viewer: Account
    """Whose export it is. A single group or channel does not say: then the world's owner."""
    unknown: frozenset[str]
    """Service actions that the loader does not know; they became `messageActionCustomAction`."""


def load_export(world: World, path: Path | str, *, scale_files: float = 1.0) -> LoadedExport:
    """Load a `result.json` (one chat or a full export, old or new, plain or gzipped).

    Files get their declared sizes times `scale_files`.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such export, or the world has one of its chats already.
    """
    exported = read_export(Path(path))
    listed = [(chat, False) for chat in exported.chats]
    listed += [(chat, True) for chat in exported.left_chats]
    zone = find_zone(message for chat, _ in listed for message in chat["messages"])
    directory = Directory(world)
    viewer = _viewer(world, exported)
    made = _make_chats(world, directory, viewer, listed)
    for contact in exported.contacts:
        _add_contact(directory, world, viewer, contact)
    unknown: set[str] = set()
    for chat, told in made:
        source = Source(
            directory=directory,
            zone=zone_of(zone),
            peer_id=chat.peer_id,
            scale_files=scale_files,
            group_id=world.free_chat_number(),
            unknown=unknown,
        )
        fill_chat(chat, viewer, source, told)
    return LoadedExport(
        chats=[chat for chat, _ in made], zone=zone, viewer=viewer, unknown=frozenset(unknown)
    )


def _make_chats(
    world: World,
    directory: Directory,
    viewer: Account,
    listed: Sequence[tuple[dict[str, Any], bool]],
) -> list[tuple[Chat, dict[str, Any]]]:
    """All chats, then everybody whom their messages name by id, so that nobody who is only called
    by name gets the id of somebody else."""
    for told, _ in listed:
        for message in told["messages"]:
            for key in ("from", "actor"):
                if (peer_id_of(message.get(f"{key}_id")) or 0) > 0:
                    directory.meet(message[f"{key}_id"], message.get(key))
    made = [(make_chat(world, viewer, told, left=left), told) for told, left in listed]
    for chat, told in made:
        directory.call(chat.title, chat.peer_id)
        for message in told["messages"]:
            directory.read(message)
    return made


def _viewer(world: World, exported: Exported) -> Account:
    """Whoever made the export.

    A full export says who that is. In a single private chat it is the side that the chat is not
    named after. Groups and channels do not tell: then it is the world's owner.
    """
    personal = exported.personal
    number = int(personal["user_id"]) if "user_id" in personal else _other_side(exported)
    if number is None:
        return world.owner
    if number in world.accounts:
        return world.accounts[number]
    phone = re.sub(r"\D", "", personal.get("phone_number", "")) or DEFAULT_PHONE
    add = world.add_account if world.accounts else world.add_owner
    account = add(phone, name="", number=number)
    user = account.user
    user.first_name = personal.get("first_name") or "Owner"
    user.last_name = personal.get("last_name") or None
    user.username = (personal.get("username") or "").removeprefix("@") or None
    user.about = personal.get("bio")
    name = _name_of(exported, number)
    if name is not None and name != user.name:
        user.first_name, user.last_name = name, None
    return account


def _other_side(exported: Exported) -> int | None:
    writers: Counter[int] = Counter()
    for chat in exported.chats:
        if chat.get("type") == "saved_messages":
            return peer_id(chat)
        if chat.get("type") in PRIVATE:
            for message in chat["messages"]:
                number = peer_id_of(message.get("from_id", message.get("actor_id")))
                if number is not None and number > 0 and number != peer_id(chat):
                    writers[number] += 1
    return writers.most_common(1)[0][0] if writers else None


def _name_of(exported: Exported, number: int) -> str | None:
    """The name under which the user writes."""
    for chat in exported.chats:
        for message in chat["messages"]:
            if peer_id_of(message.get("from_id")) == number:
                name: str | None = message.get("from")
                return name
    return None


def _add_contact(
    directory: Directory, world: World, viewer: Account, contact: dict[str, Any]
) -> None:
    number = contact.get("user_id")
    if not number:
        return
    name = " ".join(part for part in (contact.get("first_name"), contact.get("last_name")) if part)
    directory.meet(f"user{number}", name or None)
    user = world.users[number]
    user.phone = re.sub(r"\D", "", contact.get("phone_number", "")) or user.phone
    viewer.contacts.add(number)
