"""A chat in several files of a format: each whole, none of an earlier time left, names safe."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from exporter import options
from exporter.errors import CommandError, JobError
from exporter.media.safe_names import safe_name
from exporter.records import Record
from exporter.writers import writer_for
from exporter.writers.parts import AWAKE
from exporter.writers.splitting import UNSPLIT, By, Label, Split, name_for, split_of
from storage.formats import IN_PARTS
from storage.models import ChatInfo, ExportRequest
from tests.exporter.convert.making import GROUP, WINTER
from tests.exporter.writers.corpus import HOSTILE, HOSTILE_CHATS, hostile, plain
from tests.exporter.writers.reading import READERS, ids_in
from tests.exporter.writers.test_writers import files_in

ZONE = ZoneInfo("Asia/Tashkent")
SPLITS = [
    Split(By.COUNT, 100),
    Split(By.SIZE, 1024 * 1024),
    Split(By.DAY),
    Split(By.MONTH),
    Split(By.TOPIC),
]


def spread(count: int) -> Iterator[Record]:
    """Messages two hours apart, in more topics than are open at once."""
    for record in plain(count):
        topic = record.id % (2 * AWAKE + 1)
        yield replace(
            record,
            date=WINTER + timedelta(hours=2 * record.id),
            topic_id=topic or None,
            topic=f"Topic {topic}" if topic else None,
        )


def write(
    name: str,
    folder: Path,
    records: Iterable[Record],
    split: Split = UNSPLIT,
    *,
    template: str | None = None,
    chat: ChatInfo = GROUP,
) -> list[str]:
    """Write a chat; the names of the files that lie there then, without those that are hidden."""
    writer = writer_for(name, folder, ZONE, split=split, template=template)
    writer.begin(chat)
    for record in records:
        writer.message(record)
    first = writer.end()
    assert first.is_file()
    shown = [path for path in files_in(folder) if not Path(path).name.startswith(".")]
    return [path.removeprefix("markdown/") for path in shown]


@pytest.mark.parametrize("name", IN_PARTS)
class TestEveryFormatInParts:
    @pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.by)
    def test_every_message_is_in_one_part_and_each_part_is_a_file_of_the_format(
        self, name: str, split: Split, tmp_path: Path
    ) -> None:
        write(name, tmp_path, spread(500), split)

        found = ids_in(name, tmp_path)
        assert sorted(found) == list(range(1, 501))
        if split.by is not By.TOPIC:
            assert found == sorted(found)

    @pytest.mark.parametrize("split", SPLITS, ids=lambda split: split.by)
    def test_two_renders_are_the_same(self, name: str, split: Split, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            write(name, tmp_path / folder, spread(120), split)

        assert files_in(tmp_path / "a") == files_in(tmp_path / "b")

    def test_parts_that_are_not_written_any_more_go_and_others_files_stay(
        self, name: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "markdown" if name == "markdown" else tmp_path
        folder.mkdir(exist_ok=True)
        (folder / "mine.json").write_text("{}")
        write(name, tmp_path, spread(700), Split(By.COUNT, 100))
        write(name, tmp_path, spread(300), Split(By.COUNT, 100))
        (folder / "mine.json").rename(tmp_path / "mine.txt")
        assert ids_in(name, tmp_path) == list(range(1, 301))

        write(name, tmp_path, spread(300), Split(By.TOPIC), template="{topic}")
        assert sorted(ids_in(name, tmp_path)) == list(range(1, 301))

        left = write(name, tmp_path, spread(50))
        assert ids_in(name, tmp_path) == list(range(1, 51))
        assert "mine.txt" in left
        if name != "markdown":
            assert len(left) == 2
            assert not [path for path in files_in(tmp_path) if path.endswith(".parts")]

    def test_nothing_is_left_of_an_aborted_attempt(self, name: str, tmp_path: Path) -> None:
        write(name, tmp_path, spread(300), Split(By.TOPIC))
        before = files_in(tmp_path)
        writer = writer_for(name, tmp_path, ZONE, split=Split(By.TOPIC))
        writer.begin(GROUP)
        for record in spread(100):
            writer.message(record)
        writer.abort()
        writer.abort()

        assert files_in(tmp_path) == before

    def test_an_attempt_that_another_one_overtook_gives_up(self, name: str, tmp_path: Path) -> None:
        slow, fast = (writer_for(name, tmp_path, ZONE, split=Split(By.TOPIC)) for _ in range(2))
        slow.begin(GROUP)
        for record in spread(100):
            slow.message(record)
        fast.begin(GROUP)
        for record in spread(100):
            fast.message(record)
        with pytest.raises(JobError, match="Another export is writing"):
            slow.end()
        slow.abort()
        fast.end()

        assert sorted(ids_in(name, tmp_path)) == list(range(1, 101))

    def test_hostile_titles_stay_in_the_folder(self, name: str, tmp_path: Path) -> None:
        for number, chat in enumerate(HOSTILE_CHATS[:4] + HOSTILE_CHATS[-7:]):
            folder = tmp_path / str(number)
            template = "{chat} {topic}"
            names = write(name, folder, hostile(), Split(By.TOPIC), template=template, chat=chat)

            assert len(names) == len(hostile())
            assert all(safe_name(each) == each for each in names)


@pytest.mark.parametrize("name", IN_PARTS)
def test_a_part_that_is_written_takes_little_memory(name: str, tmp_path: Path) -> None:
    peaks = []
    for count in (4_000, 6_000):  # more than is remembered in either
        writer = writer_for(name, tmp_path / str(count), ZONE, split=Split(By.COUNT, 100))
        tracemalloc.start()
        writer.begin(GROUP)
        for record in plain(count):
            writer.message(record)
        writer.end()
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert peaks[1] < peaks[0] + 20 * 10_000


def test_a_size_is_not_exceeded(tmp_path: Path) -> None:
    long = (replace(each, topic="x" * 60_000, topic_id=1) for each in plain(120))

    names = write("jsonl", tmp_path, long, Split(By.SIZE, 2 * 1024 * 1024))

    assert names == [f"messages {part:03}.jsonl" for part in range(1, 5)]
    assert all((tmp_path / each).stat().st_size <= 2 * 1024 * 1024 for each in names)


def test_a_part_of_result_json_is_a_result_json(tmp_path: Path) -> None:
    names = write("json", tmp_path, spread(250), Split(By.COUNT, 100))

    assert names == ["result 001.json", "result 002.json", "result 003.json"]
    for name in names:
        told = json.loads((tmp_path / name).read_text("utf-8"))
        assert (told["name"], told["type"], told["id"]) == (
            "Garden club",
            "private_supergroup",
            700,
        )


def test_a_message_that_claims_to_be_older_stays_behind_the_one_before_it(tmp_path: Path) -> None:
    dates = [WINTER, WINTER + timedelta(days=40), WINTER, WINTER + timedelta(days=80)]
    records = [replace(each, date=date) for each, date in zip(plain(4), dates, strict=True)]

    names = write("jsonl", tmp_path, records, Split(By.MONTH))

    assert names == [f"messages 2025-0{month}.jsonl" for month in (1, 2, 4)]
    assert ids_in("jsonl", tmp_path) == [1, 2, 3, 4]


def test_topics_whose_titles_are_one_name_to_some_system_have_files_of_their_own(
    tmp_path: Path,
) -> None:
    titles = ("Seeds", "seeds", "Seeds?", None)
    records = [
        replace(each, topic_id=each.id if title else None, topic=title)
        for each, title in zip(plain(4), titles, strict=True)
    ]

    names = write("csv", tmp_path, records, Split(By.TOPIC))

    assert names == [
        "messages General.csv",
        "messages Seeds (2).csv",
        "messages Seeds.csv",
        "messages seeds (1).csv",
    ]


def test_a_name_without_a_split_is_that_of_the_one_file(tmp_path: Path) -> None:
    assert write("json", tmp_path, plain(3)) == ["result.json"]
    assert write("json", tmp_path, plain(3), template="{chat}") == ["Garden club.json"]
    assert write("json", tmp_path, ()) == ["result.json"]


def test_no_part_takes_the_name_of_the_list_of_members(tmp_path: Path) -> None:
    assert write("jsonl", tmp_path, plain(1), template="Members") == ["Members (1).jsonl"]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_name_is_safe_whatever_the_title(title: str) -> None:
    name = name_for("{chat} {topic} {part}", ".json", chat=title, label=Label(part=7, topic=title))

    assert safe_name(name) == name
    assert name.endswith(" 007.json")
    assert len(name.encode()) <= 200
    assert not set(name) & set("#^[]|/\\")


@pytest.mark.parametrize(
    ("text", "split"),
    [
        (None, UNSPLIT),
        ("50MB", Split(By.SIZE, 50 * 1024 * 1024)),
        ("1.5 GiB", Split(By.SIZE, 1536 * 1024 * 1024)),
        ("10000", Split(By.COUNT, 10_000)),
        (" Month ", Split(By.MONTH)),
        ("day", Split(By.DAY)),
        ("topic", Split(By.TOPIC)),
    ],
)
def test_what_a_split_means(text: str | None, split: Split) -> None:
    assert split_of(text) == split


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"split": "weekly"}, "--split takes a size (50MB), a number of messages (10000), day,"),
        ({"split": "1.5"}, "--split takes a size"),
        ({"split": "-5"}, "--split takes a size"),
        ({"split": "10"}, "--split makes files of 100 messages or more."),
        ({"split": "5KB"}, "--split makes files of 1MB or more."),
        ({"name": "{chat"}, "--name may hold {chat}, {date}, {topic} and {part}, not {{}}."),
        ({"name": "{chat.__class__}"}, "not {chat.__class__}."),
        ({"name": "{chat:>99}"}, "--name may hold"),
        ({"name": "{title}"}, "not {title}."),
        ({"name": "{chat} {chat}"}, "once."),
        ({"name": "{date}"}, "{date} in --name goes with --split day or --split month."),
        ({"name": "{part}"}, "{part} in --name goes with --split."),
        ({"name": "{topic} {part}", "split": "500"}, "{topic} in --name goes with --split topic."),
        ({"name": "{chat}", "split": "500"}, "every file needs a name of its own: put {part}"),
        ({"name": "{chat}", "split": "day"}, "put {date} or {part} into --name."),
        ({"name": "x" * 61}, "--name may have 60 bytes at most."),
        ({"name": "{chat}", "formats": ("markdown",)}, "--name goes with --split, such as"),
        ({"split": "day", "formats": ("json", "other")}, "other is always written whole"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(asked: dict[str, object], says: str) -> None:
    request = ExportRequest(chat="x", **asked)  # type: ignore[arg-type]

    with pytest.raises(CommandError) as raised:
        options.check_split(request, ("json", "jsonl"))

    assert says in str(raised.value)


def test_every_format_in_parts_can_be_read_back() -> None:
    assert set(IN_PARTS) <= set(READERS)
