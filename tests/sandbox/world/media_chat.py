"""A chat of nothing but files, of which some come again: under their own ids, or under new ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.files import Blob
from tests.sandbox.world.media import DC_IDS
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.shelf import THUMB
from tests.sandbox.world.synthetic import date_of
from tests.sandbox.world.uploads import CUSTOM_EMOJI, KINDS, Upload, post
from tests.sandbox.world.view import files_in, show_files

if TYPE_CHECKING:
    from tests.sandbox.world.world import World

Sizes = int | tuple[int, int] | Sequence[int]
"""Bytes of every file; from the least to the most, small ones being more frequent; or one after
the other, from the first again after the last."""


@dataclass(slots=True, kw_only=True)
class MediaChat:
    """The chat, and the truth about what it carries."""

    chat: Channel
    message_ids: list[int] = field(default_factory=list)
    uploads: list[Upload] = field(default_factory=list)
    """What those messages carry first; forwarded files stand here as often as they come."""
    emoji: list[int] = field(default_factory=list)
    """Ids of the custom emoji that stand in texts."""
    wasted_bytes: int = 0
    """Of the uploads that have the bytes of earlier ones under an id of their own."""

    @property
    def total_bytes(self) -> int:
        """Of all uploads, each file counted once and without its smaller pictures."""
        return sum({each.file_id: each.size_bytes for each in self.uploads}.values())

    def files(self, *, thumbs: bool = False) -> Iterator[tuple[int, str]]:
        """Every file that stands in the messages now, by id and variant, each once."""
        seen: set[int] = set()
        for message_id in self.chat.message_ids:
            for file in files_in(_carried(self.chat.message(message_id))):
                if file.id in seen:
                    continue
                seen.add(file.id)
                yield file.id, ""
                if thumbs and isinstance(file, types.Document) and file.thumbs:
                    yield file.id, THUMB
        for document_id in self.emoji:
            self.chat.world.shelf.put(self.chat.world.emoji.document(document_id))
            yield document_id, ""

    def truth(self, *, thumbs: bool = False) -> dict[tuple[int, str], bytes]:
        """The SHA-256 of every file that stands in the messages now, by id and variant."""
        shelf = self.chat.world.shelf
        return {key: shelf.sha256(*key) for key in self.files(thumbs=thumbs)}


def media_chat(
    world: World,
    *,
    files: int = 5_000,
    reuploads: float = 0.3,
    forwards: float = 0,
    look_alikes: int = 0,
    emoji: int = 0,
    misplaced: float = 0,
    sizes: Sizes = (1_000, 400_000),
    kinds: Sequence[str] = KINDS,
    seed: int = 1,
    title: str = "Gallery",
    username: str | None = "gallery",
    broadcast: bool = False,
) -> MediaChat:
    """A supergroup or channel in which each message carries a file, spread over the data centres.

    `reuploads` is the share of bytes that come again under a new id; `forwards` the share of
    messages with a file that an earlier one carries; `look_alikes` are pairs of files of 5 MB with
    equal size and equal first MiB; `emoji` are texts with a custom one; `misplaced` is the share
    of files of which messages name a wrong data centre.
    """
    add = world.add_channel if broadcast else world.add_supergroup
    made = MediaChat(chat=add(title, username))
    seed = mix(mix(world.seed, made.chat.id), seed)
    dice = Random(seed)
    wanted = _sizes(sizes, dice)
    fresh: list[Upload] = []
    told_bytes = 0
    for number in range(files):
        if fresh and dice.random() < forwards:
            _add(made, dice.choice(fresh))
            continue
        upload = _upload(seed, number, dice.choice(kinds), next(wanted))
        if fresh and made.wasted_bytes <= reuploads * told_bytes and reuploads > 0:
            earlier = dice.choice(fresh)
            upload = _upload(seed, number, earlier.kind, earlier.size_bytes)
            world.shelf.share(upload.file_id, Blob(earlier.file_id, earlier.size_bytes))
            world.shelf.share(upload.second_id, Blob(earlier.second_id, earlier.second_bytes))
            made.wasted_bytes += upload.size_bytes
        else:
            fresh.append(upload)
        told_bytes += upload.size_bytes
        _add(made, upload)
    for number in range(look_alikes):
        _add_look_alikes(made, seed, files + 2 * number)
    for number in range(emoji):
        made.emoji.append(mix(seed, ~number) >> 2 | 1 << 61)
        date = date_of(files + number)
        post(
            made.chat,
            Upload(kind=CUSTOM_EMOJI, file_id=made.emoji[-1], size_bytes=0, date=date),
        )
    for file_id in _shown(made):
        if dice.random() < misplaced:
            world.shelf.move(file_id, _elsewhere(world, file_id), told=False)
    return made


def _add(made: MediaChat, upload: Upload) -> None:
    made.message_ids.append(post(made.chat, upload))
    made.uploads.append(upload)


def _add_look_alikes(made: MediaChat, seed: int, number: int) -> None:
    size_bytes = 5_000_000
    one, other = (_upload(seed, number + each, "file", size_bytes) for each in (0, 1))
    made.chat.world.shelf.share(other.file_id, Blob(one.file_id, size_bytes, other.file_id))
    _add(made, one)
    _add(made, other)


def _upload(seed: int, number: int, kind: str, size_bytes: int) -> Upload:
    file_id = mix(mix(seed, 0xF11E), number) >> 2 | 1 << 61
    return Upload(kind=kind, file_id=file_id, size_bytes=size_bytes, date=date_of(number))


def _sizes(sizes: Sizes, dice: Random) -> Iterator[int]:
    if isinstance(sizes, int):
        sizes = [sizes]
    elif isinstance(sizes, tuple) and len(sizes) == 2:
        low, high = (math.log(each) for each in sizes)
        while True:
            yield round(math.exp(dice.uniform(low, high)))
    while True:
        yield from sizes


def _shown(made: MediaChat) -> list[int]:
    """Put every file on the shelf, as if all messages had been shown; their ids."""
    world, ids = made.chat.world, []
    for message_id in made.message_ids:
        value = _carried(made.chat.message(message_id))
        show_files(value, world, world.owner)
        ids += [file.id for file in files_in(value)]
    return list(dict.fromkeys(ids))


def _carried(message: Any) -> Any:
    return getattr(message, "media", None) or getattr(message, "action", None)


def _elsewhere(world: World, file_id: int) -> int:
    return DC_IDS[(DC_IDS.index(world.shelf.dc_of(file_id)) + 1) % len(DC_IDS)]
