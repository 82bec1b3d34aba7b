"""What Telegram Desktop writes for hard messages, spelled out in full.

Keys, their order and the layout follow Telegram Desktop's sources (export_output_json.cpp,
export_data_types.cpp); the last keys of some messages are ours (`EXTRA_KEYS`).
"""

from __future__ import annotations

import json
from pathlib import Path
from textwrap import dedent, indent
from typing import Any
from zoneinfo import ZoneInfo

from telethon.tl import types

from exporter.writers.json_export import JsonExport
from storage.models import ChatInfo
from tests.exporter.convert.making import (
    CHANNEL,
    GROUP,
    SUMMER,
    document,
    in_channel,
    in_group,
    photo,
    record_of,
    service,
    styled,
)

BERLIN = ZoneInfo("Europe/Berlin")


def written(folder: Path, message: Any, chat: ChatInfo = GROUP, topic_id: int | None = None) -> str:
    """The whole result.json with this one message."""
    record = record_of(message, chat, topic_id=topic_id)
    writer = JsonExport(folder, BERLIN)
    writer.begin(chat)
    writer.message(record)
    text = writer.end().read_text("utf-8")
    json.loads(text)
    return text


def export_of(message: str, chat: str = "group") -> str:
    """result.json as it should be around one message, which is given without its indent."""
    head = {
        "group": '{\n "name": "Garden club",\n "type": "private_supergroup",\n "id": 700,\n',
        "channel": '{\n "name": "Garden news",\n "type": "public_channel",\n "id": 800,\n',
    }[chat]
    return head + ' "messages": [\n' + indent(dedent(message).strip("\n"), "  ") + "\n ]\n}"


def test_nested_and_overlapping_entities_around_emoji_become_runs(tmp_path: Path) -> None:
    # 😀 is two UTF-16 units: offsets 0-2 emoji, 3-7 "bold", 8-12 "link", 13-18 "quote", 19-20 "👍".
    message = in_group(
        11,
        "😀 bold link quote 👍",
        entities=[
            types.MessageEntityCustomEmoji(0, 2, 5368324170671202286),
            types.MessageEntityBold(3, 9),
            types.MessageEntityItalic(3, 4),
            types.MessageEntityTextUrl(8, 4, "https://example.org/a?b=1"),
            types.MessageEntityBlockquote(13, 5, collapsed=True),
            types.MessageEntitySpoiler(19, 2),
        ],
    )

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 11,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "text": [
          {
           "type": "custom_emoji",
           "text": "😀",
           "document_id": "(File not included. Change data exporting settings to download.)"
          },
          " ",
          {
           "type": "bold",
           "text": "bold link"
          },
          " ",
          {
           "type": "blockquote",
           "text": "quote",
           "collapsed": true
          },
          " ",
          {
           "type": "spoiler",
           "text": "👍"
          },
          ""
         ],
         "text_entities": [
          {
           "type": "custom_emoji",
           "text": "😀",
           "document_id": "(File not included. Change data exporting settings to download.)"
          },
          {
           "type": "plain",
           "text": " "
          },
          {
           "type": "bold",
           "text": "bold link"
          },
          {
           "type": "plain",
           "text": " "
          },
          {
           "type": "blockquote",
           "text": "quote",
           "collapsed": true
          },
          {
           "type": "plain",
           "text": " "
          },
          {
           "type": "spoiler",
           "text": "👍"
          },
          {
           "type": "plain",
           "text": ""
          }
         ]
        }
        """
    )


def test_a_text_that_ends_in_an_ascii_entity_gets_no_empty_run(tmp_path: Path) -> None:
    message = in_group(
        12,
        'say "hi" to Bob\n\tprint(\\)',
        entities=[
            types.MessageEntityMentionName(12, 3, 102),
            types.MessageEntityPre(16, 9, "python"),
        ],
    )

    assert written(tmp_path, message) == export_of(
        r"""
        {
         "id": 12,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "text": [
          "say \"hi\" to ",
          {
           "type": "mention_name",
           "text": "Bob",
           "user_id": 102
          },
          "\n",
          {
           "type": "pre",
           "text": "\tprint(\\)",
           "language": "python"
          }
         ],
         "text_entities": [
          {
           "type": "plain",
           "text": "say \"hi\" to "
          },
          {
           "type": "mention_name",
           "text": "Bob",
           "user_id": 102
          },
          {
           "type": "plain",
           "text": "\n"
          },
          {
           "type": "pre",
           "text": "\tprint(\\)",
           "language": "python"
          }
         ]
        }
        """
    )


def test_a_reply_to_another_chat_through_an_inline_bot(tmp_path: Path) -> None:
    message = in_group(
        13,
        "Как там?",
        via_bot_id=104,
        reply_to=types.MessageReplyHeader(
            reply_to_msg_id=77,
            reply_to_peer_id=types.PeerChannel(900),
            quote=True,
            quote_text="ripe apples",
            quote_entities=[types.MessageEntityBold(0, 4)],
            quote_offset=3,
        ),
    )

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 13,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "reply_to_message_id": 77,
         "reply_to_peer_id": "channel900",
         "via_bot": "@helper_bot",
         "text": "Как там?",
         "text_entities": [
          {
           "type": "plain",
           "text": "Как там?"
          }
         ],
         "quote_text": "ripe apples"
        }
        """
    )


