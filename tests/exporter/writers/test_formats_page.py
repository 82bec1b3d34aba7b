"""docs/formats.md says all that the files hold."""

from __future__ import annotations

import inspect
import re
from dataclasses import fields, is_dataclass

import pytest

from exporter import attachments, records
from exporter.writers.desktop import EXTRA_KEYS
from exporter.writers.jsonl import VERSION
from tests.compare import OURS, OURS_AS_NULL
from tests.installation import ROOT

PAGE = (ROOT / "docs" / "formats.md").read_text("utf-8")
NAMED = set(re.findall(r"`([^`\s]+)`", PAGE))
PARTS = [
    kind
    for module in (records, attachments)
    for _, kind in inspect.getmembers(module, inspect.isclass)
    if is_dataclass(kind)
]


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.__name__)
def test_every_field_of_messages_jsonl_is_named(part: type) -> None:
    assert {field.name for field in fields(part)} <= NAMED


def test_every_key_of_ours_in_result_json_is_named_in_the_order_of_the_file() -> None:
    table = PAGE.split("### Keys of ours")[1].split("\n\n")[2]
    first_column = [line.split("|")[1] for line in table.splitlines()[2:]]

    assert re.findall(r"\w+", " ".join(first_column)) == [*EXTRA_KEYS]
    assert OURS | OURS_AS_NULL <= NAMED


def test_the_version_is_that_of_the_lines() -> None:
    assert f"the version of this format, now {VERSION}" in PAGE
