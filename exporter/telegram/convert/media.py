"""What a message carries besides its text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import isfinite
from typing import Any

from telethon.tl import types

from exporter.attachments import (
    Contact,
    Dice,
    File,
    Game,
    Giveaway,
    GiveawayResults,
    Invoice,
    Location,
    Media,
    PaidMedia,
    Photo,
    Poll,
    PollAnswer,
    TodoItem,
    TodoList,
    Venue,
    VideoStream,
)
from exporter.peers import PeerRef
from exporter.telegram.convert.files import (
    attached,
    file_record,
    message_file,
    message_photo,
    photo_record,
)
from exporter.telegram.convert.names import Names, channel_peer_id, marked_id
from exporter.telegram.convert.previews import story
from exporter.telegram.convert.text import styled, text_of


def media_record(message: Any, names: Names) -> Media | None:
    """The media of a message; None for none, for link previews and for what has no record."""
    convert = CONVERTERS.get(type(message.media))
    return convert(message, message.media, names) if convert else None


def _photo(_message: Any, media: Any, _names: Names) -> Photo:
    return message_photo(media)


def _file(message: Any, media: Any, _names: Names) -> File:
    return message_file(message, media)


def _contact(_message: Any, media: Any, _names: Names) -> Contact:
    phone = media.phone_number
    return Contact(
        first_name=media.first_name,
        last_name=media.last_name,
        phone_number=f"+{phone}" if phone.isdigit() and not phone.startswith("0") else phone,
        vcard=media.vcard or None,
        user_id=media.user_id or None,
    )


def _location(_message: Any, media: Any, _names: Names) -> Location:
    return _point(media.geo)


def _live_location(_message: Any, media: Any, _names: Names) -> Location:
    return replace(
        _point(media.geo),
        live_period_seconds=media.period,
        heading_degrees=media.heading,
        proximity_m=media.proximity_notification_radius,
    )


def _point(geo: Any) -> Location:
    if not isinstance(geo, types.GeoPoint) or not (isfinite(geo.lat) and isfinite(geo.long)):
        return Location(latitude=None, longitude=None)
    return Location(latitude=geo.lat, longitude=geo.long, accuracy_m=geo.accuracy_radius)


def _venue(_message: Any, media: Any, _names: Names) -> Venue:
    return Venue(
        location=_point(media.geo),
        title=media.title,
        address=media.address,
        provider=media.provider or None,
        venue_id=media.venue_id or None,
        venue_type=media.venue_type or None,
    )


def _game(message: Any, media: Any, names: Names) -> Game:
    game = media.game
    bot_id = _bot_of(message)
    return Game(
        title=game.title,
        description=game.description,
        short_name=game.short_name,
        bot=names.ref(bot_id) if bot_id else None,
        photo=photo_record(game.photo) if game.photo else None,
        animation=file_record(game.document, kind="animation"),
    )


def _bot_of(message: Any) -> int | None:
    """Whose game it is: the inline bot, else who wrote the original, else who sent it."""
    if message.via_bot_id:
        return int(message.via_bot_id)
    origin = message.fwd_from.from_id if message.fwd_from else None
    for peer in (origin, message.from_id or message.peer_id):
        if isinstance(peer, types.PeerUser):
            return marked_id(peer)
    return None


def _invoice(message: Any, media: Any, _names: Names) -> Invoice:
    return Invoice(
        title=media.title,
        description=media.description,
        amount=media.total_amount,
        currency=media.currency,
        receipt_message_id=media.receipt_msg_id,
        photo_url=media.photo.url if media.photo else None,
        test=bool(media.test),
        bought=attached(message, getattr(media.extended_media, "media", None)),
    )


def _poll(message: Any, media: Any, names: Names) -> Poll:
    poll, results = media.poll, media.results
    votes = {result.option: result for result in results.results or ()}
    return Poll(
        question=styled(poll.question),
        answers=tuple([_answer(one, votes, message, names) for one in poll.answers]),
        closed=bool(poll.closed),
        total_voters=results.total_voters or 0,
        quiz=bool(poll.quiz),
        multiple_choice=bool(poll.multiple_choice),
        public_voters=bool(poll.public_voters),
        open_answers=bool(poll.open_answers),
        recent_voters=_peers(results.recent_voters, names),
        close_period_seconds=poll.close_period,
        close_date=poll.close_date,
        solution=text_of(results.solution, results.solution_entities) if results.solution else None,
        media=attached(message, media.attached_media),
        solution_media=attached(message, results.solution_media),
    )


def _peers(peers: Any, names: Names) -> tuple[PeerRef, ...]:
    return tuple([names.peer(one) for one in peers]) if peers else ()


def _answer(answer: Any, votes: dict[bytes, Any], message: Any, names: Names) -> PollAnswer:
    result = votes.get(getattr(answer, "option", b""))
    added_by = getattr(answer, "added_by", None)
    return PollAnswer(
        text=styled(answer.text),
        voters=result.voters or 0 if result else 0,
        chosen=bool(result and result.chosen),
        correct=bool(result and result.correct),
        recent_voters=_peers(result and result.recent_voters, names),
        added_by=names.peer(added_by) if added_by else None,
        added=getattr(answer, "date", None),
        media=attached(message, getattr(answer, "media", None)),
    )


def _todo_list(_message: Any, media: Any, names: Names) -> TodoList:
    todo = media.todo
    done = {completion.id: completion for completion in media.completions or ()}
    return TodoList(
        title=styled(todo.title),
        items=tuple([_task(item, done.get(item.id), names) for item in todo.list]),
        others_can_append=bool(todo.others_can_append),
        others_can_complete=bool(todo.others_can_complete),
    )


def _task(item: Any, completion: Any, names: Names) -> TodoItem:
    if completion is None:
        return TodoItem(id=item.id, text=styled(item.title))
    return TodoItem(
        id=item.id,
        text=styled(item.title),
        completed_by=names.peer(completion.completed_by),
        completed=completion.date,
    )


def _giveaway(_message: Any, media: Any, names: Names) -> Giveaway:
    return Giveaway(
        channels=tuple([names.ref(channel_peer_id(one)) for one in media.channels]),
        quantity=media.quantity,
        until_date=media.until_date,
        months=media.months,
        stars=media.stars,
        additional_prize=media.prize_description or None,
        countries=tuple(media.countries_iso2 or ()),
        only_new_subscribers=bool(media.only_new_subscribers),
        winners_are_visible=bool(media.winners_are_visible),
    )


def _giveaway_results(_message: Any, media: Any, names: Names) -> GiveawayResults:
    return GiveawayResults(
        channel=names.ref(channel_peer_id(media.channel_id)),
        launch_message_id=media.launch_msg_id,
        winners=tuple([names.ref(winner) for winner in media.winners]),
        winners_count=media.winners_count,
        unclaimed_count=media.unclaimed_count,
        until_date=media.until_date,
        additional_peers_count=media.additional_peers_count or 0,
        months=media.months,
        stars=media.stars,
        additional_prize=media.prize_description or None,
        refunded=bool(media.refunded),
        only_new_subscribers=bool(media.only_new_subscribers),
    )


def _paid_media(message: Any, media: Any, _names: Names) -> PaidMedia:
    shown = [attached(message, getattr(one, "media", None)) for one in media.extended_media]
    items = [one for one in shown if one is not None]
    previews = len(media.extended_media) - len(items)
    return PaidMedia(stars=media.stars_amount, items=tuple(items), previews=previews)


def _dice(_message: Any, media: Any, _names: Names) -> Dice:
    game = media.game_outcome
    return Dice(
        emoji=media.emoticon,
        value=media.value,
        staked_nano_ton=game.stake_ton_amount if game else None,
        won_nano_ton=game.ton_amount if game else None,
    )


def _video_stream(_message: Any, media: Any, _names: Names) -> VideoStream:
    return VideoStream(rtmp=bool(media.rtmp_stream))


CONVERTERS: dict[type, Callable[[Any, Any, Names], Media]] = {
    types.MessageMediaPhoto: _photo,
    types.MessageMediaDocument: _file,
    types.MessageMediaContact: _contact,
    types.MessageMediaGeo: _location,
    types.MessageMediaGeoLive: _live_location,
    types.MessageMediaVenue: _venue,
    types.MessageMediaGame: _game,
    types.MessageMediaInvoice: _invoice,
    types.MessageMediaPoll: _poll,
    types.MessageMediaToDo: _todo_list,
    types.MessageMediaGiveaway: _giveaway,
    types.MessageMediaGiveawayResults: _giveaway_results,
    types.MessageMediaPaidMedia: _paid_media,
    types.MessageMediaDice: _dice,
    types.MessageMediaStory: story,
    types.MessageMediaVideoStream: _video_stream,
}

WITHOUT_RECORD = frozenset(
    {
        types.MessageMediaEmpty,
        types.MessageMediaWebPage,
        types.MessageMediaUnsupported,
    }
)
"""Nothing, a link preview, and what Telegram says this layer cannot show."""
