"""The names of files in an export: Telegram Desktop's folders and names, safe on every system."""

from __future__ import annotations

from datetime import datetime, tzinfo

from storage.media import FileKey


class FileNames:
    """Gives each file of an export its path; the same calls in the same order, the same paths.

    Call `name_for` for every file that the messages carry, in message order, whether it is kept
    or not: then a name does not change when a file is fetched later.
    """

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone

    def name_for(
        self,
        key: FileKey,
        *,
        kind: str,
        date: datetime,
        file_name: str | None = None,
        mime_type: str | None = None,
    ) -> str:
        """Return the path below the export's folder, with `/` between its parts.

        `kind`, `file_name` and `mime_type` are those of `MediaRow`. A file that was named before
        in this export has the same path again, as long as it is among the last ones. The `thumb`
        variant goes beside its document, `<document's path>_thumb.jpg`, so name the document first.
        """
        raise NotImplementedError
