"""One made-up supergroup as Telegram Desktop exports it, with every key that it writes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

ZONE = timezone(timedelta(hours=5))
CHAT_ID = 1_900_000_001
NOT_INCLUDED = "(File not included. Change data exporting settings to download.)"
FIRST = 1_700_000_000

Object = dict[str, Any]


def local(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).astimezone(ZONE).isoformat()[:19]


def plain(text: str) -> Object:
    """`text` and `text_entities` of a text without entities."""
    return {"text": text, "text_entities": [{"type": "plain", "text": text}] if text else []}


def rich(*parts: str | Object) -> Object:
    """`text` and `text_entities` of a text with entities."""
    objects = [{"type": "plain", "text": part} if isinstance(part, str) else part for part in parts]
    return {"text": list(parts), "text_entities": objects}


def entity(kind: str, text: str, **more: Any) -> Object:
    return {"type": kind, "text": text, **more}


def dated(number: int) -> Object:
    moment = FIRST + number * 61
    return {"date": local(moment), "date_unixtime": str(moment)}


ANNA: Object = {"from": "Anna Алексеева", "from_id": "user1000001"}
BORIS: Object = {"from": "Boris", "from_id": "user5000000002"}
GONE: Object = {"from": None, "from_id": "user1000003"}
CHAT: Object = {"from": "Everything", "from_id": f"channel{CHAT_ID}"}
ACTOR: Object = {"actor": "Anna Алексеева", "actor_id": "user1000001"}

TEXTS: list[Object] = [
    {**ANNA, **plain("Hello, мир 👩‍💻!")},
    {**GONE, **plain("from a deleted account")},
    {**CHAT, "author": "Админ", **plain("in the chat's own name")},
    {**BORIS, **plain("")},
    {
        **BORIS,
        **rich(
            "👍👍 ",
            entity("mention", "@name"),
            entity("hashtag", "#тег"),
            " и ",
            entity("bot_command", "/start"),
            entity("link", "https://example.org/ё"),
            entity("email", "a@example.org"),
            entity("bold", "жирный 👍"),
            entity("italic", "i"),
            entity("code", "x = 1"),
            entity("pre", "a\n\tb", language="python"),
            entity("pre", "no language", language=""),
            entity("text_link", "link", href="https://example.org/?a=1&b=ё"),
            entity("mention_name", "Борис", user_id=5000000002),
            entity("phone", "+15550100"),
            entity("cashtag", "$USD"),
            entity("underline", "u"),
            entity("strikethrough", "s"),
            entity("blockquote", "q\nq", collapsed=False),
            entity("blockquote", "q\nq\nq\nq", collapsed=True),
            entity("bank_card", "4000000000000002"),
            entity("spoiler", "secret"),
            entity("unknown", "?"),
            entity("custom_emoji", "👍", document_id="stickers/AnimatedSticker.tgs"),
            " end",
        ),
    },
    {**ANNA, **rich(entity("bold", "ASCII only, ends in an entity"))},
    {**ANNA, **rich("не ASCII ", entity("bold", "ends in an entity"), "")},
    {
        "edited": local(FIRST + 99_999),
        "edited_unixtime": str(FIRST + 99_999),
        **ANNA,
        "reply_to_message_id": 1,
        **plain("edited reply"),
    },
    {
        **ANNA,
        "reply_to_message_id": 77,
        "reply_to_peer_id": "channel1900000077",
        **plain("a reply to another chat"),
    },
    {
        **ANNA,
        "forwarded_from": "Boris",
        "forwarded_from_id": "user5000000002",
        **plain("from a user"),
    },
    {
        **ANNA,
        "forwarded_from": "Some Channel",
        "forwarded_from_id": "channel1900000005",
        "saved_from": "Some Channel",
        **plain("from a channel"),
    },
    {**ANNA, "forwarded_from": "Hidden Name", **plain("from somebody who hides")},
    {
        **ANNA,
        "forwarded_from": None,
        "forwarded_from_id": "user1000009",
        **plain("from a deleted account"),
    },
    {**ANNA, "via_bot": "@helper_bot", **plain("through a bot")},
]

FILES: list[Object] = [
    {"photo": NOT_INCLUDED, "photo_file_size": 67_368, "width": 768, "height": 1024},
    {
        "photo": NOT_INCLUDED,
        "photo_file_size": 900,
        "width": 90,
        "height": 60,
        "media_spoiler": True,
    },
    {
        "photo": "(File unavailable, please try again later)",
        "photo_file_size": 0,
        "width": 1280,
        "height": 720,
        "self_destruct_period_seconds": 30,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "отчёт за май.pdf",
        "file_size": 3_963_067_066,
        "thumbnail": NOT_INCLUDED,
        "thumbnail_file_size": 9_859,
        "mime_type": "application/pdf",
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "picture.png",
        "file_size": 94_924,
        "mime_type": "image/png",
        "width": 236,
        "height": 438,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "sticker.tgs",
        "file_size": 4_599,
        "thumbnail": NOT_INCLUDED,
        "thumbnail_file_size": 234,
        "media_type": "sticker",
        "sticker_emoji": "🤝",
        "mime_type": "application/x-tgsticker",
        "width": 512,
        "height": 512,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "sticker.webm",
        "file_size": 14_599,
        "media_type": "sticker",
        "sticker_emoji": "👍",
        "mime_type": "video/webm",
        "duration_seconds": 3,
        "width": 512,
        "height": 512,
    },
    {
        "file": NOT_INCLUDED,
        "file_size": 7_757_275,
        "thumbnail": NOT_INCLUDED,
        "thumbnail_file_size": 10_552,
        "media_type": "video_message",
        "mime_type": "video/mp4",
        "duration_seconds": 60,
        "width": 384,
        "height": 384,
    },
    {
        "file": NOT_INCLUDED,
        "file_size": 43_075,
        "media_type": "voice_message",
        "mime_type": "audio/ogg",
        "duration_seconds": 10,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "funny.mp4",
        "file_size": 250_056,
        "thumbnail": NOT_INCLUDED,
        "thumbnail_file_size": 12_807,
        "media_type": "animation",
        "mime_type": "video/mp4",
        "duration_seconds": 1,
        "width": 1080,
        "height": 1080,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "film.MP4",
        "file_size": 40_196_999,
        "thumbnail": NOT_INCLUDED,
        "thumbnail_file_size": 14_200,
        "media_type": "video_file",
        "mime_type": "video/mp4",
        "duration_seconds": 109,
        "width": 464,
        "height": 848,
        "media_spoiler": True,
    },
    {
        "file": NOT_INCLUDED,
        "file_name": "песня.mp3",
        "file_size": 4_120_449,
        "media_type": "audio_file",
        "performer": "The Band",
        "title": "Песня",
        "mime_type": "audio/mpeg",
        "duration_seconds": 258,
    },
]

OTHER_MEDIA: list[Object] = [
    {
        "contact_information": {
            "first_name": "Nina",
            "last_name": "",
            "phone_number": "+1 555 010 0200",
        }
    },
    {
        "contact_information": {
            "first_name": "Nina",
            "last_name": "Контакт",
            "phone_number": "+1 555 010 0200",
        },
        "contact_vcard": NOT_INCLUDED,
        "contact_vcard_file_size": 220,
    },
    {"location_information": {"latitude": 10.125, "longitude": -20.25}},
    {
        "location_information": {"latitude": 59.9, "longitude": 30.3},
        "live_location_period_seconds": 900,
    },
    {"location_information": None},
    {
        "place_name": "Кафе",
        "address": "Main street 1",
        "location_information": {"latitude": 1.5, "longitude": 2.5},
    },
    {
        "via_bot": "@helper_bot",
        "game_title": "A Game",
        "game_description": "Play it",
        "game_link": "https://t.me/helper_bot?game=play",
    },
    {
        "invoice_information": json.dumps(
            {"title": "Tea", "description": "A cup", "amount": 250, "currency": "EUR"}
        )
    },
    {
        "poll": {
            "question": "Чай или кофе?",
            "closed": True,
            "total_voters": 3,
            "answers": [
                {"text": "Чай", "voters": 1, "chosen": True},
                {"text": "Coffee", "voters": 2, "chosen": False},
            ],
        }
    },
    {
        "todo_list": {
            "title": "Дела",
            "others_can_append": True,
            "others_can_complete": False,
            "answers": [{"text": "one", "id": 1}, {"text": "два", "id": 2}],
        }
    },
    {
        "giveaway_information": {
            "quantity": 5,
            "months": 3,
            "until_date": local(FIRST + 500_000),
            "channels": [1900000005],
            "countries": ["DE", "UZ"],
            "additional_prize": "a book",
            "stars": 0,
            "is_only_new_subscribers": True,
        }
    },
    {
        "giveaway_results": {
            "channel": 1900000005,
            "winners": [1000001, 5000000002],
            "additional_prize": "",
            "until_date": local(FIRST + 500_000),
            "launch_message_id": 12,
            "additional_peers_count": 1,
            "winners_count": 2,
            "unclaimed_count": 0,
            "months": 3,
            "stars": 0,
            "is_refunded": False,
            "is_only_new_subscribers": False,
        }
    },
    {"paid_stars_amount": 50},
]

ADDITIONS: list[Object] = [
    {
        "reactions": [
            {
                "type": "emoji",
                "count": 3,
                "emoji": "👍",
                "recent": [
                    {
                        "from": "Boris",
                        "from_id": "user5000000002",
                        "date": local(FIRST + 70_000),
                    },
                    {"from": None, "from_id": "user1000003", "date": local(FIRST + 69_000)},
                ],
            },
            {"type": "emoji", "count": 1, "emoji": "❤"},
            {"type": "custom_emoji", "count": 2, "document_id": "stickers/sticker.webm"},
            {"type": "paid", "count": 10},
        ]
    },
    {
        "inline_bot_buttons": [
            [
                {"type": "callback", "text": "Да", "dataBase64": "AP_-", "data": ""},
                {"type": "callback_with_password", "text": "Yes", "dataBase64": "YQ", "data": ""},
                {"type": "url", "text": "Go", "data": "https://example.org/"},
            ],
            [
                {"type": "switch_inline", "text": "Share", "data": "query"},
                {"type": "switch_inline_same", "text": "Here", "data": "query"},
                {"type": "game", "text": "Play"},
                {"type": "buy", "text": "Pay"},
                {
                    "type": "auth",
                    "text": "Log in",
                    "data": "https://example.org/login",
                    "forward_text": "elsewhere",
                    "button_id": 3,
                },
                {"type": "user_profile", "text": "Who", "data": "1000001"},
                {"type": "web_view", "text": "App", "data": "https://example.org/app"},
                {"type": "copy_text", "text": "Copy", "data": "текст"},
            ],
        ]
    },
]

ACTIONS: list[Object] = [
    {"action": "migrate_from_group", "title": "Before"},
    {"action": "create_channel", "title": "Everything"},
    {"action": "create_group", "title": "A group", "members": ["Boris", None]},
    {"action": "edit_group_title", "title": "Новое имя"},
    {
        "action": "edit_group_photo",
        "photo": NOT_INCLUDED,
        "photo_file_size": 12_000,
        "width": 640,
        "height": 640,
    },
    {"action": "delete_group_photo"},
    {"action": "invite_members", "members": ["Boris", "Somebody New", None, None]},
    {"action": "remove_members", "members": ["Somebody New"]},
    {"action": "join_group_by_link", "inviter": "Group"},
    {"action": "join_group_by_request"},
    {"action": "migrate_to_supergroup"},
    {"action": "pin_message", "message_id": 1},
    {"action": "clear_history"},
    {"action": "score_in_game", "game_message_id": 3, "score": 42},
    {"action": "phone_call", "duration_seconds": 61, "discard_reason": "hangup"},
    {"action": "phone_call", "discard_reason": "missed"},
    {"action": "conference_call", "duration_seconds": 5, "is_active": False, "is_missed": False},
    {"action": "take_screenshot"},
    {"information_text": "Something happened"},
    {"action": "joined_telegram"},
    {"action": "group_call", "duration": 30},
    {"action": "group_call"},
    {"action": "invite_to_group_call", "members": ["Boris"]},
    {"action": "set_messages_ttl", "period": 86_400},
    {"action": "group_call_scheduled", "schedule_date": FIRST + 600_000},
    {"action": "edit_chat_theme", "emoticon": "🐸"},
    {"action": "send_premium_gift", "cost": "$4.99", "days": 90},
    {"action": "topic_created", "title": "Тема"},
    {"action": "topic_edit", "new_title": "Новая тема", "new_icon_emoji_id": 0},
    {"action": "topic_edit", "new_icon_emoji_id": 5368324170671202286},
    {
        "action": "suggest_profile_photo",
        "photo": NOT_INCLUDED,
        "photo_file_size": 5_000,
        "width": 640,
        "height": 640,
    },
    {"action": "requested_peer", "button_id": 4, "peers": "[\n  1000001,\n  562951853421317\n ]"},
    {"action": "set_chat_wallpaper"},
    {"action": "set_same_chat_wallpaper", "message_id": 2},
    {"action": "boost_apply", "boosts": 2},
    {
        "action": "stars_prize",
        "boost_peer_id": "channel1900000005",
        "boost_peer_name": "Some Channel",
        "stars": 500,
        "is_unclaimed": True,
        "giveaway_msg_id": 12,
        "transaction_id": "abc",
    },
    {
        "action": "send_stars_gift",
        "cost": "$1.99",
        "amount_whole": 100,
        "amount_nano": 0,
    },
    {
        "action": "send_star_gift",
        "gift_id": 5170145012310081615,
        "stars": 15,
        "is_limited": False,
        "is_anonymous": True,
        "gift_text": "С праздником",
    },
    {"action": "paid_messages_refund", "messages_count": 2, "stars_count": 20},
    {
        "action": "paid_messages_price_change",
        "price_stars": 5,
        "is_broadcast_messages_allowed": True,
    },
    {"action": "todo_completions", "completed": [1], "incompleted": [2]},
    {"action": "todo_append_tasks", "items": [{"text": "three", "id": 3}]},
    {"action": "process_suggested_post", "rejected": True, "comment": "no"},
    {
        "action": "suggested_post_success",
        "price_amount_whole": "1",
        "price_amount_nano": "5",
        "price_currency": "TON",
    },
    {"action": "suggested_post_refund", "user_initiated": True},
]
"""With an actor."""

ACTORLESS: list[Object] = [
    {"action": "send_payment", "amount": 250, "currency": "EUR", "invoice_message_id": 5},
    {
        "action": "send_payment",
        "amount": 9,
        "currency": "XTR",
        "invoice_message_id": 5,
        "recurring": "init",
    },
    {"action": "allow_sending_messages", "reason_domain": "example.org"},
    {
        "action": "allow_sending_messages",
        "reason_app_id": 7,
        "reason_app_name": "App",
    },
    {"action": "attach_menu_bot_allowed"},
    {"action": "web_app_bot_allowed"},
    {"action": "send_passport_values", "values": ["passport", "address_information", "email"]},
    {
        "action": "proximity_reached",
        "from": "Boris",
        "from_id": "user5000000002",
        "to": "Anna Алексеева",
        "to_id": "user1000001",
        "distance": 300,
    },
    {
        "action": "gift_code_prize",
        "gift_code": "code",
        "boost_peer_id": "channel1900000005",
        "days": 90,
        "unclaimed": True,
        "via_giveaway": True,
    },
    {"action": "giveaway_launch"},
    {"action": "giveaway_results", "winners": 5, "unclaimed": 1, "stars": True},
    {
        "action": "refunded_payment",
        "amount": 250,
        "currency": "XTR",
        "peer_name": "Boris",
        "peer_id": "user5000000002",
        "charge_id": "charge",
    },
]


def everything() -> Object:
    """The whole chat, oldest message first."""
    told = list(TEXTS)
    told += [{**ANNA, **each, **plain("caption")} for each in FILES]
    told += [{**ANNA, **each, **plain("")} for each in OTHER_MEDIA]
    told += [{**ANNA, **plain("with additions"), **each} for each in ADDITIONS]
    messages: list[Object] = []
    for each in told:
        number = len(messages) + 1
        messages.append({"id": number, "type": "message", **dated(number), **each})
    for actor, actions in ((ACTOR, ACTIONS), ({}, ACTORLESS)):
        for each in actions:
            number = len(messages) + 1
            messages.append(
                {"id": number, "type": "service", **dated(number), **actor, **each, **plain("")}
            )
    messages.append({"id": len(messages) + 1, "type": "unsupported"})
    return {
        "name": "Everything",
        "type": "private_supergroup",
        "id": CHAT_ID,
        "messages": messages,
    }
