"""The media keys of Telegram Desktop's result.json."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, TypeAlias

from exporter.attachments import (
    Contact,
    CustomEmoji,
    File,
    Game,
    Giveaway,
    GiveawayResults,
    Invoice,
    Location,
    Media,
    Missing,
    PaidMedia,
    Photo,
    Poll,
    Thumbnail,
    TodoList,
    Venue,
)
from exporter.peers import bare_id
from exporter.writers.layout import layout
from exporter.writers.runs import NOT_INCLUDED, Emoji, text_value

Object: TypeAlias = dict[str, Any]
LocalDate: TypeAlias = Callable[[datetime], str]


class Around(NamedTuple):
    """What the keys of some media need to know beyond the media."""

    local: LocalDate
    emoji: Emoji


SENTENCES: dict[Missing, str] = {
    Missing.NOT_INCLUDED: NOT_INCLUDED,
    Missing.TOO_BIG: "(File exceeds maximum size. Change data exporting settings to download.)",
    Missing.UNAVAILABLE: "(File unavailable, please try again later)",
    Missing.FAILED: "(File unavailable, please try again later)",
}
"""What stands in the place of a path; readers look for exactly these."""


def media_object(found: Object, media: Media, kind: str, around: Around) -> None:
    """Add the keys of a message's media."""
    add = _WRITERS.get(type(media))
    if type(media) is File:
        file_object(found, media, kind)
    elif add is not None:
        add(found, media, around)


def photo_object(found: Object, photo: Photo) -> None:
    """Add the keys of a photo."""
    found["photo"] = path(photo)
    found["photo_file_size"] = 0 if photo.ttl_seconds else photo.size_bytes
    _size_and_secrecy(found, photo)


def path(file: Photo | File | Thumbnail | CustomEmoji) -> str:
    """Where a file is, below the export's folder, or why it is not there."""
    return file.path or SENTENCES[file.missing or Missing.NOT_INCLUDED]


def file_object(found: Object, file: File, kind: str) -> None:
    """Add the keys of a document."""
    found["file"] = path(file)
    if file.name:
        found["file_name"] = file.name
    found["file_size"] = 0 if file.ttl_seconds else file.size_bytes
    if file.thumbnail is not None:
        found["thumbnail"] = path(file.thumbnail)
        found["thumbnail_file_size"] = file.thumbnail.size_bytes
    if kind != "file" and file.document_id is not None:
        _media_type(found, file, kind)
    if file.mime_type:
        found["mime_type"] = file.mime_type
    if int(file.duration_s):
        found["duration_seconds"] = int(file.duration_s)
    _size_and_secrecy(found, file)


def _media_type(found: Object, file: File, kind: str) -> None:
    found["media_type"] = kind
    if kind == "sticker" and file.sticker_emoji:
        found["sticker_emoji"] = file.sticker_emoji
    if kind == "audio_file" and file.performer:
        found["performer"] = file.performer
    if kind == "audio_file" and file.title:
        found["title"] = file.title


def _size_and_secrecy(found: Object, media: Photo | File) -> None:
    if media.width and media.height:
        found["width"] = media.width
        found["height"] = media.height
    if media.spoiler:
        found["media_spoiler"] = True
    if media.ttl_seconds:
        found["self_destruct_period_seconds"] = media.ttl_seconds


def _photo(found: Object, photo: Photo, _around: Around) -> None:
    photo_object(found, photo)


def _contact(found: Object, contact: Contact, _around: Around) -> None:
    found["contact_information"] = {
        "first_name": contact.first_name,
        "last_name": contact.last_name,
        "phone_number": contact.phone_number,
    }
    if contact.vcard:
        found["contact_vcard"] = contact.vcard_path or NOT_INCLUDED
        found["contact_vcard_file_size"] = len(contact.vcard.encode())


def _coordinates(location: Location) -> Object | None:
    if location.latitude is None or location.longitude is None:
        return None
    return {"latitude": round(location.latitude, 6), "longitude": round(location.longitude, 6)}


