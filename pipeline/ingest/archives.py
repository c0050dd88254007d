"""Office files are ZIP archives of XML: looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from lxml import etree

from pipeline.ingest.found import CannotRead

_MOST_ENTRIES = 5000
_MOST_BYTES = 300_000_000
_HIGHEST_RATIO = 300
_RATIO_FROM = 1_000_000
"""Small parts compress well by nature; only big ones are suspicious."""
_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_DOCTYPE = re.compile(rb"<\x00?!\x00?(?:D\x00?O\x00?C\x00?T\x00?Y\x00?P\x00?E|E\x00?N\x00?T\x00?I\x00?T\x00?Y)")
_SAVE_AGAIN = "open it in its program and save it again"

BROKEN = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, etree.LxmlError, SyntaxError, EOFError, OSError,
    NotImplementedError, LookupError, ValueError, TypeError, AttributeError, RuntimeError, ArithmeticError,
    AssertionError,
)  # fmt: skip
"""What office libraries raise on files that are not what they say."""


def check_archive(data: bytes, needed: str) -> None:
    """Raises CannotRead unless the bytes are a sound office archive of bearable size that holds the part `needed`.

    `password_protected`: encrypted (such files are OLE containers); `too_large`: more than 5000 entries, 300 MB
    unpacked, or a part over 1 MB packed more than 300 times smaller; `broken_archive`: everything else, also XML
    that declares a document type, which no office program writes.
    """
    if data.startswith(_OLE):
        raise CannotRead("password_protected", "save it without a password")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_entries(archive, needed)
    except CannotRead:
        raise
    except BROKEN as error:
        raise CannotRead("broken_archive", _SAVE_AGAIN) from error


def _check_entries(archive: zipfile.ZipFile, needed: str) -> None:
    entries = archive.infolist()
    if len(entries) > _MOST_ENTRIES or sum(e.file_size for e in entries) > _MOST_BYTES:
        raise CannotRead("too_large", "split it or save it as text", limit="archive")
    for entry in entries:
        if entry.flag_bits & 1:
            raise CannotRead("password_protected", "save it without a password")
        if entry.file_size > _RATIO_FROM and entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1):
            raise CannotRead("too_large", "split it or save it as text", limit="archive")
        if entry.filename.endswith((".xml", ".rels")):
            with archive.open(entry) as part:
                if _DOCTYPE.search(part.read(4096)):
                    raise CannotRead("broken_archive", _SAVE_AGAIN)
    if needed not in {e.filename for e in entries}:
        raise CannotRead("broken_archive", _SAVE_AGAIN)


@contextmanager
def office_file() -> Iterator[None]:
    """Turns what office libraries raise on broken files into CannotRead, and keeps their warnings to themselves."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BROKEN as error:
        raise CannotRead("broken_archive", _SAVE_AGAIN) from error
