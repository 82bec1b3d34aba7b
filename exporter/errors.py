"""Errors, by who acts on them. Each text is a sentence for a person: what was wrong, what to do."""

from __future__ import annotations

import errno
from typing import Self, TypeVar

from storage.errors import StorageError
from storage.models import AccountState
from storage.wording import Sentence

E = TypeVar("E", bound=Exception)


class ItemError(Exception):
    """One message or file is left out and named in the summary; the job goes on."""


class JobError(Exception):
    """The job ends with this sentence."""


class CommandError(JobError):
    """What was typed cannot be done; the sentence goes back to who typed it."""


class ChatUnseen(CommandError):
    """This account sees no such chat; another one may."""


class AccountUnusable(JobError):
    """Telegram no longer accepts an account's session: it must be signed in again."""

    def __init__(
        self,
        sentence: str,
        *,
        state: AccountState = AccountState.REVOKED,
        account: str | None = None,
    ) -> None:
        """`state` is what becomes of the account; `account` is its name, once it is known."""
        named = Sentence("{name}: {reason}", name=account or "", reason=sentence)
        super().__init__(sentence if account is None else named)
        self.sentence = sentence
        self.state = state
        self.account = account

    def of(self, account: str) -> Self:
        """The same, with the name of the account; one that is named already stays as it is."""
        if self.account is not None:
            return self
        return type(self)(self.sentence, state=self.state, account=account)


class AccountFrozen(AccountUnusable):
    """Telegram has frozen the account and refuses what was asked; other things it may answer."""


def first_in(group: BaseExceptionGroup, kind: type[E]) -> E | None:
    """Return the first error of a kind in an exception group, however deep."""
    for error in group.exceptions:
        if isinstance(error, BaseExceptionGroup):
            if (found := first_in(error, kind)) is not None:
                return found
        elif isinstance(error, kind):
            return error
    return None


def said(error: Exception) -> str:
    """The sentence that an error was raised with; `str(error)` would lose what it was made of."""
    first = error.args[0] if error.args else None
    return first if isinstance(first, str) else str(error)


def sentence_of(error: BaseException) -> str | None:
    """Return what a person should read about an error, or None when it is a bug of ours.

    Looks inside exception groups: the first error with a sentence speaks for all.
    """
    if isinstance(error, BaseExceptionGroup):
        sentences = (sentence_of(inner) for inner in error.exceptions)
        return next((sentence for sentence in sentences if sentence), None)
    if isinstance(error, JobError | StorageError):
        return said(error)
    if isinstance(error, OSError):
        return _about_files(error)
    return None


def _about_files(error: OSError) -> str | None:
    path = str(error.filename or "?")
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return Sentence(
                "The disk is full: a file could not be written ({path}). Free some space and"
                " export again: it goes on where it stopped.",
                path=path,
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return Sentence(
                "Chatkeep may not write {path}. Change its owner or rights, or choose another"
                " folder, and export again: it goes on where it stopped.",
                path=path,
            )
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            return Sentence(
                "{path} is in the way: a folder where a file belongs, or a file where a folder"
                " does. Move it away.",
                path=path,
            )
        case errno.ENAMETOOLONG:
            return Sentence(
                "This path is too long for the disk: {path}. Choose a shorter folder.", path=path
            )
    if error.filename and error.strerror:
        return Sentence(
            "{path} cannot be used: {why}. Choose another place.", path=path, why=error.strerror
        )
    return None
