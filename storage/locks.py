"""Locks between the processes of one host: held as long as their process lives, and no longer."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from storage.sentences import named_os_errors
from storage.sqlite import create_folder


class HostLock:
    """A lock file in `DATA_DIR/locks`, held while this object lives.

    The system frees it the moment its process dies, however that happens.
    """

    def __init__(self, data_dir: Path, name: str) -> None:
        self.path = data_dir / "locks" / f"{name}.lock"
        self._lock = FileLock(
            self.path,
            mode=0o600,
            blocking=False,
            thread_local=False,
            fallback_to_soft=False,
            preserve_lock_file=True,
        )

    def acquire(self) -> bool:
        """Take the lock if nobody has it; never waits. True as well when it is ours already.

        Raises:
            StorageError: there can be no lock file there.
        """
        if self._lock.is_locked:
            return True
        with named_os_errors(self.path):
            create_folder(self.path.parent)
            try:
                self._lock.acquire()
            except Timeout:
                return False
        return True

    def release(self) -> None:
        """Give it back; nothing happens when it is not ours."""
        self._lock.release()


class AccountLock(HostLock):
    """Holds a Telegram account for one process.

    A session used from two places at once is ended by Telegram for good (AUTH_KEY_DUPLICATED).
    """

    def __init__(self, data_dir: Path, account_id: int) -> None:
        super().__init__(data_dir, f"account-{account_id}")
