"""What a record keeps that result.json has no word for."""

from __future__ import annotations

import json
from datetime import UTC

import pytest
from telethon.tl import types

from exporter.attachments import Dice, File, LinkPreview, Location, Missing, PaidMedia, Photo, Story
from exporter.peers import PeerRef
from exporter.texts import Text
from exporter.writers.desktop import EXTRA_KEYS, DesktopMessages
from exporter.writers.layout import layout
from storage.models import Topic
from tests.exporter.convert.making import (
    CHANNEL,
    SUMMER,
    document,
    in_channel,
    in_group,
    photo,
    record_of,
    service,
)


def test_an_album_in_a_topic_keeps_both() -> None:
    message = in_group(5, media=types.MessageMediaPhoto(photo=photo()), grouped_id=2**62)

    record = record_of(message, topic_id=2, topics={2: Topic(topic_id=2, title="Seeds")})

    assert (record.album_id, record.topic_id, record.topic) == (2**62, 2, "Seeds")


def test_a_forward_keeps_where_and_when_it_was_written() -> None:
    header = types.MessageFwdHeader(
        date=SUMMER, from_id=types.PeerChannel(900), channel_post=41, post_author="Eve"
    )

    forward = record_of(in_group(5, "x", fwd_from=header)).forward

    assert forward is not None
    assert forward.peer == PeerRef(-1_000_000_000_900, "Orchard")
    assert (forward.date, forward.message_id, forward.author) == (SUMMER, 41, "Eve")


def test_a_reply_within_the_chat_names_no_other_chat() -> None:
    header = types.MessageReplyHeader(reply_to_msg_id=3, reply_to_peer_id=types.PeerChannel(700))

    reply = record_of(in_group(5, "x", reply_to=header)).reply

    assert reply is not None
    assert (reply.message_id, reply.peer) == (3, None)


def test_a_reply_to_a_story() -> None:
    header = types.MessageReplyStoryHeader(peer=types.PeerUser(102), story_id=8)

    reply = record_of(in_group(5, "x", reply_to=header)).reply

    assert reply is not None
    assert (reply.peer, reply.story_id) == (PeerRef(102, "Bob"), 8)


def test_a_link_preview_is_kept_beside_the_text() -> None:
    page = types.WebPage(
        id=1,
        url="https://example.org/a",
        display_url="example.org/a",
        hash=0,
        type="article",
        site_name="Example",
        title="Apples",
        photo=photo(),
    )

    record = record_of(in_group(5, "look", media=types.MessageMediaWebPage(webpage=page)))

    assert (record.kind, record.media) == ("text", None)
    assert record.link_preview == LinkPreview(
        url="https://example.org/a",
        type="article",
        site_name="Example",
        title="Apples",
        photo_id=5001,
        photo=Photo(
            photo_id=5001,
            size_bytes=150_000,
            width=1280,
            height=960,
            missing=Missing.NOT_INCLUDED,
        ),
    )


def test_dice_and_stories_are_kept() -> None:
    dice = record_of(in_group(5, media=types.MessageMediaDice(value=6, emoticon="🎲")))
    story = record_of(in_group(6, media=types.MessageMediaStory(peer=types.PeerUser(102), id=9)))

    assert (dice.kind, dice.media) == ("dice", Dice(emoji="🎲", value=6))
    assert story.media == Story(peer=PeerRef(102, "Bob"), story_id=9)


def test_paid_media_is_what_was_bought_and_what_is_only_shown_blurred() -> None:
    media = types.MessageMediaPaidMedia(
        stars_amount=50,
        extended_media=[
            types.MessageExtendedMedia(types.MessageMediaPhoto(photo=photo())),
            types.MessageExtendedMediaPreview(w=10, h=10),
        ],
    )

    record = record_of(in_channel(5, media=media), CHANNEL)

    assert isinstance(record.media, PaidMedia)
    assert (record.media.stars, record.media.previews) == (50, 1)
    assert [type(item) for item in record.media.items] == [Photo]


