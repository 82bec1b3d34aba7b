"""How the loopback Bot API takes texts: limits, marks, entities. Texts of errors are Telegram's."""

from __future__ import annotations

import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import MessageEntity

from tests.sandbox.botapi.errors import BotApiError
from tests.sandbox.botapi.html_text import parse_html
from tests.sandbox.phone import Phone


@pytest.fixture
async def chat_id(phone: Phone) -> int:
    await phone.start()
    return phone.person.id


@pytest.mark.parametrize(
    ("marked", "plain", "entities"),
    [
        ("a <b>bold</b> word", "a bold word", [("bold", 2, 4)]),
        ("🏔 <i>x</i>", "🏔 x", [("italic", 3, 1)]),
        ("<b>a<i>b</i></b>", "ab", [("bold", 0, 2), ("italic", 1, 1)]),
        ("&lt;b&gt; &amp;amp; &eacute;", "<b> &amp; &eacute;", []),
        ("<b></b>x", "x", []),
        ('<a href="https://t.me/x?a=1&amp;b=2">x</a>', "x", [("text_link", 0, 1)]),
        ("<blockquote expandable>x</blockquote>", "x", [("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [("pre", 0, 1)]),
        ('<tg-time unix="1700000000" format="r">soon</tg-time>', "soon", [("date_time", 0, 4)]),
        ("<B>x</b>", "x", [("bold", 0, 1)]),
    ],
)
def test_marks_become_entities_in_utf16_units(
    marked: str, plain: str, entities: list[tuple[str, int, int]]
) -> None:
    text, found = parse_html(marked)

    assert text == plain
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found] == entities


@pytest.mark.parametrize(
    ("marked", "reason"),
    [
        ("🏟 <abac>", 'Unsupported start tag "abac" at byte offset 5'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("<b>x</b", "Unclosed end tag at byte offset 4"),
        ("x <b", "Unclosed start tag at byte offset 2"),
        ("<i   =aba>", 'Empty attribute name in the tag "i" at byte offset 0'),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_wrong_marks_are_refused_with_the_byte_that_is_wrong(marked: str, reason: str) -> None:
    with pytest.raises(BotApiError) as refused:
        parse_html(marked)

    assert refused.value.description == f"Bad Request: can't parse entities: {reason}"


async def test_4096_characters_after_parsing_pass_and_one_more_does_not(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    await bot.send_message(chat_id, f"<b>{'x' * 4096}</b>", parse_mode="HTML")
    assert len(phone.received[-1].text) == 4096

    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await bot.send_message(chat_id, "x" * 4097)
    with pytest.raises(TelegramBadRequest, match="MESSAGE_TOO_LONG"):
        await bot.edit_message_text("x" * 4097, chat_id=chat_id, message_id=2)


@pytest.mark.parametrize(
    ("text", "reason"), [("", "message text is empty"), (" \n ", "text must be non-empty")]
)
async def test_an_empty_text_is_refused(bot: Bot, chat_id: int, text: str, reason: str) -> None:
    with pytest.raises(TelegramBadRequest, match=reason):
        await bot.send_message(chat_id, text)


async def test_given_entities_are_checked_and_moved_with_trimmed_space(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    bold = MessageEntity(type="bold", offset=2, length=4)
    await bot.send_message(chat_id, "  52 %  ", entities=[bold])
    assert phone.received[-1].text == "52 %"
    assert phone.received[-1].entities == ({"type": "bold", "offset": 0, "length": 4},)

    beyond = MessageEntity(type="bold", offset=2, length=9)
    with pytest.raises(TelegramBadRequest, match="ends after the end of the text"):
        await bot.send_message(chat_id, "52 %", entities=[beyond])


async def test_commands_mentions_and_links_are_found_by_telegram_itself(
    bot: Bot, phone: Phone, chat_id: int
) -> None:
    await bot.send_message(chat_id, "🏔 /export @alpine or https://t.me/alpine #hike")

    found = [(e["type"], e["offset"]) for e in phone.received[-1].entities]
    assert found == [("bot_command", 3), ("mention", 11), ("url", 22), ("hashtag", 42)]


async def test_a_text_of_digits_stays_a_text(bot: Bot, phone: Phone, chat_id: int) -> None:
    await bot.send_message(chat_id, "true")
    await bot.send_message(chat_id, "[1]")

    assert [message.text for message in phone.received] == ["true", "[1]"]
