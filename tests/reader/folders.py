"""Folders of the reader: the sandbox's full world, and a chat that would do harm."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from telethon.tl import types

from exporter.attachments import File
from exporter.records import Record
from exporter.writers import WRITERS, Around
from exporter.writers.html import second_name
from storage.models import ChatInfo, Topic
from tests.exporter.convert.making import GROUP, in_group, record_of
from tests.exporter.exporting import exporter
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.world import World
from tests.test_sandbox.everything import everything

ZONE = ZoneInfo("Europe/Berlin")
SCRIPT = "<script>top.ran=1</script><img src=x onerror='top.ran=1'>"
HOSTILE = (
    SCRIPT,
    "</script><script>top.ran=1</script>",
    "'); top.ran=1; ('",
    "\\'); top.ran=1; //",
    "javascript:top.ran=1",
    "<svg onload=top.ran=1>",
    "\u2028top.ran=1\u2029",
    "\u202eexe.sj\u202c ${top.ran=1} `${top.ran=1}`",
    "]]>--></style><script>top.ran=1</script><!--",
    "\x00\x01\x0b\x7f\ud800",
)
PAGE = b"<!doctype html><script>document.title='ran';top.ran=1</script>"
NAMES = ("page.html", "picture.svg", "page.xhtml", "no ending", "qu\"ot'e <b>.htm")


async def full_world(folder: Path) -> Path:
    """Everything that a chat can hold, exported with its files; the folder of the reader."""
    source = folder / "result.json"
    source.write_text(json.dumps(everything()))
    world = World()
    chat = load_export(world, source, scale_files=0.01).chats[0]
    async with Sandbox(world) as sandbox, exporter(sandbox, folder, zone=ZONE) as chatkeep:
        done = await chatkeep.export(chat.peer_id, formats=("json", "html"))
    paint(Path(done.folder))
    return Path(done.folder)


def paint(folder: Path) -> None:
    """Put pictures that can be seen in the place of the sandbox's, whose bytes are made of ids."""
    for path in folder.rglob("*"):
        if path.suffix in (".jpg", ".webp", ".png"):
            path.unlink()
            path.write_bytes(PICTURE)


def _picture(width: int, height: int) -> bytes:
    """A PNG, which a browser takes for what it is, whatever its name says."""
    rows = b"".join(
        b"\0" + bytes(part for x in range(width) for part in (x * 3 % 256, y * 3 % 256, 160))
        for y in range(height)
    )
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks
    )


PICTURE = _picture(80, 60)


def write(
    folder: Path, records: Sequence[Record], chat: ChatInfo = GROUP, around: Around | None = None
) -> Path:
    """Write a reader of some records."""
    writer = WRITERS["html"](folder, ZONE)
    writer.begin(chat, around or Around())
    for record in records:
        writer.message(record)
    writer.end()
    return folder


def hostile(folder: Path) -> Path:
    """A chat whose texts, names, files and links try to run something."""
    records = []
    for number, text in enumerate(HOSTILE, start=1):
        entities = [
            types.MessageEntityTextUrl(0, 4, "javascript:top.ran=1"),
            types.MessageEntityPre(0, 4, "x' onclick='top.ran=1"),
        ]
        record = record_of(in_group(number, text.replace("\ud800", ""), entities=entities))
        assert record.sender is not None
        records.append(replace(record, sender=replace(record.sender, id=number, name=text)))
    (folder / "files").mkdir(parents=True)
    for number, name in enumerate(NAMES, start=100):
        path = f"files/{number}{name}".replace('"', "_").replace("<", "_").replace(">", "_")
        for each in (path, second_name(path)):
            if each is not None:
                target = folder / each
                target.parent.mkdir(exist_ok=True)
                target.write_bytes(PAGE)
        file = File(document_id=number, name=name, size_bytes=len(PAGE), path=path)
        record = record_of(in_group(number))
        records.append(replace(record, kind="file", media=file))
    chat = replace(GROUP, title=HOSTILE[1])
    return write(folder, records, chat)


def forum(folder: Path) -> Path:
    """Two topics, with a poll and an album in the first one."""
    photo: Any = types.MessageMediaPhoto(
        photo=types.Photo(id=5, access_hash=1, file_reference=b"", date=None, sizes=[], dc_id=2)
    )
    records = [
        record_of(in_group(n, f"Message {n} of the first topic"), topic_id=2) for n in range(3, 90)
    ]
    records += [
        record_of(in_group(n, "", media=photo, grouped_id=77), topic_id=2) for n in (90, 91, 92)
    ]
    records += [
        record_of(
            in_group(
                n,
                f"Needle {n}" if n % 50 == 0 else f"Message {n}",
                reply_to=types.MessageReplyHeader(reply_to_msg_id=100) if n == 699 else None,
            ),
            topic_id=7,
        )
        for n in range(100, 700)
    ]
    topics = (Topic(topic_id=2, title="Routes"), Topic(topic_id=7, title="Weather"))
    return write(folder, records, GROUP, Around(topics=topics))
