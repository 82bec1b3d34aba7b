"""Records to look at."""

from __future__ import annotations

from base64 import b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

from exporter.attachments import File, Photo
from exporter.peers import PeerRef
from exporter.records import Record, Reply
from exporter.texts import Text

ANNA = PeerRef(101, "Anna")
BORIS = PeerRef(102, "Борис")
START = datetime(2024, 5, 1, 9, tzinfo=UTC)

PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNg+M/wHwAEAQH/cGiEgwAAAABJRU5ErkJggg=="
)


def message(number: int, text: str | Text | None = None, **fields: Any) -> Record:
    """A message; one is written each ten minutes, by two people in turn."""
    defaults: dict[str, Any] = {
        "id": number,
        "kind": "text",
        "date": START + timedelta(minutes=10 * number),
        "sender": ANNA if number % 2 else BORIS,
        "text": Text(text) if isinstance(text, str) else text,
    }
    return Record(**defaults | fields)


def messages(count: int) -> list[Record]:
    return [message(number, f"Message number {number} of many") for number in range(1, count + 1)]


def reply(number: int, to: int) -> Record:
    return message(number, f"An answer to {to}", reply=Reply(message_id=to))


def photo(number: int, *, width: int = 400, height: int = 300, **fields: Any) -> Record:
    """A photo, whose file is photos/<number>.png."""
    path = f"photos/{number}.png"
    shown = Photo(photo_id=number, width=width, height=height, size_bytes=70, path=path)
    return message(number, kind="photo", media=shown, **fields)


def video(number: int) -> Record:
    path = f"video_files/{number}.mp4"
    file = File(document_id=number, width=400, height=300, duration_s=75, path=path)
    return message(number, kind="video_file", media=file)


def pictures(*numbers: int) -> dict[str, bytes]:
    return {f"photos/{number}.png": PICTURE for number in numbers}
