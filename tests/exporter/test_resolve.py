"""Finding the chat that a person typed."""

from __future__ import annotations

import pytest

from exporter.errors import CommandError
from exporter.telegram.dialogs import refresh_dialogs
from exporter.telegram.resolve import resolve
from storage.archive import Archive
from storage.models import ChatInfo, Peer, PeerKind
from tests.exporter.reaching import ACCOUNT_ID, signed_in
from tests.sandbox.sandbox import Sandbox

INVITE = "AbCdEfGhIjKlMnOp"


async def find(sandbox: Sandbox, archive: Archive, typed: str) -> ChatInfo:
    async with signed_in(sandbox) as telegram:
        return (await resolve(telegram, archive, typed)).info


@pytest.mark.parametrize(
    "typed",
    [
        "@study_group",
        "@STUDY_group",
        "study_group",
        "https://t.me/study_group",
        "t.me/study_group/99999",
        "tg://resolve?domain=study_group",
        "{id}",
        "https://t.me/c/{bare}/5",
        "Study group",
        "study GROUP",
        "stud",
        "y grou",
    ],
)
async def test_a_public_supergroup_is_found_however_it_is_named(
    sandbox: Sandbox, archive: Archive, typed: str
) -> None:
    chat = sandbox.world.add_supergroup("Study group", "study_group", messages=3)

    found = await find(sandbox, archive, typed.format(id=chat.peer_id, bare=chat.id))

    assert found == ChatInfo(
        id=chat.peer_id, title="Study group", type="public_supergroup", username="study_group"
    )


async def test_every_kind_of_chat_has_telegram_desktops_word_for_it(
    sandbox: Sandbox, archive: Archive
) -> None:
    world = sandbox.world
    mia, helper = world.add_user("Mia Moon"), world.add_user("Helper", bot=True)
    gone = world.add_user("Gone", deleted=True)
    replies = world.add_user("Replies", number=1271266957)
    codes = world.add_user("Verification Codes", number=489000)
    chats = {
        "personal_chat": (world.add_private_chat(mia), "Mia Moon"),
        "bot_chat": (world.add_private_chat(helper), "Helper"),
        "saved_messages": (world.add_private_chat(world.owner), None),
        "replies": (world.add_private_chat(replies), None),
        "verification_codes": (world.add_private_chat(codes), None),
        "private_group": (world.add_basic_group("Family"), "Family"),
        "private_supergroup": (world.add_supergroup("Team"), "Team"),
        "public_supergroup": (world.add_supergroup("Forum", "forum_all"), "Forum"),
        "private_channel": (world.add_channel("Notes"), "Notes"),
        "public_channel": (world.add_channel("News", "news_all"), "News"),
    }
    nobody = world.add_private_chat(gone)
    async with signed_in(sandbox) as telegram:
        for word, (chat, title) in chats.items():
            chat.post("hello")
            reference = await resolve(telegram, archive, str(chat.peer_id))
            assert (reference.info.type, reference.info.title) == (word, title)
            assert reference.info.id == chat.peer_id
            assert reference.is_channel == (word.endswith(("_supergroup", "_channel")))
        nobody.post("goodbye")
        deleted = await resolve(telegram, archive, str(nobody.peer_id))

    assert (deleted.info.type, deleted.info.title) == ("personal_chat", None)


async def test_saved_messages_are_found_by_name_and_by_the_accounts_own_id(
    sandbox: Sandbox, archive: Archive
) -> None:
    owner = sandbox.world.owner

    for typed in ("me", "Saved Messages", str(owner.id)):
        found = await find(sandbox, archive, typed)
        assert found == ChatInfo(id=owner.id, title=None, type="saved_messages")


async def test_a_bare_number_finds_the_group_that_result_json_names_so(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1)

    assert (await find(sandbox, archive, str(chat.id))).id == chat.peer_id


async def test_a_forum_is_recognised(sandbox: Sandbox, archive: Archive) -> None:
    forum = sandbox.world.add_forum("Forum", messages=5)
    async with signed_in(sandbox) as telegram:
        assert (await resolve(telegram, archive, str(forum.peer_id))).is_forum


async def test_a_public_name_is_looked_up_once_and_then_known(
    sandbox: Sandbox, archive: Archive
) -> None:
    sandbox.world.add_supergroup("Study", "study_group", members=[])
    async with signed_in(sandbox) as telegram:
        first = await resolve(telegram, archive, "@study_group")
        second = await resolve(telegram, archive, "https://t.me/study_group")

    assert first == second
    assert sandbox.faults.calls("ResolveUsernameRequest") == 1


async def test_a_name_that_moved_to_another_chat_is_looked_up_anew(
    sandbox: Sandbox, archive: Archive
) -> None:
    before = sandbox.world.add_supergroup("Before", "study_group")
    async with signed_in(sandbox) as telegram:
        assert (await resolve(telegram, archive, "@study_group")).info.id == before.peer_id
        before.username = None
        after = sandbox.world.add_supergroup("After", "study_group")

        assert (await resolve(telegram, archive, "@study_group")).info.id == after.peer_id


