"""`make demo` itself: that it plays to the end, and that it would say what is wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, STDOUT
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from tests.demo import archive
from tests.demo.__main__ import main
from tests.demo.conversation import show
from tests.demo.errors import DemoError
from tests.sandbox.botapi.messages import Chat, Frame, Message, Person

ROOT = Path(__file__).parents[2]


async def test_the_demo_plays_from_the_phone_to_the_archive(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.demo", "--messages", "300", "--folder", str(folder),
        stdout=PIPE, stderr=STDOUT, cwd=ROOT,
    )  # fmt: skip
    out, _ = await process.communicate()
    printed = out.decode()

    assert process.returncode == 0, printed
    assert "👥 Alpine Hikers" in printed
    assert "📎 Alpine Hikers.zip" in printed
    assert "/find " in printed
    assert " · 1–5 of " in printed
    assert "Complete: 300 of 300 messages, " in printed
    assert "photos/" in printed
    assert "result.json begins" in printed


@pytest.mark.parametrize(
    ("kept", "reason"),
    [
        ([1, 3], "1 are missing"),
        ([1, 2, 2, 3], "1 stand there twice"),
        ([1, 2, 3, 4], "1 are not the chat's"),
    ],
)
def test_an_archive_that_is_not_complete_is_told(
    tmp_path: Path, kept: list[int], reason: str
) -> None:
    messages = [{"id": number, "reply": {"id": 9}} for number in kept]
    whole = {"id": 7, "messages": messages}
    (tmp_path / "result.json").write_text(json.dumps(whole, indent=1))

    with pytest.raises(DemoError, match=reason):
        archive.check(tmp_path, [1, 2, 3])


def test_an_archive_that_is_complete_passes(tmp_path: Path) -> None:
    whole = {"messages": [{"id": 1}, {"id": 2}]}
    (tmp_path / "result.json").write_text(json.dumps(whole, indent=1))

    archive.check(tmp_path, [1, 2])


def test_the_demo_removes_no_folder_that_is_not_a_demos(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "precious").touch()

    assert main(["--folder", str(tmp_path)]) == 1
    assert (tmp_path / "precious").exists()
    assert "something else than a demo" in capsys.readouterr().out


def test_a_file_that_is_no_export_is_refused_with_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--load", str(tmp_path / "missing.json"), "--folder", str(tmp_path / "d")]) == 1
    assert "missing.json" in capsys.readouterr().out


def test_a_message_is_printed_with_its_marks_and_buttons() -> None:
    out = StringIO()
    console = Console(file=out, width=80, force_terminal=True, color_system="standard")
    bot = Person(id=1, first_name="Chatkeep", is_bot=True)
    chat = Chat(id=2, type="private")
    bold = {"type": "bold", "offset": 3, "length": 6}
    frame = Frame(
        text="🏔 \u2068Alps\u2069 52 %", entities=(bold,), buttons=(({"text": "Cancel"},),)
    )
    message = Message(chat=chat, id=1, sender=bot, date=0, frames=[frame])
    show(message, frame, console, own=False)
    printed = out.getvalue()

    assert "\x1b[1mAlps\x1b[0m" in printed
    assert "[ Cancel ]" in printed
    assert "\u2068" not in printed
