"""The folder of the reader: what docs/reader-data.md promises of it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telethon.tl import types

from exporter.attachments import CustomEmoji, File
from exporter.peers import PeerRef
from exporter.records import Record
from exporter.texts import Text
from exporter.writers.html import HtmlReader, second_name
from exporter.writers.html.literal import compact_json, literal
from exporter.writers.writer import Around, Beside
from storage.models import Topic
from tests.exported_files import tree
from tests.exporter.convert.making import GROUP, in_group, photo, record_of, service
from tests.reader_folder import ReaderFolder, ReadMessage, literals, unescaped

ZONE = ZoneInfo("Europe/Berlin")
NASTY = st.text(
    st.one_of(
        st.sampled_from("\0\x01\\'\"<>/\r\n\u2028\u2029\u202e\ufeff\ud800\udfff🍏x0-"),
        st.characters(),
    ),
    max_size=30,
)


def write(
    folder: Path, *records: Record, around: Around | None = None, beside: Beside | None = None
) -> ReaderFolder:
    writer = HtmlReader(folder, ZONE)
    writer.begin(GROUP, around or Around())
    for record in records:
        writer.message(record)
    return ReaderFolder(writer.end(beside or Beside()))


def plain(count: int, *, first: int = 1) -> Iterator[Record]:
    for number in range(first, first + count):
        yield record_of(in_group(number, f"Message {number}"))


def only(folder: ReaderFolder) -> ReadMessage:
    [message] = folder.messages()
    return message


@given(st.lists(NASTY, max_size=5))
def test_every_string_comes_back(texts: list[str]) -> None:
    for text in texts:
        written = literal(text).decode()
        assert not set("<\r\n\0\u2028\u2029") & set(written)
        [inside] = literals(written)
        assert unescaped(inside) == unescaped(text.replace("\\", "\\\\"))
        joined = json.loads(unescaped(literals(literal(compact_json([text])).decode())[0]))
        assert joined == [unescaped(text.replace("\\", "\\\\"))]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_a_program_of_javascript_reads_the_same(tmp_path: Path) -> None:
    texts = ["</script>", "a\\'b\"", "\r\n\u2028\u2029", "\0" + "7", "\ud800", "\u202eabc", "🍏"]
    script = tmp_path / "texts.js"
    script.write_bytes(
        b"const read = [" + b",".join(map(literal, texts)) + b"];\n"
        b"console.log(JSON.stringify(read.map((t) => [...Array(t.length).keys()]"
        b".map((n) => t.charCodeAt(n)))));\n"
    )

    told = subprocess.run(["node", script], check=True, capture_output=True, timeout=60)

    units = [text.encode("utf-16-le", "surrogatepass") for text in texts]
    assert json.loads(told.stdout) == [
        [int.from_bytes(each[n : n + 2], "little") for n in range(0, len(each), 2)]
        for each in units
    ]


@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine")
def test_javascript_evaluates_the_parts(tmp_path: Path) -> None:
    read = write(tmp_path, *plain(1_000))
    number = read.meta["lists"][0]["parts"][0][0]
    program = (
        "globalThis.CK = {meta(t) { this.m = JSON.parse(t) }, part(n, b) { this.p = [n, b] }};"
        f"for (const f of [{read.scripts[-1]!r}, 'data/m{number}.js'])"
        " (0, eval)(require('fs').readFileSync(f, 'utf8'));"
        "const [n, b] = CK.p;"
        "console.log(JSON.stringify([CK.m.total, n, b.length, JSON.parse(b[1][0]).i.length,"
        " b[1][1].split('\\0').pop()]))"
    )

    told = subprocess.run(
        ["node", "-e", program], check=True, capture_output=True, cwd=tmp_path, timeout=60
    )

    assert json.loads(told.stdout) == [1_000, number, 2, 488, "Message 1000"]


@settings(max_examples=20)  # each writes a folder
@given(NASTY, NASTY, NASTY)
def test_texts_names_and_file_names_come_back(text: str, name: str, file_name: str) -> None:
    record = replace(
        record_of(in_group(1)),
        kind="file",
        text=Text(text),
        sender=PeerRef(5, name),
        media=File(document_id=1, name=file_name),
    )
    with tempfile.TemporaryDirectory() as folder:
        found = only(write(Path(folder), record))

    def whole(value: str) -> str:
        return unescaped(value.replace("\\", "\\\\"))

    assert found.text == whole(text.replace("\0", " ").replace("\x01", " "))
    assert found.sender == {"id": 5, "name": whole(name)}
    assert found.extras["media"] == {"document_id": 1} | ({"name": whole(file_name)})


def test_a_message_has_what_messages_jsonl_has(tmp_path: Path) -> None:
    message = in_group(
        5,
        "bold",
        entities=[types.MessageEntityBold(0, 4)],
        media=types.MessageMediaPhoto(photo=photo()),
        reply_to=types.MessageReplyHeader(reply_to_msg_id=4, quote=True, quote_text="apples"),
        fwd_from=types.MessageFwdHeader(
            date=datetime(2025, 7, 1, 12, tzinfo=UTC), from_id=types.PeerUser(102)
        ),
        edit_date=datetime(2025, 7, 1, 12, tzinfo=UTC),
        pinned=True,
    )

    read = write(tmp_path, record_of(message))
    found = only(read)

    summer_s = int(datetime(2025, 7, 1, 14, tzinfo=UTC).timestamp())
    assert (found.id, found.text, found.words) == (5, "bold", ("Bob",))
    assert found.date_s == int(datetime(2025, 1, 15, 12, 30, 5, tzinfo=UTC).timestamp())
    assert found.extras["kind"] == "photo"
    assert found.extras["entities"] == [{"type": "bold", "offset": 0, "length": 4}]
    quoted = {"quote": {"text": "apples"}, "quote_chosen": True}
    assert found.extras["reply"] == {"message_id": 4} | quoted
    assert found.extras["forward"] == {"date": summer_s, "peer": 0}
    assert found.extras["edited"] == summer_s
    assert [peer["name"] for peer in read.meta["peers"]] == ["Bob", "Ann Lee"]
    assert read.meta["pinned"] == [5]
    assert read.meta["months"] == [[202501, 1]]
    assert (read.meta["zone"], read.meta["total"]) == ("Europe/Berlin", 1)


def test_a_forum_has_a_list_for_each_topic(tmp_path: Path) -> None:
    topics = (Topic(topic_id=2, title="Seeds", closed=True), Topic(topic_id=9, title="Empty"))
    records = [record_of(in_group(n), topic_id=topic) for n, topic in enumerate([2, None, 2, 5], 1)]

    read = write(tmp_path, *records, around=Around(topics=topics))

    assert [(each.topic_id, each.id) for each in read.messages()] == [
        (2, 1),
        (2, 3),
        (1, 2),
        (5, 4),
    ]
    assert read.meta["topics"] == [
        {"id": 2, "title": "Seeds", "count": 2, "closed": True},
        {"id": 1, "title": None, "count": 1},
        {"id": 5, "title": None, "count": 1},
    ]


def test_the_basic_groups_messages_come_first_renumbered(tmp_path: Path) -> None:
    answer = types.MessageReplyHeader(reply_to_msg_id=1)
    records = [
        replace(record_of(in_group(2, reply_to=answer)), chat_id=-5),
        replace(
            record_of(service(3, types.MessageActionPinMessage(), reply_to=answer)), chat_id=-5
        ),
        record_of(in_group(1)),
    ]

    found = list(write(tmp_path, *records).messages())

    assert [each.id for each in found] == [-999_999_998, -999_999_997, 1]
    assert found[0].extras["reply"]["message_id"] == -999_999_999
    assert found[1].extras["action"]["details"]["message_id"] == -999_999_999


def test_what_is_appended_touches_the_last_part_only(tmp_path: Path) -> None:
    write(tmp_path, *plain(9_000))
    before = tree(tmp_path)
    write(tmp_path, *plain(9_500))
    after = tree(tmp_path)

    changed = {name for name in before if after.get(name) != before[name]}
    assert sum(name.startswith("data/m") and "meta" not in name for name in changed) == 1
    assert ReaderFolder(tmp_path / "index.html").ids == list(range(1, 9_501))
    assert len(list((tmp_path / "data").iterdir())) == 3


def test_old_and_new_renders_of_the_same_are_the_same(tmp_path: Path) -> None:
    write(tmp_path / "grown", *plain(600))
    write(tmp_path / "grown", *plain(9_000))
    write(tmp_path / "fresh", *plain(9_000))

    assert tree(tmp_path / "grown") == tree(tmp_path / "fresh")


@pytest.mark.parametrize("step", range(1, 5))
def test_a_kill_at_any_rename_leaves_a_reader_that_opens(tmp_path: Path, step: int) -> None:
    write(tmp_path, *plain(600))
    program = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from tests.exporter.writers.test_html import plain, write\n"
        "left = [int(sys.argv[2])]\n"
        "def hear(event, given):\n"
        "    if event == 'os.rename':\n"
        "        left[0] -= 1\n"
        "        if not left[0]:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
        "sys.addaudithook(hear)\n"
        "write(Path(sys.argv[1]), *plain(9_000))\n"
    )

    killed = subprocess.run(
        [sys.executable, "-c", program, tmp_path, str(step)], check=False, timeout=100
    )

    assert killed.returncode in (-signal.SIGKILL, 0)
    assert len(ReaderFolder(tmp_path / "index.html").ids) in (600, 9_000)
    write(tmp_path, *plain(700))
    assert ReaderFolder(tmp_path / "index.html").ids == list(range(1, 701))
    assert not [path for path in tmp_path.rglob("*") if path.name.startswith(".")]


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("photos/photo_1.jpg", None),
        ("files/song.MP3", None),
        ("files/page.html", "attachments/files_page.html.bin"),
        ("files/picture.svg", "attachments/files_picture.svg.bin"),
        ("files/nothing", "attachments/files_nothing.bin"),
        ("stickers/a.tgs", "attachments/stickers_a.tgs.bin"),
        ("files/notes.log", "attachments/files_notes.log.bin"),
    ],
)
def test_only_endings_known_to_be_safe_keep_their_names(path: str, name: str | None) -> None:
    assert second_name(path) == name


def test_a_long_name_stays_one_that_every_system_takes() -> None:
    one, other = (second_name(f"files/{'ы' * 120}{end}.html") for end in "ab")

    assert one is not None
    assert one != other
    assert all(len(part.encode()) <= 255 for part in one.split("/"))


def test_records_name_the_second_path(tmp_path: Path) -> None:
    record = replace(
        record_of(in_group(1)),
        kind="file",
        media=File(document_id=1, name="x.html", path="files/x.html"),
        custom_emoji=(CustomEmoji(document_id=3, path="custom_emoji/3.tgs"),),
    )

    found = only(write(tmp_path, record))

    assert found.extras["media"]["bin"] == "attachments/files_x.html.bin"
    assert found.extras["custom_emoji"][0]["bin"] == "attachments/custom_emoji_3.tgs.bin"


def test_pictures_and_neighbours_are_named(tmp_path: Path) -> None:
    beside = Beside(files=("result.json",), avatars={GROUP.id: "profile_pictures/photo_1.jpg"})

    read = write(tmp_path, *plain(1), around=Around(own_ids=(101,), language="ru"), beside=beside)

    assert read.meta["chat"]["avatar"] == "profile_pictures/photo_1.jpg"
    assert read.meta["formats"] == ["result.json"]
    assert (read.meta["own"], read.meta["lang"]) == ([101], "ru")
    assert '<html lang="ru"' in read.page
