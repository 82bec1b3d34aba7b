"""Answers to taps and inline queries.

https://core.telegram.org/bots/api#answercallbackquery,
https://core.telegram.org/bots/api#answerinlinequery
"""

from __future__ import annotations

from tests.sandbox.botapi.errors import Json, bad_request
from tests.sandbox.botapi.fields import Fields
from tests.sandbox.botapi.formatted import formatted_text
from tests.sandbox.botapi.state import State, Toast

TOAST_LIMIT = 200
RESULTS_LIMIT = 50


async def answer_callback_query(state: State, fields: Fields) -> bool:
    text = fields.text("text")
    if len(text) > TOAST_LIMIT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = state.take_query(fields, "callback_query_id")
    if not query.answer.done():
        query.answer.set_result(
            Toast(text=text, alert=fields.flag("show_alert"), url=fields.text("url") or None)
        )
    state.changed()
    return True


async def answer_inline_query(state: State, fields: Fields) -> bool:
    results: list[Json] = fields.parsed("results", "inline query results") or []
    if len(results) > RESULTS_LIMIT:
        raise bad_request("RESULTS_TOO_MUCH")
    ids = [str(result.get("id", "")) for result in results]
    if len(set(ids)) != len(ids):
        raise bad_request("RESULT_ID_DUPLICATE")
    if any(not 1 <= len(result_id.encode()) <= 64 for result_id in ids):
        raise bad_request("RESULT_ID_INVALID")
    for result in results:
        _check(result)
    query = state.take_query(fields, "inline_query_id")
    if not query.answer.done():
        query.answer.set_result(results)
    return True


def _check(result: Json) -> None:
    """https://core.telegram.org/bots/api#inlinequeryresultarticle"""
    content = result.get("input_message_content")
    if result.get("type") != "article" or content is None:
        return
    if not result.get("title"):
        raise bad_request("ARTICLE_TITLE_EMPTY")
    if not formatted_text(Fields(content, {}), "message_text", "entities")[0]:
        raise bad_request("message text is empty")


METHODS = {
    "answerCallbackQuery": answer_callback_query,
    "answerInlineQuery": answer_inline_query,
}
