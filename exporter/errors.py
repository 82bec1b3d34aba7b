"""Errors, by who acts on them. Each text is a sentence for a person: what was wrong, what to do."""

from __future__ import annotations

import errno
from typing import Self, TypeVar

from storage.errors import StorageError
from storage.models import AccountState

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
        super().__init__(sentence if account is None else f"{account}: {sentence}")
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


def sentence_of(error: BaseException) -> str | None:
    """Return what a person should read about an error, or None when it is a bug of ours.

    Looks inside exception groups: the first error with a sentence speaks for all.
    """
    if isinstance(error, BaseExceptionGroup):
        sentences = (sentence_of(inner) for inner in error.exceptions)
        return next((sentence for sentence in sentences if sentence), None)
    if isinstance(error, JobError | StorageError):
        return str(error)
    if isinstance(error, OSError):
        return _about_files(error)
    return None


def _about_files(error: OSError) -> str | None:
    where = f" {error.filename}" if error.filename else ""
    match error.errno:
        case errno.ENOSPC | errno.EDQUOT | errno.EFBIG:
            return (
                f"The disk is full: the file{where} could not be written. Free some space and"
                " export again: it goes on where it stopped."
            )
        case errno.EACCES | errno.EPERM | errno.EROFS:
            return (
                f"Chatkeep may not write{where or ' there'}. Change its owner or rights, or choose"
                " another folder, and export again: it goes on where it stopped."
            )
        case errno.ENOTDIR | errno.EEXIST | errno.EISDIR:
            return (
                f"The folder{where} is in the way of a file, or a file of a folder. Move it away."
            )
        case errno.ENAMETOOLONG:
            return f"The path{where} is too long for this disk. Choose a shorter folder."
    if error.filename and error.strerror:
        return f"{error.filename} cannot be used: {error.strerror}. Choose another place."
    return None
