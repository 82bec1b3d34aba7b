"""Custom emoji: documents that messages name by their ids only."""

from __future__ import annotations

from typing import Any

from telethon.tl import types

from tests.sandbox.world import media
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.shelf import Shelf
from tests.sandbox.world.synthetic import FIRST_DATE

MIME_TYPE = "application/x-tgsticker"


class CustomEmoji:
    """Every id is that of an emoji, except those that are gone."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self.gone: set[int] = set()
        """Ids of emoji that Telegram has no more."""

    def document(self, document_id: int) -> Any:
        """The emoji's document; None when there is none.

        https://core.telegram.org/api/custom-emoji
        """
        if document_id <= 0 or document_id in self.gone:
            return None
        return media.document(
            document_id,
            size_bytes=2_000 + mix(document_id, 1) % 40_000,
            mime_type=MIME_TYPE,
            attributes=[
                types.DocumentAttributeImageSize(w=512, h=512),
                types.DocumentAttributeCustomEmoji(
                    alt="🙂", stickerset=types.InputStickerSetEmpty()
                ),
                types.DocumentAttributeFilename(file_name="AnimatedSticker.tgs"),
            ],
            date=FIRST_DATE,
            thumbnail_bytes=1_000 + mix(document_id, 2) % 4_000,
        )

    def sha256(self, document_id: int) -> bytes:
        """The truth about an emoji's bytes, whether or not anybody was shown it."""
        self._shelf.put(self.document(document_id))
        return self._shelf.sha256(document_id)
