"""What Telegram Desktop writes for hard messages, in full: media and service messages.

Keys, their order and the layout follow Telegram Desktop's sources (export_output_json.cpp,
export_data_types.cpp); the last keys of some messages are ours (`EXTRA_KEYS`).
"""

from __future__ import annotations

from pathlib import Path

from telethon.tl import types

from tests.exporter.convert.desktop import export_of, written
from tests.exporter.convert.making import (
    CHANNEL,
    SUMMER,
    document,
    in_channel,
    in_group,
    photo,
    service,
    styled,
)


def test_a_video_of_an_album_under_a_spoiler_with_a_signature(tmp_path: Path) -> None:
    video = document(
        types.DocumentAttributeVideo(61.9, 1920, 1080, supports_streaming=True),
        types.DocumentAttributeFilename("Сад.mp4"),
        mime_type="video/mp4",
        size=3_963_067_066,
        thumbs=[
            types.PhotoStrippedSize("i", b"\x01"),
            types.PhotoSize("m", 320, 180, 14_000),
            types.PhotoSize("s", 90, 50, 1_000),
        ],
    )
    message = in_channel(
        15,
        "",
        media=types.MessageMediaDocument(document=video, spoiler=True, video=True),
        grouped_id=13_000_000_000_000_001,
        post_author="Head gardener",
        views=1200,
        forwards=3,
        fwd_from=types.MessageFwdHeader(
            date=SUMMER, from_id=types.PeerChannel(900), channel_post=41
        ),
    )

    assert written(tmp_path, message, CHANNEL) == export_of(
        """
        {
         "id": 15,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Garden news",
         "from_id": "channel800",
         "author": "Head gardener",
         "forwarded_from": "Orchard",
         "forwarded_from_id": "channel900",
         "file": "(File not included. Change data exporting settings to download.)",
         "file_name": "Сад.mp4",
         "file_size": 3963067066,
         "thumbnail": "(File not included. Change data exporting settings to download.)",
         "thumbnail_file_size": 14000,
         "media_type": "video_file",
         "mime_type": "video/mp4",
         "duration_seconds": 61,
         "width": 1920,
         "height": 1080,
         "media_spoiler": true,
         "text": "",
         "text_entities": [],
         "grouped_id": 13000000000000001,
         "views": 1200,
         "forwards": 3,
         "forwarded_date": "2025-07-15T13:30:05",
         "forwarded_date_unixtime": "1752579005",
         "forwarded_message_id": 41
        }
        """,
        "channel",
    )


def test_a_sticker(tmp_path: Path) -> None:
    sticker = document(
        types.DocumentAttributeImageSize(512, 512),
        types.DocumentAttributeSticker("🌱", types.InputStickerSetEmpty()),
        types.DocumentAttributeFilename("AnimatedSticker.tgs"),
        mime_type="application/x-tgsticker",
        size=4_599,
        thumbs=[types.PhotoPathSize("j", b"\x01"), types.PhotoCachedSize("m", 128, 128, b"1234")],
    )
    message = in_group(16, media=types.MessageMediaDocument(document=sticker))

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 16,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "file": "(File not included. Change data exporting settings to download.)",
         "file_name": "AnimatedSticker.tgs",
         "file_size": 4599,
         "thumbnail": "(File not included. Change data exporting settings to download.)",
         "thumbnail_file_size": 4,
         "media_type": "sticker",
         "sticker_emoji": "🌱",
         "mime_type": "application/x-tgsticker",
         "width": 512,
         "height": 512,
         "text": "",
         "text_entities": []
        }
        """
    )


def test_a_poll(tmp_path: Path) -> None:
    poll = types.Poll(
        id=1,
        question=styled("Сажаем?"),
        answers=[
            types.PollAnswer(styled("Yes"), b"0"),
            types.PollAnswer(styled("No"), b"1"),
        ],
        hash=0,
        closed=True,
    )
    results = types.PollResults(
        results=[
            types.PollAnswerVoters(b"1", voters=2, recent_voters=[]),
            types.PollAnswerVoters(b"0", chosen=True, voters=5, recent_voters=[]),
        ],
        total_voters=7,
    )
    message = in_group(17, media=types.MessageMediaPoll(poll=poll, results=results))

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 17,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "poll": {
          "question": "Сажаем?",
          "closed": true,
          "total_voters": 7,
          "answers": [
           {
            "text": "Yes",
            "voters": 5,
            "chosen": true
           },
           {
            "text": "No",
            "voters": 2,
            "chosen": false
           }
          ]
         },
         "text": "",
         "text_entities": []
        }
        """
    )


