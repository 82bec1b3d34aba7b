"""Reads the folder of the offline reader, as docs/reader-data.md describes it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate
from pathlib import Path
from typing import Any

_LITERAL = re.compile(r"'((?:[^'\\\r\n\u2028\u2029]|\\.)*)'")
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|[^0-9xu])")
_LETTERS = {"n": "\n", "r": "\r"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMessage:
    """One message as the reader gets it."""

    id: int
    date_s: int
    sender: dict[str, Any] | None
    extras: dict[str, Any]
    text: str
    words: tuple[str, ...]
    topic_id: int | None


class ReaderFolder:
    """What index.html leads to."""

    def __init__(self, index: Path) -> None:
        self.folder = index.parent
        self.page = index.read_text("utf-8")
        shell = _Shell()
        shell.feed(self.page)
        self.scripts = shell.scripts
        meta = (self.folder / self.scripts[-1]).read_text("utf-8")
        (argument,) = literals(meta)
        assert meta == f"CK.meta('{argument}');\n"
        self.meta: dict[str, Any] = json.loads(unescaped(argument))

    @property
    def ids(self) -> list[int]:
        """Of all messages, list by list."""
        return [message.id for message in self.messages()]

    def messages(self) -> Iterator[ReadMessage]:
        """All messages, list by list, each block compared with the table of blocks."""
        for one in self.meta["lists"]:
            parts = {number: self.blocks(number) for number, _ in one["parts"]}
            rows = 0
            for number, index, count, *ends in one["blocks"]:
                head, texts = parts[number][index]
                found = list(self._rows(head, texts, one["topic"]))
                first, last = found[0], found[-1]
                assert [first.id, first.date_s, last.id, last.date_s] == ends
                assert len(found) == count <= 512
                rows += count
                yield from found
            assert rows == one["count"]
            assert sum(map(len, parts.values())) == len(one["blocks"])

    def blocks(self, number: int) -> list[tuple[dict[str, Any], str]]:
        """The heads and texts of a part."""
        script = (self.folder / f"data/m{number}.js").read_text("utf-8")
        assert script.startswith(f"CK.part({number},[[")
        strings = [unescaped(one) for one in literals(script)]
        pairs = zip(strings[::2], strings[1::2], strict=True)
        return [(json.loads(head), texts) for head, texts in pairs]

    def _rows(
        self, head: dict[str, Any], texts: str, topic_id: int | None
    ) -> Iterator[ReadMessage]:
        peers = self.meta["peers"]
        columns = (accumulate(head["i"]), accumulate(head["d"]), head["s"], texts.split("\0"))
        for row, (id_, date_s, sender, found) in enumerate(zip(*columns, strict=True)):
            text, *words = found.split("\x01")
            yield ReadMessage(
                id=id_,
                date_s=date_s,
                sender=None if sender == -1 else peers[sender],
                extras=head["x"].get(str(row), {}),
                text=text,
                words=tuple(words),
                topic_id=topic_id,
            )


def literals(script: str) -> list[str]:
    """The strings of a script, as they are written."""
    return _LITERAL.findall(script)


def unescaped(literal: str) -> str:
    """What a string of a script means, as far as we use escapes; halves of pairs are joined."""

    def letter(found: re.Match[str]) -> str:
        code = found[1]
        return chr(int(code[1:], 16)) if code[0] in "xu" else _LETTERS.get(code, code)

    text = _ESCAPE.sub(letter, literal)
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class _Shell(HTMLParser):
    """Finds the scripts that a page names, and sees that nothing stands in it that could run."""

    def __init__(self) -> None:
        super().__init__()
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]
        if tag == "script":
            source = dict(attrs)["src"]
            assert source is not None
            self.scripts.append(source)
