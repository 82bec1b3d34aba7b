"""Zips that fit into messages: each opens by itself, and all together hold every file once."""

from __future__ import annotations

import random
from pathlib import Path
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exporter.errors import JobError
from exporter.packing import Packing, Part, files_of, key_of

KIB = 1024


def make(folder: Path, files: dict[str, int], *, seed: int = 1) -> dict[str, bytes]:
    """Fill a folder with files of so many bytes that nothing can compress."""
    dice = random.Random(seed)
    made = {}
    for name, size_bytes in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        made[name] = dice.randbytes(size_bytes)
        path.write_bytes(made[name])
    return made


def pack(folder: Path, outbox: Path, name: str, limit_bytes: int) -> list[Part]:
    packing = Packing(folder, outbox, limit_bytes)
    for path in files_of(folder):
        packing.add(path)
    return packing.finish(name)


def unpacked(parts: list[Part]) -> dict[str, bytes]:
    """What the zips hold, each opened by itself."""
    found: dict[str, bytes] = {}
    for part in parts:
        with ZipFile(part.path) as opened:
            assert opened.testzip() is None
            for name in opened.namelist():
                assert name not in found, f"{name} is packed twice"
                found[name] = opened.read(name)
    return found


def test_a_small_export_is_one_zip(tmp_path: Path) -> None:
    made = make(tmp_path / "chat", {"result.json": 900, "photos/photo_1.jpg": 5_000})

    parts = pack(tmp_path / "chat", tmp_path / "out", "Alpine", 50 * KIB)

    assert [part.path.name for part in parts] == ["Alpine.zip"]
    assert unpacked(parts) == made


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sizes=st.lists(st.integers(0, 9 * KIB), min_size=1, max_size=40),
    limit=st.integers(10 * KIB, 40 * KIB),
)
def test_every_zip_is_within_the_limit_and_every_file_is_in_one_of_them(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[int], limit: int
) -> None:
    folder = tmp_path_factory.mktemp("pack")
    names = {f"photos/photo_{number}.jpg": size for number, size in enumerate(sizes)}
    made = make(folder / "chat", {"result.json": 2_000, **names})

    parts = pack(folder / "chat", folder / "out", "Alpine", limit)

    assert unpacked(parts) == made
    assert all(part.path.stat().st_size == part.size_bytes <= limit for part in parts)
    assert all(part.note is None for part in parts)
    names_given = [part.path.name for part in parts]
    if len(parts) > 1:
        count = len(parts)
        assert names_given == [f"Alpine ({n} of {count}).zip" for n in range(1, count + 1)]
    assert sorted(path.name for path in (folder / "out").iterdir()) == sorted(names_given)


def test_a_single_file_over_the_limit_is_cut_and_says_how_to_join_it(tmp_path: Path) -> None:
    made = make(
        tmp_path / "chat",
        {"result.json": 900, "video_files/long.mp4": 130 * KIB, "video_files/short.mp4": 4_000},
    )

    parts = pack(tmp_path / "chat", tmp_path / "out", "Alpine", 50 * KIB)

    cut = [part for part in parts if part.note]
    assert [part.path.name for part in cut] == [
        f"Alpine (2 of 3).zip.{n:03}" for n in range(1, len(cut) + 1)
    ]
    assert all(part.size_bytes <= 50 * KIB for part in parts)
    assert all("Alpine (2 of 3).zip.001 with 7-Zip" in (part.note or "") for part in cut)
    joined = tmp_path / "joined.zip"
    joined.write_bytes(b"".join(part.path.read_bytes() for part in cut))
    whole = [Part(path=joined, size_bytes=joined.stat().st_size)]
    assert unpacked([part for part in parts if not part.note] + whole) == made


def test_a_text_that_shrinks_below_the_limit_is_not_cut(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "result.json").write_text("the same again " * 20_000)

    (part,) = pack(tmp_path / "chat", tmp_path / "out", "Alpine", 50 * KIB)

    assert part.size_bytes < 50 * KIB
    assert part.note is None


def test_neither_unfinished_files_nor_links_are_packed(tmp_path: Path) -> None:
    made = make(tmp_path / "chat", {"result.json": 900})
    make(tmp_path / "chat", {".result.json.part": 10})
    make(tmp_path, {"secret": 10})
    (tmp_path / "chat" / "link").symlink_to(tmp_path / "secret")

    assert unpacked(pack(tmp_path / "chat", tmp_path / "out", "Alpine", 50 * KIB)) == made


def test_an_empty_folder_is_explained(tmp_path: Path) -> None:
    (tmp_path / "chat").mkdir()

    with pytest.raises(JobError, match="nothing to send"):
        pack(tmp_path / "chat", tmp_path / "out", "Alpine", 50 * KIB)


def test_the_key_changes_with_any_file(tmp_path: Path) -> None:
    make(tmp_path / "chat", {"result.json": 900})
    before = key_of(tmp_path / "chat", 100)

    assert key_of(tmp_path / "chat", 100) == before
    assert key_of(tmp_path / "chat", 200) != before
    make(tmp_path / "chat", {"photos/photo_1.jpg": 0})
    assert key_of(tmp_path / "chat", 100) != before
