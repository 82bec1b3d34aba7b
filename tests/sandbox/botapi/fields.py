"""The fields of one request, whichever way they came.

Query string, urlencoded form, multipart form and JSON are all taken; in forms every value is text,
https://core.telegram.org/bots/api#making-requests. So each field is decoded by the type that the
method asks for: the message "123" stays a text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import BodyPartReader, web

from tests.sandbox.botapi.errors import BotApiError, bad_request

CHUNK_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that came in a multipart form."""

    name: str
    mime_type: str
    content: bytes


class Fields:
    """One request's fields; an absent one reads as empty, as Telegram's server does it."""

    def __init__(self, values: Mapping[str, object], files: Mapping[str, Upload]) -> None:
        self._values = values
        self._files = files

    def __contains__(self, name: str) -> bool:
        return name in self._values or name in self._files

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if value is None:
            return ""
        return value if isinstance(value, str) else json.dumps(value)

    def integer(self, name: str, default: int = 0) -> int:
        """The number, or the default when the field is absent or no number."""
        try:
            return int(self.text(name))
        except ValueError:
            return default

    def flag(self, name: str) -> bool:
        return self.text(name).strip().lower() in ("true", "yes", "1")

    def parsed(self, name: str, what: str) -> Any:
        """The object or array in the field, or None when it is absent.

        Raises:
            BotApiError: it is no JSON; `what` names it.
        """
        value = self._values.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {what} JSON object") from None

    def within(self, values: Mapping[str, object]) -> Fields:
        """The fields of an object that stands in one of these, such as an item of an album."""
        return Fields(values, self._files)

    def upload(self, name: str) -> Upload | None:
        """The file itself, or the one that `attach://<name>` points to,
        https://core.telegram.org/bots/api#sending-files"""
        if name in self._files:
            return self._files[name]
        value = self.text(name)
        return self._files.get(value.removeprefix("attach://")) if value else None


async def read_fields(request: web.Request) -> Fields:
    """Read the request's fields.

    Raises:
        BotApiError: the body is no JSON object though it says so, or too large.
    """
    try:
        return await _read(request)
    except web.HTTPRequestEntityTooLarge:
        raise BotApiError(413, "Request Entity Too Large") from None


async def _read(request: web.Request) -> Fields:
    values: dict[str, object] = dict(request.query)
    files: dict[str, Upload] = {}
    if request.content_type == "application/json":
        try:
            body = json.loads(await request.read() or b"{}")
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise BotApiError(400, "Bad Request: can't parse request JSON object")
        values.update(body)
    elif request.content_type == "multipart/form-data":
        await _read_parts(request, values, files)
    else:
        values.update(await request.post())
    return Fields(values, files)


async def _read_parts(
    request: web.Request, values: dict[str, object], files: dict[str, Upload]
) -> None:
    """Into memory: `request.post` leaves a file on the disk open when the sender is killed."""
    size_bytes = 0
    async for part in await request.multipart():
        assert isinstance(part, BodyPartReader), "no form has forms in it"
        content = bytearray()
        while chunk := await part.read_chunk(CHUNK_BYTES):
            size_bytes += len(chunk)
            if size_bytes > request.client_max_size:
                raise web.HTTPRequestEntityTooLarge(request.client_max_size, size_bytes)
            content += chunk
        if part.filename:
            mime_type = part.headers.get("Content-Type", "application/octet-stream")
            files[str(part.name)] = Upload(
                name=part.filename, mime_type=mime_type, content=bytes(content)
            )
        else:
            values[str(part.name)] = content.decode()
