"""Text with HTML marks: https://core.telegram.org/bots/api#html-style

The refusals are worded as TDLib words them (MessageEntity.cpp, parse_html); offsets in them count
UTF-8 bytes, offsets of entities count UTF-16 units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape

from tests.sandbox.botapi.errors import BotApiError, Json, bad_request

TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
}
_NAME = re.compile(r"[^\s>]*")
_ATTRIBUTE_NAME = re.compile(r"[^\s=>]*")
_SPACE = re.compile(r"\s*")
_VALUE = re.compile(r"[a-zA-Z0-9.-]+|\"[^\"]*\"|'[^']*'")
_NAMED_OR_NUMBERED = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#[xX][0-9a-fA-F]{1,6});")


def utf16_length(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def parse_html(marked: str) -> tuple[str, list[Json]]:
    """The plain text and its entities.

    Raises:
        BotApiError: 400, what is wrong with the marks and at which byte.
    """
    return _Parser(marked).parse()


@dataclass(slots=True)
class _Open:
    """A start tag whose end has not come yet."""

    tag: str
    offset: int
    attributes: dict[str, str]
    order: int


@dataclass(slots=True)
class _Parser:
    marked: str
    at: int = 0
    text: list[str] = field(default_factory=list)
    length: int = 0
    """Of the text so far, in UTF-16 units."""
    opened: list[_Open] = field(default_factory=list)
    found: list[tuple[int, Json]] = field(default_factory=list)
    tags: int = 0

    def parse(self) -> tuple[str, list[Json]]:
        while self.at < len(self.marked):
            char = self.marked[self.at]
            if char == "<" and self.marked.startswith("</", self.at):
                self._end_tag()
            elif char == "<":
                self._start_tag()
            else:
                self._characters()
        if self.opened:
            tag = self.opened[-1].tag
            raise _refusal(f'Can\'t find end tag corresponding to start tag "{tag}"')
        entities = [entity for _, entity in sorted(self.found, key=lambda pair: pair[0])]
        return "".join(self.text), sorted(entities, key=lambda entity: int(entity["offset"]))

    def _byte(self, at: int) -> int:
        return len(self.marked[:at].encode())

    def _take(self, pattern: re.Pattern[str]) -> str:
        """Move past what matches here; the pattern always matches, if only nothing."""
        match = pattern.match(self.marked, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match.group()

    def _characters(self) -> None:
        match = _NAMED_OR_NUMBERED.match(self.marked, self.at)
        piece = unescape(match.group()) if match else self.marked[self.at]
        self.at = match.end() if match else self.at + 1
        self.text.append(piece)
        self.length += utf16_length(piece)

    def _start_tag(self) -> None:
        begin = self.at
        self.at += 1
        tag = self._take(_NAME).lower()
        if self.at >= len(self.marked):
            raise _refusal(f"Unclosed start tag at byte offset {self._byte(begin)}")
        if tag not in TAGS:
            raise _refusal(f'Unsupported start tag "{tag}" at byte offset {self._byte(begin)}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            where = self._byte(begin)
            raise _refusal(f'Tag "span" must have class "tg-spoiler" at byte offset {where}')
        self.opened.append(_Open(tag, self.length, attributes, self.tags))
        self.tags += 1

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        while True:
            self._take(_SPACE)
            if self.marked.startswith(">", self.at):
                self.at += 1
                return attributes
            name = self._take(_ATTRIBUTE_NAME).lower()
            if self.at >= len(self.marked):
                raise _unclosed(tag, self._byte(begin))
            if not name:
                where = self._byte(begin)
                raise _refusal(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
            self._take(_SPACE)
            if not self.marked.startswith("=", self.at):
                attributes[name] = ""
                continue
            self.at += 1
            self._take(_SPACE)
            value = self._take(_VALUE)
            if not value:
                raise _unclosed(tag, self._byte(begin))
            attributes[name] = unescape(value.strip("\"'"))

    def _end_tag(self) -> None:
        begin = self.at
        if not self.opened:
            raise _refusal(f"Unexpected end tag at byte offset {self._byte(begin)}")
        self.at += 2
        name = self._take(_NAME).lower()
        self._take(_SPACE)
        if not self.marked.startswith(">", self.at):
            raise _refusal(f"Unclosed end tag at byte offset {self._byte(begin)}")
        self.at += 1
        last = self.opened.pop()
        if name and name != last.tag:
            raise _refusal(
                f"Unmatched end tag at byte offset {self._byte(begin)}, "
                f'expected "</{last.tag}>", found "</{name}>"'
            )
        self._close(last)

    def _close(self, last: _Open) -> None:
        length = self.length - last.offset
        if length == 0:
            return
        entity: Json = {"type": TAGS[last.tag], "offset": last.offset, "length": length}
        if last.tag == "a":
            href = last.attributes.get("href") or "".join(self.text)[-length:]
            entity["url"] = href
            if "." not in href and "://" not in href and not href.startswith("tg:"):
                return  # no address: TDLib keeps the text alone
        elif last.tag == "blockquote" and "expandable" in last.attributes:
            entity["type"] = "expandable_blockquote"
        elif last.tag == "code" and self.opened and self.opened[-1].tag == "pre":
            language = last.attributes.get("class", "")
            if language.startswith("language-"):
                self.opened[-1].attributes["language"] = language.removeprefix("language-")
            return
        elif last.tag == "pre" and "language" in last.attributes:
            entity["language"] = last.attributes["language"]
        elif last.tag == "tg-emoji":
            entity["custom_emoji_id"] = last.attributes.get("emoji-id", "")
        elif last.tag == "tg-time":
            entity["unix_time"] = int(last.attributes.get("unix", "0"))
            entity["date_time_format"] = last.attributes.get("format", "")
        self.found.append((last.order, entity))


def _refusal(reason: str) -> BotApiError:
    return bad_request(f"can't parse entities: {reason}")


def _unclosed(tag: str, where: int) -> BotApiError:
    return _refusal(f'Unclosed start tag "{tag}" at byte offset {where}')
