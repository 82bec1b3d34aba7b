"""What is shown of something that stands elsewhere: under a link, or in a story."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from exporter.attachments import LinkPreview, Story
from exporter.telegram.convert.files import attached, file_record, photo_record
from exporter.telegram.convert.kinds import kind_of_document
from exporter.telegram.convert.names import Names
from exporter.telegram.convert.text import text_of


def link_preview(message: Any, media: Any, names: Names) -> LinkPreview | None:
    """The preview that Telegram made of a link; None while it had none."""
    page = media.webpage
    if not isinstance(page, types.WebPage):
        return None
    told = [one for one in page.attributes or () if type(one) is types.WebPageAttributeStory]
    return LinkPreview(
        url=page.url,
        type=page.type,
        site_name=page.site_name,
        title=page.title,
        description=page.description,
        author=page.author,
        duration_s=page.duration,
        embed_url=page.embed_url,
        photo_id=page.photo.id if page.photo else None,
        document_id=page.document.id if page.document else None,
        photo=photo_record(page.photo) if page.photo else None,
        file=file_record(page.document, kind=_kind(page.document)) if page.document else None,
        story=_story(message, told[0], names) if told else None,
    )


def story(message: Any, media: Any, names: Names) -> Story:
    """The story of a `MessageMediaStory`."""
    return _story(message, media, names, mention=bool(media.via_mention))


def _story(message: Any, told: Any, names: Names, *, mention: bool = False) -> Story:
    """A story with its content, if that came along."""
    item = told.story
    known = item if type(item) is types.StoryItem else None
    return Story(
        peer=names.peer(told.peer),
        story_id=told.id,
        mention=mention,
        date=known.date if known else None,
        expires=known.expire_date if known else None,
        edited=bool(known and known.edited),
        text=text_of(known.caption, known.entities) if known and known.caption else None,
        media=attached(message, known.media) if known else None,
        music=file_record(known.music, kind="audio_file") if known else None,
    )


def _kind(document: Any) -> str:
    return kind_of_document(document) if isinstance(document, types.Document) else "file"
