"""Which chats Telegram's folders hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from exporter.telegram.dialogs import refresh_dialogs
from exporter.telegram.folders import refresh_folders
from storage.archive import Archive
from storage.database import Database
from storage.folders import Folders
from tests.exporter.reaching import signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.folders import Folder


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = await Database.open(f"sqlite+aiosqlite:///{tmp_path / 'folders.db'}")
    yield opened
    await opened.close()


@dataclass(frozen=True, slots=True)
class Place:
    """Where the folders are read, and where they are kept."""

    sandbox: Sandbox
    archive: Archive
    folders: Folders


@pytest.fixture
def place(sandbox: Sandbox, archive: Archive, database: Database) -> Place:
    return Place(sandbox, archive, Folders(database))


async def folder_of(place: Place, folder: Folder | None) -> set[str]:
    """The titles of the chats in the first folder; without one that is the archive."""
    place.sandbox.world.owner.folders = [folder] if folder is not None else []
    async with signed_in(place.sandbox) as telegram:
        listing = await refresh_dialogs(telegram, place.archive)
        await refresh_folders(telegram, listing, place.folders)
    found = (await place.folders.all())[0]
    titles = {chat.id: chat.title or "Saved Messages" for chat in listing.chats}
    return {titles[chat_id] for chat_id in found.chat_ids}


@pytest.fixture
def ids(sandbox: Sandbox) -> dict[str, int]:
    """Chats of all kinds, by their titles."""
    world, owner = sandbox.world, sandbox.world.owner
    friend, stranger = world.add_user("Friend"), world.add_user("Stranger")
    owner.contacts.add(friend.id)
    made = [
        world.add_private_chat(friend),
        world.add_private_chat(stranger),
        world.add_private_chat(world.add_user("Robot", bot=True)),
        world.add_private_chat(owner),
        world.add_basic_group("Us"),
        world.add_supergroup("Hikers"),
        world.add_channel("News"),
        world.add_channel("Old news"),
    ]
    for chat in made:
        chat.post("hello")
    titles = ["Friend", "Stranger", "Robot", "Saved", "Us", "Hikers", "News", "Old news"]
    found = {title: chat.peer_id for title, chat in zip(titles, made, strict=True)}
    owner.archived.add(found["Old news"])
    owner.muted.add(found["News"])
    owner.unread |= {found["News"]: 3, found["Hikers"]: 1}
    return found


@pytest.mark.parametrize(
    ("flags", "titles"),
    [
        ({"contacts"}, {"Friend", "Saved Messages"}),
        ({"non_contacts"}, {"Stranger"}),
        ({"bots"}, {"Robot"}),
        ({"groups"}, {"Us", "Hikers"}),
        ({"broadcasts"}, {"News", "Old news"}),
        ({"broadcasts", "exclude_archived"}, {"News"}),
        ({"broadcasts", "exclude_muted"}, {"Old news"}),
        ({"groups", "broadcasts", "exclude_read"}, {"News", "Hikers"}),
    ],
)
async def test_a_folder_holds_the_kinds_that_it_names(
    place: Place, ids: dict[str, int], flags: set[str], titles: set[str]
) -> None:
    folder = Folder(id=2, title="Mine", flags=frozenset(flags))

    assert await folder_of(place, folder) == titles


async def test_named_chats_come_before_the_rules_and_excluded_ones_before_all(
    place: Place, ids: dict[str, int]
) -> None:
    folder = Folder(
        id=2,
        title="Mine",
        include=[ids["Old news"], ids["Saved"], ids["Us"]],
        pinned=[ids["Friend"]],
        exclude=[ids["Hikers"], ids["Us"]],
        flags=frozenset({"groups", "exclude_archived"}),
    )

    assert await folder_of(place, folder) == {"Old news", "Saved Messages", "Friend"}


async def test_a_folder_that_came_by_a_link_holds_its_chats(
    place: Place, ids: dict[str, int]
) -> None:
    folder = Folder(id=3, title="Shared", include=[ids["News"]], shared=True)

    assert await folder_of(place, folder) == {"News"}


async def test_chats_are_muted_as_their_kind_is_when_they_say_nothing(
    place: Place, ids: dict[str, int]
) -> None:
    place.sandbox.world.owner.muted_kinds = {"chats"}
    folder = Folder(id=2, title="Loud", flags=frozenset({"groups", "bots", "exclude_muted"}))

    assert await folder_of(place, folder) == {"Robot"}


async def test_the_archive_is_a_folder(place: Place, ids: dict[str, int]) -> None:
    assert await folder_of(place, None) == {"Old news"}
