"""From the words of a selection to chats."""

from __future__ import annotations

import pytest

from storage.folders import Folder
from storage.models import ChatInfo
from storage.picking import pick
from storage.selections import ChatKind, Selection

NEWS = ChatInfo(id=-1001, title="News", type="public_channel", username="news")
INNER = ChatInfo(id=-1002, title="Inner", type="private_channel")
FAMILY = ChatInfo(id=-3, title="Family", type="private_group")
HIKERS = ChatInfo(id=-1004, title="Alpine Hikers", type="public_supergroup", username="Alpine")
MIA = ChatInfo(id=5, title="Mia", type="personal_chat")
SAVED = ChatInfo(id=6, title=None, type="saved_messages")
HELPER = ChatInfo(id=7, title="A Bot", type="bot_chat", username="a_bot")
SEEN = [NEWS, INNER, FAMILY, HIKERS, MIA, SAVED, HELPER]
FOLDERS = [
    Folder(title="Work", chat_ids=[NEWS.id, MIA.id]),
    Folder(title="Наши", chat_ids=[FAMILY.id]),
]


@pytest.mark.parametrize(
    ("selection", "meant"),
    [
        (Selection(), SEEN),
        (Selection(kinds=(ChatKind.CHANNEL,)), [NEWS, INNER]),
        (Selection(kinds=(ChatKind.GROUP, ChatKind.BOT)), [FAMILY, HIKERS, HELPER]),
        (Selection(kinds=(ChatKind.PERSON,)), [MIA, SAVED]),
        (Selection(folders=("work",)), [NEWS, MIA]),
        (Selection(folders=("НАШИ", "Work")), [NEWS, FAMILY, MIA]),
        (Selection(folders=("Work",), kinds=(ChatKind.PERSON,)), [MIA]),
    ],
)
def test_kinds_and_folders_say_which_chats_are_meant(
    selection: Selection, meant: list[ChatInfo]
) -> None:
    assert pick(selection, SEEN, FOLDERS).chats == meant


@pytest.mark.parametrize(
    ("words", "chat"),
    [
        ("@ALPINE", HIKERS),
        ("https://t.me/alpine", HIKERS),
        ("alpine hikers", HIKERS),
        ("-1004", HIKERS),
        ("me", SAVED),
        ("Saved Messages", SAVED),
        (" Mia ", MIA),
    ],
)
def test_a_chat_is_excluded_by_any_of_its_names(words: str, chat: ChatInfo) -> None:
    picked = pick(Selection(excluded=(words,)), SEEN, FOLDERS)

    assert picked.chats == [each for each in SEEN if each is not chat]
    assert (picked.excluded, picked.no_chats) == ([chat], [])


def test_what_would_not_have_been_exported_counts_as_no_exception() -> None:
    picked = pick(Selection(kinds=(ChatKind.CHANNEL,), excluded=("Mia",)), SEEN, FOLDERS)

    assert (picked.chats, picked.excluded, picked.no_chats) == ([NEWS, INNER], [], [])


def test_names_that_nothing_has_are_told() -> None:
    picked = pick(Selection(folders=("Wrok", "Work"), excluded=("@nobody", "Mia")), SEEN, FOLDERS)

    assert (picked.no_folders, picked.no_chats) == (["Wrok"], ["@nobody"])
    assert picked.chats == [NEWS]
