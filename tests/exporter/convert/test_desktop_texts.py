"""What Telegram Desktop writes for hard messages, in full: texts, replies, buttons, reactions.

Keys, their order and the layout follow Telegram Desktop's sources (export_output_json.cpp,
export_data_types.cpp); the last keys of some messages are ours (`EXTRA_KEYS`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from telethon.tl import types

from tests.exporter.convert.desktop import export_of, written
from tests.exporter.convert.making import (
    SUMMER,
    in_group,
    service,
)


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
         "topic_id": 2,
         "forwarded_date": "2025-07-15T13:30:05",
         "forwarded_date_unixtime": "1752579005"
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
