"""Files that are no exports, or are wrong somewhere: a sentence says where, and nothing is kept."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from exporter.errors import CommandError
from tests.exporter.importing.making import Keeper, chat_of, saved, text

WRONG: dict[str, tuple[Any, str]] = {
    "no JSON": ("<html>", "damaged or no JSON"),
    "cut off": ('{"name": "x", "type": "private_group", "id": 7, "messages": [{"id": 1', "no JSON"),
    "another list": ([1, 2], "is no export of Telegram Desktop: it has neither messages nor"),
    "another object": ({"messages": {}}, "it has neither messages nor"),
    "no messages": (chat_of(), "holds no message"),
    "no type": (chat_of(text(1), type=None), "`type` and `id` must stand before the messages"),
    "another type": (chat_of(text(1), type="channel"), "`type` is 'channel', which is no kind"),
    "an id of text": (chat_of(text(1), id="seven"), "`id` is none that a chat of Telegram has"),
    "no object": (chat_of(text(1), 5), "a message of “Garden club” (messages[1]) is wrong: it is"),
    "no message id": (chat_of(text(1), {"type": "message"}), "(messages[1]) is wrong: `id` is not"),
    "too large an id": (chat_of(text(2**31)), "`id` is none that a message of Telegram has"),
    "an id twice": (chat_of(text(1), text(2), text(1)), "message 1 of “Garden club” (messages[2])"),
    "no date": (chat_of({"id": 4, "type": "message"}), "message 4 of “Garden club” (messages[0])"),
    "a wrong date": (chat_of(text(1, date_unixtime="soon")), "`date_unixtime` is not a whole numb"),
    "a late date": (chat_of(text(1, date_unixtime=2**40)), "`date` is not a date that Telegram ha"),
    "another kind": (chat_of({**text(1), "type": "advert"}), "`type` is none of message, service"),
    "text of numbers": (chat_of({**text(1), "text_entities": 5}), "`text_entities` is not a text"),
    "an entity of lists": (
        chat_of({**text(1), "text_entities": [{"type": "bold", "text": []}]}),
        "`text_entities[0].text` is not a text",
    ),
    "a poll of text": (chat_of(text(1, poll="yes")), "poll is not an object"),
    "too large a size": (
        chat_of(text(1, photo="a.jpg", width=2**40)),
        "no message of Telegram has",
    ),
    "a size below 0": (
        chat_of(text(1, file="(x)", file_size=-1)),
        "`file_size` is not a number from",
    ),
    "nowhere": (
        chat_of(text(1, location_information={"latitude": 1e300, "longitude": 0})),
        "`location_information.latitude` is not a number between -90 and 90",
    ),
    "lists in lists": (
        f'{{"messages": [{{"id": {"[" * 200_000}{"]" * 200_000}}}]}}',
        "nests more than 100 lists",
    ),
    "lists before it": (f'{{"a": {"[" * 200_000}', "nests more than 100 lists"),
    "a path upwards": (chat_of(text(1, file="files/../../secret")), "a file outside of the export"),
    "an absolute path": (chat_of(text(1, photo="/etc/passwd")), "a file outside of the export"),
    "a path of Windows": (chat_of(text(1, photo="C:\\secret")), "a file outside of the export"),
    "a card upwards": (
        chat_of(text(1, contact_information={}, contact_vcard="../secret.vcard")),
        "a file outside of the export",
    ),
    "a chat twice": (
        {"chats": {"list": [chat_of(text(1)), chat_of(text(2))]}},
        "holds the chat -1000000000700 twice (chats.list[1].)",
    ),
    "in an account": (
        {"chats": {"list": [chat_of(text(1)), chat_of(text(1), 5, id=701)]}},
        "(chats.list[1].messages[1])",
    ),
}


@pytest.mark.parametrize("name", WRONG)
async def test_a_sentence_says_what_is_wrong_and_where(
    keeper: Keeper, tmp_path: Path, name: str
) -> None:
    export, sentence = WRONG[name]

    with pytest.raises(CommandError) as refused:
        await keeper.bring(saved(tmp_path / "export", export))

    assert sentence in str(refused.value)
    assert str(refused.value).endswith("Nothing was imported.")
    assert not (keeper.folder / "chatkeep.db").exists()


async def test_control_characters_as_telegram_desktop_writes_them_are_read(
    keeper: Keeper, tmp_path: Path
) -> None:
    r"""It writes \x01, which is no JSON; a backslash before an x is one all the same."""
    told = chat_of(*(text(number, "§" + "." * number + "C:\\x41") for number in range(1, 300)))
    export = saved(tmp_path / "export", told)
    path = export / "result.json"
    path.write_text(path.read_text().replace("§", "\\x01"))

    await keeper.bring(export)

    written = (await keeper.render("Garden club"))["messages"]
    assert [one["text"] for one in written] == [
        "\x01" + "." * number + "C:\\x41" for number in range(1, 300)
    ]


async def test_a_message_without_end_does_not_fill_the_memory(
    keeper: Keeper, tmp_path: Path
) -> None:
    export = saved(tmp_path / "export", "")
    with (export / "result.json").open("wb") as file:
        file.write(b'{"type": "private_supergroup", "id": 700, "messages": [{"id": 1, "text": [')
        for _ in range(70):
            file.write(b'"%s",' % (b"x" * 1_000_000))

    with pytest.raises(CommandError, match="bytes without a whole message"):
        await keeper.bring(export)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("messages.html", "as HTML"), ("photo.jpg", "holds no result.json")],
)
async def test_a_folder_without_the_file_is_told(
    keeper: Keeper, tmp_path: Path, name: str, sentence: str
) -> None:
    (tmp_path / name).touch()

    with pytest.raises(CommandError, match=sentence):
        await keeper.bring(tmp_path)


async def test_a_pipe_in_the_place_of_the_file_is_refused(keeper: Keeper, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "result.json")

    with pytest.raises(CommandError, match="is no ordinary file"):
        await keeper.bring(tmp_path)
