"""What a database's error means for the person at the keyboard: one StorageError with place and remedy."""

from __future__ import annotations

import sqlalchemy as sa

from pipeline.errors import StorageError

KEPT = "what was committed before is kept"
FILES = "the file, of those beside it that end in -wal and -shm, and of its folder"

SQLITE: dict[str, tuple[str, str]] = {
    "SQLITE_FULL": ("the disk is full", f"free some space and run again; {KEPT}"),
    "SQLITE_BUSY": ("another process holds the database", "wait for it to end, then run again"),
    "SQLITE_LOCKED": ("another process holds the database", "wait for it to end, then run again"),
    "SQLITE_READONLY": ("the database cannot be written to", f"check the rights of {FILES}"),
    "SQLITE_CORRUPT": ("the database file is damaged", "restore a backup; keep the damaged file for rescue"),
    "SQLITE_NOTADB": ("the file is no database", "name another file in DATABASE_URL, or restore a backup"),
    "SQLITE_CANTOPEN": ("the database file cannot be opened", "check that its folder exists and can be written to"),
    "SQLITE_PERM": ("the database file cannot be opened", "check the rights of the file and of its folder"),
    "SQLITE_IOERR": ("the disk reported an error", f"check the disk and the space left on it; {KEPT}"),
}
"""by the name of SQLite's primary result code"""

SQLITE_WORDS = {
    "disk is full": "SQLITE_FULL",
    "is locked": "SQLITE_BUSY",
    "readonly database": "SQLITE_READONLY",
    "malformed": "SQLITE_CORRUPT",
    "not a database": "SQLITE_NOTADB",
    "unable to open": "SQLITE_CANTOPEN",
    "disk I/O": "SQLITE_IOERR",
}
"""the same by words of the message, for drivers that do not tell the code"""

BUSY_POOL = (
    "all of this process's connections are in use",
    f"run again with less at once, or report it if it happens again; {KEPT}",
)
NO_ROOM = ("too many clients", "connection slots are reserved", "too many connections")
"""words of a server that refuses a new connection; the driver tells no SQLSTATE then"""
REACH = ("the server cannot be reached", f"check that it runs and that DATABASE_URL names it; {KEPT}")
POSTGRES: dict[str, tuple[str, str]] = {
    "": REACH,
    "08": REACH,
    "28": ("the server refused the login", "check user and password in DATABASE_URL"),
    "3D000": ("the server has no such database", "create it (createdb), or correct DATABASE_URL"),
    "3F000": ("the schema of the search path does not exist", "create it, or correct DATABASE_URL"),
    "42501": ("the user may not do this", "grant the user all rights on the schema"),
    "25006": ("the server only allows reading", "connect to the primary server, or as a user that may write"),
    "40": ("the server undid the work because another process was at it", "run again"),
    "53100": ("the server's disk is full", f"free some space there and run again; {KEPT}"),
    "53": ("the server is out of room or connections", f"wait, or raise its limits, then run again; {KEPT}"),
    "55P03": ("another process holds the database", "wait for it to end, then run again"),
    "57": ("the server ended the connection", f"run again when it is up; {KEPT}"),
    "58": ("the server's disk reported an error", f"look at the server's log; {KEPT}"),
    "XX": ("the server's data is damaged or it failed inside", "look at the server's log; restore a backup"),
}
"""by SQLSTATE or its beginning, the longest first; empty where the connection failed before there was one"""


def told(error: BaseException, where: str, *, secret: str = "") -> StorageError:
    """The StorageError for a driver's error (or SQLAlchemy's around one). Holds no parameter, row or `secret`."""
    cause = getattr(error, "orig", None) or error
    words = (str(cause).strip() or type(cause).__name__).splitlines()[0]
    if secret:
        words = words.replace(secret, "***")
    if isinstance(error, sa.exc.TimeoutError):
        return StorageError(BUSY_POOL[0], where=where, remedy=BUSY_POOL[1])
    found = _postgres(cause, words) if hasattr(cause, "sqlstate") else _sqlite(cause, words)
    what, remedy = found or ("the database refused", f"if it happens again, report it; {KEPT}")
    return StorageError(f"{what} ({words})", where=where, remedy=remedy)


def _sqlite(cause: BaseException, words: str) -> tuple[str, str] | None:
    name = "_".join(str(getattr(cause, "sqlite_errorname", "") or "").split("_")[:2])
    if name not in SQLITE:
        name = next((code for part, code in SQLITE_WORDS.items() if part in words), "")
    return SQLITE.get(name)


def _postgres(cause: BaseException, words: str) -> tuple[str, str] | None:
    state = str(getattr(cause, "sqlstate", None) or "")
    if not state:
        if any(part in words for part in NO_ROOM):
            return POSTGRES["53"]
        return REACH if type(cause).__name__ == "OperationalError" else None
    return POSTGRES.get(state) or POSTGRES.get(state[:2])
