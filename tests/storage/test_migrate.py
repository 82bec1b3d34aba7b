"""The migrations, and what happens to a database that is there already."""

from __future__ import annotations

import ast
import asyncio
import re
import shutil
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine

from storage.alerts import AlertKind, Alerts
from storage.archive import Archive
from storage.database import Database
from storage.errors import DatabaseNewer, DatabaseUnusable
from storage.files import Files
from storage.jobs import Jobs
from storage.media import FileKey, FileTotals, SkipReason
from storage.migrate import migrations, upgrade
from storage.models import ChatInfo, ExportRequest, Kept, MediaTotals, Summary
from storage.tables import metadata
from tests.storage.making import message, page_of, url_of

HEAD = "0014"
LAST_REVISION = 7
"""Of the cards of the job, which its turn goes on from."""
"""The newest of our migrations."""
STUDY = ChatInfo(id=-1007, title="Study", type="private_supergroup")


async def test_migrating_an_empty_file_gives_the_tables_as_declared(path: Path) -> None:
    await upgrade(url_of(path))

    engine = create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


async def test_migrating_gives_what_alembic_does_not_compare_too(path: Path) -> None:
    """WITHOUT ROWID, AUTOINCREMENT, names of constraints, and the conditions of indexes."""
    await upgrade(url_of(path))
    declared = create_engine(f"sqlite:///{path.with_name('declared.db')}")
    metadata.create_all(declared)
    declared.dispose()

    migrated = schema_of(path)
    del migrated["alembic_version"]

    assert migrated == schema_of(path.with_name("declared.db"))


def test_migrations_do_not_depend_on_todays_tables() -> None:
    for version in (migrations() / "versions").glob("*.py"):
        imported = [
            node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
            for node in ast.walk(ast.parse(version.read_text()))
            if isinstance(node, ast.Import | ast.ImportFrom)
        ]
        assert imported
        assert not [name for name in imported if (name or "").startswith("storage")]


async def test_upgrading_again_changes_nothing(path: Path) -> None:
    first = await upgrade(url_of(path))
    again = await upgrade(url_of(path))

    assert (first.before, first.backup) == (None, None)
    assert (again.before, again.after, again.backup) == (first.after, first.after, None)


async def test_an_archive_of_the_first_version_goes_on(path: Path, tmp_path: Path) -> None:
    """Its messages, checkpoint, peers, counts and jobs: as they were, and in use again."""
    await upgrade(url_of(path), scripts=scripts_until(tmp_path, "0001"))
    fill_first_version(path)
    before = {name: rows_of(path, name) for name in FIRST_ROWS}

    done = await upgrade(url_of(path))

    assert (done.before, done.after) == ("0001", HEAD)
    assert done.backup is not None
    assert {name: rows_of(done.backup, name) for name in FIRST_ROWS} == before
    for name, rows in before.items():
        added = rows_of(path, name)
        assert [row[: len(rows[0])] for row in added] == rows
        assert {value for row in added for value in row[len(rows[0]) :]} <= {None, LAST_REVISION}
    database = await Database.open(url_of(path))
    archive = Archive(database)
    [left] = await archive.plan(-1007, 1, 900, part_ids=1000)
    assert (left.first_id, left.last_id, left.next_id) == (1, 900, 11)
    page = page_of(message(10, tl=b"edited"), message(11), next_id=12)
    assert await archive.keep(1, -1007, left.id, page) == Kept(new=1, edited=1)
    assert [version.tl for version in await archive.versions(-1007, 10)] == [b"kept"]
    assert await archive.counts_by_kind(-1007) == {"text": 2}
    assert await archive.peer_by_username("mia") is not None
    job = await Jobs(database).get(1)
    assert job is not None
    assert job.request == ExportRequest(chat="@study", media="none", formats=("json", "jsonl"))
    assert job.summary == Summary(chat=STUDY, folder="/x", messages=1, new=1)
    await database.close()


async def test_files_of_an_archive_without_files_can_be_had_now(path: Path, tmp_path: Path) -> None:
    """Its messages named them: once each, in every chat, and nobody has asked for them so far."""
    await upgrade(url_of(path), scripts=scripts_until(tmp_path, "0002"))
    with closing(sqlite3.connect(path)) as other:
        other.executemany("INSERT INTO media VALUES (?, ?, ?, ?, 2, ?, 'x/y', ?)", SECOND_MEDIA)
        other.commit()

    await upgrade(url_of(path))

    database = await Database.open(url_of(path))
    archive, files = Archive(database), Files(database)
    assert await archive.media_totals(-1007) == MediaTotals(files=3, size_bytes=50)
    [stored] = (await files.of_messages(-1007, [11]))[11]
    assert (stored.key, stored.kind, stored.reason) == (FileKey(70), "video_file", SkipReason.KIND)
    assert await files.skipped([-1007]) == {SkipReason.KIND: FileTotals(files=2, size_bytes=30)}
    assert await files.skipped([-8]) == {SkipReason.KIND: FileTotals(files=1, size_bytes=20)}
    assert await files.skipped([-8, -1007]) == await files.skipped([-1007])

    await files.choose([-1007], lambda *_: None, account_id=3)

    first, second = await files.open_files([-1007], large=False, limit=9)
    assert (first.key, first.message_id, first.account_id) == (FileKey(71), 10, 3)
    assert (second.key, second.message_id, second.name) == (FileKey(70), 12, "new.mp4")
    assert (second.location, second.parts, second.tries) == (b"", b"", 0)
    await database.close()


