"""Documents: https://core.telegram.org/bots/api#senddocument, #getfile"""

from __future__ import annotations

from tests.sandbox.botapi.errors import BotApiError, Json, bad_request
from tests.sandbox.botapi.fields import Fields, Upload
from tests.sandbox.botapi.methods.messages import add_own_message, caption_of
from tests.sandbox.botapi.state import State

UPLOAD_LIMIT = 50 * 1024 * 1024
"""https://core.telegram.org/bots/api#sending-files"""
DOWNLOAD_LIMIT = 20 * 1024 * 1024
"""https://core.telegram.org/bots/api#getfile"""


async def send_document(state: State, fields: Fields) -> Json:
    upload = fields.upload("document")
    file_id = fields.text("document")
    if upload is not None:
        document = _store(state, upload)
    elif file_id in state.documents:
        document = state.documents[file_id]
    elif file_id:
        raise bad_request("wrong remote file identifier specified: can't unserialize it")
    else:
        raise bad_request("there is no document in the request")
    text, entities = caption_of(fields)
    return add_own_message(state, fields, text, entities, document).to_json()


def _store(state: State, upload: Upload) -> Json:
    if len(upload.content) > UPLOAD_LIMIT:
        raise BotApiError(413, "Request Entity Too Large")
    if not upload.content:
        raise bad_request("file must be non-empty")
    return state.store(upload.name, upload.content, upload.mime_type)


async def get_file(state: State, fields: Fields) -> Json:
    document = state.documents.get(fields.text("file_id"))
    if document is None:
        raise bad_request("wrong file_id or the file is temporarily unavailable")
    if document["file_size"] > DOWNLOAD_LIMIT:
        raise bad_request("file is too big")
    return {
        "file_id": document["file_id"],
        "file_unique_id": document["file_unique_id"],
        "file_size": document["file_size"],
        "file_path": f"documents/{document['file_id']}",
    }


METHODS = {"sendDocument": send_document, "getFile": get_file}
