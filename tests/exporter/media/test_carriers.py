"""Files are found wherever a record can hold them."""

from __future__ import annotations

from dataclasses import is_dataclass
from datetime import UTC, datetime
from typing import Any, get_args, get_type_hints

from exporter import attachments, records, texts
from exporter.attachments import (
    CustomEmoji,
    File,
    LinkPreview,
    Missing,
    Photo,
    Poll,
    PollAnswer,
    Thumbnail,
)
from exporter.media.carriers import PARTS, Outcome, files_in, with_outcomes
from exporter.records import Record
from exporter.texts import Text
from storage.media import FileKey

DATE = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
FILES = {Photo, File, Thumbnail, CustomEmoji}


def classes_in(hint: Any) -> set[type]:
    """Every class that an annotation speaks of."""
    inner = get_args(hint)
    if not inner:
        return {hint} if isinstance(hint, type) else set()
    return set().union(*[classes_in(one) for one in inner])


def test_every_field_that_can_hold_a_file_is_looked_at() -> None:
    known = {**vars(records), **vars(attachments), **vars(texts)}
    holders = {each for each in known.values() if isinstance(each, type) and is_dataclass(each)}
    hints = {each: get_type_hints(each, known) for each in holders}
    carriers = set(FILES)
    while True:  # what holds a carrier is one
        more = {each for each in holders if _parts(hints[each], carriers)}
        if more <= carriers:
            break
        carriers |= more

    expected = {each: _parts(hints[each], carriers) for each in carriers}

    assert {each: set(PARTS.get(each, ())) for each in carriers} == expected


def _parts(hints: dict[str, Any], carriers: set[type]) -> set[str]:
    return {name for name, hint in hints.items() if classes_in(hint) & carriers}


def test_a_document_comes_before_its_picture_and_the_picture_has_its_number() -> None:
    video = File(
        document_id=5,
        name="film.mp4",
        mime_type="video/mp4",
        thumbnail=Thumbnail(width=1, height=1, size_bytes=9),
        cover=Photo(photo_id=6),
    )
    found = files_in(Record(id=1, kind="video_file", date=DATE, media=video))

    assert [file.key for file in found] == [FileKey(5), FileKey(5, "thumb"), FileKey(6)]
    assert (found[0].name, found[0].mime_type) == ("film.mp4", "video/mp4")


def test_files_are_found_and_told_of_deep_inside() -> None:
    answers = (
        PollAnswer(text=Text("a"), voters=0),
        PollAnswer(text=Text("b"), voters=0, media=Photo(photo_id=7)),
    )
    record = Record(
        id=1,
        kind="poll",
        date=DATE,
        media=Poll(question=Text("?"), answers=answers),
        link_preview=LinkPreview(url="u", photo=Photo(photo_id=8)),
        custom_emoji=(CustomEmoji(document_id=9),),
    )

    told = with_outcomes(
        record,
        {
            FileKey(7): Outcome(path="photos/a.jpg", sha256="00"),
            FileKey(9): Outcome(missing=Missing.TOO_BIG),
        },
    )

    assert {file.key for file in files_in(record)} == {FileKey(7), FileKey(8), FileKey(9)}
    assert isinstance(told.media, Poll)
    assert told.media.answers[1].media == Photo(photo_id=7, path="photos/a.jpg", sha256="00")
    assert told.media.answers[0] is answers[0]
    assert told.link_preview is record.link_preview
    assert told.custom_emoji == (CustomEmoji(document_id=9, missing=Missing.TOO_BIG),)


def test_what_has_expired_is_no_file() -> None:
    record = Record(id=1, kind="photo", date=DATE, media=Photo(photo_id=None))

    assert files_in(record) == []
    assert with_outcomes(record, {FileKey(1): Outcome(path="x")}) is record
