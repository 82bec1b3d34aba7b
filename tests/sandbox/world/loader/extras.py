"""Media that are no files."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from telethon.tl import types

from tests.sandbox.world.loader.source import Source
from tests.sandbox.world.loader.texts import with_entities

GAME_LINK = re.compile(r"([^/?]+)\?game=(.+)$")


def contact(source: Source, message: dict[str, Any]) -> Any:
    about = message["contact_information"]
    size = source.size(message, "contact_vcard_file_size") if "contact_vcard" in message else 0
    return types.MessageMediaContact(
        phone_number=re.sub(r"[^\d]", "", about.get("phone_number", "")),
        first_name=about.get("first_name", ""),
        last_name=about.get("last_name", ""),
        vcard=_vcard(size),
        user_id=0,
    )


def _vcard(size: int) -> str:
    """A card of so many bytes."""
    start, end = "BEGIN:VCARD\nVERSION:3.0\nNOTE:", "\nEND:VCARD"
    return start + "x" * (size - len(start) - len(end)) + end if size else ""


def _point(message: dict[str, Any]) -> Any:
    place = message.get("location_information")
    if place is None:
        return types.GeoPointEmpty()
    return types.GeoPoint(long=place["longitude"], lat=place["latitude"], access_hash=0)


def location(source: Source, message: dict[str, Any]) -> Any:
    period = message.get("live_location_period_seconds")
    if period is not None:
        return types.MessageMediaGeoLive(geo=_point(message), period=period)
    return types.MessageMediaGeo(geo=_point(message))


def venue(source: Source, message: dict[str, Any]) -> Any:
    return types.MessageMediaVenue(
        geo=_point(message),
        title=message.get("place_name", ""),
        address=message.get("address", ""),
        provider="",
        venue_id="",
        venue_type="",
    )


def game(source: Source, message: dict[str, Any]) -> Any:
    """The link names the bot that sent the game, or through which it was sent."""
    found = GAME_LINK.search(message.get("game_link", ""))
    if found and "via_bot" not in message:
        source.directory.is_bot(message.get("from_id"), username=found[1])
    return types.MessageMediaGame(
        game=types.Game(
            id=source.file_id(message["id"], "game"),
            access_hash=0,
            short_name=found[2] if found else "",
            title=message.get("game_title", ""),
            description=message.get("game_description", ""),
            photo=types.PhotoEmpty(id=0),
        )
    )


def invoice(source: Source, message: dict[str, Any]) -> Any:
    """Telegram Desktop writes this object as a string that holds JSON."""
    about = message["invoice_information"]
    told = json.loads(about) if isinstance(about, str) else about
    return types.MessageMediaInvoice(
        title=told.get("title", ""),
        description=told.get("description", ""),
        currency=told.get("currency", ""),
        total_amount=told.get("amount", 0),
        start_param="",
        receipt_msg_id=told.get("receipt_message_id"),
    )


def poll(source: Source, message: dict[str, Any]) -> Any:
    told = message["poll"]
    answers = [
        types.PollAnswer(text=with_entities(answer["text"]), option=bytes([number]))
        for number, answer in enumerate(told["answers"])
    ]
    votes = [
        types.PollAnswerVoters(
            option=bytes([number]),
            voters=answer["voters"],
            recent_voters=[],
            chosen=answer.get("chosen") or None,
        )
        for number, answer in enumerate(told["answers"])
    ]
    return types.MessageMediaPoll(
        poll=types.Poll(
            id=source.file_id(message["id"], "poll"),
            question=with_entities(told["question"]),
            answers=answers,
            hash=0,
            closed=told.get("closed") or None,
        ),
        results=types.PollResults(results=votes, total_voters=told["total_voters"]),
    )


def todo(source: Source, message: dict[str, Any]) -> Any:
    told = message["todo_list"]
    return types.MessageMediaToDo(
        todo=types.TodoList(
            title=with_entities(told.get("title", "")),
            list=todo_items(told.get("answers", [])),
            others_can_append=told.get("others_can_append") or None,
            others_can_complete=told.get("others_can_complete") or None,
        )
    )


def todo_items(told: list[dict[str, Any]]) -> list[Any]:
    return [types.TodoItem(id=each["id"], title=with_entities(each["text"])) for each in told]


def giveaway(source: Source, message: dict[str, Any]) -> Any:
    told = message["giveaway_information"]
    return types.MessageMediaGiveaway(
        channels=told.get("channels", []),
        quantity=told.get("quantity", 0),
        until_date=source.local(told["until_date"]),
        only_new_subscribers=told.get("is_only_new_subscribers") or None,
        countries_iso2=told.get("countries") or None,
        prize_description=told.get("additional_prize") or None,
        months=told.get("months") or None,
        stars=told.get("stars") or None,
    )


def giveaway_results(source: Source, message: dict[str, Any]) -> Any:
    told = message["giveaway_results"]
    return types.MessageMediaGiveawayResults(
        channel_id=told.get("channel", 0),
        launch_msg_id=told.get("launch_message_id", 0),
        winners_count=told.get("winners_count", 0),
        unclaimed_count=told.get("unclaimed_count", 0),
        winners=told.get("winners", []),
        until_date=source.local(told["until_date"]),
        only_new_subscribers=told.get("is_only_new_subscribers") or None,
        refunded=told.get("is_refunded") or None,
        additional_peers_count=told.get("additional_peers_count") or None,
        months=told.get("months") or None,
        stars=told.get("stars") or None,
        prize_description=told.get("additional_prize") or None,
    )


def paid(source: Source, message: dict[str, Any]) -> Any:
    return types.MessageMediaPaidMedia(
        stars_amount=message["paid_stars_amount"],
        extended_media=[types.MessageExtendedMediaPreview(w=320, h=240)],
    )


KINDS: dict[str, Callable[[Source, dict[str, Any]], Any]] = {
    "contact_information": contact,
    "place_name": venue,
    "address": venue,
    "location_information": location,
    "live_location_period_seconds": location,
    "game_title": game,
    "invoice_information": invoice,
    "poll": poll,
    "todo_list": todo,
    "giveaway_information": giveaway,
    "giveaway_results": giveaway_results,
    "paid_stars_amount": paid,
}
"""By the key that tells them, the first that a message has."""
