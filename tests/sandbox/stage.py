"""What is played: a made-up chat, or one's own history from an export of Telegram Desktop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import MIXED, Content
from tests.sandbox.world.loader import load_export
from tests.sandbox.world.media_chat import MediaChat, Sizes, media_chat
from tests.sandbox.world.people import Account
from tests.sandbox.world.pictures import picture
from tests.sandbox.world.uploads import KINDS
from tests.sandbox.world.world import World

HIKERS = ("Anna Alm", "Ben Berg", "Chiara Cima", "Davide Dolomiti", "Ева Езда", "Felix Firn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    world: World
    account: Account
    """Who signs in to fetch."""
    chat: Chat
    """The one to export; of several in a full export the largest."""
    word: str
    """What to give to `export`."""
    zone: str | None
    """The zone of the dates of a loaded export."""

    @property
    def accounts(self) -> list[Account]:
        """`account` first, then the others that can sign in."""
        others = [each for each in self.world.accounts.values() if each is not self.account]
        return [self.account, *others]


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaStage(Stage):
    media: MediaChat


def made_up(
    *,
    messages: int,
    seed: int = 1,
    content: Content = MIXED,
    accounts: int = 1,
    elsewhere: int = 200,
) -> Stage:
    """A group of hikers, `accounts` of whom can sign in, and a channel, @weather, with so many
    messages `elsewhere`."""
    world = World(seed=seed)
    others = more_accounts(world, accounts - 1)
    hikers = [world.add_user(name) for name in HIKERS]
    chat = world.add_supergroup(
        "Alpine Hikers",
        "alpine",
        messages=messages,
        content=content,
        members=[world.owner, *hikers, *others],
    )
    world.add_channel("Mountain weather", "weather", messages=elsewhere)
    return Stage(world=world, account=world.owner, chat=chat, word="@alpine", zone=None)


def media_made_up(
    *,
    files: int,
    sizes: Sizes = (1_000, 400_000),
    reuploads: float = 0.3,
    kinds: Sequence[str] = KINDS,
    seed: int = 1,
    accounts: int = 1,
) -> MediaStage:
    """A supergroup of files, `accounts` of whose members can sign in.

    The same arguments give the same files wherever it is made up, so that another process knows
    the truth about them too.
    """
    world = World(seed=seed)
    _ = world.owner
    more_accounts(world, accounts - 1)
    made = media_chat(
        world,
        files=files,
        sizes=sizes,
        reuploads=reuploads,
        kinds=kinds,
        title="Alpine Gallery",
        username="gallery",
    )
    made.chat.photo = picture(1 << 60 | 1)
    for place, number in enumerate(made.chat.members, start=2):
        world.users[number].photos.append(picture(1 << 60 | place))
    return MediaStage(
        world=world, account=world.owner, chat=made.chat, word="@gallery", zone=None, media=made
    )


def more_accounts(world: World, number: int) -> list[Account]:
    """Further accounts that can sign in, besides the owner."""
    return [
        world.add_account(f"155501010{place:02}", name=f"Account {place + 2}")
        for place in range(number)
    ]


def loaded(export: Path, *, seed: int = 1, scale_files: float = 1.0, accounts: int = 1) -> Stage:
    """Load a `result.json`, plain or .gz; all accounts but its owner's join its chat.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no export of Telegram Desktop.
    """
    world = World(seed=seed)
    found = load_export(world, export, scale_files=scale_files)
    readable = [chat for chat in found.chats if chat.history(found.viewer) is not None]
    if not readable:
        raise ValueError(f"{export} has no chat that its owner can still read")
    chat = max(readable, key=lambda chat: len(chat.message_ids))
    others = more_accounts(world, accounts - 1)
    if others:
        if not isinstance(chat, Channel):
            raise ValueError("only supergroups and channels are the same for several accounts")
        chat.members.extend(each.id for each in others)
    return Stage(world=world, account=found.viewer, chat=chat, word=_word(chat), zone=found.zone)


def _word(chat: Chat) -> str:
    """@name, else the id; people are found by their name."""
    username: str | None = getattr(chat, "username", None)
    if username:
        return f"@{username}"
    return str(chat.peer_id) if chat.peer_id < 0 else chat.title
