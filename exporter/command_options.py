"""Options that several commands take, as typed; `exporter.options` tells what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from cyclopts import Parameter

from exporter import options
from exporter.errors import CommandError
from storage.models import ExportRequest
from storage.selections import Selection


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Which files are written, and where."""

    to: Path | None = None
    """Write into exactly this folder instead of the usual one in EXPORT_DIR."""
    formats: str | None = None
    """A comma list of: json (result.json, as Telegram Desktop writes it), jsonl (one full record a
    line), html (the reader: open index.html in a browser), csv (a table), markdown (notes, one a
    month), markdown-one (one text for language models). What is usual is set by FORMATS."""
    media: str = "all"
    """Photos, videos and other files: all, none, or a comma list of kinds: photo, video_file, …"""

    split: str | None = None
    """Write several files: of a size (50MB) or a number of messages (10000) each, or one a day,
    month or topic."""
    name: str | None = None
    """What the files are called: a template of {chat}, {date}, {topic} and {part}."""

    def asked(self) -> dict[str, Any]:
        """Return these fields of an `ExportRequest`; a wrong option is a CommandError."""
        target = options.folder(self.to)
        return {
            "to": str(target) if target else None,
            "formats": options.formats(self.formats),
            "media": options.media(self.media),
            "split": options.words(self.split),
            "name": options.words(self.name),
        }


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which part of a chat is meant; nothing given means all of it."""

    since: str | None = None
    """Only messages from this day or moment on: 2026-05-03, 2026-05-03T14:30, yesterday, 7d."""
    until: str | None = None
    """Only messages up to the end of this day, or up to this moment."""
    min_id: int | None = None
    """Only messages with this number or a higher one."""
    max_id: int | None = None
    """Only messages with this number or a lower one."""
    topic: str | None = None
    """Only this topic of a forum: its title or number."""
    types: str | None = None
    """Only messages of these kinds, a comma list: text, photo, video_file, voice_message, …"""

    def asked(self) -> dict[str, Any]:
        """Return these fields of an `ExportRequest`; a wrong option is a CommandError."""
        return {
            "since": options.words(self.since),
            "until": options.words(self.until),
            "min_id": self.min_id,
            "max_id": self.max_id,
            "topic": options.words(self.topic),
            "types": options.types(self.types),
        }


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class More:
    """What is fetched besides the messages."""

    max_size: str | None = None
    """Fetch no file larger than this, such as 500K, 20M or 2G."""
    ext: str | None = None
    """Fetch only files with these name endings, a comma list: pdf,jpg."""
    thumbnails: bool = False
    """Also fetch the still pictures of videos and documents."""
    retry_failed: bool = False
    """Try again to fetch the files that earlier exports gave up."""
    refresh: str | None = None
    """Look again at what is kept for edits and deletions: the newest N messages, 7d, or all."""
    comments: bool = False
    """Also keep the comments of a channel's posts."""
    members: bool = False
    """Also keep the list of members and admins."""

    def asked(self) -> dict[str, Any]:
        """Return these fields of an `ExportRequest`; a wrong option is a CommandError."""
        return {
            "max_size_bytes": options.size_bytes(self.max_size),
            "extensions": options.extensions(self.ext),
            "thumbnails": self.thumbnails,
            "retry_failed": self.retry_failed,
            "refresh": options.refresh(self.refresh),
            "comments": self.comments,
            "members": self.members,
        }


@Parameter(name="*")
@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Many chats at once, instead of one."""

    all: bool = False
    """Every chat that the accounts see."""
    folder: Annotated[tuple[str, ...], Parameter(negative=())] = ()
    """Every chat in this folder of Telegram; may be given several times."""
    kind: str | None = None
    """Every chat of these kinds, a comma list: channels, groups, people, bots."""
    excepted: Annotated[
        tuple[str, ...], Parameter(name="--except", negative=(), consume_multiple=True)
    ] = ()
    """But not these chats: @name, link, id or title; one or more."""
    personal: bool = False
    """Also what is the account's own: personal information, contacts, profile pictures, chats."""

    def selection(self) -> Selection | None:
        """Return which chats are meant; None when none of this was given."""
        if not (self.all or self.folder or self.kind is not None):
            if self.excepted or self.personal:
                raise CommandError("--except and --personal go with --all, --folder or --kind.")
            return None
        names = (options.words(name) for name in self.folder)
        excluded = (options.words(name) for name in self.excepted)
        return Selection(
            kinds=options.chat_kinds(self.kind),
            folders=tuple(name for name in names if name),
            excluded=tuple(name for name in excluded if name),
            accounts=self.personal,
        )


def check_many(request: ExportRequest) -> None:
    """Refuse what names one chat alone; a wrong combination is a CommandError."""
    if request.chat:
        raise CommandError("Name one chat, or give --all, --folder or --kind; not both.")
    if request.to is not None:
        raise CommandError("--to is the folder of one chat; EXPORT_DIR is where those of all go.")
    if request.topic is not None or request.min_id is not None or request.max_id is not None:
        raise CommandError("--topic, --min-id and --max-id mean something in one chat only.")
