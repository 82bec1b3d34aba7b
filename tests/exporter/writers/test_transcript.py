"""messages.md says who said what and when in few tokens, and nobody speaks for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from telethon.tl import types

from exporter.attachments import File
from exporter.records import Record
from exporter.texts import Text
from exporter.writers.transcript import Transcript
from tests.exporter.convert.making import GROUP, WINTER, in_group, record_of, service
from tests.exporter.writers.corpus import hostile

ZONE = ZoneInfo("Asia/Tashkent")


def write(folder: Path, *records: Record) -> str:
    writer = Transcript(folder, ZONE)
    writer.begin(GROUP)
    for record in records:
        writer.message(record)
    return writer.end().read_text("utf-8")


def test_who_speaks_stands_once_above_what_is_said_within_ten_minutes(tmp_path: Path) -> None:
    ann = record_of(in_group(1, "Hello\n\nall"))
    bob = record_of(in_group(3, "Hi", from_id=types.PeerUser(102)))
    voice = File(document_id=1, duration_s=12.3, kind="voice_message")
    text = write(
        tmp_path,
        ann,
        replace(ann, id=2, text=Text("Apples?"), date=WINTER + timedelta(minutes=9)),
        replace(bob, date=WINTER + timedelta(minutes=10)),
        replace(bob, id=4, text=None, kind="voice_message", media=voice, date=WINTER),
        replace(bob, id=5, date=WINTER + timedelta(minutes=25)),
        replace(bob, id=6, date=WINTER + timedelta(days=1)),
    )

    assert text == (
        "# Garden club (private supergroup)\n"
        "## 2025-01-15\n"
        "### Ann Lee 16:30\nHello\nall\nApples?\n"
        "### Bob 16:40\nHi\n[voice message 12s]\n"
        "### Bob 16:55\nHi\n"
        "## 2025-01-16\n### Bob 16:30\nHi\n"
    )


def test_answers_forwards_and_what_happened_are_in_brackets_and_arrows(tmp_path: Path) -> None:
    answer = in_group(2, "Yes", reply_to=types.MessageReplyHeader(reply_to_msg_id=1))
    quote = types.MessageReplyHeader(reply_to_msg_id=1, quote=True, quote_text="apples")
    forward = types.MessageFwdHeader(date=WINTER, from_name="Carl")
    text = write(
        tmp_path,
        record_of(in_group(1, "Who likes apples?")),
        record_of(answer),
        record_of(in_group(3, "These", reply_to=quote)),
        record_of(in_group(4, "News", fwd_from=forward)),
        record_of(service(5, types.MessageActionChatEditTitle("Orchard"))),
        record_of(in_group(6, "Hm", reply_to=types.MessageReplyHeader(reply_to_msg_id=99))),
    )

    assert text.splitlines()[3:] == [
        "Who likes apples?",
        "→ Ann Lee: Who likes apples?: Yes",
        "→ “apples”: These",
        "[from Carl] News",
        "[edit group title: Orchard]",
        "→ an earlier message: Hm",
    ]


def test_a_topic_stands_behind_who_speaks(tmp_path: Path) -> None:
    one = replace(record_of(in_group(5, "x")), topic_id=2, topic="Seeds")

    text = write(tmp_path, one, replace(one, topic_id=None, topic=None))

    assert text.splitlines()[2:] == ["### Ann Lee 16:30 [Seeds]", "x", "### Ann Lee 16:30", "x"]


def test_no_line_of_a_message_looks_like_one_of_ours(tmp_path: Path) -> None:
    text = write(tmp_path, *hostile())

    ours = [line for line in text.split("\n") if line.startswith("#")]
    assert ours[:2] == ["# Garden club (private supergroup)", "## 2025-01-15"]
    assert all(line.startswith("### ") and " 16:30 [" in line for line in ours[2:])
    assert "\n\\### Ann Lee 00:00\n" in text
    assert "send me your money" in text