async def test_a_copy_is_made_before_a_due_migration(path: Path, tmp_path: Path) -> None:
    await upgrade(url_of(path))
    meet(path, 7)

    done = await upgrade(url_of(path), scripts=scripts_with(tmp_path, "x1"))

    assert done.backup is not None
    assert (done.before, done.after) == (HEAD, "x1")
    assert stat.S_IMODE(done.backup.stat().st_mode) == 0o600
    assert (revision_of(done.backup), people_in(done.backup)) == (HEAD, [7])
    assert (revision_of(path), people_in(path)) == ("x1", [7])


async def test_the_last_two_copies_are_kept(path: Path, tmp_path: Path) -> None:
    await upgrade(url_of(path))
    for number in (1, 2, 3):
        names = [f"x{n}" for n in range(1, number + 1)]
        done = await upgrade(url_of(path), scripts=scripts_with(tmp_path / str(number), *names))

    copies = sorted(path.parent.glob("*.backup"))

    assert [revision_of(copy) for copy in copies] == ["x1", "x2"]
    assert done.backup == copies[-1]
    assert not list(path.parent.glob("*.part"))


async def test_a_migration_that_fails_changes_nothing(path: Path, tmp_path: Path) -> None:
    await upgrade(url_of(path))
    scripts = scripts_with(tmp_path, "x1", "x2", last="raise ZeroDivisionError")

    with pytest.raises(ZeroDivisionError):
        await upgrade(url_of(path), scripts=scripts)

    assert revision_of(path) == HEAD
    assert "x1" not in schema_of(path)
    await (await Database.open(url_of(path))).close()


async def test_cards_in_groups_come_to_rest_and_those_in_private_go_on(
    path: Path, tmp_path: Path
) -> None:
    await upgrade(url_of(path), scripts=scripts_until(tmp_path, "0010"))
    with closing(sqlite3.connect(path)) as other:
        job = (1, "export", "queued", 0, 0, 0, "{}", "{}", "{}", 1000)
        names = "id,kind,state,priority,attempt,fence,request,options,progress,created_ms"
        other.execute(f"INSERT INTO jobs ({names}) VALUES ({','.join('?' * len(job))})", job)  # noqa: S608 - our own names
        names = "job_id,bot_id,chat_id,reply_to,is_group,revision,losses,final,summarised"
        for chat_id in (-10, 20):
            card = (1, 7, chat_id, 3, chat_id < 0, 0, 0, 0, 0)
            other.execute(f"INSERT INTO cards ({names}) VALUES ({','.join('?' * len(card))})", card)  # noqa: S608 - our own names
        other.commit()

    await upgrade(url_of(path))

    with closing(sqlite3.connect(path)) as other:
        cards = other.execute("SELECT chat_id, final, summarised FROM cards").fetchall()
    assert cards == [(-10, 1, 1), (20, 0, 0)]


async def test_a_database_of_a_newer_version_is_refused(path: Path) -> None:
    await upgrade(url_of(path))
    with closing(sqlite3.connect(path)) as other:
        other.execute("UPDATE alembic_version SET version_num = 'x9'")
        other.commit()

    with pytest.raises(DatabaseNewer, match=r"newer version of Chatkeep.*Install that version"):
        await Database.open(url_of(path))

    assert revision_of(path) == "x9"


async def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE recipes (id INTEGER)")

    with pytest.raises(DatabaseUnusable, match="tables of another program"):
        await Database.open(url_of(path))

    assert set(schema_of(path)) == {"recipes"}


async def test_alerts_that_an_older_version_left_are_still_told(path: Path, tmp_path: Path) -> None:
    await upgrade(url_of(path), scripts=scripts_until(tmp_path, "0010"))
    with closing(sqlite3.connect(path)) as other:
        other.executemany(
            "INSERT INTO alerts (text, created_ms) VALUES (?, 1000)",
            [
                ("Mia: This account's session was used from two places at once.",),
                ("Ben: Telegram has deactivated this account.",),
                ("Eva: Telegram no longer accepts this account's session.",),
            ],
        )
        other.commit()

    database = await Database.open(url_of(path))
    untold = await Alerts(database).untold()
    await database.close()

    assert [(alert.news.account, alert.news.kind) for alert in untold] == [
        ("Mia", AlertKind.DUPLICATED),
        ("Ben", AlertKind.DEACTIVATED),
        ("Eva", AlertKind.REVOKED),
    ]


