"""Names of files: Telegram Desktop's, and safe on every system."""

from __future__ import annotations

import tracemalloc
import unicodedata
from datetime import UTC, datetime, timedelta, timezone
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pathvalidate import is_valid_filename

from exporter.media.names import FileNames
from exporter.media.safe_names import folded, numbered, safe_name
from exporter.media.taken import Taken
from storage.media import FileKey
from tests.real_exports import read_export, real_export

NOON = datetime(2024, 5, 6, 12, 0, 9, tzinfo=UTC)
TWO_HOURS_EAST = timezone(timedelta(hours=2))

HOSTILE = [
    "",
    ".",
    "..",
    "...",
    " ",
    "/",
    "../../etc/passwd",
    "..\\..\\windows\\system32\\x.dll",
    "C:\\autoexec.bat",
    "/etc/passwd",
    "a\0b.txt",
    "line\nbreak\r.txt",
    "invoice\u202efdp.exe",
    "\u2067right\u2069.pdf",
    "CON",
    "con.txt",
    "Nul .tar.gz",
    "COM1",
    "lpt¹.log",
    "conin$",
    "aux.",
    "trailing dot.",
    "trailing space ",
    "trailing nbsp\u00a0",
    " leading",
    ".hidden",
    ".chatkeep-0123.part",
    'a<b>c:d"e|f?g*h',
    "\ud800lone\udfff.txt",
    "\ufeffbom.txt",
    "\ufffe",
    "Ж" * 300 + ".pdf",
    "e\u0301" * 200 + ".txt",
    "\u0390" * 150,
    "👨\u200d👩\u200d👧.mp4",
    "x" * 300,
    "x." + "y" * 300,
    "." * 300,
    "한글" * 100 + ".hwp",
    "a" * 170 + " . .jpg",
]

names = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=300),
    st.text(alphabet="aA.ßſıİKkÅåé\u0301 ./\\:\0\u202e\u200d1()", max_size=12),
)
kinds = st.sampled_from(
    ["photo", "video_file", "file", "sticker", "voice_message", "story", "link_preview", "game"]
)


def is_safe(name: str) -> bool:
    """Whether Linux, macOS and Windows can all hold a name, by their own rules."""
    apart = unicodedata.normalize("NFD", name)
    return (
        0 < len(name.encode()) <= 255
        and len(apart.encode("utf-16-le")) // 2 <= 255
        and not set(name) & set('<>:"/\\|?*')
        and not any(ord(letter) < 32 or ord(letter) == 127 for letter in name)
        and not any(letter in "\u200e\u200f\u061c\ufeff" for letter in name)
        and not any("\u202a" <= letter <= "\u202e" for letter in name)
        and not any("\u2066" <= letter <= "\u2069" for letter in name)
        and name[-1] not in ". \u00a0"
        and name[0] not in ". "
        and not PureWindowsPath(name).is_reserved()
        and PureWindowsPath(name).name == name
    )


def ways_to_confuse(path: str) -> set[str]:
    """What a system may make of a path: folded in some way, composed or apart."""
    return {
        unicodedata.normalize(form, fold(unicodedata.normalize("NFD", path)))
        for form in ("NFC", "NFD")
        for fold in (str.lower, str.upper, str.casefold)
    }


def name_all(named: FileNames, files: list[tuple[str, str | None]]) -> list[str]:
    return [
        named.name_for(FileKey(number), kind=kind, date=NOON, file_name=name)
        for number, (kind, name) in enumerate(files)
    ]


@given(names)
def test_a_safe_name_can_be_used_everywhere_or_is_empty(name: str) -> None:
    safe = safe_name(name)

    assert safe == "" or is_safe(safe)
    assert safe == "" or is_valid_filename(safe, platform="universal", max_len=255)


@given(names)
def test_a_safe_name_stays_as_it_is(name: str) -> None:
    safe = safe_name(name)

    assert safe_name(safe) == safe


@given(names, st.integers(min_value=1, max_value=10**7))
def test_a_numbered_safe_name_with_a_thumbnail_is_safe_too(name: str, number: int) -> None:
    if safe := safe_name(name):
        assert is_safe(f"{numbered(safe, number)}_thumb.jpg")


