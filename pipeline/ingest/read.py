"""Files and folders to posts: which files are read, by which reader, and what is wrong with the rest."""

from __future__ import annotations

import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from pydantic import Field

from pipeline.domain.contest import Contest
from pipeline.domain.ids import Value
from pipeline.domain.submission import Post, Unreadable
from pipeline.errors import UsageError
from pipeline.ingest.docx_text import read_docx
from pipeline.ingest.found import CannotRead, Found, Origin
from pipeline.ingest.html_page import read_html
from pipeline.ingest.json_lines import read_json_lines
from pipeline.ingest.plain import read_markdown, read_text
from pipeline.ingest.sheets import read_xlsx
from pipeline.ingest.tables import read_csv
from pipeline.ingest.wxr import read_wxr

Reader = Callable[[bytes, Origin], Found]

READERS: dict[str, Reader] = {
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".xml": read_wxr,
    ".wxr": read_wxr,
    ".docx": read_docx,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".text": read_text,
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xlsx": read_xlsx,
    ".xlsm": read_xlsx,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
}
"""Which reader a file goes to, by the ending of its name."""

NOTHING = "sha256:" + hashlib.sha256(b"").hexdigest()
"""the id of what was read of a file that cannot be read at all"""
RESTING_SECONDS = 10.0
"""An empty file in the inbox is taken for one that is still being copied until it is this old."""

_REMEDIES = {
    ".doc": "save it as DOCX",
    ".rtf": "save it as DOCX or text",
    ".odt": "save it as DOCX",
    ".pdf": "export it as DOCX, HTML or text",
    ".xls": "save it as XLSX or CSV",
    ".ods": "save it as XLSX or CSV",
    ".json": "write one JSON object a line and name it .jsonl",
    ".mht": "save the page as HTML",
    ".mhtml": "save the page as HTML",
    ".zip": "unpack it into the inbox",
}
_ANY_REMEDY = "export it as text, HTML, DOCX, CSV, XLSX, JSONL or a WordPress export"
_BEING_WRITTEN = (".part", ".tmp", ".crdownload", ".download", ".partial")
_SYSTEM = frozenset(["thumbs.db", "desktop.ini", "__macosx"])
_NOT_IN_NAMES = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


class ReadFile(Value):
    """A file with all that is in it. `skipped`: why it was not read (then there are no bytes), "" if it was.

    `source`: its path relative to the inbox, with slashes; `blob`: sha256 of the bytes; `counted`: what is in it and
    is no entry, by status (draft, private, password, page, attachment, comment, other).
    """

    source: str
    blob: str = ""
    data: bytes = Field(default=b"", repr=False)
    posts: tuple[Post, ...] = ()
    unreadable: tuple[Unreadable, ...] = ()
    skipped: str = ""
    counted: dict[str, int] = Field(default_factory=dict)


def read_posts(paths: Sequence[Path], inbox: Path, contest: Contest) -> Iterator[ReadFile]:
    """Every file under these paths, in a stable order, one at a time: read, unreadable or skipped, never lost.

    A path that does not exist is a UsageError, before anything is read. Names are relative to the inbox; for files
    elsewhere to the given path's parent. Skipped and listed: `saved_page_files`, `lock_file`, `dot_file`,
    `being_written`, `system_file`, `symlink` (within folders).
    """
    for path in paths:
        if not path.exists():
            raise UsageError("no such file or folder", where=str(path), remedy="check the path")
    seen: set[Path] = set()
    for path in paths:
        root = path.resolve()
        base = _base(root, inbox.resolve())
        for file, skipped in _walk(root):
            if file in seen:
                continue
            seen.add(file)
            source = _name(file, base)
            if skipped:
                yield ReadFile(source=source, skipped=skipped)
            else:
                top = "" if base != root.parent or root.is_file() else root.name
                yield _read(file, source, contest, top, in_inbox=base == inbox.resolve())


def _base(root: Path, inbox: Path) -> Path:
    return inbox if root == inbox or inbox in root.parents else root.parent


def _name(file: Path, base: Path) -> str:
    """The file's name relative to `base`: NFC, without control characters, undecodable bytes spelt out."""
    relative = file.relative_to(base).as_posix()
    readable = os.fsencode(relative).decode("utf-8", "backslashreplace")
    return _NOT_IN_NAMES.sub("\ufffd", unicodedata.normalize("NFC", readable))


def _walk(root: Path) -> Iterator[tuple[Path, str]]:
    """The files under `root` and why one is skipped; a skipped folder is listed as one."""
    if root.is_file():
        yield root, _why_skipped(root, given=True)
        return
    pending = [root]
    while pending:
        folder = pending.pop()
        if folder != root and (why := _why_skipped(folder, given=False)):
            yield folder, why
        elif folder.is_dir():
            try:
                pending += sorted(folder.iterdir(), key=lambda p: p.name, reverse=True)
            except OSError:  # told as a file would be that may not be read
                yield folder, ""
        else:
            yield folder, ""


def _why_skipped(path: Path, *, given: bool) -> str:
    name = path.name.casefold()
    if name.startswith(("~$", ".~lock")):
        return "lock_file"
    if name.endswith(_BEING_WRITTEN):
        return "being_written"
    if name.startswith("."):
        return "dot_file"
    if name in _SYSTEM:
        return "system_file"
    if not given and path.is_symlink():
        return "symlink"
    if path.is_dir():
        return "saved_page_files" if name.endswith("_files") else ""
    return "" if path.is_file() else "system_file"


def _read(file: Path, source: str, contest: Contest, top: str, *, in_inbox: bool) -> ReadFile:
    try:
        status = file.stat()
        if status.st_size > contest.limits.file_bytes:
            limit = contest.limits.file_bytes
            problem = CannotRead("too_large", "split it, or raise limits.file_bytes in contest.yaml", limit=limit)
            return ReadFile(source=source, blob=NOTHING, unreadable=(problem.at(source),))
        if in_inbox and status.st_size == 0 and time.time() - status.st_mtime < RESTING_SECONDS:
            return ReadFile(source=source, skipped="being_written")
        data = file.read_bytes()
    except OSError as error:
        problem = CannotRead("cannot_read", "check that the file may be read", error=error.strerror or "")
        return ReadFile(source=source, blob=NOTHING, unreadable=(problem.at(source),))
    within = source.removeprefix(f"{top}/") if top else source
    folder = within.partition("/")[0] if "/" in within else ""
    return read_bytes(data, source, contest, folder=folder)


def read_bytes(data: bytes, source: str, contest: Contest, *, folder: str = "") -> ReadFile:
    """The posts in these bytes, by the reader for the ending of `source`; what cannot be read is a value in it."""
    origin = Origin(source=source, blob="sha256:" + hashlib.sha256(data).hexdigest(), contest=contest, folder=folder)
    name = origin.name
    suffix = f".{name.rpartition('.')[2].casefold()}" if "." in name else ""
    reader = READERS.get(suffix, _unknown)
    try:
        found = (reader if data or reader is _unknown else read_text)(data, origin)
    except CannotRead as problem:
        found = Found(unreadable=(problem.at(source),))
    return ReadFile(
        source=source,
        blob=origin.blob,
        data=data,
        posts=found.posts,
        unreadable=found.unreadable,
        counted=found.counted,
    )


def _unknown(_: bytes, origin: Origin) -> Found:
    ending = origin.name.rpartition(".")[2].casefold() if "." in origin.name else ""
    raise CannotRead("unknown_format", _REMEDIES.get(f".{ending}", _ANY_REMEDY), format=ending[:20])
