"""Photos, documents and other media of synthetic messages."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from tests.sandbox.world import media
from tests.sandbox.world.dice import Dice
from tests.sandbox.world.synthetic_text import words

STICKERS = 24
"""So many stickers there are; the same ones come again and again, as in life."""

KINDS = ("file", "image", "video", "round", "voice", "music", "animation", "sticker")


def photo(dice: Dice, date: int) -> Any:
    width = dice.pick((90, 604, 1280, 2560))
    height = dice.pick((90, 453, 960, 1440))
    picture = media.photo(
        _file_id(dice), width, height, dice.between(2_000, 400_000), date - dice.between(0, 60)
    )
    return types.MessageMediaPhoto(
        photo=picture,
        spoiler=True if dice.happens(30) else None,
        ttl_seconds=60 if dice.happens(5) else None,
    )


def document(dice: Dice, date: int) -> Any:
    """A document of any of the kinds that Telegram Desktop tells apart."""
    kind = dice.pick(KINDS)
    size = dice.between(1_000, 3_000_000)
    make = {
        "file": _file,
        "image": _image,
        "video": _video,
        "round": _round,
        "voice": _voice,
        "music": _music,
        "animation": _animation,
        "sticker": _sticker,
    }[kind]
    mime_type, attributes = make(dice)
    file_id = _file_id(dice)
    if kind == "sticker":
        file_id = 1_000_000_000_000_000 + dice.between(1, STICKERS)
        size = 10_000 + file_id % 5_000
    thumbnail = None if kind in {"voice", "file"} else dice.between(500, 15_000)
    if kind == "sticker":
        thumbnail = 500 + file_id % 3_000
    return types.MessageMediaDocument(
        document=media.document(
            file_id,
            size_bytes=size,
            mime_type=mime_type,
            attributes=attributes,
            date=date - dice.between(0, 60),
            thumbnail_bytes=thumbnail,
        ),
        round=True if kind == "round" else None,
        voice=True if kind == "voice" else None,
        video=True if kind in {"video", "round"} else None,
        spoiler=True if kind == "video" and dice.happens(50) else None,
    )


def poll(dice: Dice) -> Any:
    answers = [
        types.PollAnswer(text=_plain(words(dice.roll(), 2)), option=bytes([number]))
        for number in range(dice.between(2, 5))
    ]
    votes = [dice.between(0, 30) for _ in answers]
    return types.MessageMediaPoll(
        poll=types.Poll(
            id=_file_id(dice),
            question=_plain(words(dice.roll(), 5) + "?"),
            answers=answers,
            hash=0,
            closed=True if dice.happens(300) else None,
        ),
        results=types.PollResults(
            results=[
                types.PollAnswerVoters(option=answer.option, voters=number, recent_voters=[])
                for answer, number in zip(answers, votes, strict=True)
            ],
            total_voters=sum(votes),
        ),
    )


def other(dice: Dice, people: tuple[int, ...]) -> Any:
    """Something that is neither a file nor a poll."""
    kind = dice.between(0, 4)
    point = types.GeoPoint(
        long=dice.between(-17_900, 17_900) / 100,
        lat=dice.between(-8_900, 8_900) / 100,
        access_hash=0,
    )
    if kind == 0:
        return types.MessageMediaContact(
            phone_number="15550100200",
            first_name="Nina",
            last_name="Контакт",
            vcard="",
            user_id=dice.pick(people) if people else 0,
        )
    if kind == 1:
        return types.MessageMediaGeo(geo=point)
    if kind == 2:
        return types.MessageMediaVenue(
            geo=point,
            title="Кафе",
            address="Main street 1",
            provider="foursquare",
            venue_id="1",
            venue_type="",
        )
    if kind == 3:
        return types.MessageMediaDice(value=dice.between(1, 6), emoticon="🎲")
    return types.MessageMediaWebPage(
        webpage=types.WebPage(
            id=_file_id(dice),
            url="https://example.org/",
            display_url="example.org",
            hash=0,
            title="An example",
        )
    )


def _plain(text: str) -> Any:
    return types.TextWithEntities(text=text, entities=[])


def _file_id(dice: Dice) -> int:
    return dice.roll() >> 2 | 1 << 61


def _named(name: str) -> Any:
    return types.DocumentAttributeFilename(file_name=name)


def _file(dice: Dice) -> tuple[str, list[Any]]:
    name = dice.pick(("report.pdf", "отчёт за май.pdf", "data.zip", "no extension"))
    mime_type = "application/pdf" if name.endswith("pdf") else "application/octet-stream"
    return mime_type, [_named(name)]


def _image(dice: Dice) -> tuple[str, list[Any]]:
    return "image/png", [
        types.DocumentAttributeImageSize(w=dice.between(100, 4000), h=dice.between(100, 4000)),
        _named("screenshot.png"),
    ]


def _video(dice: Dice) -> tuple[str, list[Any]]:
    video = types.DocumentAttributeVideo(
        duration=dice.between(1, 7200), w=1280, h=720, supports_streaming=True
    )
    return "video/mp4", [video, _named("video.mp4")]


def _round(dice: Dice) -> tuple[str, list[Any]]:
    video = types.DocumentAttributeVideo(
        duration=dice.between(1, 60), w=384, h=384, round_message=True
    )
    return "video/mp4", [video]


def _voice(dice: Dice) -> tuple[str, list[Any]]:
    return "audio/ogg", [
        types.DocumentAttributeAudio(duration=dice.between(1, 300), voice=True, waveform=bytes(63))
    ]


def _music(dice: Dice) -> tuple[str, list[Any]]:
    return "audio/mpeg", [
        types.DocumentAttributeAudio(
            duration=dice.between(30, 600), title="Песня", performer="The Band"
        ),
        _named("track.mp3"),
    ]


def _animation(dice: Dice) -> tuple[str, list[Any]]:
    return "video/mp4", [
        types.DocumentAttributeVideo(duration=dice.between(1, 20), w=480, h=270, nosound=True),
        types.DocumentAttributeAnimated(),
        _named("animation.gif.mp4"),
    ]


def _sticker(dice: Dice) -> tuple[str, list[Any]]:
    return "image/webp", [
        types.DocumentAttributeImageSize(w=512, h=512),
        types.DocumentAttributeSticker(alt="🤝", stickerset=types.InputStickerSetEmpty()),
        _named("sticker.webp"),
    ]