def test_an_edited_forward_of_a_hidden_person_in_a_topic(tmp_path: Path) -> None:
    message = in_group(
        14,
        "line\u2028end\x01",
        from_id=types.PeerUser(103),
        edit_date=SUMMER,
        fwd_from=types.MessageFwdHeader(
            date=SUMMER,
            from_name="Hidden Gardener",
            saved_from_peer=types.PeerChannel(900),
            saved_from_msg_id=5,
        ),
        reply_to=types.MessageReplyHeader(reply_to_msg_id=2, forum_topic=True),
    )

    assert written(tmp_path, message, topic_id=2) == export_of(
        r"""
        {
         "id": 14,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "edited": "2025-07-15T13:30:05",
         "edited_unixtime": "1752579005",
         "from": null,
         "from_id": "user103",
         "forwarded_from": "Hidden Gardener",
         "saved_from": "Orchard",
         "reply_to_message_id": 2,
         "text": "line\u2028end\u0001",
         "text_entities": [
          {
           "type": "plain",
           "text": "line\u2028end\u0001"
          }
         ],
         "topic_id": 2
        }
        """
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
         "forwards": 3
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


def test_a_deleted_member_is_null_among_the_invited(tmp_path: Path) -> None:
    message = service(18, types.MessageActionChatAddUser(users=[102, 103, 999]))

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 18,
         "type": "service",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "actor": "Ann Lee",
         "actor_id": "user101",
         "action": "invite_members",
         "members": [
          "Bob",
          null,
          null
         ],
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


def test_inline_buttons(tmp_path: Path) -> None:
    def button(text: str, kind: Any) -> Any:
        return types.KeyboardInlineButton(text, kind)

    markup = types.ReplyInlineMarkup(
        rows=[
            types.KeyboardInlineButtonRow(
                [
                    button("Open", types.InlineButtonTypeUrl("https://example.org")),
                    button("Vote", types.InlineButtonTypeCallback(b"\xff\xfe\x00vote")),
                ]
            ),
            types.KeyboardInlineButtonRow(
                [
                    button("Share", types.InlineButtonTypeSwitchInline("apples")),
                    button(
                        "Log in",
                        types.InlineButtonTypeUrlAuth(
                            url="https://example.org/login", button_id=3, fwd_text="Log in there"
                        ),
                    ),
                    button("Buy", types.InlineButtonTypeBuy()),
                ]
            ),
        ]
    )
    message = in_group(21, "Choose", from_id=types.PeerUser(104), reply_markup=markup)

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 21,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Helper",
         "from_id": "user104",
         "text": "Choose",
         "text_entities": [
          {
           "type": "plain",
           "text": "Choose"
          }
         ],
         "inline_bot_buttons": [
          [
           {
            "type": "url",
            "text": "Open",
            "data": "https://example.org"
           },
           {
            "type": "callback",
            "text": "Vote",
            "dataBase64": "__4Adm90ZQ",
            "data": ""
           }
          ],
          [
           {
            "type": "switch_inline",
            "text": "Share",
            "data": "apples"
           },
           {
            "type": "auth",
            "text": "Log in",
            "data": "https://example.org/login",
            "forward_text": "Log in there",
            "button_id": 3
           },
           {
            "type": "buy",
            "text": "Buy"
           }
          ]
         ]
        }
        """
    )


def test_reactions_of_every_kind_with_the_recent_people(tmp_path: Path) -> None:
    custom = types.ReactionCustomEmoji(5368324170671202286)
    thumb = types.ReactionEmoji("👍")
    reactions = types.MessageReactions(
        results=[
            types.ReactionCount(custom, 4),
            types.ReactionCount(types.ReactionPaid(), 25),
            types.ReactionCount(thumb, 2),
        ],
        recent_reactions=[
            types.MessagePeerReaction(types.PeerUser(102), SUMMER, thumb),
            types.MessagePeerReaction(types.PeerUser(103), SUMMER, custom),
            types.MessagePeerReaction(types.PeerChannel(900), SUMMER, thumb),
        ],
    )
    message = in_group(22, "Harvest", reactions=reactions)

    assert written(tmp_path, message) == export_of(
        """
        {
         "id": 22,
         "type": "message",
         "date": "2025-01-15T12:30:05",
         "date_unixtime": "1736940605",
         "from": "Ann Lee",
         "from_id": "user101",
         "text": "Harvest",
         "text_entities": [
          {
           "type": "plain",
           "text": "Harvest"
          }
         ],
         "reactions": [
          {
           "type": "custom_emoji",
           "count": 4,
           "document_id": "(File not included. Change data exporting settings to download.)",
           "recent": [
            {
             "from": null,
             "from_id": "user103",
             "date": "2025-07-15T13:30:05"
            }
           ]
          },
          {
           "type": "paid",
           "count": 25
          },
          {
           "type": "emoji",
           "count": 2,
           "emoji": "👍",
           "recent": [
            {
             "from": "Bob",
             "from_id": "user102",
             "date": "2025-07-15T13:30:05"
            },
            {
             "from": "Orchard",
             "from_id": "channel900",
             "date": "2025-07-15T13:30:05"
            }
           ]
          }
         ]
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
