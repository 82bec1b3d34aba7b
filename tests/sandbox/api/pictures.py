"""Requests for files that stand in no message: photos of people, custom emoji, stories."""

from __future__ import annotations

from typing import Any

from telethon.tl import functions, types

from tests.sandbox.api.asked import Asked, Handler
from tests.sandbox.api.inputs import chat_of, user_of
from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world.people import tl_user
from tests.sandbox.world.pictures import copied
from tests.sandbox.world.view import show_files

PHOTOS_LIMIT = 100


def get_user_photos(asked: Asked) -> Any:
    """https://core.telegram.org/method/photos.getUserPhotos: newest first.

    "max_id: if a positive value was transferred, the method will return only photos with IDs less
    than the set one".

    Raises:
        RpcFault: USER_ID_INVALID.
    """
    request, viewer = asked.request, asked.viewer
    user = user_of(asked, request.user_id)
    if user is None:
        raise RpcFault(400, "USER_ID_INVALID")
    photos = [each for each in user.photos if request.max_id <= 0 or each.id < request.max_id]
    page = photos[max(request.offset, 0) :][: max(0, min(request.limit, PHOTOS_LIMIT))]
    shown = [show_files(copied(photo), asked.world, viewer) for photo in page]
    users = [tl_user(user, viewer)]
    if len(page) == len(user.photos):
        return types.photos.Photos(photos=shown, users=users)
    return types.photos.PhotosSlice(count=len(user.photos), photos=shown, users=users)


def get_custom_emoji_documents(asked: Asked) -> list[Any]:
    """https://core.telegram.org/method/messages.getCustomEmojiDocuments: those that there are, in
    no order that one could count on."""
    viewer = asked.viewer
    found = [asked.world.emoji.document(number) for number in set(asked.request.document_id)]
    return [show_files(each, asked.world, viewer) for each in found if each is not None]


def get_stories_by_id(asked: Asked) -> types.stories.Stories:
    """https://core.telegram.org/method/stories.getStoriesByID: those that there are.

    Raises:
        RpcFault: STORY_ID_EMPTY, STORIES_NEVER_CREATED; as `chat_of`.
    """
    request, viewer = asked.request, asked.viewer
    chat = chat_of(asked, request.peer)
    if not request.id:
        raise RpcFault(400, "STORY_ID_EMPTY")
    stories = asked.world.stories
    if not stories.ever(chat.peer_id):
        raise RpcFault(400, "STORIES_NEVER_CREATED")
    found = [stories.get(chat.peer_id, number) for number in request.id]
    shown = [show_files(each, asked.world, viewer) for each in found if each is not None]
    chats, users = asked.world.entities.split({chat.peer_id}, viewer)
    return types.stories.Stories(count=len(shown), stories=shown, chats=chats, users=users)


HANDLERS: dict[type, Handler] = {
    functions.photos.GetUserPhotosRequest: get_user_photos,
    functions.messages.GetCustomEmojiDocumentsRequest: get_custom_emoji_documents,
    functions.stories.GetStoriesByIDRequest: get_stories_by_id,
}
