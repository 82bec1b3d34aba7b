"""A seeded synthetic world, and real chats loaded from exports, for the sandbox to serve."""
