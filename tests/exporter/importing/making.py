"""Exports of Telegram Desktop made by hand, and an archive that they are brought into."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC
from pathlib import Path
from typing import Any

from exporter.config import ExporterConfig
from exporter.importing.command import import_export
from exporter.rendering import write_again
from exporter.workbench import opened
from storage.models import ExportRequest
from tests.installation import exported

NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"


def text(number: int, words: str = "Hello", **fields: Any) -> dict[str, Any]:
    """A message of Ann's, as Telegram Desktop writes it."""
    return {
        "id": number,
        "type": "message",
        "date": "2024-05-01T12:00:00",
        "date_unixtime": str(1_714_564_800 + number),
        "from": "Ann Lee",
        "from_id": "user101",
        **fields,
        "text": words,
        "text_entities": [{"type": "plain", "text": words}],
    }


def chat_of(*messages: Any, **fields: Any) -> dict[str, Any]:
    """The export of one supergroup."""
    head = {"name": "Garden club", "type": "private_supergroup", "id": 700}
    return {**head, **fields, "messages": list(messages)}


def saved(folder: Path, export: Any) -> Path:
    """An export in a folder of its own; text is written as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    content = export if isinstance(export, str) else json.dumps(export, ensure_ascii=False)
    (folder / "result.json").write_text(content, encoding="utf-8")
    return folder


@dataclass(frozen=True, slots=True)
class Keeper:
    """An archive of its own, without any account."""

    folder: Path
    said: Callable[[], tuple[str, str]]
    """What went to standard output and error since it was last asked."""
    config: ExporterConfig

    async def bring(self, path: Path, **options: Any) -> dict[str, Any]:
        """Import; the JSON about it, with the exit code."""
        self.said()
        code = await import_export(path, json=True, config=self.config, **options)
        found: dict[str, Any] = json.loads(self.said()[0])
        return found | {"code": code}

    async def render(self, chat: str | int, zone: Any = UTC) -> dict[str, Any]:
        """The result.json of a chat."""
        return exported(await self.rendered(chat, zone))

    async def rendered(self, chat: str | int, zone: Any = UTC) -> Path:
        """The folder with the files of a chat."""
        config = replace(self.config, zone=zone)
        async with opened(config) as bench:
            written = await write_again(
                ExportRequest(chat=str(chat)), bench.archive, bench.shelves, config
            )
        return written.folder

    def tables(self) -> dict[str, list[Any]]:
        """All that an import writes, but for the times of writing."""
        return tables_of(self.folder / "chatkeep.db")

    def rows(self, query: str) -> list[Any]:
        """Rows of the database."""
        with closing(sqlite3.connect(self.folder / "chatkeep.db")) as database:
            return database.execute(query).fetchall()


QUERIES = {
    "imports": "SELECT id, digest FROM imports",
    "messages": "SELECT * FROM messages",
    "counts": "SELECT * FROM message_counts",
    "peers": "SELECT id, kind, name, username, is_bot FROM peers",
    "media": "SELECT * FROM media",
    "files": "SELECT file_id, variant, kind, state, reason, size_bytes, sha256 FROM files",
    "file_counts": "SELECT * FROM file_counts WHERE files > 0",
    "contents": "SELECT sha256, size_bytes, hashes FROM contents",
    "ranges": "SELECT chat_id, first_id, last_id, next_id, source FROM ranges",
    "topics": "SELECT * FROM topics",
    "chats": "SELECT * FROM chats",
}


def tables_of(path: Path) -> dict[str, list[Any]]:
    """What an import writes into a database, but for the times of writing."""
    with closing(sqlite3.connect(path)) as database:
        return {name: sorted(database.execute(query), key=repr) for name, query in QUERIES.items()}


def keeper_at(folder: Path, said: Callable[[], tuple[str, str]]) -> Keeper:
    folder.mkdir(parents=True, exist_ok=True)
    config = ExporterConfig(
        database_url=f"sqlite+aiosqlite:///{folder / 'chatkeep.db'}",
        data_dir=folder / "data",
        export_dir=folder / "exports",
        zone=UTC,
    )
    config.data_dir.mkdir(exist_ok=True)
    return Keeper(folder, said, config)