def _location(found: Object, location: Location, _around: Around) -> None:
    found["location_information"] = _coordinates(location)
    if location.live_period_seconds:
        found["live_location_period_seconds"] = location.live_period_seconds


def _venue(found: Object, venue: Venue, _around: Around) -> None:
    if venue.title:
        found["place_name"] = venue.title
    if venue.address:
        found["address"] = venue.address
    if coordinates := _coordinates(venue.location):
        found["location_information"] = coordinates


def _game(found: Object, game: Game, _around: Around) -> None:
    if game.title:
        found["game_title"] = game.title
    if game.description:
        found["game_description"] = game.description
    bot = game.bot
    if bot is not None and bot.is_bot and bot.username and game.short_name:
        found["game_link"] = f"https://t.me/{bot.username}?game={game.short_name}"


def _invoice(found: Object, invoice: Invoice, _around: Around) -> None:
    """Telegram Desktop writes the object as a text; readers of its files expect that."""
    details: Object = {
        "title": invoice.title,
        "description": invoice.description,
        "amount": invoice.amount,
        "currency": invoice.currency,
    }
    if invoice.receipt_message_id:
        details["receipt_message_id"] = invoice.receipt_message_id
    found["invoice_information"] = layout(details, "\n   ")


def _poll(found: Object, poll: Poll, around: Around) -> None:
    found["poll"] = {
        "question": text_value(poll.question, around.emoji),
        "closed": poll.closed,
        "total_voters": poll.total_voters,
        "answers": [
            {"text": text_value(one.text, around.emoji), "voters": one.voters, "chosen": one.chosen}
            for one in poll.answers
        ],
    }


def _todo_list(found: Object, todo: TodoList, around: Around) -> None:
    found["todo_list"] = {
        "title": text_value(todo.title, around.emoji),
        "others_can_append": todo.others_can_append,
        "others_can_complete": todo.others_can_complete,
        "answers": [
            {"text": text_value(one.text, around.emoji), "id": one.id} for one in todo.items
        ],
    }


def _giveaway(found: Object, giveaway: Giveaway, around: Around) -> None:
    found["giveaway_information"] = {
        "quantity": giveaway.quantity,
        "months": giveaway.months or 0,
        "until_date": around.local(giveaway.until_date),
        "channels": [bare_id(one.id) for one in giveaway.channels],
        "countries": list(giveaway.countries),
        "additional_prize": giveaway.additional_prize or "",
        "stars": giveaway.stars or 0,
        "is_only_new_subscribers": giveaway.only_new_subscribers,
    }


def _giveaway_results(found: Object, results: GiveawayResults, around: Around) -> None:
    found["giveaway_results"] = {
        "channel": bare_id(results.channel.id),
        "winners": [one.id for one in results.winners],
        "additional_prize": results.additional_prize or "",
        "until_date": around.local(results.until_date),
        "launch_message_id": results.launch_message_id,
        "additional_peers_count": results.additional_peers_count,
        "winners_count": results.winners_count,
        "unclaimed_count": results.unclaimed_count,
        "months": results.months or 0,
        "stars": results.stars or 0,
        "is_refunded": results.refunded,
        "is_only_new_subscribers": results.only_new_subscribers,
    }


def _paid_media(found: Object, media: PaidMedia, _around: Around) -> None:
    found["paid_stars_amount"] = media.stars


_WRITERS: dict[type, Callable[[Object, Any, Around], None]] = {
    Photo: _photo,
    Contact: _contact,
    Location: _location,
    Venue: _venue,
    Game: _game,
    Invoice: _invoice,
    Poll: _poll,
    TodoList: _todo_list,
    Giveaway: _giveaway,
    GiveawayResults: _giveaway_results,
    PaidMedia: _paid_media,
}
"""Dice, stories and live streams have no keys there."""
