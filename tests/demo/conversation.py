"""Prints a chat as it happens: who says what, what changes, which buttons there are."""

from __future__ import annotations

import time
from contextlib import aclosing
from itertools import pairwise

from rich.console import Console
from rich.text import Text

from tests.sandbox.botapi.messages import Frame, Message
from tests.sandbox.phone import Phone

WIDTH = 84
NAME = 10
MARGIN = len("12:34:56 ") + NAME + 2
STYLES = {"bold": "bold", "italic": "italic", "code": "cyan", "text_link": "underline"}
ISOLATES = str.maketrans("", "", "\u2068\u2069")
"""They keep a title's writing direction to itself; terminals show them as boxes."""


async def follow(phone: Phone, console: Console) -> None:
    """Print the private chat, each message and each change, until cancelled."""
    async with aclosing(phone.watch()) as seen:
        async for message, frame in seen:
            if frame.text or attached(message):
                show(message, frame, console, own=message.sender is phone.person)


def show(message: Message, frame: Frame, console: Console, *, own: bool) -> None:
    """Print one message, or one change of it."""
    edited = frame is not message.frames[0]
    name = f"{message.sender.first_name} ✎" if edited else message.sender.first_name
    head = Text().append(time.strftime("%H:%M:%S ", time.localtime(frame.at)), "dim")
    head.append(f"{name:<{NAME}}  ", "green" if own else "magenta")
    body = Text()
    if message.reply_to is not None and not edited:
        answered = message.reply_to.text.partition("\n")[0] or attached(message.reply_to)
        body.append(f"↪ {answered.translate(ISOLATES)}\n", "dim")
    if (attachment := attached(message)) and not edited:
        body.append(f"{attachment}\n" if frame.text else attachment, "bold")
    body.append_text(styled(frame))
    for line in body.wrap(console, min(console.width, WIDTH) - MARGIN):
        row = head + line
        row.rstrip()
        console.print(row, soft_wrap=True)
        head = Text(" " * MARGIN)
    console.print()


def show_tap(phone: Phone, button: str, console: Console) -> None:
    """Print which button the person tapped."""
    head = Text(time.strftime("%H:%M:%S ", time.localtime()), "dim")
    head.append(f"{phone.person.first_name:<{NAME}}  ", "green")
    console.print(head.append("taps ").append(f"[ {button} ]", "blue"), soft_wrap=True)
    console.print()


def attached(message: Message) -> str:
    """What a message carries besides its text: a file, or a chat that was chosen from a list."""
    if message.document is not None:
        size_mb = message.document["file_size"] / 1e6
        return f"📎 {message.document['file_name']}, {size_mb:,.1f} MB"
    if message.photo is not None and message.text:
        return "🖼 an album of pictures"  # with the caption of its first one
    if (chosen := (message.service or {}).get("chat_shared")) is not None:
        return f"👥 {chosen.get('title', chosen['chat_id'])}"
    return ""


def styled(frame: Frame) -> Text:
    """The text with its entities as styles, and below it a line for each row of buttons."""
    units = frame.text.encode("utf-16-le")
    text = Text()
    cuts = {0, len(units)}
    for entity in frame.entities:
        cuts |= {2 * entity["offset"], 2 * (entity["offset"] + entity["length"])}
    edges = sorted(cuts)
    for start, end in pairwise(edges):
        piece = units[start:end].decode("utf-16-le").translate(ISOLATES)
        text.append(piece, " ".join(styles_at(frame, start // 2)))
    for row in frame.buttons:
        text.append("\n")
        text.append_text(Text("  ").join(Text(f"[ {b['text']} ]", "blue") for b in row))
    return text


def styles_at(frame: Frame, offset: int) -> list[str]:
    """The styles of the entities that cover this UTF-16 unit."""
    return [
        STYLES[entity["type"]]
        for entity in frame.entities
        if entity["type"] in STYLES
        and entity["offset"] <= offset < entity["offset"] + entity["length"]
    ]
