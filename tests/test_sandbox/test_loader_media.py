"""Files and other media of an export become TL media with all that was told of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from telethon.tl import types

from tests.sandbox.world import World
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.files import bytes_of, size_of
from tests.sandbox.world.loader import load_export
from tests.test_sandbox.everything import FILES, OTHER_MEDIA, TEXTS, ZONE, everything, local
from tests.test_sandbox.test_loader_messages import saved

FIRST_FILE = len(TEXTS) + 1
FIRST_OTHER = FIRST_FILE + len(FILES)


@pytest.fixture
def chat(tmp_path: Path) -> Chat:
    return load_export(World(), saved(tmp_path, everything())).chats[0]


def media_of(chat: Chat, message_id: int) -> Any:
    message = chat.message(message_id)
    return message.media


def attribute(document: Any, kind: type) -> Any:
    return next((each for each in document.attributes if isinstance(each, kind)), None)


def told_of_photo(media: Any) -> dict[str, Any]:
    largest = max(media.photo.sizes[1:], key=lambda size: size.w * size.h)
    return {"photo_file_size": largest.size, "width": largest.w, "height": largest.h}


def told_of_document(media: Any) -> dict[str, Any]:
    """The media keys by the order in which Telegram Desktop looks at attributes."""
    document = media.document
    sticker = attribute(document, types.DocumentAttributeSticker)
    video = attribute(document, types.DocumentAttributeVideo)
    audio = attribute(document, types.DocumentAttributeAudio)
    name = attribute(document, types.DocumentAttributeFilename)
    measured = video or attribute(document, types.DocumentAttributeImageSize)
    kind = None
    if sticker:
        kind = "sticker"
    elif video and video.round_message:
        kind = "video_message"
    elif audio and audio.voice:
        kind = "voice_message"
    elif attribute(document, types.DocumentAttributeAnimated):
        kind = "animation"
    elif video:
        kind = "video_file"
    elif audio:
        kind = "audio_file"
    timed = video or audio
    told = {
        "file_name": name and name.file_name,
        "file_size": document.size,
        "thumbnail_file_size": document.thumbs[-1].size if document.thumbs else None,
        "media_type": kind,
        "sticker_emoji": sticker and sticker.alt,
        "performer": audio and audio.performer,
        "title": audio and audio.title,
        "mime_type": document.mime_type,
        "duration_seconds": timed and timed.duration,
        "width": measured and measured.w,
        "height": measured and measured.h,
    }
    return {key: value for key, value in told.items() if value is not None}


@pytest.mark.parametrize("place", range(len(FILES)))
def test_a_file_keeps_its_measures(chat: Chat, place: int) -> None:
    exported = FILES[place]
    media = media_of(chat, FIRST_FILE + place)

    found = told_of_photo(media) if "photo" in exported else told_of_document(media)
    if media.spoiler:
        found["media_spoiler"] = True
    if media.ttl_seconds:
        found["self_destruct_period_seconds"] = media.ttl_seconds

    paths = {"photo", "file", "thumbnail"}
    assert found == {key: value for key, value in exported.items() if key not in paths}


def test_sizes_are_scaled_and_the_bytes_are_as_many(tmp_path: Path) -> None:
    path = saved(tmp_path, everything())

    chat = load_export(World(), path, scale_files=0.001).chats[0]

    document = media_of(chat, FIRST_FILE + 3).document
    assert document.size == 3_963_067
    made = b"".join(bytes_of(document))
    assert len(made) == size_of(document) == document.size
    assert made == b"".join(bytes_of(document, part=512 * 1024))


def test_two_files_have_other_bytes(chat: Chat) -> None:
    one, other = (media_of(chat, FIRST_FILE + place).photo for place in (0, 1))
    assert next(bytes_of(one))[:500] != next(bytes_of(other))[:500]


def other_media(chat: Chat, key: str) -> Any:
    place = next(place for place, each in enumerate(OTHER_MEDIA) if key in each)
    return media_of(chat, FIRST_OTHER + place)


def test_contacts_keep_name_number_and_card(chat: Chat) -> None:
    plain, with_card = media_of(chat, FIRST_OTHER), media_of(chat, FIRST_OTHER + 1)
    assert (plain.first_name, plain.last_name, plain.vcard) == ("Nina", "", "")
    assert plain.phone_number == "15550100200"
    assert len(with_card.vcard.encode()) == 220


def test_places_keep_their_coordinates(chat: Chat) -> None:
    place, live, nowhere = (media_of(chat, FIRST_OTHER + number) for number in (2, 3, 4))
    assert (place.geo.lat, place.geo.long) == (10.125, -20.25)
    assert (live.geo.lat, live.period) == (59.9, 900)
    assert isinstance(nowhere.geo, types.GeoPointEmpty)
    cafe = other_media(chat, "place_name")
    assert (cafe.title, cafe.address, cafe.geo.long) == ("Кафе", "Main street 1", 2.5)


def test_a_game_comes_through_the_bot_of_its_link(chat: Chat) -> None:
    message = chat.message(FIRST_OTHER + 6)
    assert (message.media.game.title, message.media.game.short_name) == ("A Game", "play")
    assert chat.world.users[message.via_bot_id].username == "helper_bot"


def test_an_invoice_is_read_from_its_string(chat: Chat) -> None:
    invoice = other_media(chat, "invoice_information")
    assert (invoice.title, invoice.currency, invoice.total_amount) == ("Tea", "EUR", 250)


def test_a_poll_keeps_its_votes(chat: Chat) -> None:
    poll = other_media(chat, "poll")
    assert poll.poll.question.text == "Чай или кофе?"
    assert poll.poll.closed
    assert [answer.text.text for answer in poll.poll.answers] == ["Чай", "Coffee"]
    assert [(each.voters, each.chosen) for each in poll.results.results] == [(1, True), (2, False)]
    assert poll.results.total_voters == 3


def test_a_checklist_keeps_its_tasks(chat: Chat) -> None:
    todo = other_media(chat, "todo_list").todo
    assert (todo.title.text, todo.others_can_append, todo.others_can_complete) == (
        "Дела",
        True,
        False,
    )
    assert [(item.id, item.title.text) for item in todo.list] == [(1, "one"), (2, "два")]


def test_giveaways_keep_their_terms(chat: Chat) -> None:
    start, results = (
        other_media(chat, "giveaway_information"),
        other_media(chat, "giveaway_results"),
    )
    until = OTHER_MEDIA[10]["giveaway_information"]["until_date"]
    assert start.until_date.astimezone(ZONE).isoformat()[:19] == until == local(1_700_500_000)
    assert (start.quantity, start.months, start.countries_iso2) == (5, 3, ["DE", "UZ"])
    assert results.winners == [1000001, 5000000002]
    assert (results.launch_msg_id, results.only_new_subscribers) == (12, False)


def test_paid_media_keep_their_price(chat: Chat) -> None:
    assert other_media(chat, "paid_stars_amount").stars_amount == 50


def test_buttons_keep_what_they_do(chat: Chat) -> None:
    message = chat.message(FIRST_OTHER + len(OTHER_MEDIA) + 1)
    first, second = message.reply_markup.rows
    assert [button.type.to_dict()["_"] for button in first.buttons] == [
        "InlineButtonTypeCallback",
        "InlineButtonTypeCallback",
        "InlineButtonTypeUrl",
    ]
    assert first.buttons[0].type.data == b"\x00\xff\xfe"
    assert [each.type.requires_password for each in first.buttons[:2]] == [False, True]
    inline, same, game, buy, auth, who, app, copy = (each.type for each in second.buttons)
    assert (inline.query, inline.same_peer, same.same_peer) == ("query", False, True)
    assert isinstance(game, types.InlineButtonTypeGame)
    assert isinstance(buy, types.InlineButtonTypeBuy)
    assert (auth.url, auth.fwd_text, auth.button_id) == (
        "https://example.org/login",
        "elsewhere",
        3,
    )
    assert (who.user_id, app.url, copy.copy_text) == (1000001, "https://example.org/app", "текст")
