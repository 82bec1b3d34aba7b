"""What holds for the writer of every format."""

from __future__ import annotations

import json
import resource
import tracemalloc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from telethon.tl import types

from exporter.errors import JobError
from exporter.records import Record
from exporter.writers import WRITERS, Writer
from storage.formats import FORMATS
from storage.models import ChatInfo
from tests.exporter.convert.making import GROUP, in_group, record_of
from tests.exporter.writers.corpus import HOSTILE_CHATS, every_class, hostile, made_up, plain
from tests.exporter.writers.reading import ids_in

ZONE = ZoneInfo("Asia/Tashkent")


def made(name: str, folder: Path) -> Writer:
    return WRITERS[name](folder, ZONE)


def write(writer: Writer, records: Iterable[Record], chat: ChatInfo = GROUP) -> Path:
    writer.begin(chat)
    write_on(writer, records)
    return writer.end()


def write_on(writer: Writer, records: Iterable[Record]) -> None:
    for record in records:
        writer.message(record)


def files_in(folder: Path) -> dict[str, bytes]:
    """Everything that lies there, what is hidden too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


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
    """What holds for every format; `reading.READERS` says how each is read back."""

    def test_every_message_is_there_once_in_order(self, name: str, tmp_path: Path) -> None:
        path = write(made(name, tmp_path), plain(250))

        assert path.is_file()
        assert path.is_relative_to(tmp_path)
        assert ids_in(name, tmp_path) == list(range(1, 251))

    def test_an_empty_chat_is_a_valid_file(self, name: str, tmp_path: Path) -> None:
        path = write(made(name, tmp_path), ())

        assert path.is_file()
        assert ids_in(name, tmp_path) == []

    @pytest.mark.parametrize("records", [every_class, made_up, hostile])
    def test_the_same_messages_give_the_same_bytes_whatever_they_are(
        self, name: str, records: Callable[[], Sequence[Record]], tmp_path: Path
    ) -> None:
        for folder in ("a", "b"):
            write(made(name, tmp_path / folder), records())

        assert files_in(tmp_path / "a") == files_in(tmp_path / "b")
        if name != "markdown-one":  # which shows no numbers
            assert ids_in(name, tmp_path / "a") == [record.id for record in records()]

    def test_hostile_titles_stay_in_the_folder(self, name: str, tmp_path: Path) -> None:
        for number, chat in enumerate(HOSTILE_CHATS):
            folder = tmp_path / str(number) / "chat"
            write(made(name, folder), hostile(), chat)

            assert list((tmp_path / str(number)).iterdir()) == [folder]
            assert files_in(folder)

    def test_the_files_appear_only_when_they_are_whole(self, name: str, tmp_path: Path) -> None:
        write(made(name, tmp_path), plain(3))
        writer = made(name, tmp_path)
        writer.begin(GROUP)
        write_on(writer, plain(2_000))

        assert ids_in(name, tmp_path) == [1, 2, 3]
        writer.end()
        assert ids_in(name, tmp_path) == list(range(1, 2_001))

    def test_nothing_is_left_of_an_aborted_attempt(self, name: str, tmp_path: Path) -> None:
        write(made(name, tmp_path), plain(3))
        before = files_in(tmp_path)
        writer = made(name, tmp_path)
        writer.begin(GROUP)
        write_on(writer, plain(10))
        writer.abort()
        writer.abort()

        assert files_in(tmp_path) == before

    def test_what_an_attempt_that_died_left_is_replaced(self, name: str, tmp_path: Path) -> None:
        write(made(name, tmp_path / "clean"), plain(3))
        dead = made(name, tmp_path / "folder")
        dead.begin(GROUP)
        write_on(dead, plain(100))
        left = files_in(tmp_path / "folder")
        dead.abort()
        for path in left:
            (tmp_path / "folder" / path).write_bytes(b"x" * 10_000)

        write(made(name, tmp_path / "folder"), plain(3))

        assert files_in(tmp_path / "folder") == files_in(tmp_path / "clean")

    def test_an_attempt_that_another_one_overtook_gives_up(self, name: str, tmp_path: Path) -> None:
        slow, fast = made(name, tmp_path), made(name, tmp_path)
        slow.begin(GROUP)
        write_on(slow, plain(1))
        fast.begin(GROUP)
        write_on(fast, plain(5))
        with pytest.raises(JobError, match="Another export is writing"):
            slow.end()
        slow.abort()
        fast.end()

        assert ids_in(name, tmp_path) == [1, 2, 3, 4, 5]

    def test_a_full_disk_is_an_os_error_and_leaves_nothing(self, name: str, tmp_path: Path) -> None:
        write(made(name, tmp_path), plain(3))
        before = files_in(tmp_path)
        writer = made(name, tmp_path)
        writer.begin(GROUP)
        with files_of_at_most(20_000), pytest.raises(OSError, match="too large"):
            write_on(writer, plain(40_000))
        writer.abort()

        assert files_in(tmp_path) == before

    def test_nobody_else_can_read_them(self, name: str, tmp_path: Path) -> None:
        write(made(name, tmp_path / "new"), plain(1))

        for path in [tmp_path / "new", *(tmp_path / "new").rglob("*")]:
            assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path

    def test_a_folder_that_cannot_be_written_is_an_os_error(
        self, name: str, tmp_path: Path
    ) -> None:
        (tmp_path / "file").write_text("not a folder")

        with pytest.raises(OSError, match="file"):
            made(name, tmp_path / "file" / "folder").begin(GROUP)

    def test_memory_does_not_grow_with_the_chat(self, name: str, tmp_path: Path) -> None:
        peaks = []
        for count in (9_000, 18_000):  # more than a part of the reader
            tracemalloc.start()
            write(made(name, tmp_path / str(count)), plain(count))
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()

        assert peaks[1] < peaks[0] + 150_000


def test_every_format_that_can_be_asked_for_has_a_writer() -> None:
    assert set(WRITERS) == set(FORMATS)


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
        "reply": {"message_id": 4, "top_id": 2, "quote": {"text": "apples"}, "quote_chosen": True},
        "link_preview": {"url": "https://example.org", "title": "Example"},
        "topic_id": 2,
        "views": 0,
        "forwards": 0,
        "extra": {"silent": True},
    }
