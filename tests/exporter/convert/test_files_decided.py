"""Each field of the layer that can hold a file within a message has a decision, and it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest
from telethon.tl import types

from exporter.attachments import CustomEmoji, File, Missing, Photo
from exporter.telegram.convert import files_of
from exporter.telegram.convert.kinds import MEDIA_KINDS
from tests.exporter.convert.layer import Field, fields_within
from tests.exporter.convert.making import (
    WINTER,
    document,
    in_group,
    photo,
    record_of,
    service,
    styled,
)

FILES = {
    types.Photo,
    types.Document,
    types.WebDocument,
    types.WebDocumentNoProxy,
    types.VideoSize,
    *MEDIA_KINDS,
    types.MessageEntityCustomEmoji,
}
EMOJI = 7001
PICTURE = types.MessageMediaPhoto(photo=photo())
SONG = document(mime_type="audio/ogg")
STYLED = styled("🌱", types.MessageEntityCustomEmoji(0, 2, EMOJI))
PEER = types.PeerUser(101)


def with_media(media: Any) -> Any:
    return in_group(5, media=media)


def of_photo(**fields: Any) -> Any:
    return with_media(types.MessageMediaPhoto(**fields))


def of_document(**fields: Any) -> Any:
    return with_media(types.MessageMediaDocument(**fields))


def of_page(**fields: Any) -> Any:
    page = types.WebPage(id=1, url="https://x.org", display_url="x.org", hash=0, **fields)
    return with_media(types.MessageMediaWebPage(page))


def of_game(**fields: Any) -> Any:
    game = {"photo": types.PhotoEmpty(1)} | fields
    return with_media(types.MessageMediaGame(types.Game(1, 2, "snake", "Snake", "", **game)))


def of_story(**fields: Any) -> Any:
    story = {"media": types.MessageMediaEmpty()} | fields
    item = types.StoryItem(id=3, date=WINTER, expire_date=WINTER, **story)
    return with_media(types.MessageMediaStory(peer=PEER, id=3, story=item))


def of_poll(answer: Any = None, results: dict[str, Any] | None = None, **fields: Any) -> Any:
    answers = [types.PollAnswer(styled("yes"), b"0", media=answer)]
    poll = types.Poll(id=1, question=fields.pop("question", styled("?")), answers=answers, hash=0)
    return with_media(types.MessageMediaPoll(poll, types.PollResults(**results or {}), **fields))


def of_rich(**fields: Any) -> Any:
    nothing: dict[str, Any] = {"blocks": [], "photos": [], "documents": []}
    return in_group(5, rich_message=types.RichMessage(**nothing | fields))


def paid(extended: Any) -> Any:
    return with_media(types.MessageMediaPaidMedia(stars_amount=5, extended_media=[extended]))


def answering(**fields: Any) -> Any:
    return in_group(5, reply_to=types.MessageReplyHeader(reply_to_msg_id=4, **fields))


def reacted(reaction: Any) -> Any:
    counts = [types.ReactionCount(reaction=reaction, count=1)]
    return in_group(5, reactions=types.MessageReactions(results=counts))


TAKEN: dict[str, Callable[[], Any]] = {
    "Message.media": lambda: with_media(PICTURE),
    "MessageMediaPhoto.photo": lambda: of_photo(photo=photo()),
    "MessageMediaPhoto.video": lambda: of_photo(live_photo=True, video=SONG),
    "MessageMediaDocument.document": lambda: of_document(document=SONG),
    "MessageMediaDocument.video_cover": lambda: of_document(video_cover=photo()),
    "MessageExtendedMedia.media": lambda: paid(types.MessageExtendedMedia(media=PICTURE)),
    "MessageMediaPoll.attached_media": lambda: of_poll(attached_media=PICTURE),
    "PollAnswer.media": lambda: of_poll(answer=PICTURE),
    "PollResults.solution_media": lambda: of_poll(results={"solution_media": PICTURE}),
    "WebPage.photo": lambda: of_page(photo=photo()),
    "WebPage.document": lambda: of_page(document=SONG),
    "Game.photo": lambda: of_game(photo=photo()),
    "Game.document": lambda: of_game(document=SONG),
    "StoryItem.media": lambda: of_story(media=PICTURE),
    "StoryItem.music": lambda: of_story(music=SONG),
    "RichMessage.photos": lambda: of_rich(photos=[photo()]),
    "RichMessage.documents": lambda: of_rich(documents=[SONG]),
    "MessageActionChatEditPhoto.photo": lambda: service(
        5, types.MessageActionChatEditPhoto(photo())
    ),
    "MessageActionSuggestProfilePhoto.photo": lambda: service(
        5, types.MessageActionSuggestProfilePhoto(photo())
    ),
    "Message.entities": lambda: in_group(5, "🌱", entities=STYLED.entities),
    "MessageReplyHeader.quote_entities": lambda: answering(
        quote=True, quote_text="🌱", quote_entities=STYLED.entities
    ),
    "TextWithEntities.entities": lambda: of_poll(question=STYLED),
    "PollResults.solution_entities": lambda: of_poll(
        results={"solution": "🌱", "solution_entities": STYLED.entities}
    ),
    "ReactionCustomEmoji.document_id": lambda: reacted(types.ReactionCustomEmoji(EMOJI)),
    "MessageEntityCustomEmoji.document_id": lambda: in_group(5, "🌱", entities=STYLED.entities),
    "TextCustomEmoji.document_id": lambda: of_rich(
        blocks=[types.PageBlockTitle(types.TextCustomEmoji(EMOJI, "🌱"))]
    ),
    "MessageActionTopicCreate.icon_emoji_id": lambda: service(
        5, types.MessageActionTopicCreate("Trees", 0, icon_emoji_id=EMOJI)
    ),
    "MessageActionTopicEdit.icon_emoji_id": lambda: service(
        5, types.MessageActionTopicEdit(icon_emoji_id=EMOJI)
    ),
}
"""A message in which this field holds a file, and no other does."""

LEFT: dict[str, str] = {
    "MessageService.media": "Telethon's own: it never comes",
    "MessageService.entities": "Telethon's own: it never comes",
    "MessageReplyHeader.reply_media": "of the answered message",
    "MessageMediaDocument.alt_documents": "the same video in other qualities",
    "Document.video_thumbs": "the same in small",
    "Photo.video_sizes": "a picture that moves: its still one is kept",
    "VideoSizeEmojiMarkup.emoji_id": "of a picture that moves",
    "MessageMediaInvoice.photo": "lies on the seller's server",
    "StoryItem.entities": "a story's caption is not shown",
    "TextImage.document_id": "among the documents of the rich message",
    "PageBlockDocument.document_id": "among the documents of the rich message",
    "Page.photos": "the page behind a link",
    "Page.documents": "the page behind a link",
    "WebPageAttributeTheme.documents": "what the link leads to",
    "WebPageAttributeStickerSet.stickers": "what the link leads to",
    "WebPageAttributeStarGiftCollection.icons": "what the link leads to",
    "WebPageAttributeAiComposeTone.emoji_id": "what the link leads to",
    "BotApp.photo": "a bot's window",
    "BotApp.document": "a bot's window",
    "RequestedPeerUser.photo": "sent to bots only",
    "RequestedPeerChat.photo": "sent to bots only",
    "RequestedPeerChannel.photo": "sent to bots only",
    "StarGift.sticker": "from Telegram's catalogue",
    "StarGiftAttributeModel.document": "from Telegram's catalogue",
    "StarGiftAttributePattern.document": "from Telegram's catalogue",
    "WallPaper.document": "how the chat looks",
    "PeerColor.background_emoji_id": "how a name looks",
    "PeerColorCollectible.background_emoji_id": "how a name looks",
    "PeerColorCollectible.gift_emoji_id": "how a name looks",
    "EmojiStatus.document_id": "how a name looks",
    "EmojiStatusCollectible.document_id": "how a name looks",
    "KeyboardButtonStyle.icon": "how a button looks",
}
"""What is no file of the message, and why."""


def _holds_a_file(field: Field, held: set[type]) -> bool:
    names_an_emoji = "emoji_id" in field.name or field.name in ("document_id", "icon")
    return bool(held & FILES) or (int in held and names_an_emoji)


def test_every_field_that_can_hold_a_file_has_one_decision() -> None:
    within = fields_within(types.Message, types.MessageService)
    holding = {str(field) for field, held in within.items() if _holds_a_file(field, held)}

    assert holding == set(TAKEN) | set(LEFT)
    assert not set(TAKEN) & set(LEFT)


@pytest.mark.parametrize("field", sorted(TAKEN))
def test_a_file_in_a_field_is_found(field: str) -> None:
    [row] = files_of(TAKEN[field]())

    assert row.message_id == 5
    assert row.file_id in {5001, 6001, EMOJI}
    assert bool(row.location) is (row.file_id != EMOJI)


@pytest.mark.parametrize("field", sorted(TAKEN))
def test_a_file_has_a_place_in_the_record(field: str) -> None:
    message = TAKEN[field]()

    assert set(keys_in(record_of(message))) == keys_of(message)


def test_a_still_picture_has_a_place_in_the_record() -> None:
    sizes = [types.PhotoSize("m", 320, 240, 4_000)]
    file = document(mime_type="video/mp4", thumbs=sizes)
    message = of_document(document=file)

    assert set(keys_in(record_of(message))) == keys_of(message) == {(6001, ""), (6001, "thumb")}


@pytest.mark.parametrize("media", [of_photo, of_document])
def test_what_destroys_itself_is_no_file(media: Callable[..., Any]) -> None:
    held = {"photo": photo()} if media is of_photo else {"document": SONG, "video_cover": photo()}
    message = media(ttl_seconds=30, **held)

    assert files_of(message) == []
    assert record_of(message).media.missing is Missing.UNAVAILABLE  # type: ignore[union-attr]


def keys_of(message: Any) -> set[tuple[int, str]]:
    return {(row.file_id, row.variant) for row in files_of(message)}


def keys_in(value: Any) -> Iterator[tuple[int, str]]:
    """The files that stand anywhere in a record; what has expired is none."""
    match value:
        case Photo(photo_id=int(file_id)):
            yield file_id, ""
        case File(document_id=int(file_id)) | CustomEmoji(document_id=file_id):
            yield file_id, ""
    if isinstance(value, File) and value.document_id and value.thumbnail:
        yield value.document_id, "thumb"
    if isinstance(value, tuple):
        for one in value:
            yield from keys_in(one)
    elif is_dataclass(value):
        for field in fields(value):
            yield from keys_in(getattr(value, field.name))