@given(st.lists(st.tuples(kinds, st.none() | names), max_size=40))
@example([("file", name) for name in HOSTILE])
@example([("file", "straße.txt"), ("file", "STRASSE.TXT"), ("file", "ſtrasse.txt")])
@example([("file", "\u212a.txt"), ("file", "k.txt"), ("file", "K.txt")])
@example([("file", "file_1@06-05-2024_12-00-09.unknown"), ("file", None)])
@example([("file", "a (1).txt"), ("file", "a.txt"), ("file", "A.txt"), ("file", "a.TXT")])
def test_paths_are_safe_stay_in_the_folder_and_differ_on_every_system(
    files: list[tuple[str, str | None]],
) -> None:
    paths = name_all(FileNames(UTC), files)

    seen: set[str] = set()
    for path in paths:
        folder, name = path.split("/")
        assert is_safe(folder)
        assert is_safe(name)
        assert PurePosixPath(path).parts == PureWindowsPath(path).parts == (folder, name)
        confused = ways_to_confuse(path)
        assert not confused & seen
        seen |= confused


@given(st.lists(st.tuples(kinds, st.none() | names), max_size=20))
def test_the_same_files_in_the_same_order_have_the_same_paths(
    files: list[tuple[str, str | None]],
) -> None:
    assert name_all(FileNames(UTC), files) == name_all(FileNames(UTC), files)


@given(st.text(alphabet="aAıIİißsſé\u0301ÉKk\u212a", max_size=8))
def test_what_a_system_may_confuse_is_folded_to_the_same(name: str) -> None:
    assert len({folded(confused) for confused in ways_to_confuse(name)} | {folded(name)}) == 1


@pytest.mark.parametrize(
    ("kind", "given", "path"),
    [
        ("photo", {}, "photos/photo_1@06-05-2024_14-00-09.jpg"),
        ("voice_message", {"mime_type": "audio/ogg"}, "voice_messages/audio_1@{}.ogg"),
        ("voice_message", {"mime_type": "audio/mp3"}, "voice_messages/audio_1@{}.mp3"),
        ("video_file", {"mime_type": "video/mp4"}, "video_files/video_1@{}.mp4"),
        ("video_file", {}, "video_files/video_1@{}.mov"),
        ("video_message", {"mime_type": "video/mp4"}, "round_video_messages/file_1@{}.mp4"),
        ("animation", {"file_name": "giphy.mp4"}, "animations/giphy.mp4"),
        ("sticker", {"file_name": "sticker.webp"}, "stickers/sticker.webp"),
        ("audio_file", {"file_name": "song.mp3"}, "files/song.mp3"),
        ("file", {"file_name": "Отчёт за май.pdf"}, "files/Отчёт за май.pdf"),
        ("file", {"mime_type": "application/pdf"}, "files/file_1@{}.pdf"),
        ("file", {"mime_type": "application/x-unheard"}, "files/file_1@{}.unknown"),
        ("story", {"mime_type": "video/mp4"}, "stories/story_1@{}.mp4"),
        ("story", {}, "stories/story_1@{}.jpg"),
        ("profile_photo", {}, "profile_pictures/photo_1@{}.jpg"),
        ("something new", {"file_name": "x.bin"}, "files/x.bin"),
    ],
)
def test_files_lie_where_telegram_desktop_puts_them(
    kind: str, given: dict[str, Any], path: str
) -> None:
    named = FileNames(TWO_HOURS_EAST)

    found = named.name_for(FileKey(1), kind=kind, date=NOON, **given)

    assert found == path.format("06-05-2024_14-00-09")


def test_files_without_a_name_are_counted_as_telegram_desktop_counts_them() -> None:
    named = FileNames(UTC)

    def name(number: int, kind: str) -> str:
        return named.name_for(FileKey(number), kind=kind, date=NOON, mime_type="video/mp4")

    assert name(1, "video_message").startswith("round_video_messages/file_1@")
    assert name(2, "file").startswith("files/file_2@")
    assert name(3, "video_file").startswith("video_files/video_1@")
    assert name(4, "link_preview").startswith("link_previews/file_1@")
    assert name(5, "file").startswith("files/file_3@")


def test_equal_names_are_numbered_before_the_first_dot() -> None:
    files: list[tuple[str, str | None]] = [("file", "a.tar.xz"), ("file", "A.tar.xz")]
    files += [("file", "a.tar.xz"), ("sticker", "a.tar.xz"), ("file", "no dot")] * 2

    assert name_all(FileNames(UTC), files) == [
        "files/a.tar.xz",
        "files/A (1).tar.xz",
        "files/a (2).tar.xz",
        "stickers/a.tar.xz",
        "files/no dot",
        "files/a (3).tar.xz",
        "stickers/a (1).tar.xz",
        "files/no dot (1)",
    ]


