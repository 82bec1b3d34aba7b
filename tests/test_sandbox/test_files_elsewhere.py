"""Files that stand in no message: photos of people and chats, custom emoji, stories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
from telethon import errors
from telethon.tl import functions, types

from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.media_chat import media_chat
from tests.sandbox.world.people import User
from tests.sandbox.world.pictures import picture
from tests.test_sandbox.files_client import FilesClient, files_client


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as served:
        yield served


@pytest.fixture
def anna(sandbox: Sandbox) -> User:
    user = sandbox.world.add_user("Anna Alm")
    user.photos += [picture(900 - number) for number in range(5)]
    return user


@pytest.fixture
def chat(sandbox: Sandbox, anna: User) -> Channel:
    chat = sandbox.world.add_supergroup(
        "Hikers", "hikers_club", members=[sandbox.world.owner, anna]
    )
    chat.photo = picture(77)
    return chat


@pytest.fixture
async def client(sandbox: Sandbox, chat: Channel) -> AsyncIterator[FilesClient]:
    async with files_client(sandbox) as connected:
        yield connected


def named(client: FilesClient, user: User) -> Any:
    return types.InputUser(user.id, client.account.access_hash("user", user.id))


async def photos_of(
    client: FilesClient, user: User, *, offset: int = 0, max_id: int = 0, limit: int = 100
) -> Any:
    return await client.ask(
        functions.photos.GetUserPhotosRequest(named(client, user), offset, max_id, limit)
    )


async def test_a_persons_photos_come_newest_first_and_can_be_saved(
    sandbox: Sandbox, client: FilesClient, anna: User
) -> None:
    answer = await photos_of(client, anna)
    assert isinstance(answer, types.photos.Photos)
    assert [each.id for each in answer.photos] == [900, 899, 898, 897, 896]
    assert [each.id for each in answer.users] == [anna.id]
    assert answer.users[0].photo.photo_id == 900
    for photo in answer.photos[:2]:
        data = await client.whole(photo)
        assert sha256(data).digest() == sandbox.world.shelf.sha256(photo.id)


async def test_a_part_of_a_persons_photos_says_how_many_there_are(
    client: FilesClient, anna: User
) -> None:
    page = await photos_of(client, anna, offset=1, limit=2)
    assert isinstance(page, types.photos.PhotosSlice)
    assert (page.count, [each.id for each in page.photos]) == (5, [899, 898])
    page = await photos_of(client, anna, max_id=898)
    assert [each.id for each in page.photos] == [897, 896]


async def test_photos_of_whom_one_does_not_know_are_refused(
    client: FilesClient, anna: User
) -> None:
    request = functions.photos.GetUserPhotosRequest(types.InputUser(anna.id, 5), 0, 0, 100)
    with pytest.raises(errors.UserIdInvalidError):
        await client.ask(request)


async def test_a_persons_newest_photo_stands_in_all_that_is_told_of_them(
    client: FilesClient, anna: User
) -> None:
    answer = await client.ask(functions.users.GetFullUserRequest(named(client, anna)))
    assert answer.full_user.profile_photo.id == answer.users[0].photo.photo_id == 900
    assert await client.part(answer.full_user.profile_photo)


async def test_a_chats_photo_is_a_file(
    sandbox: Sandbox, client: FilesClient, chat: Channel
) -> None:
    answer = await client.ask(
        functions.channels.GetFullChannelRequest(chat.input_peer(client.account))
    )
    photo = answer.full_chat.chat_photo
    assert photo.id == answer.chats[0].photo.photo_id == 77
    assert sha256(await client.whole(photo)).digest() == sandbox.world.shelf.sha256(77)


async def test_photos_of_people_and_chats_are_got_by_the_peer_too(
    sandbox: Sandbox, client: FilesClient, chat: Channel, anna: User
) -> None:
    person = types.InputPeerUser(anna.id, client.account.access_hash("user", anna.id))
    for peer, photo in ((chat.input_peer(client.account), chat.photo), (person, anna.photos[0])):

        async def ask(photo_id: int, *, big: bool, peer: Any = peer, dc: int = photo.dc_id) -> Any:
            where = types.InputPeerPhotoFileLocation(peer, photo_id, big=big)
            request = functions.upload.GetFileRequest(where, 0, 1024 * 1024)
            return await client.ask(request, dc_id=dc)

        big, small = await ask(photo.id, big=True), await ask(photo.id, big=False)
        assert sha256(big.bytes).digest() == sandbox.world.shelf.sha256(photo.id)
        assert 0 < len(small.bytes) < len(big.bytes)
        with pytest.raises(errors.LocationInvalidError):
            await ask(photo.id + 1000, big=True)


async def test_custom_emoji_come_by_their_ids_but_for_those_that_are_gone(
    sandbox: Sandbox, client: FilesClient
) -> None:
    sandbox.world.emoji.gone.add(600)
    wanted = [500, 600, 700, 0]
    answer = await client.ask(functions.messages.GetCustomEmojiDocumentsRequest(wanted))
    found = {each.id: each for each in answer}
    assert found.keys() == {500, 700}
    for number, document in found.items():
        data = await client.whole(document)
        assert len(data) == document.size
        assert sha256(data).digest() == sandbox.world.emoji.sha256(number)


async def test_stories_come_by_their_ids(sandbox: Sandbox, client: FilesClient) -> None:
    made = media_chat(
        sandbox.world, files=3, sizes=9_000, kinds=["story"], reuploads=0, username="stories"
    )
    peer = made.chat.input_peer(client.account)
    sandbox.world.stories.delete(made.chat.peer_id, 2)

    answer = await client.ask(functions.stories.GetStoriesByIDRequest(peer, [3, 2, 1, 99]))

    assert [each.id for each in answer.stories] == [3, 1]
    assert answer.count == 2
    assert [each.id for each in answer.chats] == [made.chat.id]
    shown = [each async for each in client.telethon.iter_messages(peer)]
    assert [each.media.id for each in shown] == [3, 2, 1]
    for story in answer.stories:
        data = await client.whole(story.media.photo)
        assert sha256(data).digest() == made.truth()[story.media.photo.id, ""]


async def test_who_never_posted_a_story_has_none(client: FilesClient, chat: Channel) -> None:
    peer = chat.input_peer(client.account)
    with pytest.raises(errors.BadRequestError, match="STORIES_NEVER_CREATED"):
        await client.ask(functions.stories.GetStoriesByIDRequest(peer, [1]))
    with pytest.raises(errors.BadRequestError, match="STORY_ID_EMPTY"):
        await client.ask(functions.stories.GetStoriesByIDRequest(peer, []))
