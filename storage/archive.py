"""The archive: chats, who speaks in them, and every message with its own bytes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from operator import ne

import aiosqlite

from storage import chats, imports, peers, surroundings
from storage.connections import raw
from storage.database import Database
from storage.deletions import mark_deleted, purge_deleted
from storage.evidence import Evidence
from storage.inline import in_one_trip
from storage.media import Wants
from storage.members import list_members, save_members
from storage.models import (
    Account,
    ChatInfo,
    Kept,
    MediaRow,
    Member,
    MessageVersion,
    Page,
    Peer,
    PeerName,
    Range,
    Topic,
)
from storage.page_files import Place, save_pictures
from storage.pages import Arrived, Fence, check_fence, keep_page
from storage.people import People
from storage.ranges import PART_IDS, forget_refreshes, plan
from storage.reading import Reading
from storage.surroundings import Surroundings
from storage.versions import IsEdit, list_versions


class Archive(Reading):
    """What was fetched; every format is rendered from here."""

    def __init__(self, database: Database, *, is_edit: IsEdit = ne) -> None:
        """Use a database; `is_edit` tells an edit from other changes, without it each is one."""
        super().__init__(database)
        self._is_edit = is_edit
        self.evidence = Evidence(database)
        """What it knows of its own completeness."""

    async def plan(
        self,
        chat_id: int,
        first_id: int,
        last_id: int,
        *,
        source: str | None = None,
        part_ids: int = PART_IDS,
        anew: bool = False,
    ) -> list[Range]:
        """What is left to fetch of these ids, both included, in order.

        What nobody asked for yet is cut into ranges of about `part_ids` ids, as is what is left
        of longer ones. `source` is that of an `exporter.sources.Source`; what was fetched of
        every message (None) counts for all of them, unless it is to be fetched `anew`.
        """
        wanted = range(first_id, last_id + 1)
        async with self._database.write(wakes=False) as connection:
            return await plan(
                connection, chat_id, wanted, source=source, part_ids=part_ids, anew=anew
            )

    async def keep(
        self,
        account_id: int,
        chat_id: int,
        range_id: int | None,
        page: Page,
        *,
        fence: Fence | None = None,
        perhaps: Collection[int] | None = None,
        wants: Wants | None = None,
    ) -> Kept:
        """Keep a page and its checkpoint, in one transaction; a page kept before changes nothing.

        A message whose bytes differ takes the place of the kept one, which after an edit stays
        as an earlier version. No `range_id`: no checkpoint, as of messages asked for by id.
        `perhaps` are the ids that may be kept already; None: look up all. `wants` says which
        files are to be fetched; None: all.

        Raises:
            JobLost: the job of `fence` is no longer this worker's; nothing was written.
            LookupError: the chat has no such range.
        """
        arrived = Arrived(
            account_id=account_id, range_id=range_id, page=page, perhaps=perhaps, wants=wants
        )
        return await self.keep_many(chat_id, [arrived], fence=fence)

    async def keep_many(
        self, chat_id: int, arrived: Sequence[Arrived], *, fence: Fence | None = None
    ) -> Kept:
        """The same for several pages, in one transaction.

        Should an id be kept that is not among its page's `perhaps`, all are looked up.
        """
        try:
            return await self._keep(chat_id, arrived, fence)
        except aiosqlite.IntegrityError:
            unsure = [replace(one, perhaps=None) for one in arrived]
            return await self._keep(chat_id, unsure, fence)

    async def _keep(self, chat_id: int, arrived: Sequence[Arrived], fence: Fence | None) -> Kept:
        async def keep(sqlite: aiosqlite.Connection) -> list[Kept]:
            if fence is not None:
                await check_fence(sqlite, fence)
            return [await keep_page(sqlite, chat_id, one, self._is_edit) for one in arrived]

        async with self._database.write(wakes=False) as connection:
            kept = await in_one_trip(await raw(connection), keep)
        return Kept(new=sum(one.new for one in kept), edited=sum(one.edited for one in kept))

    async def versions(self, chat_id: int, message_id: int) -> list[MessageVersion]:
        """How a message was before its edits, the oldest version first."""
        async with self._database.read() as connection:
            return await list_versions(connection, chat_id, message_id, message_id)

    async def versions_between(
        self, chat_id: int, first_id: int, last_id: int
    ) -> dict[int, list[MessageVersion]]:
        """The same of all messages with these ids and those between, as far as there are any."""
        found: dict[int, list[MessageVersion]] = {}
        async with self._database.read() as connection:
            for version in await list_versions(connection, chat_id, first_id, last_id):
                found.setdefault(version.id, []).append(version)
        return found

    async def mark_deleted(
        self, chat_id: int, ids: Collection[int], *, fence: Fence | None = None
    ) -> int:
        """Note that messages are gone from Telegram; what is kept of them stays.

        Returns:
            How many were not known to be gone.

        Raises:
            JobLost: as with `keep`.
        """
        async with self._database.write(wakes=False) as connection:
            sqlite = await raw(connection)
            if fence is not None:
                await check_fence(sqlite, fence)
            return await mark_deleted(sqlite, chat_id, ids)

    async def purge_deleted(self, chat_id: int) -> int:
        """Remove what is kept of the messages that are gone from Telegram; how many there were."""
        async with self._database.write(wakes=False) as connection:
            return await purge_deleted(await raw(connection), chat_id)

    async def forget_refreshes(self, chat_id: int) -> None:
        """Drop the ranges of refreshes whose jobs have ended."""
        async with self._database.write(wakes=False) as connection:
            await forget_refreshes(connection, chat_id)

    async def save_chat(
        self, chat: ChatInfo, *, is_forum: bool = False, members: int | None = None
    ) -> None:
        async with self._database.write() as connection:
            await chats.save_chat(connection, chat, is_forum=is_forum, members=members)

    async def own_chat(self, chat_id: int, user_id: int) -> int:
        """Tie a chat to the user who fetches it, unless it is tied to one; return to whom.

        Private chats and basic groups number their messages for each user differently.
        """
        async with self._database.write(wakes=False) as connection:
            return await chats.own_chat(connection, chat_id, user_id)

    async def chat(self, chat_id: int) -> ChatInfo | None:
        async with self._database.read() as connection:
            return await chats.get_chat(connection, chat_id)

    async def chats(self, query: str | None = None) -> list[ChatInfo]:
        """Every chat that was ever seen, or those whose title or username holds `query`."""
        async with self._database.read() as connection:
            return await chats.list_chats(connection, query)

    async def save_dialogs(
        self, account_id: int, listed: Sequence[ChatInfo], seen: Sequence[Peer]
    ) -> None:
        """Replace the dialogs of an account, the uppermost first, and note their peers."""
        async with self._database.write() as connection:
            await chats.save_dialogs(connection, account_id, listed)
            await peers.save_peers(await raw(connection), account_id, seen)

    async def dialogs(
        self, query: str | None = None, *, account_id: int | None = None
    ) -> list[ChatInfo]:
        """The chats that our accounts see (or this one), in Telegram's order."""
        async with self._database.read() as connection:
            return await chats.list_dialogs(connection, query, account_id)

    async def kept_chats(self, account: Account | None = None) -> list[ChatInfo]:
        """The chats that have messages here, the uppermost dialogs first: a basic group within
        the supergroup that it became; those that this account sees, or all."""
        async with self._database.read() as connection:
            return await chats.list_kept(connection, account)

    async def save_topics(self, chat_id: int, seen: Sequence[Topic]) -> None:
        async with self._database.write(wakes=False) as connection:
            await chats.save_topics(connection, chat_id, seen)

    async def topics(self, chat_id: int) -> list[Topic]:
        async with self._database.read() as connection:
            return await chats.list_topics(connection, chat_id)

    async def save_members(self, chat_id: int, listed: Sequence[Member]) -> None:
        """Replace the list of who is in a chat."""
        async with self._database.write(wakes=False) as connection:
            await save_members(connection, chat_id, listed)

    async def members(self, chat_id: int) -> list[Member]:
        """Who is in a chat, as it was last asked: the creator, the admins, all others."""
        async with self._database.read() as connection:
            return await list_members(connection, chat_id)

    async def save_peers(self, account_id: int, seen: Sequence[Peer]) -> None:
        """Note peers as an account saw them; a *min* object takes away nothing."""
        async with self._database.write(wakes=False) as connection:
            await peers.save_peers(await raw(connection), account_id, seen)

    async def own_ids(self) -> list[int]:
        """The users whose accounts fetch, the oldest account first."""
        async with self._database.read() as connection:
            return await peers.own_ids(connection)

    async def reading_language(self, person_id: int | None) -> str:
        """See `People.reading_language`."""
        return await People(self._database).reading_language(person_id)

    async def access_hash(self, account_id: int, peer_id: int) -> int | None:
        async with self._database.read() as connection:
            return await peers.access_hash(connection, account_id, peer_id)

    async def peer_by_username(self, username: str) -> Peer | None:
        """Who had this username last; its access hash is left out, being each account's own."""
        async with self._database.read() as connection:
            return await peers.peer_by_username(connection, username)

    async def peers_by_name(self, name: str) -> list[Peer]:
        """Everybody who is called so, but for capitals."""
        async with self._database.read() as connection:
            ids = await surroundings.ids_by_name(connection, name)
            return list((await peers.find_peers(connection, ids)).values())

    async def save_surroundings(self, chat_id: int, seen: Surroundings) -> None:
        """Note what stands around a chat that was saved before."""
        async with self._database.write(wakes=False) as connection:
            await surroundings.save_surroundings(connection, chat_id, seen)

    async def adopt_group(self, made_up_id: int, group_id: int) -> None:
        """Give an imported basic group the id that Telegram told, unless there is such an archive.

        Exports of a supergroup do not tell the id of the group that it was, so one was made up.
        """
        async with self._database.write(wakes=False) as connection:
            await imports.adopt_group(connection, made_up_id, group_id)

    async def save_pictures(
        self,
        account_id: int,
        chat_id: int,
        pictures: Sequence[MediaRow],
        *,
        wants: Wants | None = None,
    ) -> None:
        """Note the photos that a chat itself has or had; their `message_id` is 0."""
        at = Place(account_id, chat_id)
        async with self._database.write(wakes=False) as connection:
            await save_pictures(await raw(connection), at, pictures, wants)

    async def surroundings(self, chat_id: int) -> Surroundings:
        async with self._database.read() as connection:
            return await surroundings.surroundings(connection, chat_id)

    async def lineage(self, chat_id: int) -> list[int]:
        """The basic group that a chat was, if it was one, and the chat: one archive of both."""
        async with self._database.read() as connection:
            return await surroundings.lineage(connection, chat_id)

    async def successor_of(self, chat_id: int) -> int | None:
        """The supergroup that a basic group became, if that was exported."""
        async with self._database.read() as connection:
            return await surroundings.successor_of(connection, chat_id)

    async def names(self, ids: Iterable[int]) -> dict[int, list[PeerName]]:
        """What these peers were called before, the oldest name first."""
        async with self._database.read() as connection:
            return await peers.list_names(connection, ids)

    async def peers(self, ids: Iterable[int]) -> dict[int, Peer]:
        """The peers with these ids, as far as they are known."""
        async with self._database.read() as connection:
            return await peers.find_peers(connection, ids)
