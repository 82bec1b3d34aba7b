"""Pictures show every name in some way, are the same each time, and tell nothing of the machine."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path
from struct import unpack

import pytest
from matplotlib.ft2font import FT2Font

from exporter.config import ExporterConfig
from exporter.errors import JobError
from exporter.stats.figures import CUSTOM, PAID, Day, Figures, Given, Kind, Word, Writer
from exporter.stats.lettering import EMOJI, legible
from exporter.stats.orders import Order, read_order, write_order
from exporter.stats.pictures import PROGRAM, UNFINISHED, draw
from exporter.stats.telling import Chart
from storage.threads import Threads

NAMES = (
    "李小龙",
    "محمد علي",
    "דוד כהן",
    "👑 Kristina 👩‍👩‍👧",
    "𝓙𝓸𝓱𝓷 𝓓𝓸𝓮",
    "प्रिया शर्मा",
    "$\\frac{1}{0}$ $x$",
    "\u202etxt.exe\u0000\n",
    "한국어 이름",
    "\U000e0001",
)
FIGURES = Figures(
    chat_id=-1001,
    title="$Alpine$ Hikers 🏔 山",
    zone="Europe/Berlin",
    messages=5_000,
    days=[Day(date(2026, 1, 1) + timedelta(days=n), n % 7) for n in range(90)],
    hours=[[hour * day for hour in range(24)] for day in range(7)],
    writers=[Writer(n, name, 900 - n) for n, name in enumerate(NAMES)],
    writers_total=300,
    media=[Kind("photo", 20, 3_000_000), Kind("paid_media", 1, 0)],
    words=[Word(word, 9) for word in ("hut", "палатка", "$$", "山小屋")],
    reactions=[Given(emoji, 3) for emoji in ("👍", "❤‍🔥", "🤷‍♂", "🇩🇪", CUSTOM, PAID)],
    reactions_total=18,
)


@pytest.fixture
async def threads() -> AsyncIterator[Threads]:
    pool = Threads()
    yield pool
    pool.close()


@pytest.fixture
def config(tmp_path: Path) -> ExporterConfig:
    return ExporterConfig(
        database_url="", data_dir=tmp_path / "data", export_dir=tmp_path, zone=UTC
    )


async def drawn(
    figures: Figures, folder: Path, config: ExporterConfig, threads: Threads, kind: str = "png"
) -> dict[str, bytes]:
    """Pictures as the phone gets them, or as the reader does, light and dark."""
    pictures = await draw(
        figures,
        folder,
        looks=("light",) if kind == "png" else ("light", "dark"),
        spoken="ru",
        kind=kind,
        config=config,
        threads=threads,
    )
    return {path.name: path.read_bytes() for picture in pictures for path in picture.paths.values()}


def test_any_name_is_shown_in_letters_that_there_are() -> None:
    plain = [legible(name) for name in NAMES]

    assert plain[:3] == ["LiXiaoLong", "محمد علي", "דוד כהן"]
    assert plain[4] == "John Doe"
    assert plain[6:] == ["$\\frac{1}{0}$ $x$", "txt.exe", "HanGugEo ILeum", "?"]
    emoji = FT2Font(str(EMOJI)).get_charmap()
    assert all(ord(char) in emoji for char in plain[3] if char not in " Kristna")
    assert legible("Александр Константинопольский") == "Александр Констан…"


def test_no_name_breaks_a_picture_or_leaves_a_box(tmp_path: Path) -> None:
    """A warning, as matplotlib gives of letters that no font has, ends the process here."""
    order = Order(
        figures=FIGURES,
        charts=list(Chart),
        looks=["light"],
        language="en",
        format="png",
        folder=str(tmp_path),
    )
    assert read_order(write_order(order)) == order

    done = subprocess.run(
        [sys.executable, "-W", "error::UserWarning", "-m", PROGRAM],
        input=write_order(order),
        capture_output=True,
        env={"MPLCONFIGDIR": str(tmp_path / "cache")},
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    pictures = sorted(tmp_path.glob("*.png"))
    assert [path.stem for path in pictures] == list(Chart)
    assert all(unpack(">II", path.read_bytes()[16:24]) == (1080, 1080) for path in pictures)


@pytest.mark.parametrize("kind", ["png", "svg"])
async def test_the_same_figures_make_the_same_bytes(
    tmp_path: Path, config: ExporterConfig, threads: Threads, kind: str
) -> None:
    first = await drawn(FIGURES, tmp_path / "first", config, threads, kind)
    second = await drawn(FIGURES, tmp_path / "second", config, threads, kind)

    assert first == second
    assert len(first) == (6 if kind == "png" else 12)
    whole = b"".join(first.values())
    assert b"matplotlib.org" not in whole
    assert b"dc:date" not in whole
    assert b"<text" not in whole, "letters are drawn, since a reader may lack our fonts"


async def test_what_there_is_nothing_to_show_of_goes_and_other_files_stay(
    tmp_path: Path, config: ExporterConfig, threads: Threads
) -> None:
    await drawn(FIGURES, tmp_path, config, threads)
    (tmp_path / "mine.png").write_bytes(b"mine")
    fewer = replace(FIGURES, media=(), reactions=())

    await drawn(fewer, tmp_path, config, threads)

    left = {path.stem for path in tmp_path.glob("*.png")}
    assert left == {"mine", "1-time", "2-hours", "3-writers", "5-words"}
    assert not (tmp_path / UNFINISHED).exists()


async def test_an_empty_chat_is_refused_with_a_sentence(
    tmp_path: Path, config: ExporterConfig, threads: Threads
) -> None:
    empty = replace(
        FIGURES, messages=0, days=(), writers=(), writers_total=0, media=(), words=(), reactions=()
    )

    with pytest.raises(JobError, match="There are no messages to count"):
        await drawn(empty, tmp_path, config, threads)


async def test_a_cancelled_drawing_leaves_neither_a_process_nor_a_file(
    tmp_path: Path, config: ExporterConfig, threads: Threads
) -> None:
    folder = tmp_path / "pictures"
    work = asyncio.create_task(drawn(FIGURES, folder, config, threads))
    while not (folder / UNFINISHED).exists():
        await asyncio.sleep(0)

    work.cancel()
    await asyncio.wait([work])

    assert work.cancelled()
    assert list(folder.iterdir()) == []


def test_nothing_that_draws_is_loaded_before_it_is_needed() -> None:
    program = (
        "import sys, exporter.runner, exporter.stats_command\n"
        "print(sorted({'matplotlib', 'numpy', 'anyascii'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)

    assert done.stdout.strip() == b"[]"
