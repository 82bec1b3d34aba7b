"""Media that are no files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from telethon.tl import types

from exporter.telegram.desktop.numbers import file_id, peer_id_of
from exporter.telegram.desktop.people import to_peer
from exporter.telegram.desktop.source import Source
from exporter.telegram.desktop.texts import with_entities
from exporter.telegram.desktop.told import Malformed, Told

Make = Callable[[Source, Told], Any]
GAME_LINK = re.compile(r"([^/?]+)\?game=(.+)$")


def _contact(source: Source, message: Told) -> Any:
    about = message.inner("contact_information")
    phone = about.text("phone_number")
    digits = phone.removeprefix("+")
    return types.MessageMediaContact(
        phone_number=digits if digits.isdecimal() else phone,
        first_name=about.text("first_name"),
        last_name=about.text("last_name"),
        vcard=source.read_card(message.text("contact_vcard")),
        user_id=0,
    )


def _point(message: Told) -> Any:
    if "location_information" not in message:
        return types.GeoPointEmpty()
    place = message.inner("location_information")
    return types.GeoPoint(
        long=place.degrees("longitude", 180), lat=place.degrees("latitude", 90), access_hash=0
    )


def _location(_source: Source, message: Told) -> Any:
    period = message.count("live_location_period_seconds")
    if period:
        return types.MessageMediaGeoLive(geo=_point(message), period=period)
    return types.MessageMediaGeo(geo=_point(message))


def _venue(_source: Source, message: Told) -> Any:
    return types.MessageMediaVenue(
        geo=_point(message),
        title=message.text("place_name"),
        address=message.text("address"),
        provider="",
        venue_id="",
        venue_type="",
    )


def _game(source: Source, message: Told) -> Any:
    """The link names the bot that sent the game, or through which it was sent."""
    found = GAME_LINK.search(message.text("game_link"))
    sender = peer_id_of(message.raw("from_id"))
    if found and sender is not None and "via_bot" not in message:
        source.people.call(sender, None, bot=found[1])
    return types.MessageMediaGame(
        game=types.Game(
            id=file_id("game", source.chat_id, message.number("id")),
            access_hash=0,
            short_name=found[2] if found else "",
            title=message.text("game_title"),
            description=message.text("game_description"),
            photo=types.PhotoEmpty(id=0),
        )
    )


def _invoice(_source: Source, message: Told) -> Any:
    """Telegram Desktop writes this object as a text that holds JSON."""
    about = message.raw("invoice_information")
    try:
        told = Told(json.loads(about) if isinstance(about, str) else about)
    except (ValueError, RecursionError):
        raise Malformed("`invoice_information` is not JSON") from None
    return types.MessageMediaInvoice(
        title=told.text("title"),
        description=told.text("description"),
        currency=told.text("currency"),
        total_amount=told.number("amount"),
        start_param="",
        receipt_msg_id=told.number("receipt_message_id") or None,
    )


def _poll(source: Source, message: Told) -> Any:
    told = message.inner("poll")
    answers, votes = [], []
    for number, answer in enumerate(told.items("answers")):
        option = number.to_bytes(4, "big")
        answers.append(types.PollAnswer(text=with_entities(answer, "text"), option=option))
        voters = answer.count("voters")
        chosen = answer.flag("chosen")
        votes.append(
            types.PollAnswerVoters(option=option, voters=voters, recent_voters=[], chosen=chosen)
        )
    return types.MessageMediaPoll(
        poll=types.Poll(
            id=file_id("poll", source.chat_id, message.number("id")),
            question=with_entities(told, "question"),
            answers=answers,
            hash=0,
            closed=told.flag("closed"),
        ),
        results=types.PollResults(results=votes, total_voters=told.count("total_voters")),
    )


def _todo(_source: Source, message: Told) -> Any:
    told = message.inner("todo_list")
    return types.MessageMediaToDo(
        todo=types.TodoList(
            title=with_entities(told, "title"),
            list=tasks(told, "answers"),
            others_can_append=told.flag("others_can_append"),
            others_can_complete=told.flag("others_can_complete"),
        )
    )


def tasks(told: Told, key: str) -> list[Any]:
    """The items of a to-do list."""
    return [
        types.TodoItem(id=item.number("id"), title=with_entities(item, "text"))
        for item in told.items(key)
    ]


def _giveaway(source: Source, message: Told) -> Any:
    told = message.inner("giveaway_information")
    return types.MessageMediaGiveaway(
        channels=told.numbers("channels"),
        quantity=told.number("quantity"),
        until_date=source.local(told, "until_date", message),
        only_new_subscribers=told.flag("is_only_new_subscribers"),
        countries_iso2=told.names("countries") or None,
        prize_description=told.text("additional_prize") or None,
        months=told.number("months") or None,
        stars=told.number("stars") or None,
    )


def _giveaway_results(source: Source, message: Told) -> Any:
    told = message.inner("giveaway_results")
    return types.MessageMediaGiveawayResults(
        channel_id=told.number("channel"),
        launch_msg_id=told.number("launch_message_id"),
        winners_count=told.number("winners_count"),
        unclaimed_count=told.number("unclaimed_count"),
        winners=told.numbers("winners"),
        until_date=source.local(told, "until_date", message),
        only_new_subscribers=told.flag("is_only_new_subscribers"),
        refunded=told.flag("is_refunded"),
        additional_peers_count=told.number("additional_peers_count") or None,
        months=told.number("months") or None,
        stars=told.number("stars") or None,
        prize_description=told.text("additional_prize") or None,
    )


def _paid(_source: Source, message: Told) -> Any:
    """An export does not show what was to be paid for."""
    preview = types.MessageExtendedMediaPreview(w=320, h=240)
    stars = message.count("paid_stars_amount")
    return types.MessageMediaPaidMedia(stars_amount=stars, extended_media=[preview])


def _dice(_source: Source, message: Told) -> Any:
    told = message.inner("dice")
    return types.MessageMediaDice(value=told.number("value"), emoticon=told.text("emoji"))


def _story(_source: Source, message: Told) -> Any:
    told = message.inner("story")
    peer_id = peer_id_of(told.raw("peer_id"))
    if peer_id is None:
        raise Malformed("`story.peer_id` names nobody")
    return types.MessageMediaStory(peer=to_peer(peer_id), id=told.number("id"))


def _web_page(_source: Source, message: Told) -> Any:
    told = message.inner("link_preview")
    url = told.text("url")
    page = types.WebPage(
        id=file_id("web page", url),
        url=url,
        display_url=url,
        hash=0,
        site_name=told.words("site_name"),
        title=told.words("title"),
        description=told.words("description"),
        author=told.words("author"),
    )
    return types.MessageMediaWebPage(webpage=page)


MAKERS: dict[str, Make] = {
    "contact_information": _contact,
    "place_name": _venue,
    "address": _venue,
    "live_location_period_seconds": _location,
    "game_title": _game,
    "invoice_information": _invoice,
    "poll": _poll,
    "todo_list": _todo,
    "giveaway_information": _giveaway,
    "giveaway_results": _giveaway_results,
    "paid_stars_amount": _paid,
    "dice": _dice,
    "story": _story,
    "link_preview": _web_page,
}
"""By the key that tells them, the first that a message has. The last three are Chatkeep's own."""


def other_media(source: Source, message: Told) -> Any:
    """What a message carries that is no file; None for nothing."""
    for key, make in MAKERS.items():
        if key in message:
            return make(source, message)
    if message.has("location_information"):  # null for a place that is none
        return _location(source, message)
    return None
