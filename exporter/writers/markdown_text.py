"""Texts as Markdown that shows what was written and does nothing else.

Messages come from strangers, and a vault of notes may run plugins: whatever means something to
CommonMark, to Obsidian or to its well-known plugins is escaped, a code block carries no language
but those that are merely coloured, and links lead to the web alone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from itertools import groupby
from urllib.parse import quote, urlsplit

from exporter.texts import Text
from exporter.writers.runs import Run, runs_of

__all__ = ["escaped", "link_to", "markdown", "plain", "quoted", "visible"]

SCHEMES = frozenset({"http", "https", "tg", "mailto"})
"""What a link may lead to."""
LANGUAGES = frozenset(
    {"bash", "c", "cpp", "csharp", "css", "diff", "go", "haskell", "html", "java", "javascript"}
    | {"js", "json", "kotlin", "lua", "makefile", "perl", "php", "powershell", "python", "py"}
    | {"r", "ruby", "rust", "scala", "sh", "shell", "sql", "swift", "toml", "ts", "typescript"}
    | {"xml", "yaml"}
)
"""Of code blocks. Others are dropped: plugins run what is called dataviewjs, for one."""

_SPECIAL = re.compile(r"[\\`*_{}\[\]<>#|~=$%^&]|(?<=:):")
_LINE_START = re.compile(r"^([-+]|\d{1,9}(?=[.)]))", re.MULTILINE)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
_HASHTAG = re.compile(r"#(?=\w*[^\W\d])[\w/-]+")
_LINES = re.compile("\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_KEPT_INVISIBLE = "\u200c\u200d\n\t"
"""Joiners are parts of words and emoji."""


def visible(text: str) -> str:
    """One line of a name or title, without what is invisible or turns the direction."""
    letters = (
        " " if unicodedata.category(letter) in ("Cc", "Zl", "Zp") else letter
        for letter in text
        if letter in _KEPT_INVISIBLE or unicodedata.category(letter) not in ("Cf", "Cs")
    )
    return " ".join("".join(letters).split())


def escaped(text: str, *, begins_line: bool = True) -> str:
    """A text that means nothing to Markdown; its lines stay lines."""
    first, feed, others = _SPECIAL.sub(_escape, plain(text)).partition("\n")
    if begins_line:
        first = _escaped_starts(first)
    return _broken(first + feed + _escaped_starts(others))


def _escaped_starts(text: str) -> str:
    return _LINE_START.sub(_escape_start, _INDENT.sub(_hard_spaces, text))


def markdown(text: Text) -> str:
    """A text with its styles, in paragraphs and lines as it was written."""
    joined = ""
    for is_plain, runs in groupby(runs_of(text), key=lambda run: run.type not in _STYLES):
        if is_plain:
            words = "".join(run.text for run in runs)
            begins_line = not joined or joined.endswith("\n")
            joined = _joined(joined, escaped(words, begins_line=begins_line))
        else:
            for run in runs:
                joined = _joined(joined, _STYLES[run.type](run))
    return joined.strip("\n")


def quoted(text: str) -> str:
    """A block quote of what is Markdown already."""
    return "\n".join(f"> {line}" if line else ">" for line in text.split("\n"))


def link_to(path: str) -> str:
    """A relative path as the target of a link."""
    return quote(path, safe="/@,;+~")


def plain(text: str) -> str:
    """A text with line feeds alone as ends of lines, and without other control characters."""
    lines = _LINES.sub("\n", text)
    return "".join(
        letter for letter in lines if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    )


def _escape(match: re.Match[str]) -> str:
    return f"\\{match[0]}"


def _escape_start(match: re.Match[str]) -> str:
    """What would begin a list, a rule or a heading; a number's dot comes right behind it."""
    return f"{match[1]}\\" if match[1].isdigit() else f"\\{match[1]}"


def _hard_spaces(match: re.Match[str]) -> str:
    """Four spaces would make code of a line."""
    return match[0].replace("\t", "    ").replace(" ", "\N{NO-BREAK SPACE}")


def _broken(text: str) -> str:
    """Ends of lines that are no ends of paragraphs are kept as such."""
    return re.sub(r"(?<!\n)\n(?!\n)", "  \n", text)


def _joined(before: str, piece: str) -> str:
    """Put a piece behind another. A block stands between empty lines; line feeds of the text
    around it are part of those."""
    if piece.startswith("\n\n"):
        before = before.rstrip(" \n")
        return before + piece if before else piece.lstrip("\n")
    return before + (piece.lstrip(" \n") if before.endswith("\n\n") else piece)


def _paired(text: str, mark: str) -> str:
    """White space at the ends stands outside the marks, and paragraphs are marked one by one."""
    paragraphs = []
    for paragraph in plain(text).split("\n\n"):
        inner = paragraph.strip()
        before, _, after = paragraph.partition(inner) if inner else (paragraph, "", "")
        marked = f"{mark}{escaped(inner)}{mark}" if inner else ""
        paragraphs.append(f"{_broken(before)}{marked}{_broken(after)}")
    return "\n\n".join(paragraphs)


def _code(text: str) -> str:
    """Code within a line; Dataview would run what begins with = or $=."""
    if "\n" in text:
        return _block(text, "")
    if not text.strip() or text.strip().startswith(("=", "$=")):
        return escaped(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text[0] in "` " or text[-1] in "` " else ""
    return f"{fence}{space}{text}{space}{fence}"


def _block(text: str, language: str) -> str:
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
    word = language.lower() if language.lower() in LANGUAGES else ""
    return f"\n\n{fence}{word}\n{text.strip(chr(10))}\n{fence}\n\n"


def _link(text: str, target: str) -> str:
    shown = escaped(text.strip()).replace("  \n", " ").replace("\n", " ")
    if not _leads_to_the_web(target) or not shown:
        return escaped(text)
    safe = quote(visible(target), safe="/:?#[]@!$&'*+,;=%~")
    return f"<{target}>" if text == target == safe else f"[{shown}](<{safe}>)"


def _leads_to_the_web(target: str) -> bool:
    try:
        return urlsplit(target).scheme.lower() in SCHEMES
    except ValueError:
        return False


def _hashtag(run: Run) -> str:
    """One that can be a tag stays one."""
    return run.text if _HASHTAG.fullmatch(run.text) else escaped(run.text)


_STYLES: dict[str, Callable[[Run], str]] = {
    "bold": lambda run: _paired(run.text, "**"),
    "italic": lambda run: _paired(run.text, "*"),
    "strikethrough": lambda run: _paired(run.text, "~~"),
    "code": lambda run: _code(plain(run.text)),
    "pre": lambda run: _block(plain(run.text), str(run.value or "")),
    "blockquote": lambda run: f"\n\n{quoted(escaped(run.text).strip())}\n\n",
    "link": lambda run: _link(run.text, run.text if "://" in run.text else f"http://{run.text}"),
    "text_link": lambda run: _link(run.text, str(run.value)),
    "email": lambda run: _link(run.text, f"mailto:{run.text}"),
    "hashtag": _hashtag,
}
"""What Markdown has a mark for."""
