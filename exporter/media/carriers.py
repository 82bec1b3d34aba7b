"""Where in a record files stand: finds each of them, and says of each what became of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from exporter.attachments import (
    CustomEmoji,
    File,
    Game,
    Invoice,
    LinkPreview,
    Missing,
    PaidMedia,
    Photo,
    Poll,
    PollAnswer,
    Story,
    Thumbnail,
)
from exporter.records import Action, Record, Version
from storage.media import FileKey

THUMB = "thumb"

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """A file that a record shows."""

    key: FileKey
    name: str | None
    mime_type: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a file: it has a path, or it is missing."""

    path: str | None = None
    sha256: str | None = None
    """In hexadecimal digits."""
    missing: Missing | None = None


PARTS: dict[type, tuple[str, ...]] = {
    Record: ("media", "action", "link_preview", "inside", "custom_emoji", "earlier"),
    Version: ("media", "link_preview"),
    Action: ("photo",),
    Photo: ("video",),
    File: ("thumbnail", "cover"),
    Game: ("photo", "animation"),
    Invoice: ("bought",),
    Poll: ("media", "answers", "solution_media"),
    PollAnswer: ("media",),
    PaidMedia: ("items",),
    Story: ("media", "music"),
    LinkPreview: ("photo", "file", "story"),
}
"""The fields that files may stand in, or below."""


def files_in(record: Record) -> list[Carried]:
    """The files that a record shows, each as often as it does, a document before its picture."""
    return list(_below(record, None))


def with_outcomes(record: Record, outcomes: Mapping[FileKey, Outcome]) -> Record:
    """The record with the paths of its files; one without an outcome stays as it was."""
    return _told(record, None, outcomes)


def _below(value: Any, owner: int | None) -> Iterator[Carried]:
    """The files in a value; `owner` is the document that a thumbnail belongs to."""
    if isinstance(value, tuple):
        for one in value:
            yield from _below(one, owner)
        return
    key = _key(value, owner)
    if key is not None:
        name = getattr(value, "name", None)
        yield Carried(key=key, name=name, mime_type=getattr(value, "mime_type", None))
    for name in PARTS.get(type(value), ()):
        if (part := getattr(value, name)) is not None:
            yield from _below(part, getattr(value, "document_id", None))


def _told(value: T, owner: int | None, outcomes: Mapping[FileKey, Outcome]) -> T:
    if isinstance(value, tuple):
        told = tuple([_told(one, owner, outcomes) for one in value])
        return value if all(a is b for a, b in zip(told, value, strict=True)) else told  # type: ignore[return-value]
    changes: dict[str, Any] = {}
    for name in PARTS.get(type(value), ()):
        part = getattr(value, name)
        if part is not None:
            new = _told(part, getattr(value, "document_id", None), outcomes)
            if new is not part:
                changes[name] = new
    key = _key(value, owner)
    if key is not None and (outcome := outcomes.get(key)) is not None:
        changes |= {"path": outcome.path, "sha256": outcome.sha256, "missing": outcome.missing}
    return replace(value, **changes) if changes else value  # type: ignore[type-var]


def _key(value: Any, owner: int | None) -> FileKey | None:
    kind = type(value)
    if kind is Thumbnail:
        return None if owner is None else FileKey(owner, THUMB)
    if kind is Photo:
        return None if value.photo_id is None else FileKey(value.photo_id)
    if kind is File or kind is CustomEmoji:
        return None if value.document_id is None else FileKey(value.document_id)
    return None
