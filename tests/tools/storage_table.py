"""Every fault of disk, database, files and clock: what casejury must do and say; also a table of docs/faults.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class StorageFault:
    """A fault that a command meets.

    `waits`: what it waits for and how long; `run`: what becomes of the run; `says` and `remedy`: parts of its one
    line on standard error, which also names the place; `code`: its exit code.
    """

    name: str
    on: Literal["SQLite", "PostgreSQL", "both", "files"]
    waits: str
    run: str
    says: str
    remedy: str
    code: int

    @property
    def databases(self) -> tuple[str, ...]:
        """What it is tested on."""
        return {"both": ("sqlite", "postgres"), "PostgreSQL": ("postgres",)}.get(self.on, ("sqlite",))


NO = "no"
MINUTE = "up to 60 s"
KEPT = "stops; what was committed is kept, the next run goes on"
REFUSES = "does not start; nothing is changed"
GOES_ON = "goes on"

STORAGE: tuple[StorageFault, ...] = (
    StorageFault("the disk fills up in mid-run", "SQLite", NO, KEPT, "the disk is full", "free some space", 8),
    StorageFault(
        "a file may not grow (quota, limit)", "SQLite", NO, KEPT, "the disk reported an error", "check the disk", 8
    ),
    StorageFault(
        "the disk behind the output is full",
        "files",
        NO,
        "what it did is stored",
        "No space left on device",
        "check the place, its rights and the room left there",
        8,
    ),
    StorageFault(
        "the disk of the report is full",
        "files",
        NO,
        "the old report stays whole",
        "the report could not be written",
        "choose another folder with --out, or make room",
        8,
    ),
    StorageFault("another process holds the database for a while", "both", MINUTE, GOES_ON, "", "", 0),
    StorageFault(
        "another process holds the database for longer",
        "both",
        MINUTE,
        KEPT,
        "another process holds the database",
        "wait for it to end, then run again",
        8,
    ),
    StorageFault(
        "the database file may not be written",
        "SQLite",
        NO,
        KEPT,
        "the database cannot be written to",
        "check the rights of the file, of those beside it that end in -wal and -shm, and of its folder",
        8,
    ),
    StorageFault(
        "the workspace's folder may not be written",
        "SQLite",
        NO,
        REFUSES,
        "cannot be written",
        "rights",
        8,
    ),
    StorageFault("a folder that is not there", "SQLite", NO, REFUSES, "cannot be opened", "check that its folder", 8),
    StorageFault("a file in the inbox may not be read", "files", NO, "goes on; it is listed as unreadable", "", "", 0),
    StorageFault("the file is no database", "SQLite", NO, REFUSES, "the file is no database", "restore a backup", 8),
    StorageFault("the file is damaged", "SQLite", NO, KEPT, "the database file is damaged", "restore a backup", 8),
    StorageFault("made by an older casejury", "both", NO, "goes on: it is migrated first, whole or not", "", "", 0),
    StorageFault(
        "made by a newer casejury", "both", NO, REFUSES, "made by a newer casejury", "install the newer version", 8
    ),
    StorageFault(
        "it holds another program's tables",
        "both",
        NO,
        REFUSES,
        "holds tables of another program",
        "name a new file, or an empty database",
        8,
    ),
    StorageFault(
        "the server cannot be reached", "PostgreSQL", "10 s", REFUSES, "cannot be reached", "check that it runs", 8
    ),
    StorageFault(
        "the server stops in mid-run", "PostgreSQL", "10 s", KEPT, "cannot be reached", "check that it runs", 8
    ),
    StorageFault(
        "the server restarts in mid-run",
        "PostgreSQL",
        NO,
        KEPT,
        "the connection that kept other runs away was cut off",
        "run again to go on",
        8,
    ),
    StorageFault(
        "the server has no connection left",
        "PostgreSQL",
        NO,
        REFUSES,
        "the server is out of room or connections",
        "wait, or raise its limits",
        8,
    ),
    StorageFault(
        "all of the process's connections are in use",
        "both",
        "30 s",
        KEPT,
        "all of this process's connections are in use",
        "run again",
        8,
    ),
    StorageFault("the clock jumps forwards and backwards", "both", NO, GOES_ON, "", "", 0),
    StorageFault(
        "a second run is started on the contest",
        "both",
        NO,
        "the first goes on, the second does not start",
        "another run is at work",
        "wait for it to end",
        7,
    ),
)
