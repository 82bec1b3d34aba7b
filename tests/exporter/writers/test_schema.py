"""messages.jsonl is as its schema says, which is made from the records' classes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from exporter.writers.jsonl import line_of
from tests.exporter.writers.corpus import every_class, hostile, made_up
from tests.exporter.writers.schema import PATH, schema, written


def strict(value: Any) -> Any:
    """The same schema, with no fields but those that it names."""
    if isinstance(value, list):
        return [strict(one) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: strict(one) for key, one in value.items()}
    if "properties" in value and value.get("type") == "object":
        found["additionalProperties"] = False
    return found


def test_the_documented_schema_is_that_of_the_records() -> None:
    assert PATH.read_text("utf-8") == written(), "python -m tests.exporter.writers.schema"


@pytest.mark.parametrize("records", [every_class, made_up, hostile])
def test_every_line_is_as_the_schema_says_and_has_no_other_fields(records: Any) -> None:
    check = Draft202012Validator(strict(schema()))
    for record in records():
        line = json.loads(line_of(record, -1_000_000_000_700))

        assert [error.message for error in check.iter_errors(line)] == [], line


@pytest.mark.parametrize(
    "line",
    [
        {"v": 2, "chat_id": 1, "id": 1, "kind": "text", "date": "2025-01-15T11:30:05Z"},
        {"v": 1, "chat_id": 1, "id": 1, "kind": "text"},
        {"v": 1, "chat_id": 1, "id": "1", "kind": "text", "date": "2025-01-15T11:30:05Z"},
        {"v": 1, "chat_id": 1, "id": 1, "kind": "text", "date": "2025-01-15T11:30:05+02:00"},
    ],
)
def test_what_is_no_line_is_refused(line: dict[str, Any]) -> None:
    assert not Draft202012Validator(schema()).is_valid(line)
