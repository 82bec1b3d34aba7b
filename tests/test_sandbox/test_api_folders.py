"""Folders, the archive, and what only a data export tells: https://core.telegram.org/api/folders."""

from __future__ import annotations

from typing import Any

import pytest
from telethon.tl import functions, types

from tests.sandbox.mtproto.calls import RpcFault
from tests.sandbox.world import World
from tests.sandbox.world.folders import Folder
from tests.sandbox.world.people import SavedContact
from tests.test_sandbox.asking import client_of

Init = functions.account.InitTakeoutSessionRequest
Left = functions.channels.GetLeftChannelsRequest
Saved = functions.contacts.GetSavedRequest


def listed(folder_id: int | None) -> Any:
    return functions.messages.GetDialogsRequest(
        offset_date=None,
        offset_id=0,
        offset_peer=types.InputPeerEmpty(),
        limit=100,
        hash=0,
        folder_id=folder_id,
    )


def inside(takeout: Any, query: Any) -> Any:
    return functions.InvokeWithTakeoutRequest(takeout_id=takeout.id, query=query)


async def test_archived_chats_stand_in_the_archive_alone() -> None:
    world = World()
    news = world.add_channel("News", messages=1)
    old = world.add_supergroup("Old", messages=1)
    world.owner.archived.add(old.peer_id)
    world.owner.muted.add(news.peer_id)
    world.owner.unread[news.peer_id] = 7
    client = client_of(world)

    main = await client(listed(0))
    archive = await client(listed(1))
    both = await client(listed(None))

    assert [chat.title for chat in main.chats] == ["News"]
    assert [chat.title for chat in archive.chats] == ["Old"]
    assert [dialog.folder_id for dialog in archive.dialogs] == [1]
    assert len(both.dialogs) == 2
    [dialog] = main.dialogs
    assert (dialog.unread_count, dialog.folder_id) == (7, None)
    assert dialog.notify_settings.mute_until is not None


async def test_a_folder_names_chats_and_kinds_of_chats() -> None:
    world = World()
    news = world.add_channel("News", messages=1)
    anna = world.add_user("Anna")
    world.owner.folders = [
        Folder(
            id=2,
            title="Work",
            pinned=[news.peer_id],
            include=[anna.id, world.owner.id],
            exclude=[news.peer_id],
            flags=frozenset({"groups", "exclude_muted"}),
        ),
        Folder(id=3, title="Shared", include=[news.peer_id], shared=True),
    ]
    client = client_of(world)

    answer = await client(functions.messages.GetDialogFiltersRequest())

    default, work, shared = answer.filters
    assert isinstance(default, types.DialogFilterDefault)
    assert (work.id, work.title.text) == (2, "Work")
    assert (work.groups, work.exclude_muted, work.broadcasts) == (True, True, False)
    assert work.pinned_peers == work.exclude_peers == [news.input_peer(world.owner)]
    user, oneself = work.include_peers
    assert user.user_id == anna.id
    assert isinstance(oneself, types.InputPeerSelf)
    assert isinstance(shared, types.DialogFilterChatlist)


async def test_left_channels_and_saved_contacts_are_told_in_a_data_export_only() -> None:
    world = World()
    open_one = world.add_channel("Open", "open_one", messages=1)
    hidden = world.add_supergroup("Hidden", messages=1)
    for chat in (open_one, hidden):
        chat.leave(world.owner)
    world.owner.saved_contacts = [SavedContact(phone="15550100042", first_name="Dr Who")]
    client = client_of(world)
    refused = []
    for request in (Left(offset=0), Saved()):
        with pytest.raises(RpcFault) as told:
            await client(request)
        refused.append(told.value.message)
    takeout = await client(Init(contacts=True, message_channels=True, message_megagroups=True))

    left = await client(inside(takeout, Left(offset=0)))
    [saved] = await client(inside(takeout, Saved()))

    assert refused == ["TAKEOUT_REQUIRED"] * 2
    assert [(chat.title, chat.left) for chat in left.chats] == [("Open", True), ("Hidden", True)]
    assert (saved.phone, saved.first_name) == ("15550100042", "Dr Who")
    assert (await client(listed(None))).dialogs == []


async def test_a_data_export_without_the_flag_does_not_tell_it() -> None:
    world = World()
    client = client_of(world)
    takeout = await client(Init(message_users=True))
    for request in (Left(offset=0), Saved()):
        with pytest.raises(RpcFault, match="TAKEOUT_INVALID"):
            await client(inside(takeout, request))
