"""messages.csv opens right in a spreadsheet, and never as formulas."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from telethon.tl import types

from exporter.attachments import File
from exporter.records import Record
from exporter.writers.csv_table import COLUMNS, CsvTable, safe_cell
from tests.exporter.convert.making import GROUP, in_group, photo, record_of, service, styled
from tests.exporter.writers.corpus import HOSTILE, hostile

ZONE = ZoneInfo("Asia/Tashkent")
DOCS = Path(__file__).parents[3] / "docs" / "writers.md"


def written(folder: Path, *records: Record) -> bytes:
    writer = CsvTable(folder, ZONE)
    writer.begin(GROUP)
    for record in records:
        writer.message(record)
    return writer.end().read_bytes()


def rows(folder: Path, *records: Record) -> list[dict[str, str]]:
    written(folder, *records)
    with (folder / "messages.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def test_it_begins_with_a_byte_order_mark_and_its_lines_end_as_windows_has_them(
    tmp_path: Path,
) -> None:
    content = written(tmp_path, record_of(in_group(1, "one\ntwo")))

    assert content.startswith(b"\xef\xbb\xbfid,date,")
    assert content.count(b"\r\n") == 2
    assert b'"one\ntwo"' in content


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_a_formula_and_taking_an_apostrophe_away_brings_the_text_back(text: str) -> None:
    cell = safe_cell(text)

    assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠")
    if cell.startswith("'"):
        assert cell[1:].lstrip("'")[0] in "=+-@\t\n＝＋－＠"
        assert cell[1:] == text.replace("\r\n", "\n").replace("\r", "\n")


def test_no_cell_of_hostile_messages_is_a_formula(tmp_path: Path) -> None:
    for row in rows(tmp_path, *hostile()):
        for name, cell in row.items():
            assert cell[:1] not in tuple("=+-@\t\r\n＝＋－＠"), name


def test_what_a_reply_with_a_photo_says(tmp_path: Path) -> None:
    message = in_group(
        5,
        "Look",
        media=types.MessageMediaPhoto(photo=photo()),
        reply_to=types.MessageReplyHeader(reply_to_msg_id=4),
        views=7,
        forwards=1,
        reactions=types.MessageReactions(
            [types.ReactionCount(types.ReactionEmoji("👍"), 3)], can_see_list=False
        ),
    )
    (row,) = rows(tmp_path, record_of(message, topic_id=2))

    assert {name: cell for name, cell in row.items() if cell} == {
        "id": "5",
        "date": "2025-01-15 16:30:05",
        "kind": "photo",
        "sender": "Ann Lee",
        "sender_id": "user101",
        "username": "ann",
        "text": "Look",
        "file": "(not included)",
        "file_size": "150000",
        "reply_to": "4",
        "topic_id": "2",
        "views": "7",
        "forwards": "1",
        "reactions": "👍 3",
    }


def test_what_has_no_column_of_its_own_is_told_in_words(tmp_path: Path) -> None:
    answers = [
        types.PollAnswer(styled(text), option) for text, option in (("yes", b"1"), ("no", b"2"))
    ]
    poll = types.Poll(id=1, question=styled("Apples?"), answers=answers, hash=0)
    ann = [types.PeerUser(101)]
    votes = [
        types.PollAnswerVoters(option, voters=voters, recent_voters=ann)
        for option, voters in ((b"1", 3), (b"2", 1))
    ]
    results = types.PollResults(results=votes)
    asked = record_of(in_group(1, media=types.MessageMediaPoll(poll, results)))
    pinned = record_of(
        service(
            2, types.MessageActionPinMessage(), reply_to=types.MessageReplyHeader(reply_to_msg_id=1)
        )
    )

    first, second = rows(tmp_path, asked, pinned)

    assert first["details"] == "Apples?\n- yes: 3\n- no: 1"
    assert second["details"] == "pin message: 1"


def test_where_a_file_lies_and_what_it_is_called(tmp_path: Path) -> None:
    file = File(
        document_id=1,
        name="a.pdf",
        size_bytes=9,
        mime_type="application/pdf",
        path="files/a (1).pdf",
    )

    (row,) = rows(tmp_path, replace(record_of(in_group(1)), kind="file", media=file))

    told = [row[name] for name in ("file", "file_name", "file_size", "mime_type")]
    assert told == ["files/a (1).pdf", "a.pdf", "9", "application/pdf"]


def test_every_column_is_documented() -> None:
    told = DOCS.read_text("utf-8")
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in told