async def test_several_processes_make_one_new_database_at_once(path: Path) -> None:
    program = (
        "import asyncio, sys; from storage.database import Database\n"
        "async def main():\n"
        "    await (await Database.open(sys.argv[1])).close()\n"
        "asyncio.run(main())"
    )
    children = [
        await asyncio.create_subprocess_exec(sys.executable, "-c", program, url_of(path))
        for _ in range(4)
    ]

    assert [await child.wait() for child in children] == [0, 0, 0, 0]
    assert revision_of(path) == HEAD


async def test_many_openings_upgrade_one_old_database_once(path: Path, tmp_path: Path) -> None:
    await upgrade(url_of(path))
    scripts = scripts_with(tmp_path, "x1")

    async with asyncio.TaskGroup() as group:
        opening = [group.create_task(upgrade(url_of(path), scripts=scripts)) for _ in range(5)]

    assert [task.result().backup is not None for task in opening].count(True) == 1
    assert revision_of(path) == "x1"


SECOND_MEDIA = [
    (-1007, 10, 71, "photo", 10, None),
    (-1007, 11, 70, "video_file", 20, "old.mp4"),
    (-1007, 12, 70, "video_file", 20, "new.mp4"),
    (-8, 5, 70, "video_file", 20, None),
]
"""Rows of `media` as the second version wrote them, but for dc_id and mime_type."""


def scripts_with(folder: Path, *revisions: str, last: str = "") -> Path:
    """Our migrations with further ones behind them, each making a table of its own name."""
    scripts = folder / "percent % sign"
    shutil.copytree(migrations(), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    before = HEAD
    for revision in revisions:
        (scripts / "versions" / f"{revision}.py").write_text(
            "import sqlalchemy as sa\n"
            "from alembic import op\n"
            f"revision, down_revision = '{revision}', '{before}'\n"
            "def upgrade():\n"
            f"    op.create_table('{revision}', sa.Column('id', sa.Integer))\n"
            f"    {last if revision == revisions[-1] else ''}\n"
        )
        before = revision
    return scripts


FIRST_ROWS: dict[str, tuple[object, ...]] = {
    "chats": (-1007, "Study", "private_supergroup", None, 1, 30),
    "messages": (-1007, 10, 1000, None, 5, "text", 3, None, None, 229, b"kept"),
    "message_counts": (-1007, "text", 1),
    "ranges": (4, -1007, 1, 900, 11),
    "peers": (5, "user", "Mia", "mia", 0, 1000),
    "peer_access": (1, 5, 77),
    "jobs": (
        1,
        "export",
        "done",
        None,
        0,
        1,
        1,
        (
            '{"chat":"@study","formats":["json","jsonl"],"max_size_bytes":null,"media":"none",'
            '"to":null}'
        ),
        '{"formats":["json","jsonl"],"max_size_bytes":null,"media":"none","to":null}',
        -1007,
        None,
        None,
        (
            '{"eta":null,"messages":1,"phase":"rendering","rate":null,"title":"Study","total":1,'
            '"wait_reason":null,"wait_until":null}'
        ),
        (
            '{"by_kind":{},"chat":{"id":-1007,"title":"Study","type":"private_supergroup",'
            '"username":null},"complete":true,"deleted":0,"duration_s":0.0,"edited":0,"folder":"/x",'
            '"media_bytes":0,"media_kept":0,"media_skipped":0,"messages":1,"new":1,"rate":0.0,'
            '"skipped":[]}'
        ),
        None,
        1000,
        1000,
        1000,
    ),
}
"""A row of each table that counts, as the first version wrote it."""


def fill_first_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        for table, row in FIRST_ROWS.items():
            other.execute(f"INSERT INTO {table} VALUES ({','.join('?' * len(row))})", row)  # noqa: S608 - our own names
        other.commit()


def rows_of(path: Path, table: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as other:
        return other.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own names


def scripts_until(folder: Path, revision: str) -> Path:
    """Our migrations without those behind this one."""
    scripts = folder / f"until {revision}"
    shutil.copytree(migrations(), scripts, ignore=shutil.ignore_patterns("__pycache__"))
    for later in (scripts / "versions").glob("*.py"):
        if later.name[: len(revision)] > revision:
            later.unlink()
    return scripts


def schema_of(path: Path) -> dict[str, list[str]]:
    """Each table and index by name, as the words of its definition, its columns in any order."""
    with closing(sqlite3.connect(path)) as other:
        rows = other.execute(
            "SELECT name, sql FROM sqlite_master WHERE sql <> '' AND name NOT LIKE 'sqlite_%'"
        ).fetchall()
    return {name: sorted(re.findall(r"[^\s,()]+|[()]", sql)) for name, sql in rows}


def revision_of(path: Path) -> str:
    with closing(sqlite3.connect(path)) as other:
        return str(other.execute("SELECT version_num FROM alembic_version").fetchone()[0])


def meet(path: Path, person_id: int) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("INSERT INTO people (id, name, met_ms) VALUES (?, 'Mia', 0)", (person_id,))
        other.commit()


def people_in(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as other:
        return [row[0] for row in other.execute("SELECT id FROM people")]
