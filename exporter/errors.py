"""Errors, by who acts on them. Each text is a sentence for a person: what was wrong, what to do."""

from __future__ import annotations


class ItemError(Exception):
    """One message or file is left out and named in the summary; the job goes on."""


class JobError(Exception):
    """The job ends with this sentence."""


class CommandError(JobError):
    """What was typed cannot be done; the sentence goes back to who typed it."""


class AccountUnusable(JobError):
    """Telegram no longer accepts an account's session: it must be signed in again."""
