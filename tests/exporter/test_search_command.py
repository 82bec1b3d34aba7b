"""What `chatkeep search` prints and refuses, on an archive of a few messages."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from exporter.config import ExporterConfig
from exporter.errors import CommandError
from exporter.search_command import search
from storage.archive import Archive
from storage.database import Database
from storage.models import ChatInfo, MessageRow
from tests.exporter.convert.making import ANN, BOB, CHANNEL, GROUP, in_channel, in_group, row_of
from tests.storage.making import page_of, url_of


@pytest.fixture
async def config(tmp_path: Path) -> ExporterConfig:
    """An installation whose archive has three messages, none of them indexed yet."""
    url = url_of(tmp_path / "data" / "chatkeep.db")
    database = await Database.open(url)
    archive = Archive(database)
    rows: list[tuple[ChatInfo, MessageRow]] = [
        (GROUP, by(101, 1, "A marmot on the way, and the way is long")),
        (GROUP, by(102, 2, "Marmot again\x1b[31m!")),
        (CHANNEL, row_of(in_channel(3, "marmot season"))),
    ]
    for chat, row in rows:
        await archive.save_chat(chat)
        await archive.keep(1, chat.id, None, page_of(row, peers=(ANN, BOB)))
    await database.close()
    return ExporterConfig(
        database_url=url, data_dir=tmp_path / "data", export_dir=tmp_path / "exports", zone=UTC
    )


def by(sender_id: int, number: int, text: str) -> MessageRow:
    return replace(row_of(in_group(number, text)), sender_id=sender_id)


async def found(
    config: ExporterConfig, capsys: pytest.CaptureFixture[str], *words: str, **options: Any
) -> list[int]:
    code = await search(*words, json=True, config=config, **options)
    ids = [json.loads(line)["message_id"] for line in capsys.readouterr().out.splitlines()]
    assert code == (0 if ids else 1)
    return ids


async def test_words_and_options_narrow(
    config: ExporterConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    assert sorted(await found(config, capsys, "MARMOT")) == [1, 2, 3]
    assert await found(config, capsys, "marmot", "-again", chat="garden club") == [1]
    assert await found(config, capsys, "marmot", sender="bob") == [2]
    assert await found(config, capsys, "from:@ann", "in:garden club") == [1]
    assert await found(config, capsys, "marmot", "-marmot again") == [3, 1]
    assert await found(config, capsys, "the way", relevant=True) == [1]
    assert await found(config, capsys, "on way") == [], "the shell kept it together"
    assert await found(config, capsys, "seas*", limit=1) == [3]
    assert await found(config, capsys, "marmot", until="2024-12-31") == []
    assert await found(config, capsys, has="photo") == []


async def test_lines_tell_chat_sender_date_and_link_and_run_no_escape_sequence(
    config: ExporterConfig, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    await search("marmot", "again", config=config)
    plain = capsys.readouterr()
    monkeypatch.setenv("FORCE_COLOR", "1")
    await search("marmot", "again", config=config)
    coloured = capsys.readouterr()

    assert plain.out == (
        "2025-01-15 11:30 · Garden club · Bob · https://t.me/c/700/2\n  Marmot again [31m!\n"
    )
    assert plain.err == "1 of 1 messages shown.\n"
    assert "\x1b[31m" not in coloured.out
    assert "\x1b[" in coloured.out


@pytest.mark.parametrize(
    ("words", "options", "sentence"),
    [
        (["marmot"], {"chat": "Nowhere"}, "No chat in the archive is called 'Nowhere'."),
        (["marmot"], {"sender": "Nobody"}, "Nobody in the archive is called 'Nobody'."),
        (["marmot"], {"has": "wings"}, "Messages cannot be asked for 'wings'."),
        (["marmot"], {"since": "whenever"}, "--since takes a day"),
        (["marmot"], {"limit": 0}, "--limit takes a number"),
        (["marmot", "--frm"], {}, "There is no option --frm."),
        (["-marmot"], {}, "Only words to leave out were given."),
        ([], {}, "Nothing to look for"),
    ],
)
async def test_what_cannot_be_asked_is_told(
    config: ExporterConfig, words: list[str], options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError) as refused:
        await search(*words, config=config, **options)

    assert str(refused.value).startswith(sentence)


async def test_a_damaged_index_is_made_anew_by_itself_and_on_demand(
    config: ExporterConfig, capsys: pytest.CaptureFixture[str]
) -> None:
    await search("marmot", config=config)
    with closing(sqlite3.connect(config.data_dir / "chatkeep.db")) as sqlite, sqlite:
        sqlite.execute("DELETE FROM search_index_data")
    capsys.readouterr()

    assert len(await found(config, capsys, "marmot")) == 3
    assert await search(rebuild=True, config=config) == 0
    assert capsys.readouterr().err == "The search index was made anew.\n"
    assert len(await found(config, capsys, "marmot")) == 3