async def test_an_access_hash_that_is_no_longer_right_is_replaced(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", "study_group", messages=1)
    wrong = Peer(
        peer_id=chat.peer_id,
        kind=PeerKind.CHANNEL,
        name="Study",
        username="study_group",
        access_hash=12345,
    )

    for typed in ("@study_group", str(chat.peer_id)):
        await archive.save_peers(ACCOUNT_ID, [wrong])
        assert (await find(sandbox, archive, typed)).id == chat.peer_id


async def test_a_chat_is_asked_for_with_what_this_account_may_show(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Study", messages=1)
    async with signed_in(sandbox) as telegram:
        reference = await resolve(telegram, archive, str(chat.peer_id))

    assert reference.input_peer == chat.input_peer(sandbox.world.owner)
    assert await archive.access_hash(ACCOUNT_ID, chat.peer_id) == reference.input_peer.access_hash


async def test_names_are_exact_before_they_are_similar(sandbox: Sandbox, archive: Archive) -> None:
    world = sandbox.world
    titles = ("News", "news", "News of the day", "All the news")
    chats = {title: world.add_supergroup(title, messages=1) for title in titles}

    assert (await find(sandbox, archive, "news")).id == chats["news"].peer_id
    assert (await find(sandbox, archive, "News")).id == chats["News"].peer_id
    assert (await find(sandbox, archive, "All th")).id == chats["All the news"].peer_id


async def test_an_ambiguous_name_lists_the_candidates_with_their_ids(
    sandbox: Sandbox, archive: Archive
) -> None:
    one = sandbox.world.add_supergroup("Study (2023)", messages=1)
    two = sandbox.world.add_supergroup("Study (2024)", messages=1)

    with pytest.raises(CommandError) as told:
        await find(sandbox, archive, "study")

    assert str(told.value).startswith("“study” fits 2 chats: ")
    assert f"Study (2023) ({one.peer_id})" in str(told.value)
    assert f"Study (2024) ({two.peer_id})" in str(told.value)


async def test_many_candidates_are_not_all_listed(sandbox: Sandbox, archive: Archive) -> None:
    for number in range(15):
        sandbox.world.add_supergroup(f"Study {number}", messages=1)

    with pytest.raises(CommandError, match=r"fits 15 chats: .* and 5 more\. Name one by its id"):
        await find(sandbox, archive, "study")


async def test_the_dialogs_are_read_at_most_once_for_a_name_that_is_not_there(
    sandbox: Sandbox, archive: Archive
) -> None:
    sandbox.world.add_supergroup("Study", messages=1)
    async with signed_in(sandbox) as telegram:
        await refresh_dialogs(telegram, archive)
        before = sandbox.faults.calls("GetDialogsRequest")
        await resolve(telegram, archive, "Study")
        assert sandbox.faults.calls("GetDialogsRequest") == before
        with pytest.raises(CommandError, match="No chat of this account is called “Cooking club”"):
            await resolve(telegram, archive, "Cooking club")

    assert sandbox.faults.calls("GetDialogsRequest") == 2 * before
    assert sandbox.faults.calls("ResolveUsernameRequest") == 0


async def test_a_long_text_is_not_repeated_whole(sandbox: Sandbox, archive: Archive) -> None:
    with pytest.raises(CommandError, match=r"is called “x{100}…”\."):
        await find(sandbox, archive, "x" * 4_000)


@pytest.mark.parametrize("typed", ["@nobody_here", "t.me/nobody_here", "https://nobody_here.t.me"])
async def test_an_unknown_public_name_is_told(
    sandbox: Sandbox, archive: Archive, typed: str
) -> None:
    with pytest.raises(CommandError, match="Nothing on Telegram is called @nobody_here"):
        await find(sandbox, archive, typed)


@pytest.mark.parametrize("typed", ["-1009999999999", "-99999", "99999", "t.me/c/9999999999/1"])
async def test_an_unknown_id_is_told(sandbox: Sandbox, archive: Archive, typed: str) -> None:
    with pytest.raises(CommandError, match="This account sees no chat with the id"):
        await find(sandbox, archive, typed)


async def test_a_private_chat_that_the_account_has_left_is_told(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Secret plans", messages=1)
    async with signed_in(sandbox) as telegram:
        await resolve(telegram, archive, "Secret plans")
        chat.members.remove(sandbox.world.owner.id)

        for typed in (str(chat.peer_id), "Secret plans"):
            with pytest.raises(CommandError, match="This account cannot see"):
                await resolve(telegram, archive, typed)


async def test_an_invite_link_leads_members_to_the_chat_and_others_to_a_sentence(
    sandbox: Sandbox, archive: Archive
) -> None:
    chat = sandbox.world.add_supergroup("Secret plans", messages=1)
    chat.invite = INVITE
    for typed in (f"https://t.me/+{INVITE}", f"t.me/joinchat/{INVITE}"):
        assert (await find(sandbox, archive, typed)).id == chat.peer_id

    chat.members.remove(sandbox.world.owner.id)

    with pytest.raises(CommandError, match=r"not a member of “Secret plans”\. Join it"):
        await find(sandbox, archive, f"https://t.me/+{INVITE}")


@pytest.mark.parametrize("code", ["AbCdEfGhIjKlMnOq", "tooshort"])
async def test_an_invite_link_that_is_no_longer_valid_is_told(
    sandbox: Sandbox, archive: Archive, code: str
) -> None:
    with pytest.raises(CommandError, match=r"invite link is not valid \(any more\)"):
        await find(sandbox, archive, f"https://t.me/+{code}")
