"""Taking apart what a person types to name a chat."""

from __future__ import annotations

import pytest

from exporter.errors import CommandError
from exporter.telegram.links import Invite, Me, Named, PeerId, Title, Username, read


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("@study_group", Username("study_group")),
        ("  @study_group ", Username("study_group")),
        ("https://t.me/study_group", Username("study_group")),
        ("http://t.me/study_group/", Username("study_group")),
        ("t.me/study_group/123", Username("study_group")),
        ("t.me/study_group/7/123?single", Username("study_group")),
        ("T.me/study_group", Username("study_group")),
        ("https://www.t.me/study_group", Username("study_group")),
        ("https://t.me/s/study_group", Username("study_group")),
        ("https://telegram.me/study_group", Username("study_group")),
        ("telegram.dog/study_group", Username("study_group")),
        ("https://study_group.t.me/5", Username("study_group")),
        ("study-group.example", Title("study-group.example")),
        ("tg://resolve?domain=study_group&post=5", Username("study_group")),
        ("tg:resolve?domain=study_group", Username("study_group")),
        ("https://t.me/c/2300000001/55", PeerId(-1002300000001)),
        ("https://t.me/c/2300000001/7/55", PeerId(-1002300000001)),
        ("t.me/c/2300000001", PeerId(-1002300000001)),
        ("tg://privatepost?channel=2300000001&post=55", PeerId(-1002300000001)),
        ("tg://openmessage?user_id=5100000001", PeerId(5100000001)),
        ("tg://openmessage?chat_id=412345&message_id=7", PeerId(-412345)),
        ("tg://user?id=5100000001", PeerId(5100000001)),
        ("-1002300000001", PeerId(-1002300000001)),
        ("-412345", PeerId(-412345)),
        ("5100000001", PeerId(5100000001)),
        ("https://t.me/+AbCdEf-gh_1234", Invite("AbCdEf-gh_1234")),
        ("https://t.me/joinchat/AbCdEf-gh_1234", Invite("AbCdEf-gh_1234")),
        ("tg://join?invite=AbCdEf-gh_1234", Invite("AbCdEf-gh_1234")),
        ("\u200e@study_group\u200f", Username("study_group")),
        ("\ufeff https://t.me/study_group\u00a0", Username("study_group")),
        ("\u2068-1002300000001\u2069", PeerId(-1002300000001)),
        ("me", Me()),
        ("Saved Messages", Me()),
        ("Study group", Title("Study group")),
        ("Überraschung!", Title("Überraschung!")),
        ("study_group", Title("study_group")),
    ],
)
def test_what_leads_to_a_chat_is_understood(typed: str, named: Named) -> None:
    assert read(typed) == named


@pytest.mark.parametrize(
    "typed",
    [
        "https://t.me/",
        "t.me",
        "https://t.me/c/abc",
        "https://t.me/c/2300000001/abc",
        "https://t.me/joinchat",
        "https://t.me/joinchat/!!",
        "https://t.me/study_group/app",
        "https://t.me/ab",
        "https://t.me/addstickers/Animals",
        "https://t.me/proxy?server=1.2.3.4&port=443&secret=00",
        "https://example.com/study_group",
        "ftp://t.me/study_group",
        "tg://resolve?phone=15550100001",
        "tg://settings",
        "tg://privatepost?channel=x",
    ],
)
def test_a_malformed_link_is_named_and_good_ones_are_shown(typed: str) -> None:
    with pytest.raises(CommandError) as told:
        read(typed)

    assert str(told.value).startswith(f"{typed} is not a link to a chat.")
    assert "https://t.me/name" in str(told.value)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Name a chat"),
        ("   ", "Name a chat"),
        ("@ab", "@ab is no Telegram name"),
        ("@study group", "is no Telegram name"),
        ("@1study", "is no Telegram name"),
        ("0", "0 is no id of a chat"),
        ("-99999999999999999999", "is no id of a chat"),
        ("https://t.me/+15550100001", "leads to a phone number"),
    ],
)
def test_what_cannot_be_a_chat_is_told_apart(typed: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        read(typed)
