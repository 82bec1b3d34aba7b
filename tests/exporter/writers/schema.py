"""The JSON Schema of messages.jsonl, made from the records' classes and what is said about them.

`python -m tests.exporter.writers.schema` writes docs/messages.schema.json; a test holds it.
"""

from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, ForwardRef, TypeAlias, Union, get_args, get_origin, get_type_hints

from exporter.records import Record
from exporter.texts import ENTITY_VALUES, Entity
from exporter.writers.jsonl import VERSION

PATH = Path(__file__).parents[3] / "docs" / "messages.schema.json"

Schema: TypeAlias = dict[str, Any]

SIMPLE: dict[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    bytes: {"type": "string", "contentEncoding": "base64"},
    datetime: {"type": "string", "format": "date-time", "pattern": "Z$"},
}
HEAD: Schema = {
    "v": {"const": VERSION, "description": "The version of this format."},
    "chat_id": {
        "type": "integer",
        "description": "The chat whose archive this is, in marked form; where `Record.chat_id`"
        " says otherwise, the basic group that it was.",
    },
}


def schema() -> Schema:
    """The schema of one line."""
    defined: dict[str, Schema] = {}
    line = _object(Record, defined)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "One line of messages.jsonl",
        "description": "A message as Chatkeep keeps it. What a message does not have is left out."
        " New fields need no new version; a field that is renamed, removed or changes its meaning"
        " does.",
        "type": "object",
        "properties": HEAD | line["properties"] | HEAD,
        "required": [*HEAD, *line["required"]],
        "$defs": dict(sorted(defined.items())),
    }


def _object(kind: type, defined: dict[str, Schema]) -> Schema:
    told, hints = _told(kind), get_type_hints(kind)
    properties: Schema = {}
    required = []
    for field in fields(kind):
        always = field.default is MISSING and field.default_factory is MISSING
        if always:
            required.append(field.name)
        found = _of(hints[field.name], defined, null=always)
        about = told.get(field.name)
        properties[field.name] = found | ({"description": about} if about else {})
    if kind is Entity:
        del properties["value"]
        properties |= {key: {} for key in ENTITY_VALUES.values()}
    about = inspect.getdoc(kind) or ""
    return {
        "type": "object",
        "description": " ".join(about.split()),
        "properties": properties,
        "required": required,
    }


def _of(hint: Any, defined: dict[str, Schema], *, null: bool = False) -> Schema:
    """The schema of a type; `null`: None is written, not left out."""
    origin, parts = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        found = SIMPLE[hint]
    elif is_dataclass(hint):
        found = _reference(hint, defined)
    elif origin in (Union, UnionType):
        found = _union([part for part in parts if null or part is not NoneType], defined)
    elif origin in (tuple, Sequence):
        found = {"type": "array", "items": _of(parts[0], defined)}
    elif origin is Mapping:
        found = {"type": "object", "additionalProperties": _of(parts[1], defined)}
    elif issubclass(hint, StrEnum):
        found = {"type": "string", "enum": list(hint)}
    else:
        raise TypeError(hint)
    return found


def _union(parts: list[Any], defined: dict[str, Schema]) -> Schema:
    if any(isinstance(inner, ForwardRef) for part in parts for inner in get_args(part)):
        return {}  # `Json` and `Detail` hold themselves: any value
    meant = [_of(part, defined) for part in parts]
    return meant[0] if len(meant) == 1 else {"anyOf": meant}


def _reference(kind: Any, defined: dict[str, Schema]) -> Schema:
    if kind.__name__ not in defined:
        defined[kind.__name__] = {}  # a record may hold its like
        defined[kind.__name__] = _object(kind, defined)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _told(kind: type) -> dict[str, str]:
    """What is said below each field of a class."""
    (tree,) = ast.parse(inspect.getsource(kind)).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for field, below in zip(tree.body, tree.body[1:], strict=False):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            found[field.target.id] = " ".join(str(below.value.value).split())
    return found


def written() -> str:
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    PATH.write_text(written(), "utf-8")