def test_a_new_group_photo_and_a_message_pinned_in_another_chat(tmp_path: Path) -> None:
    changed = service(19, types.MessageActionChatEditPhoto(photo=photo()))
    pinned = service(
        20,
        types.MessageActionPinMessage(),
        from_id=None,
        reply_to=types.MessageReplyHeader(reply_to_msg_id=8, reply_to_peer_id=types.PeerChat(55)),
    )

    assert written(tmp_path, changed) == export_of(
        """
        {
         "id": 19,
         "type": "service",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "actor": "Ann Lee",
         "actor_id": "user101",
         "action": "edit_group_photo",
         "photo": "(File not included. Change data exporting settings to download.)",
         "photo_file_size": 150000,
         "width": 1280,
         "height": 960,
         "text": "",
         "text_entities": []
        }
        """
    )
    assert written(tmp_path, pinned) == export_of(
        """
        {
         "id": 20,
         "type": "service",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "actor": "Garden club",
         "actor_id": "channel700",
         "action": "pin_message",
         "message_id": 8,
         "reply_to_peer_id": "chat55",
         "text": "",
         "text_entities": []
        }
        """
    )


def test_a_contact_and_a_venue(tmp_path: Path) -> None:
    contact = in_group(
        23,
        media=types.MessageMediaContact(
            phone_number="15550100",
            first_name="Zoë",
            last_name="",
            vcard="BEGIN:VCARD\nEND:VCARD",
            user_id=102,
        ),
    )
    venue = in_group(
        24,
        media=types.MessageMediaVenue(
            geo=types.GeoPoint(long=20.125, lat=-10.25, access_hash=1),
            title="Greenhouse",
            address="1 Garden St",
            provider="foursquare",
            venue_id="v1",
            venue_type="",
        ),
    )

    assert written(tmp_path, contact) == export_of(
        """
        {
         "id": 23,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "contact_information": {
          "first_name": "Zoë",
          "last_name": "",
          "phone_number": "+15550100"
         },
         "contact_vcard": "(File not included. Change data exporting settings to download.)",
         "contact_vcard_file_size": 21,
         "text": "",
         "text_entities": []
        }
        """
    )
    assert written(tmp_path, venue) == export_of(
        """
        {
         "id": 24,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "place_name": "Greenhouse",
         "address": "1 Garden St",
         "location_information": {
          "latitude": -10.25,
          "longitude": 20.125
         },
         "text": "",
         "text_entities": []
        }
        """
    )


def test_a_photo_that_destroys_itself_has_a_size_of_nothing(tmp_path: Path) -> None:
    message = in_group(25, media=types.MessageMediaPhoto(photo=photo(), ttl_seconds=30))

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 25,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "photo": "(File unavailable, please try again later)",
         "photo_file_size": 0,
         "width": 1280,
         "height": 960,
         "self_destruct_period_seconds": 30,
         "text": "",
         "text_entities": []
        }
        """
    )


def test_a_bill_is_a_text_that_holds_json(tmp_path: Path) -> None:
    message = in_group(
        26,
        media=types.MessageMediaInvoice(
            title="Seeds",
            description='"Best" ones',
            currency="EUR",
            total_amount=1250,
            start_param="",
            receipt_msg_id=9,
        ),
    )

    assert written(tmp_path, message) == export_of(
        r"""
        {
         "id": 26,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "invoice_information": """
        r'"{\n    \"title\": \"Seeds\",\n    \"description\": \"\\\"Best\\\" ones\",\n'
        r"    \"amount\": 1250,\n    \"currency\": \"EUR\",\n"
        r'    \"receipt_message_id\": 9\n   }",'
        """
         "text": "",
         "text_entities": []
        }
        """
    )


def test_what_telegram_marks_unsupported_is_only_a_number(tmp_path: Path) -> None:
    message = in_group(27, "Update your app", media=types.MessageMediaUnsupported())

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 27,
         "type": "unsupported"
        }
        """
    )
