"""Comments of a channel's posts: https://core.telegram.org/api/discussion."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telethon.tl import types

from tests.sandbox.world.people import Account, User

if TYPE_CHECKING:
    from tests.sandbox.world.channels import Channel


class Discussion:
    """The supergroup where a channel's posts are discussed.

    A post that may be commented on stands there too, forwarded in the channel's name; the
    comments are the thread below it. Posts older than the link have none: `open` is what makes
    a post one of the others.
    """

    def __init__(self, channel: Channel, group: Channel) -> None:
        self.channel = channel
        self.group = group
        self.threads: dict[int, int] = {}
        """The id in the group of each post that may be commented on, by the post's."""
        self.comments: dict[int, list[int]] = {}
        """Ids in the group of each post's comments, by the post's."""
        channel.discussion = group.discussion = self

    def open(self, post_id: int) -> int:
        """Let people comment on a post; returns the id of its copy in the group."""
        if post_id in self.threads:
            return self.threads[post_id]
        post = self.channel.message(post_id)
        if post is None:
            raise KeyError(post_id)
        peer = self.channel.peer()
        post.from_id = peer
        post.post = post.reply_to = post.views = post.forwards = None
        post.fwd_from = types.MessageFwdHeader(
            date=post.date,
            from_id=peer,
            channel_post=post_id,
            saved_from_peer=peer,
            saved_from_msg_id=post_id,
        )
        post.date = None
        self.comments[post_id] = []
        self.threads[post_id] = self.group.post(post)
        self._count(post_id)
        return self.threads[post_id]

    def comment(
        self,
        post_id: int,
        text: str,
        *,
        sender: User | Account | int | None = None,
        reply_to: int | None = None,
        **fields: Any,
    ) -> int:
        """Comment on a post (which is opened), or with `reply_to` on another comment; returns the
        comment's id in the group."""
        top = self.open(post_id)
        mark = types.MessageReplyHeader(
            reply_to_msg_id=reply_to or top, reply_to_top_id=top if reply_to else None
        )
        sender = sender.id if isinstance(sender, Account) else sender
        number = self.group.post(text, sender=sender, **fields)
        comment = self.group.message(number)
        comment.reply_to = mark
        self.group.keep(comment)
        self.comments[post_id].append(number)
        self._count(post_id)
        return number

    def _count(self, post_id: int) -> None:
        """Tell in the post and in its copy how many comments there are:
        https://core.telegram.org/constructor/messageReplies."""
        numbers = self.comments[post_id]
        told = {
            "replies": len(numbers),
            "replies_pts": self.group.pages.pts,
            "max_id": numbers[-1] if numbers else None,
        }
        post = self.channel.message(post_id)
        post.replies = types.MessageReplies(comments=True, channel_id=self.group.id, **told)
        self.channel.keep(post)
        copy = self.group.message(self.threads[post_id])
        copy.replies = types.MessageReplies(**told)
        self.group.keep(copy)
