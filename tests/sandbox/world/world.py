"""The world that the sandbox's Telegram serves."""

from __future__ import annotations

from itertools import count

from tests.sandbox.world.channels import Channel
from tests.sandbox.world.entities import Entities
from tests.sandbox.world.history import History
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.people import Account, User
from tests.sandbox.world.synthetic import FIRST_DATE, Synthetic


class World:
    """Users, accounts and chats; the same seed and the same calls give the same world."""

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.first_date = FIRST_DATE
        self.users: dict[int, User] = {}
        self.accounts: dict[int, Account] = {}
        """By user id; the first is the owner."""
        self.by_peer_id: dict[int, Channel] = {}
        self.entities = Entities(self)
        self._user_numbers = count(5_100_000_001)
        self._channel_numbers = count(2_300_000_001)

    @property
    def owner(self) -> Account:
        """The account that chats are made for; it comes into being when it is first needed."""
        if not self.accounts:
            self.add_account("15550100001", name="Olga Owner")
        return next(iter(self.accounts.values()))

    def add_user(
        self, name: str, *, username: str | None = None, bot: bool = False, deleted: bool = False
    ) -> User:
        first, _, last = name.partition(" ")
        user = User(
            id=next(self._user_numbers),
            first_name=first,
            last_name=last or None,
            username=username,
            bot=bot,
            deleted=deleted,
        )
        self.users[user.id] = user
        return user

    def add_account(self, phone: str, *, name: str = "Anna Account", dc_id: int = 2) -> Account:
        user = self.add_user(name)
        user.phone = phone
        account = Account(user=user, phone=phone, dc_id=dc_id, seed=self.seed)
        self.accounts[user.id] = account
        return account

    def add_supergroup(
        self,
        title: str = "Supergroup",
        username: str | None = None,
        *,
        messages: int = 0,
        people: int = 12,
    ) -> Channel:
        owner = self.owner
        number = next(self._channel_numbers)
        members = [owner.id]
        members += [self.add_user(f"Person {number % 1000}-{n}").id for n in range(people)]
        members += [a.id for a in self.accounts.values() if a is not owner]
        synthetic = Synthetic(mix(self.seed, number), members)
        chat = Channel(
            self,
            number=number,
            title=title,
            username=username,
            broadcast=False,
            members=members,
            history=History(range(1, messages + 1), synthetic.message),
        )
        self.by_peer_id[chat.peer_id] = chat
        return chat
