"""Answers that hang under another message than the command."""

from __future__ import annotations

from aiogram.types import Message, ReplyParameters


async def answer_under(message: Message, message_id: int | None, sentence: str) -> None:
    """Reply to the message `message_id`, or to the command when that is None or gone."""
    await message.answer(
        sentence,
        reply_parameters=ReplyParameters(
            message_id=message_id or message.message_id, allow_sending_without_reply=True
        ),
    )
