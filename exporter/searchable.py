"""What of a message can be found: its text, and the words of whatever else it has."""

from __future__ import annotations

from collections.abc import Iterator

from exporter.attachments import (
    Contact,
    File,
    Game,
    Giveaway,
    GiveawayResults,
    Invoice,
    LinkPreview,
    Media,
    PaidMedia,
    Poll,
    Story,
    TodoList,
    Venue,
)
from exporter.records import Record
from exporter.texts import Text
from storage.models import MessageRow
from storage.search_index import Indexable

LINKS = frozenset({"link", "text_link"})
"""Types of entities that are links."""
LINK = "link"
"""As in `storage.queries.HAS`."""
SAID = ("title", "new_title", "text", "information_text")
"""Keys of what a service message says that hold words of people."""


def searchable(row: MessageRow, record: Record) -> Indexable:
    """What of an archived message is to be found; `record` is what it says."""
    words = dict.fromkeys(word for word in _words(record) if word)
    return Indexable(
        row=row,
        text=record.text.text if record.text else "",
        words="\n".join(words),
        has=(LINK,) if record.link_preview or [*_links(record.text)] else (),
    )


def _links(text: Text | None) -> Iterator[str | None]:
    """For each link in a text what it opens; None where that stands in the text."""
    for entity in text.entities if text else ():
        if entity.type in LINKS:
            yield str(entity.value) if entity.value else None


def _words(record: Record) -> Iterator[str | None]:
    if record.media is not None:
        yield from _of_media(record.media)
    for inner in record.inside:
        yield from _of_media(inner)
    if record.link_preview is not None:
        yield from _of_link(record.link_preview)
    yield from _links(record.text)
    if record.forward is not None:
        yield record.forward.name
        yield record.forward.author
    yield record.author
    if record.action is not None:
        for key in SAID:
            value = record.action.details.get(key)
            if isinstance(value, str | Text):
                yield value if isinstance(value, str) else value.text


def _of_link(preview: LinkPreview) -> Iterator[str | None]:
    yield preview.url
    yield preview.site_name
    yield preview.title
    yield preview.description
    yield preview.author
    if preview.file is not None:
        yield from _of_media(preview.file)


def _of_media(media: Media) -> Iterator[str | None]:
    match media:
        case File():
            yield from (media.name, media.title, media.performer)
        case Poll():
            yield media.question.text
            yield from (answer.text.text for answer in media.answers)
            yield media.solution.text if media.solution else None
        case TodoList():
            yield media.title.text
            yield from (item.text.text for item in media.items)
        case Contact():
            yield from (f"{media.first_name} {media.last_name}".strip(), media.phone_number)
        case Venue() | Game() | Invoice():
            yield media.title
            yield media.address if isinstance(media, Venue) else media.description
        case Giveaway() | GiveawayResults():
            yield media.additional_prize
        case PaidMedia() | Story():
            inner = media.items if isinstance(media, PaidMedia) else (media.media,)
            for file in inner:
                yield file.name if isinstance(file, File) else None
