"""What a message was before its edits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from exporter.errors import ItemError
from exporter.records import Record, Version
from exporter.telegram.convert.message import convert, parse
from exporter.telegram.convert.names import Names
from storage.models import MessageRow, MessageVersion


def with_earlier(record: Record, versions: Sequence[MessageVersion], names: Names) -> Record:
    """A record with its earlier versions, without those that cannot be read."""
    return replace(record, earlier=tuple(_read(record, versions, names)))


def _read(record: Record, versions: Sequence[MessageVersion], names: Names) -> Iterator[Version]:
    for version in versions:
        row = MessageRow(
            id=record.id,
            date=record.date,
            edited=version.edited,
            sender_id=None,
            kind=version.kind,
            topic_id=None,
            reply_to_id=None,
            album_id=None,
            layer=version.layer,
            tl=version.tl,
        )
        message = parse(row)
        if not isinstance(message, ItemError):
            then = convert(row, message, names, {})
            yield Version(
                until=version.replaced,
                edited=version.edited,
                kind=then.kind,
                text=then.text,
                media=then.media,
                link_preview=then.link_preview,
            )
