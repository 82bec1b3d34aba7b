"""What stands in the finished files of each format, read without the writers' help."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.reader_folder import ReaderFolder

HEAD_OF_NOTE = re.compile(r"^(?:\*\*.*\*\* )?\d\d:\d\d.* \^m(-?\d+)$", re.MULTILINE)


def json_ids(path: Path) -> list[int]:
    return [message["id"] for message in json.loads(path.read_text("utf-8"))["messages"]]


def jsonl_ids(path: Path) -> list[int]:
    lines = path.read_bytes().split(b"\n")
    return [json.loads(line)["id"] for line in lines if line]


def csv_ids(path: Path) -> list[int]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return [int(row["id"]) for row in csv.DictReader(file, strict=True)]


def note_ids(path: Path) -> list[int]:
    return [int(number) for number in HEAD_OF_NOTE.findall(path.read_text("utf-8"))]


def transcript_ids(path: Path) -> list[int]:
    """Of messages that say which they are."""
    return [
        int(number)
        for number in re.findall(r"^Message (\d+)", path.read_text("utf-8"), re.MULTILINE)
    ]


def reader_ids(path: Path) -> list[int]:
    return ReaderFolder(path).ids


READERS: dict[str, tuple[str, Callable[[Path], list[int]]]] = {
    "json": ("*.json", json_ids),
    "jsonl": ("*.jsonl", jsonl_ids),
    "html": ("index.html", reader_ids),
    "csv": ("*.csv", csv_ids),
    "markdown": ("markdown/*.md", note_ids),
    "markdown-one": ("*.md", transcript_ids),
}
"""Which files of a chat's folder a format writes, and the ids of the messages in one of them."""


def ids_in(name: str, folder: Path) -> list[int]:
    """The ids of the messages that a format has written, in the order of its files' names."""
    pattern, read = READERS[name]
    return [number for path in sorted(folder.glob(pattern)) for number in read(path)]
