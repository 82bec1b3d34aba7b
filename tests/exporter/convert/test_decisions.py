"""Every class that a message may hold has a decision."""

from __future__ import annotations

import inspect

import pytest
from telethon.tl import TLObject, types

from exporter.telegram.convert.actions import ACTIONS, ANSWERS
from exporter.telegram.convert.kinds import MEDIA_KINDS
from exporter.telegram.convert.markup import INLINE_BUTTONS
from exporter.telegram.convert.media import CONVERTERS, WITHOUT_RECORD
from exporter.telegram.convert.text import ENTITY_TYPES


def classes_like(example: type[TLObject]) -> set[type]:
    """All classes of the layer that may stand where this one stands."""
    return {
        kind
        for _, kind in inspect.getmembers(types, inspect.isclass)
        if getattr(kind, "SUBCLASS_OF_ID", None) == example.SUBCLASS_OF_ID
    }


def test_every_media_class_has_a_kind() -> None:
    assert classes_like(types.MessageMediaPhoto) == set(MEDIA_KINDS)


def test_every_media_class_has_a_record_or_is_known_to_need_none() -> None:
    assert classes_like(types.MessageMediaPhoto) == set(CONVERTERS) | WITHOUT_RECORD
    assert not set(CONVERTERS) & WITHOUT_RECORD


def test_every_action_class_has_one_converter() -> None:
    assert classes_like(types.MessageActionEmpty) == set(ACTIONS) | set(ANSWERS)
    assert not set(ACTIONS) & set(ANSWERS)


def test_every_entity_class_has_a_type() -> None:
    assert classes_like(types.MessageEntityBold) == set(ENTITY_TYPES)


def test_every_inline_button_has_a_type() -> None:
    ours_to_send = {
        types.InputInlineButtonTypeUrlAuth,
        types.InputInlineButtonTypeUserProfile,
    }

    assert classes_like(types.InlineButtonTypeUrl) - ours_to_send == INLINE_BUTTONS


@pytest.mark.parametrize("kind", sorted(set(ENTITY_TYPES.values())))
def test_the_types_of_entities_are_lower_case_words(kind: str) -> None:
    assert kind.replace("_", "").isalpha()
    assert kind.islower()
