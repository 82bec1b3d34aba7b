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
