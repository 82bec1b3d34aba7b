"""The options of an export, as they are typed."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest

from exporter import options
from exporter.errors import CommandError
from exporter.telegram.convert.kinds import MEDIA_KINDS
from storage.models import ExportRequest


def test_every_kind_of_message_can_be_asked_for() -> None:
    kinds = {*MEDIA_KINDS.values(), *options.MEDIA_KINDS, "service", "unsupported", "text"}

    assert set(options.MESSAGE_KINDS) == kinds
    assert options.types(" text,photo , text") == ("photo", "text")
    assert options.types(None) == ()


@pytest.mark.parametrize("text", ["", ",", "photos", "text,film"])
def test_a_kind_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--types takes a comma list of text, animation"):
        options.types(text)


@pytest.mark.parametrize("text", ["0", "-1", "7w", "some", "1.5"])
def test_what_cannot_be_looked_at_again_is_refused(text: str) -> None:
    assert [options.refresh(word) for word in ("500", "7D", "all", None)] == [
        "500",
        "7d",
        "all",
        None,
    ]
    with pytest.raises(CommandError, match="--refresh takes"):
        options.refresh(text)


@pytest.mark.parametrize(
    ("wishes", "sentence"),
    [
        ({"since": "2026-05-03", "until": "2026-05-02"}, "Nothing lies between --since 2026-05-03"),
        ({"min_id": 5, "max_id": 4}, "Nothing lies between --min-id 5 and --max-id 4"),
        ({"min_id": 0}, "--min-id takes the number of a message, from 1 on, not 0"),
        ({"max_id": -7}, "--max-id takes"),
        ({"since": "whenever"}, "--since takes a day"),
    ],
)
def test_an_empty_slice_is_refused_before_anything_is_asked(
    wishes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence):
        options.check_slice(ExportRequest(chat="@x", **wishes), UTC)


def test_one_day_alone_is_a_slice() -> None:
    request = ExportRequest(chat="@x", since="2026-05-03", until="2026-05-03", min_id=4, max_id=4)

    options.check_slice(request, UTC)


def test_kinds_of_files_are_sorted_and_each_named_once() -> None:
    assert options.media(" all ") == "all"
    assert options.media("none") == "none"
    assert options.media("video_file, photo,photo") == "photo,video_file"
    with pytest.raises(CommandError, match="--media takes all, none or a comma list of animation"):
        options.media("photo,all")


def test_name_endings_are_compared_without_dots_and_capitals() -> None:
    assert options.extensions(".PDF, jpg,jpg") == ("jpg", "pdf")
    assert options.extensions(None) == ()


@pytest.mark.parametrize("text", ["", ",", "*.pdf", "a/b", "pdf jpg", "."])
def test_what_is_no_name_ending_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--ext takes a comma list of name endings"):
        options.extensions(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("0", 0), ("500K", 512_000), ("20M", 20 * 2**20), ("1.5GiB", 3 * 2**29)]
)
def test_sizes_are_powers_of_two(text: str, expected: int) -> None:
    assert options.size_bytes(text) == expected


@pytest.mark.parametrize("text", ["", "big", "-1", "20 X", "1e9"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(CommandError, match="--max-size takes a size"):
        options.size_bytes(text)