def test_a_file_that_destroys_itself_keeps_its_size_but_cannot_be_had() -> None:
    voice = document(types.DocumentAttributeAudio(4, voice=True), mime_type="audio/ogg", size=777)
    media = types.MessageMediaDocument(document=voice, voice=True, ttl_seconds=2**31 - 1)

    record = record_of(in_group(5, media=media))

    assert record.kind == "voice_message"
    assert record.media is not None
    assert record.media.size_bytes == 777  # type: ignore[union-attr]
    assert record.media.missing is Missing.UNAVAILABLE  # type: ignore[union-attr]


def test_rare_facts_stand_under_extra() -> None:
    message = in_group(
        5,
        "x",
        silent=True,
        effect=77,
        saved_peer_id=types.PeerUser(102),
        restriction_reason=[types.RestrictionReason("ios", "porn", "Not here")],
        reply_markup=types.ReplyKeyboardMarkup(
            rows=[types.KeyboardButtonRow([types.KeyboardButton("Yes", types.ButtonTypeDefault())])]
        ),
    )

    assert record_of(message).extra == {
        "silent": True,
        "effect": 77,
        "saved_peer_id": 102,
        "restriction_reason": [
            {"_": "RestrictionReason", "platform": "ios", "reason": "porn", "text": "Not here"}
        ],
        "reply_keyboard": [["Yes"]],
    }


def test_the_words_of_a_rich_message_are_its_text() -> None:
    rich = types.RichMessage(
        blocks=[
            types.PageBlockHeading1(types.TextPlain("Apples")),
            types.PageBlockParagraph(
                types.TextConcat(
                    [
                        types.TextPlain("red and "),
                        types.TextBold(types.TextPlain("green")),
                        types.TextUrl(types.TextPlain(" ones"), "https://example.org", 0),
                    ]
                )
            ),
            types.PageBlockDivider(),
        ],
        photos=[photo()],
        documents=[],
    )

    record = record_of(in_group(5, rich_message=rich))

    assert (record.kind, record.text) == ("text", Text("Apples\nred and green ones"))
    assert "access_hash" not in str(record.extra)
    assert "PageBlockHeading1" in str(record.extra)


def test_reactions_to_a_service_message_are_kept() -> None:
    reactions = types.MessageReactions([types.ReactionCount(types.ReactionEmoji("👍"), 2)])

    record = record_of(service(5, types.MessageActionPinMessage(), reactions=reactions))

    assert [reaction.count for reaction in record.reactions] == [2]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_that_json_cannot_say_are_left_out(number: float) -> None:
    place = record_of(
        in_group(
            5, media=types.MessageMediaGeo(types.GeoPoint(lat=number, long=13.4, access_hash=1))
        )
    )
    video = document(types.DocumentAttributeVideo(number, 640, 480), mime_type="video/mp4")
    clip = record_of(in_group(6, media=types.MessageMediaDocument(document=video)))

    assert place.media == Location(latitude=None, longitude=None)
    assert isinstance(clip.media, File)
    assert clip.media.duration_s == 0
    for record in (place, clip):
        json.loads(layout(DesktopMessages(UTC).message(record), "\n"), parse_constant=pytest.fail)


def test_result_json_tells_in_keys_of_ours_what_telegram_desktop_leaves_out() -> None:
    message = in_group(
        5,
        "https://example.org",
        pinned=True,
        media=types.MessageMediaWebPage(
            types.WebPage(id=1, url="https://example.org", display_url="", hash=0, title="Trees")
        ),
        fwd_from=types.MessageFwdHeader(
            date=SUMMER, from_id=types.PeerChannel(900), channel_post=41
        ),
        replies=types.MessageReplies(replies=3, replies_pts=1),
    )

    written = DesktopMessages(UTC).message(record_of(message))

    ours = {key: written[key] for key in written if key in EXTRA_KEYS}
    assert list(ours.items()) == [
        ("comments", 3),
        ("pinned", True),
        ("forwarded_date", "2025-07-15T11:30:05"),
        ("forwarded_date_unixtime", "1752579005"),
        ("forwarded_message_id", 41),
        ("link_preview", {"url": "https://example.org", "title": "Trees"}),
    ]
    assert list(written)[-len(ours) :] == list(ours)
