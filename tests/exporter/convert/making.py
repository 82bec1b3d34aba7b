"""Messages as Telegram sends them and rows as the archive keeps them, made by hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from telethon.tl import types
from telethon.tl.alltlobjects import LAYER

from exporter.records import Record
from exporter.telegram.convert import kind_of, to_record
from storage.models import ChatInfo, MessageRow, Peer, PeerKind, Topic

GROUP_ID = -1_000_000_000_700
GROUP = ChatInfo(id=GROUP_ID, title="Garden club", type="private_supergroup")
CHANNEL_ID = -1_000_000_000_800
CHANNEL = ChatInfo(id=CHANNEL_ID, title="Garden news", type="public_channel", username="garden")

WINTER = datetime(2025, 1, 15, 11, 30, 5, tzinfo=UTC)
SUMMER = datetime(2025, 7, 15, 11, 30, 5, tzinfo=UTC)

ANN = Peer(peer_id=101, kind=PeerKind.USER, name="Ann Lee", username="ann")
BOB = Peer(peer_id=102, kind=PeerKind.USER, name="Bob")
GONE = Peer(peer_id=103, kind=PeerKind.USER, name=None)
BOT = Peer(peer_id=104, kind=PeerKind.USER, name="Helper", username="helper_bot", is_bot=True)
OTHER_GROUP = Peer(peer_id=-1_000_000_000_900, kind=PeerKind.CHANNEL, name="Orchard")
PEERS = {peer.peer_id: peer for peer in (ANN, BOB, GONE, BOT, OTHER_GROUP)}


def in_group(message_id: int, text: str = "", **fields: Any) -> Any:
    """A message of Ann's in the group."""
    fields.setdefault("from_id", types.PeerUser(101))
    return types.Message(
        id=message_id,
        peer_id=types.PeerChannel(700),
        date=fields.pop("date", WINTER),
        message=text,
        **fields,
    )


def in_channel(message_id: int, text: str = "", **fields: Any) -> Any:
    """A post of the channel."""
    return types.Message(
        id=message_id,
        peer_id=types.PeerChannel(800),
        date=WINTER,
        message=text,
        post=True,
        **fields,
    )


def service(message_id: int, action: Any, **fields: Any) -> Any:
    """A service message of Ann's in the group."""
    fields.setdefault("from_id", types.PeerUser(101))
    return types.MessageService(
        id=message_id, peer_id=types.PeerChannel(700), date=WINTER, action=action, **fields
    )


def row_of(message: Any, *, topic_id: int | None = None) -> MessageRow:
    """A message as the archive keeps it."""
    return MessageRow(
        id=message.id,
        date=message.date or WINTER,
        edited=getattr(message, "edit_date", None),
        sender_id=None,
        kind=kind_of(message),
        topic_id=topic_id,
        reply_to_id=None,
        album_id=None,
        layer=LAYER,
        tl=bytes(message),
    )


def record_of(
    message: Any,
    chat: ChatInfo = GROUP,
    *,
    topic_id: int | None = None,
    topics: dict[int, Topic] | None = None,
) -> Record:
    """The record of a message, through its bytes."""
    return to_record(row_of(message, topic_id=topic_id), chat, PEERS, topics or {})


def photo(*sizes: Any, photo_id: int = 5001) -> Any:
    """A photo with these sizes; with a usual set of them if none are given."""
    return types.Photo(
        id=photo_id,
        access_hash=9,
        file_reference=b"reference",
        date=WINTER,
        sizes=list(sizes)
        or [
            types.PhotoStrippedSize("i", b"\x01\x02"),
            types.PhotoSize("m", 320, 240, 9_000),
            types.PhotoSizeProgressive("y", 1280, 960, [20_000, 60_000, 150_000]),
            types.PhotoSize("x", 800, 600, 70_000),
        ],
        dc_id=2,
    )


def document(
    *attributes: Any, mime_type: str, size: int = 12_345, thumbs: list[Any] | None = None
) -> Any:
    """A document with these attributes."""
    return types.Document(
        id=6001,
        access_hash=9,
        file_reference=b"reference",
        date=WINTER,
        mime_type=mime_type,
        size=size,
        dc_id=4,
        attributes=list(attributes),
        thumbs=thumbs,
    )


def styled(text: str, *entities: Any) -> Any:
    """A text with entities."""
    return types.TextWithEntities(text, list(entities))
