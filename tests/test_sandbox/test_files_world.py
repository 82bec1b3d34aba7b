"""The made-up files of a world: their bytes, who shares them, and the chats built of them."""

from __future__ import annotations

from collections import Counter
from hashlib import sha256
from typing import Any

import pytest
from telethon.tl import types

from tests.sandbox.__main__ import options, staged, told
from tests.sandbox.api.serving import AskedRange, Serving
from tests.sandbox.stage import MediaStage, media_made_up
from tests.sandbox.world import MIXED, World
from tests.sandbox.world.files import BLOCK, FORK_AT, PIECE, Blob, piece_hash
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.shelf import THUMB
from tests.sandbox.world.uploads import KINDS
from tests.sandbox.world.view import files_in, seen

MIB = 1024 * 1024


def test_a_blob_is_the_same_however_it_is_read() -> None:
    blob = Blob(42, 3 * MIB + 77, forked=43)
    whole = b"".join(blob.parts())

    assert len(whole) == blob.size_bytes
    assert whole == b"".join(blob.parts(100_000))
    for offset, length in ((0, 1), (BLOCK - 3, 7), (FORK_AT - 5, 10), (3 * MIB + 70, 500)):
        assert blob.read(offset, length) == whole[offset : offset + length]
    assert blob.read(blob.size_bytes + 5, 10) == b""
    assert blob.sha256() == sha256(whole).digest()
    assert piece_hash(blob, 3 * MIB) == sha256(whole[3 * MIB :]).digest()
    assert Blob(1, 0).sha256() == sha256(b"").digest()


def test_no_two_pieces_of_any_files_are_alike() -> None:
    pieces = [
        Blob(seed, MIB).read(offset, PIECE) for seed in (1, 2, 3) for offset in range(0, MIB, PIECE)
    ]
    assert len(set(pieces)) == len(pieces)


def test_files_of_the_same_size_differ() -> None:
    made = media_chat(World(), files=20, sizes=5_000, kinds=["file"], reuploads=0)
    assert len(set(made.truth().values())) == 20


@pytest.mark.parametrize("share", [0, 0.3, 0.95])
def test_re_uploads_have_their_share_of_bytes(share: float) -> None:
    made = media_chat(World(), files=1_000, sizes=(1_000, 40_000), reuploads=share)
    truth = made.truth()
    first: dict[bytes, int] = {}
    again = 0
    for upload in made.uploads:
        content = truth[upload.file_id, ""]
        again += upload.size_bytes if content in first else 0
        first.setdefault(content, upload.file_id)

    assert len({each.file_id for each in made.uploads}) == 1_000
    assert again == made.wasted_bytes
    assert made.wasted_bytes / made.total_bytes == pytest.approx(share, abs=0.005)


def test_forwarded_files_come_again_under_their_own_ids() -> None:
    made = media_chat(World(), files=300, sizes=900, reuploads=0, forwards=0.4)
    ids = [each.file_id for each in made.uploads]
    assert len(ids) == 300
    assert 150 < len(set(ids)) < 220
    assert made.total_bytes == 900 * len(set(ids))


def test_the_same_chat_is_built_wherever_it_is_made_up() -> None:
    def build() -> MediaStage:
        return media_made_up(files=60, seed=5, accounts=2)

    one, other = build(), build()
    assert one.media.truth(thumbs=True) == other.media.truth(thumbs=True)
    assert one.chat.message_ids == other.chat.message_ids
    assert [bytes(one.chat.message(each)) for each in one.chat.message_ids] == [
        bytes(other.chat.message(each)) for each in other.chat.message_ids
    ]
    assert one.media.truth() != media_made_up(files=60, seed=6).media.truth()


def test_every_kind_of_file_comes_and_some_messages_have_two() -> None:
    made = media_chat(World(), files=16 * 20, sizes=900, reuploads=0)
    assert {each.kind for each in made.uploads} == set(KINDS)
    counts: Counter[str] = Counter()
    for message_id, upload in zip(made.message_ids, made.uploads, strict=True):
        files = list(files_in(_carried(made.chat.message(message_id))))
        counts[upload.kind] = len(files)
        assert files[0].id == upload.file_id
    assert {kind for kind, number in counts.items() if number == 2} == {"live_photo", "video_cover"}
    assert set(counts.values()) == {1, 2}


def test_sizes_may_be_given_one_by_one() -> None:
    made = media_chat(World(), files=5, sizes=[10, 20, 3_000_000], kinds=["file"], reuploads=0)
    assert [each.size_bytes for each in made.uploads] == [10, 20, 3_000_000, 10, 20]
    shelf = made.chat.world.shelf
    assert [shelf.blob(each.file_id).size_bytes for each in made.uploads[:3]] == [10, 20, 3_000_000]


def test_the_truth_follows_what_is_deleted() -> None:
    made = media_chat(World(), files=4, sizes=900, kinds=["video"], reuploads=0, emoji=1)
    gone = made.uploads[1].file_id
    assert (gone, "") in made.truth()
    assert (gone, THUMB) in made.truth(thumbs=True)
    made.chat.delete(made.message_ids[1])
    assert not {(gone, ""), (gone, THUMB)} & made.truth(thumbs=True).keys()
    assert (made.emoji[0], "") in made.truth()


def test_a_file_is_declared_with_one_size_wherever_it_stands() -> None:
    """Stickers come again and again: always with the same still picture too."""
    world = World()
    chat = world.add_supergroup(messages=3_000, content=MIXED)
    declared: dict[tuple[int, str], int] = {}
    for message_id in chat.message_ids:
        message = seen(chat.message(message_id), chat, world.owner)
        for file in files_in(getattr(message, "media", None)):
            for variant, size_bytes in _declared(file):
                key = file.id, variant
                assert declared.setdefault(key, size_bytes) == size_bytes
                assert world.shelf.blob(*key).size_bytes == size_bytes
    assert len(declared) > 500


def test_the_command_line_builds_such_a_chat() -> None:
    words = ["--content", "media", "--files", "12", "--file-size", "40000"]
    words += ["--kinds", "photo,video", "--reuploads", "0", "--references", "30"]
    stage = staged(options(words))
    assert isinstance(stage, MediaStage)
    assert [each.size_bytes for each in stage.media.uploads] == [40_000] * 12
    assert {each.kind for each in stage.media.uploads} == {"photo", "video"}
    assert stage.world.references.lifetime_s == 30
    assert stage.word == "@gallery"
    assert stage.chat.photo is not None


def test_the_command_line_tells_how_much_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    files = Serving()
    told(files)
    assert capsys.readouterr().out == ""
    for _ in range(2):
        files.asked.append(AskedRange(7, "", 0, MIB, 900, 1, 2))
    told(files)
    assert capsys.readouterr().out.splitlines() == [
        "FILE_PARTS_ASKED=2",
        "FILE_BYTES_ASKED=1800",
        "FILE_PARTS_ASKED_TWICE=1",
        "FILE_HASHES_ASKED=0",
    ]


@pytest.mark.parametrize("words", [["--kinds", "photo,dance"], ["--file-size", "small"]])
def test_the_command_line_says_what_it_does_not_know(words: list[str]) -> None:
    with pytest.raises(SystemExit):
        options(words)


def _carried(message: Any) -> Any:
    return getattr(message, "media", None) or getattr(message, "action", None)


def _declared(file: Any) -> list[tuple[str, int]]:
    if isinstance(file, types.Photo):
        return [("", file.sizes[-1].size)]
    return [("", file.size), *((THUMB, each.size) for each in file.thumbs or ())]
