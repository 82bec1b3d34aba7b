"""What holds for the writer of every format."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telethon.tl import types

from exporter.errors import JobError
from exporter.records import Record
from exporter.writers import WRITERS, Writer
from storage.models import ChatInfo
from tests.exporter.convert.making import GROUP, in_group, record_of
from tests.reader_folder import ReaderFolder

ZONE = ZoneInfo("Asia/Tashkent")
FILES = {"json": "result.json", "jsonl": "messages.jsonl", "html": "index.html"}


def records(count: int) -> Iterator[Record]:
    for number in range(1, count + 1):
        yield record_of(in_group(number, f"Message {number} 🍏"))


def ids_in(path: Path) -> list[int]:
    """The ids of the messages in a finished file."""
    if path.suffix == ".html":
        return ReaderFolder(path).ids
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return [message["id"] for message in json.loads(text)["messages"]]
    return [json.loads(line)["id"] for line in text.splitlines()]


def everything(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, folders too."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def write(writer: Writer, count: int) -> Path:
    writer.begin(GROUP)
    return finish(writer, count)


def finish(writer: Writer, count: int) -> Path:
    write_on(writer, count)
    return writer.end()


def write_on(writer: Writer, count: int) -> None:
    for record in records(count):
        writer.message(record)


@contextmanager
def files_of_at_most(size_bytes: int) -> Iterator[None]:
    """Let the system refuse to write more than this into a file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("name", sorted(WRITERS))
