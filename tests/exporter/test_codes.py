"""Login codes are in no archive and in no file; all else of those messages stays."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from telethon.extensions import BinaryReader
from telethon.tl import types

from exporter.rendering import write_again
from exporter.telegram.codes import hidden_in_bytes, hide_codes, names_service_chat, without_codes
from storage.models import ExportRequest
from tests.exporter.exporting import Exporter, exporter, lines, written
from tests.sandbox.sandbox import Sandbox

LOGIN = (
    "Login code: 48213. Do not give this code to anyone, even if they say they are from Telegram!"
)
WEB = (
    "Web login code. Dear Olga, we received a request to log in on my.telegram.org.\n\n"
    "This is your login code:\nyqDJ3xkr9Jg\n\nDo not give this code to anyone."
)
DEVICE = (
    "New login. Dear Olga, we detected a login into your account from a new device on 12/05/2026 "
    "at 10:11:22 UTC.\n\nDevice: Desktop\nLocation: Berlin, Germany (IP = 192.0.2.17)"
)


FORWARDED = types.MessageFwdHeader(date=None, saved_from_peer=types.PeerUser(777000))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (LOGIN, "48213"),
        (WEB, "yqDJ3xkr9Jg"),
        ("Код для входа в Telegram: 48213. Не давайте код никому.", "48213"),
        ("رمز الدخول: ٤٨٢١٣", "٤٨٢١٣"),
        ("Your code is 482-131.", "482-131"),
        ("482131 is your code", "482131"),
        ("Code: abcDEFghij", "abcDEFghij"),
        ("You can also tap on this link to log in:\nhttps://t.me/login/48213", "48213"),
        ("4-8-2-1-3", "4-8-2-1-3"),
    ],
)
def test_a_code_becomes_dots_of_the_same_length(text: str, code: str) -> None:
    assert without_codes(text) == text.replace(code, "•" * len(code))
    assert without_codes(without_codes(text)) == without_codes(text)


@pytest.mark.parametrize("text", [DEVICE, "Hello\nthere, 2026", "Telegram\nWelcome!", ""])
def test_what_holds_no_code_stays(text: str) -> None:
    assert without_codes(text) == text


def message(text: str, **fields: object) -> types.Message:
    plain: dict[str, object] = {"id": 1, "peer_id": types.PeerUser(42), "date": None}
    return types.Message(message=text, **plain | fields)


@pytest.mark.parametrize(
    "fields",
    [
        {"peer_id": types.PeerUser(777000)},
        {"from_id": types.PeerUser(777000)},
        {"fwd_from": types.MessageFwdHeader(date=None, from_id=types.PeerUser(777000))},
        {"peer_id": types.PeerUser(489000)},
        {"saved_peer_id": types.PeerUser(777000)},
        {"reply_to": types.MessageReplyHeader(reply_from=FORWARDED, quote_text=LOGIN)},
    ],
)
def test_a_code_is_hidden_wherever_it_came_from_telegrams_own_chats(
    fields: dict[str, object],
) -> None:
    url = types.MessageEntityTextUrl(offset=0, length=4, url="https://t.me/login/48213")
    opens = types.InlineButtonTypeUrl(url="https://t.me/login/48213")
    button = types.KeyboardInlineButton(text="48213", type=opens)
    markup = types.ReplyInlineMarkup(rows=[types.KeyboardInlineButtonRow(buttons=[button])])
    found = message(LOGIN, entities=[url], reply_markup=markup, **fields)

    assert hide_codes(found)
    assert "48213" not in found.stringify()
    assert not hide_codes(found), "nothing is left"


def test_what_other_people_write_is_left_alone() -> None:
    found = message(LOGIN)

    assert not hide_codes(found)
    assert found.message == LOGIN


def test_a_quotation_of_a_code_is_hidden_too() -> None:
    quoted = types.MessageReplyHeader(
        reply_to_peer_id=types.PeerUser(777000), quote_text=LOGIN, quote=True
    )
    found = message("Look", reply_to=quoted)

    assert hide_codes(found)
    assert "48213" not in found.stringify()


def test_what_cannot_be_read_is_searched_for_figures() -> None:
    assert hidden_in_bytes(b"\x01\x02Login code: 48213.\x00") == b"\x01\x02Login code: *****.\x00"


def test_bytes_of_elsewhere_are_searched_when_they_name_telegrams_own_chats() -> None:
    forward = types.MessageFwdHeader(date=None, from_id=types.PeerUser(777000))

    assert names_service_chat(bytes(message(LOGIN, fwd_from=forward)))
    assert not names_service_chat(bytes(message(LOGIN)))


@pytest.fixture
async def chatkeep(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Exporter]:
    async with exporter(sandbox, tmp_path) as installed:
        yield installed


async def test_no_code_reaches_the_archive_or_a_file(sandbox: Sandbox, chatkeep: Exporter) -> None:
    telegram = sandbox.world.add_user("Telegram", number=777000)
    chat = sandbox.world.add_private_chat(telegram)
    for text in (LOGIN, WEB, DEVICE):
        chat.post(text)

    done = await chatkeep.export("777000")

    texts = [line["text"]["text"] for line in lines(done)]
    assert texts == [without_codes(text) for text in (LOGIN, WEB, DEVICE)]
    assert len(written(done)) == 3
    everything = b"".join(
        path.read_bytes() for path in Path(done.folder).rglob("*") if path.is_file()
    )
    with closing(sqlite3.connect(chatkeep.bench.database.path)) as other:
        kept = [row[0] for row in other.execute("SELECT tl FROM messages")]
    assert len(kept) == 3
    for code in (b"48213", b"yqDJ3xkr9Jg"):
        assert code not in everything
        assert not any(code in tl for tl in kept)


async def test_an_archive_of_before_shows_no_code_either(
    sandbox: Sandbox, chatkeep: Exporter
) -> None:
    telegram = sandbox.world.add_user("Telegram", number=777000)
    sandbox.world.add_private_chat(telegram).post(LOGIN)
    await chatkeep.export("777000")
    with closing(sqlite3.connect(chatkeep.bench.database.path)) as other, other:
        (tl,) = other.execute("SELECT tl FROM messages").fetchone()
        kept = BinaryReader(tl).tgread_object()
        kept.message = LOGIN
        other.execute("UPDATE messages SET tl = ?", (bytes(kept),))

    folder = await _rendered(chatkeep)

    files = [path for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"48213" in path.read_bytes()]


async def _rendered(chatkeep: Exporter) -> Path:
    request = ExportRequest(chat="777000")
    bench = chatkeep.bench
    return (await write_again(request, bench.archive, bench.shelves, chatkeep.config)).folder
