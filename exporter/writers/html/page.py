"""index.html: loads the program and, where none runs, shows the last messages by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo
from html import escape

from exporter.folder import name_of
from exporter.records import Record
from exporter.writers.html.page_texts import PageTexts, texts_in
from storage.models import ChatInfo

POLICY = (
    "default-src 'none'; script-src 'self' file:; style-src 'self' file:;"
    " img-src 'self' file: data: blob:; media-src 'self' file: blob:; font-src 'self' file:;"
    " worker-src blob:; base-uri 'none'; form-action 'none';"
    " require-trusted-types-for 'script'; trusted-types ck"
)
"""Nothing but what lies in the folder is loaded, and nothing that stands in a page is run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What stands in index.html."""

    chat: ChatInfo
    language: str
    zone: tzinfo
    files: tuple[str, ...]
    """The program and what it shows, in the order of loading."""
    last: tuple[Record, ...]


def page(shown: Page) -> bytes:
    """The file. No script, style or handler stands in it, and nothing of a message as markup."""
    texts = texts_in(shown.language)
    title = _text(name_of(shown.chat) or str(shown.chat.id))
    links = "\n".join(_link(path) for path in shown.files)
    messages = "\n".join(_message(record, shown.zone, texts) for record in shown.last)
    text = f"""<!doctype html>
<html lang="{texts.language}" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{title}</title>
{links}
</head>
<body>
<main id="ck-static">
<h1><bdi>{title}</bdi></h1>
<p>{texts.unpack}</p>
<h2>{texts.last if shown.last else texts.empty}</h2>
{messages}
</main>
</body>
</html>
"""
    return text.encode("utf-8", "replace")


def _link(path: str) -> str:
    if path.endswith(".css"):
        return f'<link rel="stylesheet" href="{path}">'
    return f'<script defer src="{path}"></script>'


def _message(record: Record, zone: tzinfo, texts: PageTexts) -> str:
    date = record.date.astimezone(zone).isoformat(sep=" ")[:16]
    name = (record.sender.name if record.sender is not None else None) or texts.nobody
    words = record.text.text if record.text is not None else ""
    kind = "" if record.kind == "text" and words else _text(texts.kind(record.kind))
    body = "".join(f"<p>{one}</p>" for one in (kind, _paragraph(words)) if one)
    return f"<article><p><b><bdi>{_text(name)}</bdi></b> <time>{date}</time></p>{body}</article>"


def _paragraph(text: str) -> str:
    """A text in its own direction, with its line breaks."""
    if not text:
        return ""
    lines = "<br>".join(_text(line) for line in text.split("\n"))
    return f'<span dir="auto">{lines}</span>'


def _text(text: str) -> str:
    """A text that means nothing to a browser; what HTML cannot hold is shown as such."""
    return escape(text).replace("\0", "\ufffd").replace("\r", " ")
