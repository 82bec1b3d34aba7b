"""A record in plain words, for the formats that people read: tables and notes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from exporter.attachments import (
    Contact,
    Dice,
    File,
    Game,
    Giveaway,
    GiveawayResults,
    Invoice,
    Location,
    Missing,
    PaidMedia,
    Photo,
    Poll,
    Story,
    TodoList,
    Venue,
    VideoStream,
)
from exporter.media.carriers import PARTS
from exporter.peers import PeerRef, peer_key
from exporter.records import Action, Reaction, Record
from exporter.texts import Text
from exporter.writers.desktop import MOVED

WHY_MISSING: dict[Missing, str] = {
    Missing.NOT_INCLUDED: "not included",
    Missing.TOO_BIG: "too big",
    Missing.UNAVAILABLE: "unavailable",
    Missing.FAILED: "failed",
}
NOT_MEANT = frozenset({"link_preview", "custom_emoji"})
"""Files of these are no part of what somebody sent."""


def number(record: Record) -> int:
    """The message's number, as result.json has it: also where the basic group's come first."""
    return record.id if record.chat_id is None else record.id + MOVED


def replied_number(record: Record) -> int | None:
    """The number of the message that this one answers, if it is one of this chat.

    Every message of a topic says that it answers the first one of it; that is not meant.
    """
    reply = record.reply
    if reply is None or reply.message_id in (None, record.topic_id) or reply.peer is not None:
        return None
    return reply.message_id if record.chat_id is None else reply.message_id + MOVED


def called(peer: PeerRef) -> str:
    """Their name, or else their id as result.json has it."""
    return peer.name or peer_key(peer.id)


def speaker(record: Record) -> str:
    """Who wrote it; empty where nobody is named. Posts carry their signature."""
    name = "" if record.sender is None else called(record.sender)
    return f"{name} ({record.author})" if record.author and record.author != name else name


def origin(record: Record) -> str:
    """Whom it is forwarded from; empty when it is not."""
    if record.forward is None:
        return ""
    peer = record.forward.peer
    return called(peer) if peer is not None else record.forward.name or "unknown"


def files_of(record: Record) -> Iterator[Photo | File]:
    """The photos and files that were sent with a message; not their thumbnails or covers."""
    for name in PARTS[Record]:
        if name not in NOT_MEANT:
            yield from _files_in(getattr(record, name))


def _files_in(value: Any) -> Iterator[Photo | File]:
    if isinstance(value, Photo | File):
        yield value
    elif isinstance(value, tuple):
        for one in value:
            yield from _files_in(one)
    else:
        for name in PARTS.get(type(value), ()):
            yield from _files_in(getattr(value, name))


def kind_of(file: Photo | File, record: Record) -> str:
    """photo, video_file, …; of a file that is all that a message carries, the message's own."""
    if isinstance(file, Photo):
        return "photo"
    return file.kind or (record.kind if file is record.media else "file")


def file_name(file: Photo | File) -> str:
    """What it is called: as its sender did, or as it lies in the export; or why it is missing."""
    if isinstance(file, File) and file.name:
        return file.name
    if file.path is not None:
        return file.path.rpartition("/")[2]
    return ""


def why_missing(file: Photo | File) -> str:
    """Why it has no path."""
    return WHY_MISSING[file.missing or Missing.NOT_INCLUDED]


def reactions(record: Record) -> str:
    """`👍 3, ⭐ 1`"""
    return ", ".join(f"{_reaction(one)} {one.count}" for one in record.reactions)


def _reaction(reaction: Reaction) -> str:
    if reaction.type == "paid":
        return "⭐"
    return reaction.emoji or "custom emoji"


def details(record: Record) -> list[str]:
    """What a message says besides its text and files: what happened, a poll, a place; in lines."""
    if record.action is not None:
        return [_action(record.action)]
    if record.problem is not None:
        return [f"could not be read: {record.problem}"]
    tell = _TELLERS.get(type(record.media))
    found: list[str] = [] if tell is None else tell(record.media)
    return [line for line in found if line]


def _action(action: Action) -> str:
    """`invite members: Ann, Bob`"""
    told = [
        _detail(value) if len(action.details) == 1 else f"{key.replace('_', ' ')} {_detail(value)}"
        for key, value in action.details.items()
        if value not in (None, "", [], {})
    ]
    name = (action.name or "").replace("_", " ")
    return ": ".join(filter(None, (name, "; ".join(told))))


def _detail(value: Any) -> str:
    if isinstance(value, Text):
        return value.text
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_detail(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return ", ".join("unknown" if one is None else _detail(one) for one in value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _contact(contact: Contact) -> list[str]:
    name = f"{contact.first_name} {contact.last_name}".strip()
    return [" ".join(filter(None, (name, contact.phone_number)))]


def _location(location: Location) -> list[str]:
    if location.latitude is None:
        return ["unknown place"]
    return [f"{location.latitude}, {location.longitude}"]


def _venue(venue: Venue) -> list[str]:
    named = ", ".join(filter(None, (venue.title, venue.address)))
    return [named, *_location(venue.location)]


def _game(game: Game) -> list[str]:
    return [game.title, game.description]


def _invoice(invoice: Invoice) -> list[str]:
    price = f"{invoice.amount} {invoice.currency}, in the smallest unit"
    return [invoice.title, invoice.description, price]


def _poll(poll: Poll) -> list[str]:
    marks = ("✓ ", "")
    answers = [
        f"- {marks[not answer.correct]}{answer.text.text}: {answer.voters}"
        for answer in poll.answers
    ]
    solution = poll.solution.text if poll.solution is not None else ""
    return [poll.question.text, *answers, solution]


def _todo_list(todo: TodoList) -> list[str]:
    items = [f"- {'✓ ' if item.completed else ''}{item.text.text}" for item in todo.items]
    return [todo.title.text, *items]


def _giveaway(giveaway: Giveaway) -> list[str]:
    until = f"until {giveaway.until_date:%Y-%m-%d}"
    return [f"giveaway of {giveaway.quantity}, {until}", giveaway.additional_prize or ""]


def _giveaway_results(results: GiveawayResults) -> list[str]:
    winners = ", ".join(called(one) for one in results.winners)
    return [f"giveaway with {results.winners_count} winners", winners]


def _paid_media(media: PaidMedia) -> list[str]:
    return [f"paid media, {media.stars} stars"]


def _dice(dice: Dice) -> list[str]:
    return [f"{dice.emoji} {dice.value}"]


def _story(story: Story) -> list[str]:
    return [f"story {story.story_id} of {called(story.peer)}"]


def _video_stream(_stream: VideoStream) -> list[str]:
    return ["live stream"]


_TELLERS: dict[type, Callable[[Any], list[str]]] = {
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
    Dice: _dice,
    Story: _story,
    VideoStream: _video_stream,
}
"""Of photos and files all is said by `files_of`."""
