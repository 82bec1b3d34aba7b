"""What a terminal shows of a running export, and how it tells the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import redirect_stderr, suppress
from dataclasses import replace
from datetime import UTC, datetime
from io import FileIO
from typing import Any

import pytest

from exporter.console import Console, ending, size
from storage.models import (
    ChatInfo,
    ExportRequest,
    FileProgress,
    Job,
    JobKind,
    JobState,
    Phase,
    Progress,
    Summary,
)

CHAT = ChatInfo(id=-1001234567890, title="Alpine Hikers", type="private_supergroup")
FILM = FileProgress(name="film\x1b.mp4", done_bytes=30_000_000, size_bytes=60_000_000)


def job(**progress: Any) -> Job:
    return Job(
        id=7,
        kind=JobKind.EXPORT,
        state=JobState.RUNNING,
        request=ExportRequest(chat="@alpine"),
        progress=replace(Progress(phase=Phase.FETCHING, title="Alpine Hikers"), **progress),
        created_at=datetime(2026, 5, 3, tzinfo=UTC),
    )


def summary(**fields: Any) -> Summary:
    return replace(Summary(chat=CHAT, folder="/srv/exports", messages=10, new=10), **fields)


def shown_for(*jobs: Job) -> str:
    """What a terminal gets for jobs that are shown one after another."""
    master, slave = os.openpty()
    with os.fdopen(master, "rb", buffering=0) as screen:
        with os.fdopen(slave, "w") as terminal, redirect_stderr(terminal):
            console = Console()
            for each in jobs:
                console.show(each)
        return b"".join(read_until_closed(screen)).decode()


def read_until_closed(screen: FileIO) -> Iterator[bytes]:
    """All that was written: it comes in pieces, and the end is told as an error (pty(7))."""
    with suppress(OSError):
        while piece := screen.read(65_536):
            yield piece


def test_a_terminal_shows_files_and_each_large_one_in_a_line_of_its_own() -> None:
    going = job(
        phase=Phase.DOWNLOADING,
        files=3,
        files_total=9,
        file_bytes=30_000_000,
        file_bytes_total=90_000_000,
        byte_rate=4_100_000.0,
        large_files=(FILM,),
    )

    shown = shown_for(going, job(phase=Phase.RENDERING, messages=12))

    assert shown.split("\r") == [
        "Alpine Hikers: 3 of 9 files, 30.0 MB of 90.0 MB, 4.1 MB/s",
        "\nfilm .mp4: 30.0 MB of 60.0 MB",
        "\x1b[2K\x1b[1A\x1b[2K",
        "Alpine Hikers: writing the files of 12 messages",
        "",
    ]


def test_files_come_in_beside_the_messages() -> None:
    fetching = job(messages=40, total=90, files=1, files_total=2, file_bytes_total=500)

    shown = shown_for(fetching)

    assert "40 of about 90 messages; 1 of 2 files, 0 B of 500 B" in shown


def test_a_pause_says_what_is_to_be_done() -> None:
    paused = job(phase=Phase.DOWNLOADING, wait_reason="The disk is nearly full.")

    assert shown_for(paused) == "Alpine Hikers: The disk is nearly full.\r"


def test_the_ending_tells_what_was_kept_and_what_was_not_asked_for() -> None:
    lines = ending(
        summary(
            media_kept=949,
            media_bytes=3_200_000_000,
            media_saved_bytes=1_000_000_000,
            media_skipped_by={"larger than the limit": 12, "not asked for": 3},
        )
    )

    assert "949 files kept, 3.2 GB; 1.0 GB of it were known and not downloaded." in lines
    assert "Files not fetched: 12 larger than the limit, 3 not asked for." in lines


def test_the_ending_of_an_export_without_files_does_not_speak_of_them() -> None:
    assert not any("file" in line.lower() for line in ending(summary()))


@pytest.mark.parametrize(
    ("size_bytes", "expected"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_000, "1.0 kB"),
        (999_990, "1.0 MB"),
        (5_000_000_000_000_000, "5,000.0 TB"),
    ],
)
def test_sizes_have_one_decimal(size_bytes: int, expected: str) -> None:
    assert size(size_bytes) == expected
