"""Channels and supergroups: one numbering of messages that every member shares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.chats import Chat
from tests.sandbox.world.groups import BasicGroup
from tests.sandbox.world.history import History
from tests.sandbox.world.people import Account, User
from tests.sandbox.world.pictures import chat_photo
from tests.sandbox.world.topics import COLORS, GENERAL, Topic
from tests.sandbox.world.view import MARK

if TYPE_CHECKING:
    from tests.sandbox.world.discussion import Discussion
    from tests.sandbox.world.world import World


class Channel(Chat):
    """A channel, a supergroup or a forum, https://core.telegram.org/api/channel."""

    def __init__(
        self,
        world: World,
        *,
        number: int,
        title: str,
        username: str | None,
        broadcast: bool,
        members: Sequence[int],
        history: History,
        forum: bool = False,
    ) -> None:
        super().__init__(world, number=number, title=title)
        self.username = username
        """Without one the chat is private: only members may read it."""
        self.broadcast = broadcast
        self.forum = forum
        self.members = list(members)
        """User ids; the first created the chat."""
        self.admins: dict[int, str | None] = {}
        """Ranks by the user ids of members that the creator made administrators."""
        self.banned: set[int] = set()
        """User ids of people who may not come back."""
        self.left_by: set[int] = set()
        """User ids of people who were in and left."""
        self.members_hidden = False
        """Only administrators see who is in: https://core.telegram.org/method/channels.toggleParticipantsHidden"""
        self.discussion: Discussion | None = None
        """The link between a channel and the group of its comments, in both of them."""
        self.invite: str | None = None
        """The hash of its invite link, t.me/+hash."""
        self.noforwards = False
        self.date = world.first_date
        self.pinned_id: int | None = None
        self.topics: dict[int, Topic] = {}
        """By id; `General` among them in every forum."""
        self.migrated_from: BasicGroup | None = None
        self._history = history
        if forum:
            creator = self.members[0] if self.members else 0
            self.topics[GENERAL] = Topic(
                id=GENERAL, title="General", creator_id=creator, date=self.date
            )

    @property
    def peer_id(self) -> int:
        return -(MARK + self.id)

    def peer(self) -> Any:
        return types.PeerChannel(self.id)

    def input_peer(self, viewer: Account) -> Any:
        return types.InputPeerChannel(self.id, viewer.access_hash("channel", self.id))

    def history(self, viewer: Account) -> History | None:
        return self._history if self.username or viewer.id in self.members else None

    def histories(self) -> list[tuple[Account, History]]:
        return [(self.world.owner, self._history)]

    @property
    def linked(self) -> Channel | None:
        """A channel's discussion group, or the channel that a group discusses."""
        if self.discussion is None:
            return None
        group = self.discussion.group
        return self.discussion.channel if self is group else group

    def is_dialog_of(self, viewer: Account) -> bool:
        return viewer.id in self.members

    def next_id(self, account: Account) -> int:
        return self._history.last + 1

    def default_sender(self) -> int | None:
        return None if self.broadcast or not self.members else self.members[-1]

    def reply_header(self, message_id: int) -> Any:
        """In a forum the mark names the topic too: https://core.telegram.org/api/threads."""
        topic = self.topic_of(message_id)
        if topic in {None, GENERAL, message_id}:
            return types.MessageReplyHeader(
                reply_to_msg_id=message_id, forum_topic=True if topic == message_id else None
            )
        return types.MessageReplyHeader(
            reply_to_msg_id=message_id, reply_to_top_id=topic, forum_topic=True
        )

    def topic_of(self, message_id: int) -> int | None:
        """The topic that a message stands in, None in a chat without topics."""
        return self.topic_in(self._history.get(message_id))

    def topic_in(self, message: Any | None) -> int | None:
        """As `topic_of`, for the message itself."""
        if not self.forum:
            return None
        if message is not None and message.id in self.topics:
            own: int = message.id
            return own
        header = getattr(message, "reply_to", None)
        if header is None or not getattr(header, "forum_topic", None):
            return GENERAL
        top: int = header.reply_to_top_id or header.reply_to_msg_id
        return top

    def add_topic(
        self, title: str, *, creator: User | int | None = None, icon_emoji_id: int | None = None
    ) -> Topic:
        """Open a topic; the message that says so gives it its id (never 1, which is `GENERAL`)."""
        self.forum = True
        creator_id = creator.id if isinstance(creator, User) else creator or self.members[0]
        color = COLORS[len(self.topics) % len(COLORS)]
        date = self._next_date(self._history)
        if not self._history.top:
            self.post("The beginning", sender=creator_id, date=date)
        message_id = self.post(
            types.MessageService(
                id=0,
                peer_id=types.PeerUser(0),
                from_id=types.PeerUser(creator_id),
                action=types.MessageActionTopicCreate(
                    title=title, icon_color=color, icon_emoji_id=icon_emoji_id
                ),
            ),
            date=date,
        )
        topic = Topic(
            id=message_id,
            title=title,
            creator_id=creator_id,
            date=date,
            icon_color=color,
            icon_emoji_id=icon_emoji_id,
        )
        self.topics[topic.id] = topic
        return topic

    def tl(self, viewer: Account) -> Any:
        """The chat as `viewer` sees it, https://core.telegram.org/constructor/channel.

        Of a private chat that they are not in, only the title is told (`channelForbidden`).
        """
        if self.history(viewer) is None:
            return types.ChannelForbidden(
                id=self.id,
                access_hash=viewer.access_hash("channel", self.id),
                title=self.title,
                broadcast=self.broadcast or None,
                megagroup=None if self.broadcast else True,
            )
        return self._whole(viewer)

    def leave(self, user: User | Account) -> None:
        """Let somebody go out of it, who may come back."""
        self.members.remove(user.id)
        self.left_by.add(user.id)

    def as_left(self, viewer: Account) -> Any:
        """The chat among those that the viewer left, where private ones are named too."""
        return self._whole(viewer)

    def _whole(self, viewer: Account) -> Any:
        return types.Channel(
            id=self.id,
            title=self.title,
            photo=chat_photo(self.photo),
            date=self.date,
            creator=True if self.members and self.members[0] == viewer.id else None,
            left=None if viewer.id in self.members else True,
            broadcast=self.broadcast or None,
            megagroup=None if self.broadcast else True,
            forum=self.forum or None,
            noforwards=self.noforwards or None,
            has_link=True if self.discussion else None,
            admin_rights=types.ChatAdminRights(other=True) if viewer.id in self.admins else None,
            access_hash=viewer.access_hash("channel", self.id),
            username=self.username,
            participants_count=len(self.members),
        )
