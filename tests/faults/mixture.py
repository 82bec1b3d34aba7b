"""What goes wrong in one chaotic export, chosen by a seed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from tests.faults.file_mishaps import strew
from tests.sandbox.faults import Fault, Faults
from tests.sandbox.sandbox import Sandbox
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import Content
from tests.sandbox.world.files import Blob
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.synthetic import date_of
from tests.sandbox.world.uploads import KINDS as FILE_KINDS
from tests.sandbox.world.uploads import Upload
from tests.sandbox.world.uploads import post as post_upload
from tests.sandbox.world.world import World

HISTORY = "GetHistoryRequest"
SHARED = ("supergroup", "forum", "channel")
"""Kinds of chats that several accounts number alike."""
KINDS = (*SHARED, *SHARED, "private chat", "basic group", "moved group", "discussed channel")
GAPPY = Content(gaps=60)
TOPS = 2
"""A run asks for the top first, of a moved group twice: an earlier answer to that is spared, as
nobody can tell it from the truth."""
CALLS = 400
"""More than any run makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mixture:
    """What one seed stands for; its text is what a failed test shows."""

    seed: int
    kind: str
    messages: int
    accounts: int
    arrive_per_s: float
    vanish_per_s: float
    edit_per_s: float
    failing: float
    """So many of all calls meet an error of the server."""
    takeout: str
    """allowed, delayed, denied, unknown to the server, or ended: closed amid the work."""
    second_account_dies: bool
    unreadable: bool
    """A message comes with a constructor that no layer has."""
    protected: bool
    verify: bool
    """The archive is to prove itself complete."""
    refresh: bool
    """In the end everything is looked at again, and what is gone is left out."""
    files: int
    """So many of the messages carry one; some have the bytes of others."""
    ends: tuple[str, ...]
    """How the runs before the last one end: killed, stopped, disk full."""

    @classmethod
    def of(cls, seed: int) -> Mixture:
        dice = Random(seed)
        kind = dice.choice(KINDS)
        shared = kind in SHARED
        accounts = dice.choice((1, 1, 2, 3)) if shared else 1
        lively = dice.random() < 0.7
        with_files = Random(f"{seed} files")
        return cls(
            seed=seed,
            kind=kind,
            messages=dice.randint(2_100, 3_000) if accounts > 1 else dice.randint(150, 2_000),
            accounts=accounts,
            arrive_per_s=20 if lively else 0,
            vanish_per_s=5 if lively else 0,
            edit_per_s=dice.choice((0, 3)) if lively else 0,
            failing=dice.choice((0.02, 0.02, 0.1)),
            takeout=dice.choice(("allowed", "allowed", "delayed", "denied", "unknown", "ended")),
            second_account_dies=accounts > 1 and dice.random() < 0.5,
            unreadable=dice.random() < 0.3,
            protected=shared and dice.random() < 0.1,
            verify=shared and dice.random() < 0.3,
            refresh=dice.random() < 0.3,
            files=with_files.randint(20, 60) if with_files.random() < 0.4 else 0,
            ends=tuple(
                dice.choice(("killed", "killed", "killed", "stopped", "disk full"))
                for _ in range(dice.choice((0, 1, 1, 2)))
            ),
        )

    def world(self) -> tuple[World, Chat]:
        """The world with the chat, which is called @chaos where it can have a name."""
        world, chat = self._without_files()
        self._carry(chat)
        return world, chat

    def _carry(self, chat: Chat) -> None:
        """Post messages with files of all kinds, the newest of the chat."""
        dice = Random(f"{self.seed} uploads")
        seed = mix(chat.world.seed, 0xCA05)
        uploads: list[Upload] = []
        for number in range(self.files):
            upload = Upload(
                kind=dice.choice(FILE_KINDS),
                file_id=mix(seed, number) >> 2 | 1 << 61,
                size_bytes=dice.choice((900, 30_000, 131_073, 400_000, 2_500_000)),
                date=date_of(self.messages + number),
            )
            if uploads and dice.random() < 0.3:
                earlier = dice.choice(uploads)
                upload = replace(upload, kind=earlier.kind, size_bytes=earlier.size_bytes)
                same = Blob(earlier.file_id, earlier.size_bytes)
                chat.world.shelf.share(upload.file_id, same)
            uploads.append(upload)
            post_upload(chat, upload)

    def _without_files(self) -> tuple[World, Chat]:
        world = World(seed=self.seed)
        for number in range(1, self.accounts):
            world.add_account(f"1555010100{number}", name=f"Account {number + 1}")
        if self.kind == "private chat":
            anna = world.add_user("Anna Alm", username="chaos")
            return world, world.add_private_chat(anna, messages=self.messages)
        if self.kind == "basic group":
            return world, world.add_basic_group("Chaos", messages=self.messages)
        if self.kind == "discussed channel":
            discussed = world.add_channel("Chaos", "chaos", messages=self.messages)
            self._discuss(world, discussed)
            return world, discussed
        if self.kind == "moved group":
            group = world.add_basic_group("Chaos", messages=self.messages // 2)
            chat = world.migrate(group, username="chaos")
            for number in range(self.messages - self.messages // 2):
                chat.post(f"After the move, number {number}")
            return world, chat
        adds = {
            "supergroup": world.add_supergroup,
            "forum": world.add_forum,
            "channel": world.add_channel,
        }
        chat = adds[self.kind]("Chaos", "chaos", messages=self.messages, content=GAPPY)
        chat.noforwards = self.protected
        return world, chat

    def _discuss(self, world: World, channel: Channel) -> None:
        """Comments below some posts, and more below one of them than a page holds."""
        dice = Random(self.seed)
        discussion = world.discuss(channel)
        posts = dice.sample(channel.message_ids, 20)
        for post in posts:
            for number in range(dice.randint(1, 6)):
                discussion.comment(post, f"Comment {number} on {post}")
        for number in range(150):
            discussion.comment(posts[0], f"One more, number {number}")

    def words(self, chat: Chat) -> tuple[str, ...]:
        """The command to give."""
        word = str(chat.peer_id) if self.kind == "basic group" else "@chaos"
        options = ["--comments"] if self.kind == "discussed channel" else []
        options += ["--thumbnails", "--retry-failed"] if self.files else []
        return "export", word, "--json", *options

    def begin(self, sandbox: Sandbox, chat: Chat) -> int | None:
        """Set what holds for all runs; returns the id of the message that cannot be read."""
        owner = sandbox.world.owner
        if self.takeout == "delayed":
            owner.takeout.delay(86_400)
        elif self.takeout == "denied":
            owner.takeout.refuse()
        if self.kind == "private chat":
            ids = chat.message_ids
            owner.splits = (ids[len(ids) // 3], ids[len(ids) // 2])
        if not self.unreadable:
            return None
        chosen = Random(self.seed).choice(chat.message_ids)
        sandbox.faults.unknown_constructor(chosen, chat_id=chat.peer_id)
        return chosen

    def strew(self, sandbox: Sandbox, run: int) -> None:
        """Script what goes wrong in the next run, numbered from 0."""
        dice = Random(f"{self.seed} {run}")
        faults = sandbox.faults
        faults.strike_no_more()
        for after in sorted(dice.sample(range(CALLS), int(CALLS * self.failing))):
            faults.server_error(dice.choice(("INTERNAL", "RPC_CALL_FAIL")), on=None, after=after)
        pages = max(self.messages // 100, 2)
        for mishap in dice.sample(MISHAPS, dice.randint(2, len(MISHAPS))):
            mishap(faults, dice.randrange(pages))
        if self.files:
            strew(sandbox, Random(f"{self.seed} {run} files"), among=self.files, mishaps=8)
        if self.takeout == "unknown":
            faults.fail(400, "METHOD_INVALID", on="InitTakeoutSessionRequest", times=None)
        elif self.takeout == "ended":
            faults.script(
                Fault(act=lambda _: sandbox.world.owner.takeout.end(), after=dice.randrange(pages))
            )
        if self.second_account_dies:
            second = list(sandbox.world.accounts)[1]
            faults.revoke(on=None, account=second, after=dice.randrange(12))


MISHAPS: tuple[Callable[[Faults, int], None], ...] = (
    lambda faults, after: faults.flood_wait(1, after=after),
    lambda faults, after: faults.cut_before_answer(after=after),
    lambda faults, after: faults.cut_amid_answer(after=after),
    lambda faults, after: faults.slow(0.2, after=after),
    lambda faults, after: faults.short_page(after=after),
    lambda faults, after: faults.unordered_page(after=after),
    lambda faults, after: faults.duplicate_page(after=after + TOPS),
    lambda faults, after: faults.new_salt(after=after),
    lambda faults, after: faults.fail(-503, "Timeout", after=after),
)
"""Each strikes one call for history, after so many others."""
