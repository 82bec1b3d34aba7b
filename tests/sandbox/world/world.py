"""The world that the sandbox's Telegram serves."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count

from tests.sandbox.world import making
from tests.sandbox.world.channels import Channel
from tests.sandbox.world.chats import Chat
from tests.sandbox.world.content import TEXT, Content
from tests.sandbox.world.discussion import Discussion
from tests.sandbox.world.emoji import CustomEmoji
from tests.sandbox.world.entities import Entities
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.migration import migrate
from tests.sandbox.world.numbers import mix
from tests.sandbox.world.people import Account, User
from tests.sandbox.world.private import PrivateChat
from tests.sandbox.world.references import References
from tests.sandbox.world.shelf import Shelf
from tests.sandbox.world.stories import Stories
from tests.sandbox.world.synthetic import FIRST_DATE
from tests.sandbox.world.view import MARK


class World:
    """Users, accounts and chats; the same seed and the same calls give the same world.

    Chats are made for the owner, whom every other account that exists by then joins.
    """

    def __init__(self, seed: int = 1) -> None:
        self.seed = seed
        self.first_date = FIRST_DATE
        self.users: dict[int, User] = {}
        self.accounts: dict[int, Account] = {}
        """By user id; the first is the owner."""
        self.by_peer_id: dict[int, BasicGroup | Channel] = {}
        """Groups and channels by marked id; private chats are their accounts' own."""
        self.private: dict[tuple[int, int], PrivateChat] = {}
        """By the user ids of the account and of the other side."""
        self.entities = Entities(self)
        self.shelf = Shelf()
        """Of all files that anybody was shown."""
        self.references = References()
        self.emoji = CustomEmoji(self.shelf)
        self.stories = Stories()
        self._user_numbers = count(5_100_000_001)
        """Beyond 32 bits, as new users' are."""
        self._chat_numbers = count(2_300_000_001)

    @property
    def owner(self) -> Account:
        """The account that chats are made for; it comes into being when it is first needed."""
        if not self.accounts:
            self.add_owner("15550100001", name="Olga Owner")
        return next(iter(self.accounts.values()))

    @property
    def chats(self) -> list[Chat]:
        """All of them, also those that only stand for the source of a forwarded message."""
        return [*self.private.values(), *self.by_peer_id.values()]

    def dialogs_of(self, viewer: Account) -> Iterator[Chat]:
        """The chats in the viewer's list, in no order."""
        return (chat for chat in self.chats if chat.is_dialog_of(viewer))

    def add_user(
        self,
        name: str,
        *,
        number: int | None = None,
        username: str | None = None,
        phone: str | None = None,
        bot: bool = False,
        deleted: bool = False,
    ) -> User:
        """A user called `name`: the first word is the first name, the rest the last name."""
        first, _, last = name.partition(" ")
        user = User(
            id=number or self._free(self._user_numbers, self.users.__contains__),
            first_name=first or None,
            last_name=last or None,
            username=username,
            phone=phone,
            bot=bot,
            deleted=deleted,
        )
        self.users[user.id] = user
        return user

    def add_owner(self, phone: str, *, name: str, number: int | None = None) -> Account:
        """Make the first account oneself.

        Raises:
            ValueError: it is there already.
        """
        if self.accounts:
            raise ValueError(f"{self.owner.user.name} is the owner already")
        return self._account(self.add_user(name, number=number, phone=phone), phone)

    def add_account(
        self,
        phone: str,
        *,
        name: str = "Anna Account",
        number: int | None = None,
        dc_id: int = 2,
        password: str | None = None,
    ) -> Account:
        """Another user who can sign in with `phone`: digits only, country code first."""
        _ = self.owner
        account = self._account(self.add_user(name, number=number, phone=phone), phone)
        account.dc_id, account.password = dc_id, password
        return account

    def add_private_chat(
        self,
        user: User | Account,
        *,
        account: Account | None = None,
        messages: int = 0,
        content: Content = TEXT,
    ) -> PrivateChat:
        """A chat of `account` (the owner) with a user, a bot or itself.

        When the user can sign in too, they have the same chat in their own numbering.
        """
        account = account or self.owner
        user = user.user if isinstance(user, Account) else user
        chat = self._private(account, user, messages, content)
        other = self.accounts.get(user.id)
        if other is not None and other is not account:
            chat.twin = self._private(other, account.user, messages, content)
            chat.twin.twin = chat
        return chat

    def add_basic_group(
        self,
        title: str = "Basic group",
        *,
        messages: int = 0,
        content: Content = TEXT,
        people: int = 4,
        members: Sequence[User | Account] | None = None,
    ) -> BasicGroup:
        """A group with the owner and `people` strangers, or with exactly `members`."""
        number = self.free_chat_number()
        ids = self._members(number, people, members)
        seed = mix(self.seed, number)
        histories = {}
        for user_id in ids:
            account = self.accounts.get(user_id)
            if account is not None:
                histories[user_id] = making.boxed_history(
                    account.box, messages, seed=seed, senders=ids, content=content
                )
        group = BasicGroup(self, number=number, title=title, members=ids, histories=histories)
        self.put(group)
        return group

    def add_supergroup(
        self,
        title: str = "Supergroup",
        username: str | None = None,
        *,
        messages: int = 0,
        content: Content = TEXT,
        people: int = 12,
        members: Sequence[User | Account] | None = None,
    ) -> Channel:
        """A supergroup with every account and `people` strangers, or with exactly `members`.

        Without a username it is private. The first member created it.
        """
        return self._channel(title, username, members, people, messages=messages, content=content)

    def add_forum(
        self,
        title: str = "Forum",
        username: str | None = None,
        *,
        topics: Sequence[str] = ("News", "Вопросы"),
        messages: int = 0,
        content: Content = TEXT,
        people: int = 12,
        members: Sequence[User | Account] | None = None,
    ) -> Channel:
        """A supergroup with topics: the messages after the first open them, in this order."""
        return self._channel(
            title, username, members, people, messages=messages, content=content, topics=topics
        )

    def add_channel(
        self,
        title: str = "Channel",
        username: str | None = None,
        *,
        messages: int = 0,
        content: Content = TEXT,
        people: int = 3,
        members: Sequence[User | Account] | None = None,
    ) -> Channel:
        """A channel; its posts carry the channel's name."""
        return self._channel(
            title, username, members, people, messages=messages, content=content, broadcast=True
        )

    def migrate(self, group: BasicGroup, *, username: str | None = None) -> Channel:
        """Let a basic group become a supergroup, where new messages then go.

        Raises:
            ValueError: it is one already.
        """
        chat = migrate(self, group, number=self.free_chat_number(), username=username)
        self.put(chat)
        return chat

    def discuss(self, channel: Channel, group: Channel | None = None) -> Discussion:
        """Link a channel to a supergroup (a new one), where its posts can be commented on."""
        if group is None:
            members = [self.users[number] for number in channel.members]
            group = self.add_supergroup(f"{channel.title} Chat", members=members)
        return Discussion(channel, group)

    def put(self, chat: BasicGroup | Channel) -> None:
        """Take in a chat that was made elsewhere.

        Raises:
            ValueError: there is one with that id.
        """
        if chat.peer_id in self.by_peer_id:
            raise ValueError(f"there is a chat {chat.peer_id} already")
        self.by_peer_id[chat.peer_id] = chat

    def free_chat_number(self) -> int:
        """A bare id that no group and no channel has."""
        taken = self.by_peer_id
        return self._free(
            self._chat_numbers, lambda each: -each in taken or -(MARK + each) in taken
        )

    def _channel(
        self,
        title: str,
        username: str | None,
        members: Sequence[User | Account] | None,
        people: int,
        *,
        messages: int,
        content: Content,
        broadcast: bool = False,
        topics: Sequence[str] | None = None,
    ) -> Channel:
        number = self.free_chat_number()
        chat = making.channel(
            self,
            number=number,
            title=title,
            username=username,
            members=self._members(number, people, members),
            messages=messages,
            content=content,
            broadcast=broadcast,
            topics=topics,
        )
        self.put(chat)
        return chat

    def _account(self, user: User, phone: str) -> Account:
        account = Account(user=user, phone=phone, seed=self.seed)
        self.accounts[user.id] = account
        return account

    def _members(
        self, number: int, people: int, members: Sequence[User | Account] | None
    ) -> list[int]:
        if members is not None:
            return [each.id for each in members]
        accounts = [self.owner.id, *(each for each in self.accounts if each != self.owner.id)]
        strangers = [
            self.add_user(f"Person {number % 1000}-{place + 1}").id for place in range(people)
        ]
        return accounts + strangers

    def _private(
        self, account: Account, user: User, messages: int, content: Content
    ) -> PrivateChat:
        if (account.id, user.id) in self.private:
            raise ValueError(f"{account.user.name} has a chat with {user.name} already")
        seed = mix(mix(self.seed, min(account.id, user.id)), max(account.id, user.id))
        senders = sorted({account.id, user.id})
        history = making.boxed_history(
            account.box, messages, seed=seed, senders=senders, content=content
        )
        chat = PrivateChat(self, account=account, user=user, history=history)
        self.private[account.id, user.id] = chat
        return chat

    @staticmethod
    def _free(numbers: Iterator[int], taken: Callable[[int], bool]) -> int:
        return next(number for number in numbers if not taken(number))
