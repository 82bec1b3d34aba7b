"""The few words of index.html itself; all others are in the program."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTexts:
    """In one language."""

    language: str
    unpack: str
    last: str
    empty: str
    nobody: str
    """Somebody whose name is not known."""
    other: str
    """A message of a kind that has no word in `kinds`."""
    kinds: Mapping[str, str]
    """By `Record.kind`."""

    def kind(self, kind: str) -> str:
        """What a message is, in a word."""
        return self.kinds.get(kind, self.other)


_KINDS: tuple[tuple[str, str, str], ...] = (
    ("animation", "GIF", "GIF"),
    ("audio_file", "Music", "Музыка"),
    ("contact", "Contact", "Контакт"),
    ("dice", "Dice", "Кубик"),
    ("file", "File", "Файл"),
    ("game", "Game", "Игра"),
    ("giveaway", "Giveaway", "Розыгрыш"),
    ("giveaway_results", "Giveaway results", "Итоги розыгрыша"),
    ("invoice", "Invoice", "Счёт"),
    ("live_location", "Live location", "Трансляция местоположения"),
    ("location", "Location", "Местоположение"),
    ("paid_media", "Paid media", "Платный материал"),
    ("photo", "Photo", "Фото"),
    ("poll", "Poll", "Опрос"),
    ("service", "Service message", "Служебное сообщение"),
    ("sticker", "Sticker", "Стикер"),
    ("story", "Story", "История"),
    ("todo_list", "Checklist", "Список дел"),
    ("venue", "Place", "Место"),
    ("video_file", "Video", "Видео"),
    ("video_message", "Video message", "Видеосообщение"),
    ("video_stream", "Live stream", "Прямой эфир"),
    ("voice_message", "Voice message", "Голосовое сообщение"),
)

ENGLISH = PageTexts(
    language="en",
    unpack="If you see only this page, it was opened by itself, or its program cannot run here."
    " Unpack the whole archive into one folder, and open index.html in a browser.",
    last="The last messages",
    empty="There are no messages.",
    nobody="Unknown",
    other="A message that this page cannot show",
    kinds={kind: english for kind, english, _ in _KINDS},
)
RUSSIAN = PageTexts(
    language="ru",
    unpack="Если видна только эта страница, она открыта отдельно от остальных файлов или её"
    " программа здесь не работает. Распакуйте весь архив в одну папку и откройте index.html"
    " в браузере.",
    last="Последние сообщения",
    empty="Сообщений нет.",
    nobody="Неизвестно кто",
    other="Сообщение, которое эта страница не может показать",
    kinds={kind: russian for kind, _, russian in _KINDS},
)


def texts_in(language: str) -> PageTexts:
    """The words in a language; in English where there are none."""
    return RUSSIAN if language == "ru" else ENGLISH
