"""Every table, as SQLAlchemy sees it. The migrations make them; a test compares the two.

Units: columns named `…_ms` are milliseconds since 1970 in UTC, `date` and other times are seconds,
as Telegram gives them. Peer ids are in marked form (see `storage.models`).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from storage.media import LARGE_BYTES

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# Of `files`. SQLite takes the indexes with these conditions for queries that say the same words:
# https://www.sqlite.org/partialindex.html#queries_using_partial_indexes
IS_OPEN = "state IN ('wanted', 'partial')"
SMALL_OPEN = f"{IS_OPEN} AND size_bytes < {LARGE_BYTES}"
LARGE_OPEN = f"{IS_OPEN} AND size_bytes >= {LARGE_BYTES}"
OPEN_ORDER = ("chat_id", "message_id", "size_bytes", "state")
"""All that is needed to count open files, so that the rows are not read for that."""
GIVEN_UP = "state IN ('failed', 'unavailable')"

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("user_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("phone", Text),
    Column("dc_id", Integer, nullable=False),
    Column("session", LargeBinary, nullable=False, comment="encrypted, see storage.secrets"),
    Column("state", Text, nullable=False, comment="as AccountState"),
    Column("created_ms", BigInteger, nullable=False),
    Column("frozen_ms", BigInteger, comment="since when Telegram has it frozen"),
    Column("freeze_ends_ms", BigInteger, comment="when it is deleted for that"),
    Column("appeal_url", Text),
    Column("permission_ms", BigInteger, comment="when its owner was asked for data exports"),
    UniqueConstraint("user_id"),
    sqlite_autoincrement=True,
)

people = Table(
    "people",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("met_ms", BigInteger, nullable=False),
    Column("role", Text, comment="owner, admin or member; NULL: not let in"),
    Column("username", Text),
    Column("revoked_ms", BigInteger, comment="when the role was taken away last"),
    Column("jobs_at_once", Integer, comment="NULL: no limit"),
    Column("bytes_a_day", BigInteger, comment="NULL: no limit"),
    Column("language", Text, comment="their phone's: ru, pt-br"),
    Column("formats", Text, comment="usual ones, a comma list; NULL: the settings'"),
    sqlite_with_rowid=False,
)

grants = Table(
    "grants",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("granted_by", BigInteger, nullable=False),
    Column("granted_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

invites = Table(
    "invites",
    metadata,
    Column("hash", Text, primary_key=True, comment="of the token, which is kept nowhere"),
    Column("made_by", BigInteger, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    Column("expires_ms", BigInteger, nullable=False),
    Column("used_by", BigInteger),
    sqlite_with_rowid=False,
)

access_requests = Table(
    "access_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False, comment="that was refused"),
    Column("person_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("title", Text),
    Column("answer", Text, comment="once, always, denied or withdrawn; NULL: none yet"),
    Column("answered_by", BigInteger),
    Column("approved_job_id", ForeignKey("jobs.id"), comment="that may read the chat"),
    UniqueConstraint("job_id"),
    sqlite_autoincrement=True,
)

access_notices = Table(
    "access_notices",
    metadata,
    Column("request_id", ForeignKey("access_requests.id"), primary_key=True),
    Column("person_id", BigInteger, primary_key=True, comment="who may answer it"),
    Column("message_id", BigInteger, comment="NULL: it could not be sent"),
    Column("closed", Boolean, nullable=False, comment="it shows the answer"),
    sqlite_with_rowid=False,
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at_ms", BigInteger, nullable=False),
    Column("person_id", BigInteger, comment="who; NULL: the settings"),
    Column("deed", Text, nullable=False),
    Column("target_id", BigInteger, comment="the person it was done to"),
    Column("chat_id", BigInteger),
    Column("detail", Text),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("wish", Text),
    Column("priority", Integer, nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column(
        "turn",
        Integer,
        nullable=False,
        server_default="0",
        comment="raised whenever state or wish changes",
    ),
    Column("request", Text, nullable=False, comment="JSON; equal requests have equal text"),
    Column("options", Text, nullable=False, comment="the request without its chat, likewise"),
    Column("chat_id", BigInteger),
    Column("person_id", BigInteger),
    Column("joined_job_id", Integer, ForeignKey("jobs.id")),
    Column("batch_id", Integer, comment="the job that made it"),
    Column("progress", Text, nullable=False, comment="JSON"),
    Column("summary", Text, comment="JSON"),
    Column("error", Text),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
    Index(
        "ix_jobs_unfinished",
        "state",
        sqlite_where=text("state IN ('queued', 'running', 'paused')"),
    ),
    Index(
        "ix_jobs_batch",
        "batch_id",
        "kind",
        "request",
        unique=True,
        sqlite_where=text("batch_id IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)

batches = Table(
    "batches",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("left_out", Text, nullable=False, comment="JSON: chats for which no job was made"),
    sqlite_with_rowid=False,
)
"""A row stands for the jobs that were made for a job of kind `batch`."""

job_accounts = Table(
    "job_accounts",
    metadata,
    Column("job_id", ForeignKey("jobs.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("accounts.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_job_accounts_account_id", "account_id"),
    sqlite_with_rowid=False,
)

commands = Table(
    "commands",
    metadata,
    Column("bot_id", BigInteger, primary_key=True),
    Column("update_id", BigInteger, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), comment="NULL for a command that makes no job"),
    Column("received_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

cards = Table(
    "cards",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("bot_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("reply_to", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("losses", Integer, nullable=False, comment="how often its message had gone"),
    Column("final", Boolean, nullable=False),
    Column("summarised", Boolean, nullable=False),
    Column(
        "asking",
        Boolean,
        nullable=False,
        server_default="0",
        comment="whether the job is to be cancelled",
    ),
    Column("summary_message_id", BigInteger),
    UniqueConstraint("job_id", "bot_id", "chat_id"),
    Index("ix_cards_message", "bot_id", "chat_id", "message_id"),
    Index("ix_cards_open", "id", sqlite_where=text("NOT (final AND summarised)")),
    sqlite_autoincrement=True,
)

chats = Table(
    "chats",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("title", Text),
    Column("type", Text, nullable=False),
    Column("username", Text),
    Column("is_forum", Boolean, nullable=False),
    Column("members", Integer),
    Column("owner_id", BigInteger, comment="the user whose ids its messages have, if one's own"),
    Column("migrated_from", BigInteger, comment="the basic group that became this supergroup"),
    Column("linked_id", BigInteger, comment="a channel's discussion group, and the reverse"),
    sqlite_with_rowid=False,
)

dialogs = Table(
    "dialogs",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("chat_id", ForeignKey("chats.id"), primary_key=True),
    Column("position", Integer, nullable=False, comment="0 is the uppermost"),
    sqlite_with_rowid=False,
)

folders = Table(
    "folders",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("position", Integer, primary_key=True, comment="0 is the first"),
    Column("title", Text, nullable=False),
    Column("chat_ids", Text, nullable=False, comment="JSON"),
    sqlite_with_rowid=False,
)

peers = Table(
    "peers",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("name", Text),
    Column("username", Text),
    Column("is_bot", Boolean, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

peer_access = Table(
    "peer_access",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("peer_id", BigInteger, primary_key=True),
    Column("access_hash", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

topics = Table(
    "topics",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("topic_id", Integer, primary_key=True),
    Column("title", Text, nullable=False),
    Column("icon_emoji_id", BigInteger),
    Column("closed", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

messages = Table(
    "messages",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("date", BigInteger, nullable=False),
    Column("edited", BigInteger),
    Column("sender_id", BigInteger),
    Column("kind", Text, nullable=False),
    Column("topic_id", Integer),
    Column("reply_to_id", Integer),
    Column("album_id", BigInteger),
    Column("layer", Integer, nullable=False),
    Column("tl", LargeBinary, nullable=False),
    Column("deleted_ms", BigInteger, comment="when it was noticed to be gone from Telegram"),
    Column("import_id", Integer, comment="the import that it came from; NULL: from Telegram"),
    Index(
        "ix_messages_imported",
        "chat_id",
        "import_id",
        sqlite_where=text("import_id IS NOT NULL"),
    ),
    Index(
        "ix_messages_deleted",
        "chat_id",
        "deleted_ms",
        sqlite_where=text("deleted_ms IS NOT NULL"),
    ),
    sqlite_with_rowid=False,
)

imports = Table(
    "imports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", LargeBinary, nullable=False, comment="SHA-256 of the result.json"),
    Column("path", Text, nullable=False, comment="where it lay"),
    Column("begun_ms", BigInteger, nullable=False),
    UniqueConstraint("digest"),
    sqlite_autoincrement=True,
)

message_versions = Table(
    "message_versions",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("replaced_ms", BigInteger, primary_key=True, comment="when the edit was noticed"),
    Column("edited", BigInteger),
    Column("kind", Text, nullable=False),
    Column("layer", Integer, nullable=False),
    Column("tl", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

message_counts = Table(
    "message_counts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("messages", Integer, nullable=False, comment="kept equal to the rows of `messages`"),
    sqlite_with_rowid=False,
)

media = Table(
    "media",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("message_id", Integer, primary_key=True),
    Column("file_id", BigInteger, primary_key=True),
    Column("variant", Text, primary_key=True, comment="as in files"),
    Column("kind", Text, nullable=False),
    Column("dc_id", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mime_type", Text),
    Column("file_name", Text),
    Index("ix_media_file", "file_id", "variant"),
    sqlite_with_rowid=False,
)

files = Table(
    "files",
    metadata,
    Column("file_id", BigInteger, primary_key=True),
    Column("variant", Text, primary_key=True, comment="see storage.media.FileKey"),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False, comment="see storage.media.FileState"),
    Column("reason", Text, comment="why it was skipped or given up"),
    Column("size_bytes", BigInteger, nullable=False),
    Column("dc_id", Integer, nullable=False),
    Column("location", LargeBinary, nullable=False, comment="TL bytes; empty: not known"),
    Column("account_id", Integer, nullable=False, comment="whose location it is; 0: nobody's"),
    Column("chat_id", BigInteger, nullable=False, comment="where it is asked for"),
    Column("message_id", Integer, nullable=False, comment="0 for the photo of a chat"),
    Column("name", Text),
    Column("parts", LargeBinary, nullable=False, comment="a serialised pyroaring bitmap, or empty"),
    Column("tries", Integer, nullable=False),
    Column("sha256", LargeBinary, comment="of its content, when it is kept"),
    Column("changed_ms", BigInteger, nullable=False),
    Index("ix_files_small", *OPEN_ORDER, sqlite_where=text(SMALL_OPEN)),
    Index("ix_files_large", *OPEN_ORDER, sqlite_where=text(LARGE_OPEN)),
    Index("ix_files_given_up", "state", sqlite_where=text(GIVEN_UP)),
    Index("ix_files_sha256", "sha256", sqlite_where=text("sha256 IS NOT NULL")),
    sqlite_with_rowid=False,
)

file_counts = Table(
    "file_counts",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("state", Text, primary_key=True),
    Column("reason", Text, primary_key=True, comment="of skipped files; else empty"),
    Column("files", Integer, nullable=False, comment="kept equal to the rows of media and files"),
    Column("size_bytes", BigInteger, nullable=False, comment="likewise"),
    sqlite_with_rowid=False,
)

contents = Table(
    "contents",
    metadata,
    Column("sha256", LargeBinary, primary_key=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("mtime_ns", BigInteger, nullable=False, comment="of the stored file, when it was right"),
    Column("hashes", LargeBinary, nullable=False, comment="Telegram's, joined; empty: not known"),
    Column("window", LargeBinary, comment="SHA-256 of the first eight of these hashes"),
    Index("ix_contents_window", "size_bytes", "window"),
    sqlite_with_rowid=False,
)

dc_keys = Table(
    "dc_keys",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("dc_id", Integer, primary_key=True),
    Column("key", LargeBinary, nullable=False, comment="encrypted, see storage.secrets"),
    sqlite_with_rowid=False,
)

skipped = Table(
    "skipped",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("id", Integer, primary_key=True),
    Column("reason", Text, nullable=False),
    sqlite_with_rowid=False,
)

ranges = Table(
    "ranges",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("first_id", Integer, nullable=False),
    Column("last_id", Integer, nullable=False),
    Column("next_id", Integer, nullable=False, comment="the checkpoint; past last_id when done"),
    Column(
        "source",
        Text,
        comment="which messages it asks for, see exporter.sources; NULL: all; import",
    ),
    Index("ix_ranges_chat_id", "chat_id"),
    sqlite_autoincrement=True,
)

holes = Table(
    "holes",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("fate", Text, primary_key=True, comment="deleted, not visible or failed"),
    Column("ids", LargeBinary, nullable=False, comment="a serialised pyroaring bitmap"),
    sqlite_with_rowid=False,
)

receipts = Table(
    "receipts",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("receipt", Text, nullable=False, comment="JSON"),
    Column("made_ms", BigInteger, nullable=False),
    Index("ix_receipts_chat_id", "chat_id"),
    sqlite_with_rowid=False,
)

paces = Table(
    "paces",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("method", Text, primary_key=True),
    Column("pace", Text, nullable=False, comment="JSON: what was learned of the allowed rate"),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

takeouts = Table(
    "takeouts",
    metadata,
    Column("account_id", Integer, primary_key=True),
    Column("takeout_id", BigInteger, nullable=False),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

peer_names = Table(
    "peer_names",
    metadata,
    Column("peer_id", BigInteger, primary_key=True),
    Column("until_ms", BigInteger, primary_key=True, comment="when another name was noticed"),
    Column("name", Text),
    Column("username", Text),
    sqlite_with_rowid=False,
)

members = Table(
    "members",
    metadata,
    Column("chat_id", BigInteger, primary_key=True),
    Column("user_id", BigInteger, primary_key=True),
    Column("role", Text, nullable=False, comment="creator, admin or member"),
    Column("rank", Text),
    Column("joined", BigInteger),
    sqlite_with_rowid=False,
)

parcels = Table(
    "parcels",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("of", Integer, nullable=False),
    Column("key", Text, nullable=False, comment="names what was packed"),
    Column("path", Text, comment="NULL: Telegram has it still"),
    Column("name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("note", Text),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("card_id", ForeignKey("cards.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("message_id", BigInteger, comment="NULL: it could not be sent"),
    sqlite_with_rowid=False,
)

sent_files = Table(
    "sent_files",
    metadata,
    Column("bot_id", BigInteger, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("of", Integer, nullable=False),
    Column("file_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("note", Text),
    sqlite_with_rowid=False,
)

alerts = Table(
    "alerts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("text", Text, nullable=False, unique=True, comment="JSON of what to tell the owners"),
    Column("created_ms", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)
choices = Table(
    "choices",
    metadata,
    Column("person_id", BigInteger, primary_key=True),
    Column("chat_id", BigInteger, primary_key=True),
    Column("choice", Text, nullable=False, comment="JSON"),
    Column("changed_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

plans = Table(
    "plans",
    metadata,
    Column("job_id", ForeignKey("jobs.id"), primary_key=True),
    Column("plan", Text, nullable=False, comment="JSON"),
    Column(
        "asking",
        Boolean,
        nullable=False,
        server_default="0",
        comment="somebody has to agree before it begins",
    ),
    sqlite_with_rowid=False,
)

screens = Table(
    "screens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("reply_to", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("message_id", BigInteger),
    Column("stage", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("shown", Integer, nullable=False, comment="the revision on the phone"),
    Column("chat", Text, nullable=False),
    Column("peer_id", BigInteger),
    Column("title", Text),
    Column("choice", Text, nullable=False, comment="JSON"),
    Column("job_id", ForeignKey("jobs.id")),
    Column("page", Integer, nullable=False, server_default="0", comment="of the list of topics"),
    Column("chats", Text, comment="JSON: many chats instead of one, see storage.selections"),
    UniqueConstraint("bot_id", "update_id"),
    Index("ix_screens_due", "id", sqlite_where=text("shown != revision OR stage = 'planning'")),
    sqlite_autoincrement=True,
)

schedules = Table(
    "schedules",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person_id", BigInteger, nullable=False),
    Column("bot_id", BigInteger, nullable=False),
    Column("request", Text, nullable=False, comment="JSON, as in jobs"),
    Column("title", Text),
    Column("cron", Text, nullable=False, comment="five fields, in the person's zone"),
    Column("limit_s", Integer, comment="of one run"),
    Column("limit_bytes", BigInteger, comment="likewise"),
    Column("next_ms", BigInteger, comment="NULL: it rests"),
    Column("created_ms", BigInteger, nullable=False),
    Column("choice", Text, comment="JSON; NULL: the usual options"),
    UniqueConstraint("person_id", "bot_id", "request"),
    Index("ix_schedules_next_ms", "next_ms"),
    sqlite_autoincrement=True,
)

schedule_runs = Table(
    "schedule_runs",
    metadata,
    Column("schedule_id", ForeignKey("schedules.id", ondelete="CASCADE"), primary_key=True),
    Column("due_ms", BigInteger, primary_key=True),
    Column("job_id", ForeignKey("jobs.id"), nullable=False),
    Column("began_ms", BigInteger, comment="first seen running"),
    Column("began_bytes", BigInteger, nullable=False, comment="fetched by then"),
    Column("stopped", Boolean, nullable=False, comment="by its limit"),
    Column("told", Boolean, nullable=False),
    sqlite_with_rowid=False,
)

habits = Table(
    "habits",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("zone", Text),
    Column("quiet", Text, comment="22:00-08:00, or empty: never"),
    sqlite_with_rowid=False,
)

fetched = Table(
    "fetched",
    metadata,
    Column("person_id", BigInteger, primary_key=True, autoincrement=False),
    Column("hour_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("bytes", BigInteger, nullable=False, comment="of files, within that hour"),
    sqlite_with_rowid=False,
)

search_rows = Table(
    "search_rows",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", Integer, nullable=False),
    Column(
        "text_at", Integer, nullable=False, comment="where the text lies in its TL bytes, from 1"
    ),
    Column("text_bytes", Integer, nullable=False),
    Column("text", Text, comment="where it does not lie there as it is to be found"),
    Column("words", Text, comment="what else is to be found: names of files, titles of links"),
    Column("has", Text, comment="further words of what it has, as storage.search_schema says"),
    UniqueConstraint("chat_id", "message_id"),
)
"""What of the messages is in the search index, see `storage.search_schema`."""

search_marks = Table(
    "search_marks",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, comment="0: of the peers' names"),
    Column("indexed_up_to", BigInteger, nullable=False, comment="an id; of peers: changed_ms"),
    Column("checked_ms", BigInteger, comment="of 0: when the index was found sound"),
    sqlite_with_rowid=False,
)

search_pending = Table(
    "search_pending",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, comment="of messages below the mark"),
    Column("message_id", Integer, primary_key=True),
    sqlite_with_rowid=False,
)

search_gone = Table(
    "search_gone",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("text", Text, nullable=False, comment="as it was indexed, to be taken out of the index"),
    Column("words", Text, nullable=False),
    Column("scope", Text, nullable=False),
)

searches = Table(
    "searches",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("bot_id", BigInteger, nullable=False),
    Column("update_id", BigInteger, nullable=False),
    Column("person_id", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    Column("made_ms", BigInteger, nullable=False),
    UniqueConstraint("bot_id", "update_id"),
    sqlite_autoincrement=True,
)
"""What was looked for on the phone, for the pages of its answer."""