class TestEveryWriter:
    def test_every_message_is_there_once_in_order(self, name: str, tmp_path: Path) -> None:
        path = write(WRITERS[name](tmp_path, ZONE), 250)

        assert path == tmp_path / FILES[name]
        assert ids_in(path) == list(range(1, 251))

    def test_an_empty_chat_is_a_valid_file(self, name: str, tmp_path: Path) -> None:
        path = write(WRITERS[name](tmp_path, ZONE), 0)

        assert ids_in(path) == []

    def test_the_same_messages_give_the_same_bytes(self, name: str, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            write(WRITERS[name](tmp_path / folder, ZONE), 50)

        assert everything(tmp_path / "a") == everything(tmp_path / "b")

    def test_the_file_appears_only_when_it_is_whole(self, name: str, tmp_path: Path) -> None:
        before = write(WRITERS[name](tmp_path, ZONE), 3)
        writer = WRITERS[name](tmp_path, ZONE)
        writer.begin(GROUP)
        write_on(writer, 2_000)

        assert ids_in(before) == [1, 2, 3]
        writer.end()
        assert len(ids_in(before)) == 2_000

    def test_nothing_is_left_of_an_aborted_attempt(self, name: str, tmp_path: Path) -> None:
        path = write(WRITERS[name](tmp_path, ZONE), 3)
        before = everything(tmp_path)
        writer = WRITERS[name](tmp_path, ZONE)
        writer.begin(GROUP)
        writer.message(next(records(1)))
        writer.abort()
        writer.abort()

        assert ids_in(path) == [1, 2, 3]
        assert everything(tmp_path) == before

    def test_the_part_of_an_attempt_that_died_is_replaced(self, name: str, tmp_path: Path) -> None:
        dead = tmp_path / f".{FILES[name]}.part"
        dead.write_bytes(b"x" * 10_000)

        path = write(WRITERS[name](tmp_path, ZONE), 1)

        assert ids_in(path) == [1]
        assert not list(tmp_path.glob(".*"))

    def test_an_attempt_that_another_one_overtook_gives_up(self, name: str, tmp_path: Path) -> None:
        slow, fast = WRITERS[name](tmp_path, ZONE), WRITERS[name](tmp_path, ZONE)
        slow.begin(GROUP)
        slow.message(next(records(1)))
        fast.begin(GROUP)
        with pytest.raises(JobError, match="Another export is writing"):
            slow.end()
        slow.abort()
        write_on(fast, 5)

        assert ids_in(fast.end()) == [1, 2, 3, 4, 5]

    def test_a_full_disk_is_an_os_error_and_leaves_nothing(self, name: str, tmp_path: Path) -> None:
        path = write(WRITERS[name](tmp_path, ZONE), 3)
        before = everything(tmp_path)
        writer = WRITERS[name](tmp_path, ZONE)
        writer.begin(GROUP)
        with files_of_at_most(20_000), pytest.raises(OSError, match="too large"):
            finish(writer, 4_000)
        writer.abort()

        assert ids_in(path) == [1, 2, 3]
        assert everything(tmp_path) == before

    def test_nobody_else_can_read_it(self, name: str, tmp_path: Path) -> None:
        path = write(WRITERS[name](tmp_path / "new", ZONE), 1)

        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700

    def test_a_folder_that_cannot_be_written_is_an_os_error(
        self, name: str, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("not a folder")

        with pytest.raises(OSError, match="file"):
            WRITERS[name](tmp_path / "file" / "folder", ZONE).begin(GROUP)


def envelope(folder: Path, chat: ChatInfo) -> dict[str, Any]:
    writer = WRITERS["json"](folder, ZONE)
    writer.begin(chat)
    found: dict[str, Any] = json.loads(writer.end().read_text("utf-8"))
    return found


def test_the_envelope_of_a_result_json(tmp_path: Path) -> None:
    writer = WRITERS["json"](tmp_path, ZONE)
    writer.begin(GROUP)

    assert writer.end().read_text("utf-8") == (
        '{\n "name": "Garden club",\n "type": "private_supergroup",\n "id": 700,\n'
        ' "messages": [\n ]\n}'
    )


@pytest.mark.parametrize(("chat_id", "bare"), [(101, 101), (-55, 55), (-1_000_000_000_700, 700)])
def test_the_id_of_a_chat_is_bare(tmp_path: Path, chat_id: int, bare: int) -> None:
    chat = ChatInfo(id=chat_id, title=None, type="private_group")

    assert envelope(tmp_path, chat) == {
        "name": None,
        "type": "private_group",
        "id": bare,
        "messages": [],
    }


@pytest.mark.parametrize("kind", ["saved_messages", "replies", "verification_codes"])
def test_some_chats_have_no_name(tmp_path: Path, kind: str) -> None:
    chat = ChatInfo(id=101, title="Saved Messages", type=kind)

    assert "name" not in envelope(tmp_path, chat)


def test_a_line_says_everything_that_is_known(tmp_path: Path) -> None:
    message = in_group(
        5,
        "bold 🍏 link",
        entities=[
            types.MessageEntityBold(0, 12),
            types.MessageEntityTextUrl(8, 4, "https://example.org"),
        ],
        media=types.MessageMediaWebPage(
            types.WebPage(
                id=1, url="https://example.org", display_url="example.org", hash=0, title="Example"
            )
        ),
        silent=True,
        views=0,
        forwards=0,
        reply_to=types.MessageReplyHeader(
            reply_to_msg_id=4, quote=True, quote_text="apples", reply_to_top_id=2
        ),
    )
    writer = WRITERS["jsonl"](tmp_path, ZONE)
    writer.begin(GROUP)
    writer.message(record_of(message, topic_id=2))

    assert json.loads(writer.end().read_text("utf-8")) == {
        "v": 1,
        "chat_id": -1_000_000_000_700,
        "id": 5,
        "kind": "text",
        "date": "2025-01-15T11:30:05Z",
        "sender": {"id": 101, "name": "Ann Lee", "username": "ann"},
        "text": {
            "text": "bold 🍏 link",
            "entities": [
                {"type": "bold", "offset": 0, "length": 12},
                {"type": "text_link", "offset": 8, "length": 4, "href": "https://example.org"},
            ],
        },
        "reply": {"message_id": 4, "top_id": 2, "quote": {"text": "apples"}},
        "link_preview": {"url": "https://example.org", "title": "Example"},
        "topic_id": 2,
        "views": 0,
        "forwards": 0,
        "extra": {"silent": True},
    }
