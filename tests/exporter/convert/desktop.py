"""One message as a whole result.json, ours and as it should be."""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from zoneinfo import ZoneInfo

from exporter.writers.json_export import JsonExport
from storage.models import ChatInfo
from tests.exporter.convert.making import GROUP, record_of

BERLIN = ZoneInfo("Europe/Berlin")


def written(folder: Path, message: Any, chat: ChatInfo = GROUP, topic_id: int | None = None) -> str:
    """The whole result.json with this one message."""
    record = record_of(message, chat, topic_id=topic_id)
    writer = JsonExport(folder, BERLIN)
    writer.begin(chat)
    writer.message(record)
    text = writer.end().read_text("utf-8")
    json.loads(text)
    return text


def export_of(message: str, chat: str = "group") -> str:
    """result.json as it should be around one message, which is given without its indent."""
    head = {
        "group": '{\n "name": "Garden club",\n "type": "private_supergroup",\n "id": 700,\n',
        "channel": '{\n "name": "Garden news",\n "type": "public_channel",\n "id": 800,\n',
    }[chat]
    return head + ' "messages": [\n' + indent(dedent(message).strip("\n"), "  ") + "\n ]\n}"
