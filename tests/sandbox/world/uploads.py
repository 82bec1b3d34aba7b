"""One message of each kind that carries a file, with bytes of a given size."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world import media
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.view import peer_of

if TYPE_CHECKING:
    from tests.sandbox.world.chats import Chat


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that a message is to carry."""

    kind: str
    """One of `KINDS`."""
    file_id: int
    size_bytes: int
    date: int
    name: str | None = None
    """What a plain file is called."""

    @property
    def second_id(self) -> int:
        """The id of the other file, where the kind has two."""
        return mix(self.file_id, 7) >> 2 | 1 << 61

    @property
    def second_bytes(self) -> int:
        """Its size; the same for files of the same size."""
        return 20_000 + self.size_bytes % 9_000


def photo(upload: Upload, *, second: bool = False) -> Any:
    """A photo of 1280 points, with two smaller sizes."""
    file_id = upload.second_id if second else upload.file_id
    size_bytes = upload.second_bytes if second else upload.size_bytes
    return media.photo(file_id, 1280, 960, size_bytes, upload.date)


def document(
    upload: Upload, mime_type: str, *attributes: Any, thumb: bool = True, second: bool = False
) -> Any:
    """A document with these attributes and, unless without, a still picture."""
    file_id = upload.second_id if second else upload.file_id
    return media.document(
        file_id,
        size_bytes=upload.second_bytes if second else upload.size_bytes,
        mime_type=mime_type,
        attributes=attributes,
        date=upload.date,
        thumbnail_bytes=700 + mix(upload.size_bytes, 5) % 9_000 if thumb else None,
    )


def _named(name: str) -> Any:
    return types.DocumentAttributeFilename(file_name=name)


def _video(*, seconds: int = 7, side: int = 720, **rest: Any) -> Any:
    return types.DocumentAttributeVideo(duration=seconds, w=side, h=side, **rest)


def _of_document(made: Any, **rest: Any) -> Any:
    return types.MessageMediaDocument(document=made, **rest)


def _file(upload: Upload) -> Any:
    name = upload.name or f"paper {upload.file_id % 1000}.pdf"
    mime_type = "application/pdf" if name.endswith(".pdf") else "application/octet-stream"
    return _of_document(document(upload, mime_type, _named(name), thumb=False))


def _image(upload: Upload) -> Any:
    size = types.DocumentAttributeImageSize(w=1600, h=900)
    return _of_document(document(upload, "image/png", size, _named("screenshot.png")))


def _video_file(upload: Upload) -> Any:
    video = _video(supports_streaming=True)
    return _of_document(document(upload, "video/mp4", video, _named("video.mp4")), video=True)


def _round(upload: Upload) -> Any:
    made = document(upload, "video/mp4", _video(side=384, round_message=True))
    return _of_document(made, round=True, video=True)


def _voice(upload: Upload) -> Any:
    audio = types.DocumentAttributeAudio(duration=5, voice=True, waveform=bytes(63))
    return _of_document(document(upload, "audio/ogg", audio, thumb=False), voice=True)


def _music(upload: Upload) -> Any:
    audio = types.DocumentAttributeAudio(duration=200, title="Песня", performer="The Band")
    return _of_document(document(upload, "audio/mpeg", audio, _named("track.mp3")))


def _animation(upload: Upload) -> Any:
    animated = types.DocumentAttributeAnimated()
    name = _named("animation.gif.mp4")
    return _of_document(document(upload, "video/mp4", _video(nosound=True), animated, name))


def _sticker(upload: Upload) -> Any:
    size = types.DocumentAttributeImageSize(w=512, h=512)
    sticker = types.DocumentAttributeSticker(alt="🤝", stickerset=types.InputStickerSetEmpty())
    return _of_document(document(upload, "image/webp", size, sticker, _named("sticker.webp")))


def _photo(upload: Upload) -> Any:
    return types.MessageMediaPhoto(photo=photo(upload))


def _live_photo(upload: Upload) -> Any:
    moving = document(upload, "video/mp4", _video(seconds=3), thumb=False, second=True)
    return types.MessageMediaPhoto(live_photo=True, photo=photo(upload), video=moving)


def _video_cover(upload: Upload) -> Any:
    made = document(upload, "video/mp4", _video(supports_streaming=True), _named("video.mp4"))
    cover = photo(upload, second=True)
    return _of_document(made, video=True, video_cover=cover)


def _link_preview(upload: Upload) -> Any:
    page = types.WebPage(
        id=upload.second_id,
        url="https://example.org/",
        display_url="example.org",
        hash=0,
        type="photo",
        title="An example",
        photo=photo(upload),
    )
    return types.MessageMediaWebPage(webpage=page)


def _paid(upload: Upload) -> Any:
    bought = types.MessageExtendedMedia(media=_photo(upload))
    return types.MessageMediaPaidMedia(stars_amount=5, extended_media=[bought])


def _game(upload: Upload) -> Any:
    game = types.Game(
        id=upload.second_id,
        access_hash=0,
        short_name="lumberjack",
        title="Lumberjack",
        description="",
        photo=photo(upload),
    )
    return types.MessageMediaGame(game=game)


MEDIA: dict[str, Callable[[Upload], Any]] = {
    "photo": _photo,
    "file": _file,
    "image": _image,
    "video": _video_file,
    "round": _round,
    "voice": _voice,
    "music": _music,
    "animation": _animation,
    "sticker": _sticker,
    "live_photo": _live_photo,
    "video_cover": _video_cover,
    "link_preview": _link_preview,
    "paid": _paid,
    "game": _game,
}
KINDS = (*MEDIA, "story", "service_photo")
CUSTOM_EMOJI = "custom_emoji"
"""A kind of its own: such a file's size depends on its id, see `emoji`."""


def post(chat: Chat, upload: Upload) -> int:
    """Post the message that carries the file; its id."""
    if upload.kind == "service_photo":
        action = types.MessageActionChatEditPhoto(photo=photo(upload))
        sender = chat.default_sender()
        service = types.MessageService(
            id=0,
            peer_id=types.PeerUser(0),
            from_id=types.PeerUser(sender) if sender else None,
            action=action,
        )
        return chat.post(service, date=upload.date)
    if upload.kind == CUSTOM_EMOJI:
        emoji = types.MessageEntityCustomEmoji(offset=0, length=2, document_id=upload.file_id)
        return chat.post("🙂", date=upload.date, entities=[emoji])
    if upload.kind == "story":
        return chat.post("", date=upload.date, media=_story(chat, upload))
    return chat.post("", date=upload.date, media=MEDIA[upload.kind](upload))


def _story(chat: Chat, upload: Upload) -> Any:
    stories = chat.world.stories
    story_id = stories.post(chat.peer_id, _photo(upload), date=upload.date)
    return types.MessageMediaStory(
        peer=peer_of(chat.peer_id), id=story_id, story=stories.get(chat.peer_id, story_id)
    )
