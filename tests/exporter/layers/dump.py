"""Dumps the part of the installed layer that messages are made of: `python -m
tests.exporter.layers.dump` writes it where the project keeps it, exporter/telegram/layers/.

To be run when Telethon moves to another layer; the files of earlier layers stay.
"""

from __future__ import annotations

import ast
import inspect
import typing
from collections.abc import Iterator
from textwrap import dedent
from typing import Any
from zlib import crc32

from telethon.tl import TLObject, TLRequest, types
from telethon.tl.alltlobjects import LAYER, tlobjects

from exporter.telegram.layers.schema import FOLDER

ROOTS = (types.Message, types.MessageService, types.MessageEmpty)
PATH = FOLDER / f"{LAYER}.tl"

_READS = {
    "read_int": "int",
    "read_long": "long",
    "read_double": "double",
    "tgread_string": "string",
    "tgread_bytes": "bytes",
    "tgread_bool": "Bool",
    "tgread_date": "date",
}
"""What the library calls to read a field, and the field's type. Its dates are ints to Telegram."""


def installed_schema() -> str:
    """Return the definitions of all that can stand within a message, in Telegram's notation."""
    lines = sorted(_definition(kind) for kind in _within(*ROOTS))
    head = [
        f"// Layer {LAYER}: what a message can hold, as Telethon reads it.",
        "// Made by `python -m tests.exporter.layers.dump`. A date is an int.",
    ]
    return "\n".join([*head, *lines]) + "\n"


def _within(*roots: type[TLObject]) -> set[type[TLObject]]:
    """These classes and all that can stand in them."""
    met, left = set(roots), list(roots)
    while left:
        for number in map(_type_number, _annotations(left.pop()).values()):
            fresh = _CLASSES.get(number, set()) - met
            met |= fresh
            left += fresh
    return met


def _definition(kind: type[TLObject]) -> str:
    annotations = _annotations(kind)
    fields = [f"{name}:{_typed(text, annotations.get(name))}" for name, text in _fields(kind)]
    return (
        " ".join(
            [f"{_name(kind)}#{kind.CONSTRUCTOR_ID:08x}", *fields, "=", _TYPES[kind.SUBCLASS_OF_ID]]
        )
        + ";"
    )


def _name(kind: type) -> str:
    """message for Message, messages.foo for messages.Foo."""
    name = kind.__name__[0].lower() + kind.__name__[1:]
    space = kind.__module__.removeprefix("telethon.tl.types").removeprefix(".")
    if kind.__module__.startswith("telethon.tl.patched"):
        space = ""
    return f"{space}.{name}" if space else name


def _fields(kind: type[TLObject]) -> Iterator[tuple[str, str]]:
    """Each field with its type in the order of the bytes, as the library's code reads them.

    Objects are `Object` here: only the annotations know which.
    """
    source = dedent(inspect.getsource(kind.from_reader))
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    for statement in function.body:
        yield from _read_by(statement)


def _read_by(statement: ast.stmt) -> Iterator[tuple[str, str]]:
    match statement:
        case ast.Assign(targets=[ast.Name(name)]) if name.startswith("flags"):
            yield name, "#"
        case ast.Assign(targets=[ast.Name(name)], value=ast.Call(ast.Name("bool"), [test])):
            yield name[1:], f"{_flag(test)}?true"
        case ast.If(test=test, body=body):
            for name, text in _read_in_turn(body):
                yield name, f"{_flag(test)}?{text}"
        case ast.Assign() | ast.For() | ast.Expr():
            yield from _read_in_turn([statement])


def _read_in_turn(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """One field: a single call, or a loop that appends to a list."""
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(name)], value=ast.Call() as call):
                yield name[1:], _read(call)
            case ast.For(
                body=[ast.Assign(value=ast.Call() as call), ast.Expr(ast.Call(append, _))]
            ):
                assert isinstance(append, ast.Attribute)
                assert isinstance(append.value, ast.Name)
                yield append.value.id[1:], f"Vector<{_read(call)}>"


def _read(call: ast.Call) -> str:
    assert isinstance(call.func, ast.Attribute)
    if call.func.attr == "read_large_int":
        return f"int{ast.literal_eval(call.keywords[0].value)}"
    return _READS.get(call.func.attr, "Object")


def _flag(test: ast.expr) -> str:
    match test:
        case ast.BinOp(ast.Name(name), ast.BitAnd(), ast.Constant(int(mask))):
            return f"{name}.{mask.bit_length() - 1}"
    raise ValueError(f"not the test of a flag: {ast.unparse(test)}")


def _typed(text: str, annotation: Any) -> str:
    if "Object" not in text:
        return text
    return text.replace("Object", _TYPES[_type_number(annotation)])


def _annotations(kind: type) -> dict[str, Any]:
    parameters = inspect.signature(kind.__init__).parameters  # type: ignore[misc]
    return {name: one.annotation for name, one in list(parameters.items())[1:]}


def _type_number(annotation: Any) -> int:
    """The type that `Optional[List['TypePeer']]` and the like are about; 0 for a plain value."""
    if isinstance(annotation, typing.ForwardRef):
        annotation = annotation.__forward_arg__
    if isinstance(annotation, str):
        return _NUMBERS[annotation.removeprefix("Type")]
    inner = [one for one in typing.get_args(annotation) if one is not type(None)]
    if inner:
        return _type_number(inner[0])
    return int(getattr(annotation, "SUBCLASS_OF_ID", 0))


def _classes() -> dict[int, set[type[TLObject]]]:
    found: dict[int, set[type[TLObject]]] = {}
    for kind in tlobjects.values():
        if not issubclass(kind, TLRequest):
            found.setdefault(kind.SUBCLASS_OF_ID, set()).add(kind)
    return found


def _types() -> dict[int, str]:
    """A type is called like its only class, or like the union of its classes."""
    words = [name.removeprefix("Type") for name in vars(types) if name.startswith("Type")]
    words += [_name(kind) for kinds in _CLASSES.values() for kind in kinds]
    return {crc32(name.encode()): name for name in map(_capital, words)}


def _capital(name: str) -> str:
    space, dot, last = name.rpartition(".")
    return space + dot + last[0].upper() + last[1:]


_CLASSES = _classes()
"""The classes of each type of the layer, by the type's number, which is its name's CRC-32."""

_TYPES = _types()
"""Their names, and those of what is no type."""

_NUMBERS = {name.rpartition(".")[2]: number for number, name in _TYPES.items()}
_NUMBERS |= {name: number for number, name in _TYPES.items() if "." not in name}
"""By the names that annotations use, which are without their space: WebPage is the plain one."""


if __name__ == "__main__":
    PATH.write_text(installed_schema(), encoding="utf-8")
