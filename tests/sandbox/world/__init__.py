"""A seeded synthetic world, and real chats loaded from exports, for the sandbox to serve."""

from tests.sandbox.world.content import MIXED, TEXT, Content
from tests.sandbox.world.people import Account, User
from tests.sandbox.world.world import World

__all__ = ["MIXED", "TEXT", "Account", "Content", "User", "World"]
