"""Albums of photos on loopback: how Telegram's Bot API takes and shows them."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import BufferedInputFile, InputMediaPhoto

from tests.sandbox.botapi.server import BotApi
from tests.sandbox.phone import Phone


def png(width: int, height: int) -> bytes:
    """A grey picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        whole = kind + data
        return struct.pack(">I", len(data)) + whole + struct.pack(">I", zlib.crc32(whole))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    signature = b"\x89PNG\r\n\x1a\n"
    return signature + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def photo(content: bytes, caption: str | None = None) -> InputMediaPhoto:
    return InputMediaPhoto(media=BufferedInputFile(content, "picture.png"), caption=caption)


@pytest.fixture
async def chat_id(phone: Phone) -> int:
    await phone.start()
    return phone.person.id


async def test_an_album_arrives_as_messages_that_belong_together(
    bot: Bot, bot_api: BotApi, phone: Phone, chat_id: int
) -> None:
    sent = await bot.send_media_group(chat_id, [photo(png(40, 30), "both"), photo(png(20, 20))])

    assert [message.caption for message in sent] == ["both", None]
    assert len({message.media_group_id for message in sent}) == 1
    assert sent[0].photo is not None
    largest = sent[0].photo[-1]
    assert (largest.width, largest.height) == (40, 30)
    assert bot_api.state.files[largest.file_id] == png(40, 30)
    assert [message.photo is not None for message in phone.received] == [True, True]


async def test_a_photo_is_sent_again_by_its_file_id(bot: Bot, chat_id: int) -> None:
    sent = await bot.send_media_group(chat_id, [photo(png(40, 30)), photo(png(20, 20))])
    known = [each.photo[-1].file_id for each in sent if each.photo]

    again = await bot.send_media_group(chat_id, [InputMediaPhoto(media=one) for one in known])

    assert [each.photo[-1].file_id for each in again if each.photo] == known


@pytest.mark.parametrize(
    ("album", "refusal"),
    [
        ([photo(png(9, 9))], "2-10 items"),
        ([photo(png(9, 9))] * 11, "2-10 items"),
        ([photo(png(9, 9)), photo(b"GIF89a")], "IMAGE_PROCESS_FAILED"),
        ([photo(png(9, 9)), photo(png(210, 10))], "PHOTO_INVALID_DIMENSIONS"),
        ([photo(png(9, 9)), InputMediaPhoto(media="unknown")], "wrong remote file identifier"),
        ([photo(png(9, 9)), photo(png(9, 9), "x" * 1025)], "caption is too long"),
    ],
)
async def test_an_album_that_telegram_would_refuse_sends_nothing(
    bot: Bot, phone: Phone, chat_id: int, album: list[Any], refusal: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=refusal):
        await bot.send_media_group(chat_id, album)

    assert phone.received == []
