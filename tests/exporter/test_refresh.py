"""Looking again at what is kept: edits, reactions, deletions."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from exporter.config import ExporterConfig
from exporter.errors import AccountUnusable
from exporter.fetch import At, Seat, everything, fetch
from exporter.progress import ProgressBoard
from exporter.refresh import Refreshed, refresh
from exporter.seen import Seen
from exporter.telegram.edits import is_edit
from exporter.telegram.history import top_of
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.database import Database
from storage.jobs import Jobs
from storage.models import ExportRequest, MessageRow
from storage.tables import ranges
from tests.exporter.reaching import ACCOUNT_ID, add_account, signed_in
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.chats import Chat

HISTORY = "GetHistoryRequest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A chat that was fetched, and who looks at it again."""

    chat: Chat
    telegrams: list[At]
    jobs: Jobs
    archive: Archive
    config: ExporterConfig

    async def refresh(self, words: str) -> Refreshed:
        """Look again, in a job of its own."""
        seat = await self.seat(words)
        found = await refresh(seat, words, self.archive, ProgressBoard(), self.config)
        await self.jobs.release(seat.job.id, seat.job.fence)
        await self.jobs.cancel(seat.job.id)
        return found

    async def seat(self, words: str | None = None) -> Seat:
        await self.jobs.submit(ExportRequest(chat=str(self.chat.peer_id), refresh=words))
        job = await self.jobs.claim([ACCOUNT_ID])
        assert job is not None
        return Seat(job=job, telegrams=list(self.telegrams))

    async def ranges(self) -> int:
        """How many ranges the archive notes, of whatever source."""
        query = select(func.count()).select_from(ranges)
        async with self.archive._database.read() as connection:
            return await connection.scalar(query) or 0

    async def kept(self) -> dict[int, MessageRow]:
        pages = self.archive.messages(self.chat.peer_id)
        return {row.id: row async for rows in pages for row in rows}


@asynccontextmanager
async def fetched(
    sandbox: Sandbox, folder: Path, chat: Chat, *, keep_deleted: bool = True
) -> AsyncIterator[Scene]:
    url = f"sqlite+aiosqlite:///{folder / 'archive.db'}"
    database = await Database.open(url)
    try:
        await add_account(database, folder, sandbox.world.owner)
        archive = Archive(database, is_edit=is_edit)
        async with signed_in(sandbox) as telegram:
            reference = await resolve(telegram, archive, str(chat.peer_id))
            scene = Scene(
                chat=chat,
                telegrams=[(telegram, reference)],
                jobs=Jobs(database),
                archive=archive,
                config=ExporterConfig(
                    database_url=url,
                    data_dir=folder,
                    export_dir=folder,
                    zone=UTC,
                    keep_deleted=keep_deleted,
                ),
            )
            top = await top_of(telegram, reference)
            seat, board = await scene.seat(), ProgressBoard()
            await fetch(seat, everything(top), archive, board, Seen(1000))
            yield scene
    finally:
        await database.close()


