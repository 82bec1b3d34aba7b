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

from storage.database import Database
from storage.errors import DatabaseNewer, DatabaseUnusable
from storage.migrate import migrations, upgrade
from storage.tables import metadata
from tests.storage.making import url_of

HEAD = "0002"
"""The newest of our migrations."""


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
        other.execute("INSERT INTO people VALUES (?, 'Mia', 0, 0)", (person_id,))
        other.commit()


def people_in(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as other:
        return [row[0] for row in other.execute("SELECT id FROM people")]