def test_a_file_in_many_messages_has_one_path_and_each_counts() -> None:
    named = FileNames(UTC)
    paths = [named.name_for(FileKey(key), kind="photo", date=NOON) for key in (7, 7, 8, 7)]

    assert paths[0] == paths[1] == paths[3] == "photos/photo_1@06-05-2024_12-00-09.jpg"
    assert paths[2] == "photos/photo_3@06-05-2024_12-00-09.jpg"


def test_a_thumbnail_lies_beside_its_document() -> None:
    named = FileNames(UTC)
    paths = [
        named.name_for(FileKey(key, variant), kind="video_file", date=NOON, file_name="1.mp4")
        for key in (1, 2)
        for variant in ("", "thumb")
    ]

    assert paths == [
        "video_files/1.mp4",
        "video_files/1.mp4_thumb.jpg",
        "video_files/1 (1).mp4",
        "video_files/1 (1).mp4_thumb.jpg",
    ]


def test_a_thumbnail_without_its_document_leaves_room_for_it() -> None:
    named = FileNames(UTC)

    def name(variant: str) -> str:
        key = FileKey(1, variant)
        return named.name_for(key, kind="video_file", date=NOON, file_name="1.mp4")

    assert name("thumb") == "video_files/1.mp4_thumb.jpg"
    assert name("") == "video_files/1.mp4"


def test_a_name_that_imitates_a_given_one_does_not_take_its_place() -> None:
    named = FileNames(UTC)
    imitated = "file_2@06-05-2024_12-00-09.unknown"
    files = [("file", None), ("file", imitated), ("file", None)]

    assert name_all(named, files)[1:] == [
        f"files/{imitated}",
        "files/file_2@06-05-2024_12-00-09 (1).unknown",
    ]


def test_many_equal_names_are_numbered_without_a_gap() -> None:
    paths = name_all(FileNames(UTC), [("video_file", "1.mp4")] * 3000)

    assert paths[1:] == [f"video_files/1 ({number}).mp4" for number in range(1, 3000)]


def test_a_hundred_thousand_names_take_little_memory() -> None:
    named = FileNames(UTC)
    tracemalloc.start()
    try:
        for number in range(100_000):
            name = f"a document of the year, number {number}.pdf"
            named.name_for(FileKey(number), kind="file", date=NOON, file_name=name)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert taken < 12 * 1024 * 1024


@given(st.lists(st.text(max_size=5), max_size=50), st.text(max_size=5))
def test_what_was_taken_is_taken(texts: list[str], other: str) -> None:
    taken = Taken()
    for text in texts:
        taken.add(text.encode(errors="replace").decode())

    assert all(text.encode(errors="replace").decode() in taken for text in texts)
    assert (other.encode(errors="replace").decode() in taken) == (
        other.encode(errors="replace").decode()
        in {text.encode(errors="replace").decode() for text in texts}
    )


def test_taken_names_stay_taken_while_the_table_grows() -> None:
    taken = Taken()
    for number in range(10_000):
        taken.add(str(number))

    assert len(taken) == 10_000
    assert all(str(number) in taken for number in range(10_000))
    assert not any(str(number) in taken for number in range(10_000, 20_000))


@pytest.mark.parametrize("export", ["video-channel", "study-forum"])
def test_names_of_real_chats_stay_as_their_senders_gave_them(export: str) -> None:
    messages = read_export(real_export(export))["messages"]
    files = [message for message in messages if "file" in message]
    named = FileNames(UTC)

    changed = []
    for message in files:
        kind, name = message.get("media_type", "file"), message.get("file_name")
        path = named.name_for(FileKey(message["id"]), kind=kind, date=NOON, file_name=name)
        folder = "round_video_messages" if kind == "video_message" else None
        assert folder is None or path.startswith(f"{folder}/")
        if name is not None:
            given = path.partition("/")[2]
            if given != name and not given.startswith(name.partition(".")[0] + " ("):
                changed.append((name, given))

    assert files
    assert all(
        unicodedata.normalize("NFC", name) != name or not is_safe(name) for name, _ in changed
    ), changed