@pytest.mark.parametrize("kind", ["private", "group", "supergroup", "channel"])
async def test_edits_keep_the_earlier_version_and_deletions_leave_a_tombstone(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    chat = make(sandbox, kind)
    async with fetched(sandbox, tmp_path, chat) as scene:
        before = await scene.kept()
        edited, deleted = texts_of(chat, before)[3], chat.message_ids[150]
        chat.edit(edited, "Better so")
        chat.delete(deleted)

        found = await scene.refresh("all")

        assert found == Refreshed(edited=1, deleted=1)
        after = await scene.kept()
        assert after.keys() == before.keys()
        [version] = await scene.archive.versions(chat.peer_id, edited)
        assert version.tl == before[edited].tl != after[edited].tl
        assert after[deleted].deleted is not None
        assert [row.id for row in after.values() if row.deleted] == [deleted]
        assert after[deleted].tl == before[deleted].tl


async def test_what_did_not_change_makes_no_versions_however_often_one_looks(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=250)
    async with fetched(sandbox, tmp_path, chat) as scene:
        before = await scene.kept()

        assert await scene.refresh("all") == Refreshed()
        asked = sandbox.faults.calls(HISTORY)
        ranges_noted = await scene.ranges()
        assert await scene.refresh("all") == Refreshed()

        assert sandbox.faults.calls(HISTORY) - asked >= 3
        assert await scene.ranges() == ranges_noted
        assert await scene.kept() == before


async def test_new_reactions_and_views_take_the_place_of_the_old_ones(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_channel("News", messages=120)
    async with fetched(sandbox, tmp_path, chat) as scene:
        before = await scene.kept()
        post = texts_of(chat, before)[3]
        message = chat.message(post)
        message.views, message.forwards = 777, 7
        chat.keep(message)

        found = await scene.refresh("all")

        assert found == Refreshed()
        assert (await scene.kept())[post].tl != before[post].tl
        assert await scene.archive.versions(chat.peer_id, post) == []


async def test_only_the_newest_messages_are_looked_at_when_a_number_is_given(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1000)
    async with fetched(sandbox, tmp_path, chat) as scene:
        chat.delete(100, 990)
        asked = sandbox.faults.calls(HISTORY)

        found = await scene.refresh("50")

        assert found == Refreshed(deleted=1)
        assert [row.id for row in (await scene.kept()).values() if row.deleted] == [990]
        assert sandbox.faults.calls(HISTORY) - asked <= 2


async def test_only_the_last_days_are_looked_at_when_days_are_given(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study")
    now = datetime.now(UTC)
    for days in (9, 8, 6, 1):
        chat.post(f"{days} days ago", date=int((now - timedelta(days=days)).timestamp()))
    async with fetched(sandbox, tmp_path, chat) as scene:
        old, recent = chat.message_ids[0], chat.message_ids[3]
        chat.delete(old, recent)

        found = await scene.refresh("7d")

        assert found == Refreshed(deleted=1)
        assert [row.id for row in (await scene.kept()).values() if row.deleted] == [recent]


async def test_a_refresh_that_was_stopped_goes_on_where_it_was(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=3000)
    async with fetched(sandbox, tmp_path, chat) as scene:
        chat.delete(5, 2990)
        seat = await scene.seat("all")
        sandbox.faults.fail(401, "SESSION_REVOKED", on=HISTORY, after=20)
        with pytest.raises(AccountUnusable):
            await refresh(seat, "all", scene.archive, ProgressBoard(), scene.config)
        asked = sandbox.faults.calls(HISTORY)

        seat = Seat(job=seat.job, telegrams=list(scene.telegrams))
        await refresh(seat, "all", scene.archive, ProgressBoard(), scene.config)

        assert sandbox.faults.calls(HISTORY) - asked <= 20
        assert [row.id for row in (await scene.kept()).values() if row.deleted] == [5, 2990]


async def test_a_page_that_leaves_messages_out_deletes_nothing(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300)
    async with fetched(sandbox, tmp_path, chat) as scene:
        sandbox.faults.short_page(times=3)

        assert await scene.refresh("all") == Refreshed()


async def test_without_keep_deleted_what_is_gone_is_removed(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=200)
    async with fetched(sandbox, tmp_path, chat, keep_deleted=False) as scene:
        edited, gone = texts_of(chat, await scene.kept())[3], chat.message_ids[40:160]
        chat.edit(edited, "Better so")
        await scene.refresh("all")
        chat.delete(edited, *gone)

        found = await scene.refresh("all")

        assert found == Refreshed(deleted=len({edited, *gone}))
        kept = await scene.kept()
        assert sorted(kept) == chat.message_ids
        assert await scene.archive.count(chat.peer_id) == len(kept)
        assert await scene.archive.versions(chat.peer_id, edited) == []


@pytest.mark.parametrize("kind", ["private", "channel"])
async def test_a_chat_that_was_emptied_stays_in_the_archive(
    sandbox: Sandbox, tmp_path: Path, kind: str
) -> None:
    chat = make(sandbox, kind)
    async with fetched(sandbox, tmp_path, chat) as scene:
        ids = chat.message_ids
        chat.delete(*ids)

        assert await scene.refresh("all") == Refreshed(deleted=len(ids))

        assert [row.id for row in (await scene.kept()).values() if row.deleted] == ids


async def test_deletions_all_over_a_chat_are_counted_though_many_pages_are_under_way(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=8000)
    async with fetched(sandbox, tmp_path, chat) as scene:
        gone = chat.message_ids[::40]
        chat.delete(*gone)

        assert await scene.refresh("all") == Refreshed(deleted=len(gone))

        assert [row.id for row in (await scene.kept()).values() if row.deleted] == gone


async def test_what_telegram_hides_from_the_account_is_not_taken_for_deleted(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=300)
    async with fetched(sandbox, tmp_path, chat) as scene:
        chat.delete(50, 100, 101, 150)
        seat, board = await scene.seat("all"), ProgressBoard()

        found = await refresh(seat, "all", scene.archive, board, scene.config, hidden_up_to=100)

        assert found == Refreshed(deleted=2)
        assert [row.id for row in (await scene.kept()).values() if row.deleted] == [101, 150]


async def test_a_message_that_comes_back_is_no_longer_marked(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=20)
    async with fetched(sandbox, tmp_path, chat) as scene:
        await scene.archive.mark_deleted(chat.peer_id, [7])

        assert await scene.refresh("all") == Refreshed()

        assert (await scene.kept())[7].deleted is None


async def test_a_chat_that_was_never_fetched_has_nothing_to_look_at(
    sandbox: Sandbox, tmp_path: Path
) -> None:
    chat = sandbox.world.add_supergroup("Empty")
    async with fetched(sandbox, tmp_path, chat) as scene:
        for words in ("all", "100", "7d"):
            assert await scene.refresh(words) == Refreshed()


def make(sandbox: Sandbox, kind: str) -> Chat:
    world = sandbox.world
    if kind == "private":
        return world.add_private_chat(world.add_user("Mia Moon"), messages=250)
    if kind == "group":
        return world.add_basic_group("Family", messages=250)
    if kind == "channel":
        return world.add_channel("News", messages=250)
    return world.add_supergroup("Study", messages=250)


def texts_of(chat: Chat, kept: dict[int, MessageRow]) -> list[int]:
    return [message_id for message_id in chat.message_ids if kept[message_id].kind == "text"]
