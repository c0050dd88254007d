"""Bytes to characters, saying so where it had to guess."""

from __future__ import annotations

import codecs
import re

from pipeline.ingest.found import CannotRead

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_FREQUENT = re.compile("[оеаинтсрвлОЕАИНТСРВЛ]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_FOREIGN = re.compile("[^\x00-\x7f]")
_FEWEST = 20
"""Fewer characters beyond ASCII say nothing about an encoding."""
_REMEDY = "save the file as UTF-8"
GUESSED = "encoding_guessed"


def decode(data: bytes, *, declared: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of these bytes, and the note `encoding_guessed` where nothing said that it is Windows-1251.

    Order: byte order mark; UTF-8 where the bytes are valid UTF-8 (long texts never are by chance); the declared
    encoding; Windows-1251 if the outcome looks like text. Raises CannotRead (`encoding`) otherwise, and for binary
    data (`unknown_format`).
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data, name), ()
    if _is_binary(data):
        raise CannotRead("unknown_format", "export it as text, HTML, DOCX, CSV, XLSX, JSONL or a WordPress export")
    try:
        return data.decode("utf-8"), ()
    except UnicodeDecodeError:
        pass
    if declared and (name := _codec(declared)) and name != "utf-8":
        return _strict(data, name), ()
    text = _strict(data, "cp1251")
    if not _is_russian(text):
        raise CannotRead("encoding", _REMEDY)
    return text, (GUESSED,)


def _is_russian(text: str) -> bool:
    """Whether text decoded as Windows-1251 reads as Russian rather than as another encoding's garble.

    KOI8 turns small letters into capitals, DOS into signs. The ten most frequent letters make up 62% of Russian and
    less than 40% of such garble.
    """
    foreign, letters = len(_FOREIGN.findall(text)), _CYRILLIC.findall(text)
    if foreign < _FEWEST:
        return True
    if len(letters) < 0.7 * foreign:
        return False
    if 2 * sum(1 for letter in letters if letter.islower()) >= len(letters):
        return True
    return len(_FREQUENT.findall(text)) >= 0.48 * len(letters)


def _is_binary(data: bytes) -> bool:
    sample = data[:65536]
    controls = len(_CONTROLS.findall(sample.decode("latin-1")))
    return b"\x00" in sample or controls > max(8, len(sample) // 50)


def _codec(name: str) -> str:
    """The text codec of that name, "" if Python knows none."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return ""
    return info.name if getattr(info, "_is_text_encoding", True) else ""


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except (UnicodeError, ValueError) as error:
        raise CannotRead("encoding", _REMEDY) from error
