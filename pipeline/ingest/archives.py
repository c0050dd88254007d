"""Office files are ZIP archives of XML: looked at before anything in them is unpacked."""

from __future__ import annotations

import io
import re
import stat
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
_MOST_XML_OF_A_TEXT = 60_000_000
"""The parser's tree takes many times as much memory; a thousand pages of text are about ten million."""
_PIECE = 1 << 20
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
    unpacked, 60 MB of XML in a text document, or a part over 1 MB packed more than 300 times smaller;
    `broken_archive`: everything else, also names that lead out of the archive or stand twice, links, unusual packing,
    and XML that declares a document type, which no office program writes.
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
    names = [e.filename for e in entries]
    if len(set(names)) < len(names) or any(_is_odd(entry) for entry in entries):
        raise CannotRead("broken_archive", _SAVE_AGAIN)
    if needed.startswith("word/") and sum(e.file_size for e in entries if _is_xml(e)) > _MOST_XML_OF_A_TEXT:
        raise CannotRead("too_large", "split it or save it as text", limit="archive")
    for entry in entries:
        if entry.flag_bits & 1:
            raise CannotRead("password_protected", "save it without a password")
        if entry.file_size > _RATIO_FROM and entry.file_size > _HIGHEST_RATIO * max(entry.compress_size, 1):
            raise CannotRead("too_large", "split it or save it as text", limit="archive")
    for entry in filter(_is_xml, entries):
        if _declares_a_type(archive, entry):
            raise CannotRead("broken_archive", _SAVE_AGAIN)
    if needed not in names:
        raise CannotRead("broken_archive", _SAVE_AGAIN)


def _is_odd(entry: zipfile.ZipInfo) -> bool:
    name = entry.filename.replace("\\", "/")
    leads_out = name.startswith("/") or ":" in name or ".." in name.split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return leads_out or is_link or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _is_xml(entry: zipfile.ZipInfo) -> bool:
    """Whatever could be parsed as XML: everything but pictures."""
    return not entry.filename.casefold().endswith((".png", ".jpg", ".jpeg", ".gif", ".svg", ".emf", ".wmf", ".tiff"))


def _declares_a_type(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a document type stands anywhere in the part; a long comment may come before it."""
    last = b""
    with archive.open(entry) as part:
        while piece := part.read(_PIECE):
            if _DOCTYPE.search(last + piece):
                return True
            last = piece[-32:]
    return False


@contextmanager
def office_file() -> Iterator[None]:
    """Turns what office libraries raise on broken files into CannotRead, and keeps their warnings to themselves."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except BROKEN as error:
        raise CannotRead("broken_archive", _SAVE_AGAIN) from error
