"""Runs of text that hold other text in a common code, and what they say."""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

_BASE64 = re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/_-]{4}[ \t\n]?){5,}[A-Za-z0-9+/_-]{0,3}={0,2}(?![\w+/])")
_BASE32 = re.compile(r"(?<![\w=])[A-Z2-7]{24,}={0,6}(?!\w)")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[ \t:,;.\-]{0,2}\n?){8,}(?![0-9A-Za-z])")
_BITS = re.compile(r"(?<!\d)(?:[01]{7,8}[ \t\n,.-]{0,2}){6,}(?!\d)")
_CODES = re.compile(r"(?<![\d#+u])(?:(?:&#|U\+|\\u)?\d{2,4}(?:[ \t,;.\-]{1,2}|(?!\w))){9,}+")
_PERCENT = re.compile(r"(?<![\w.+%-])(?:[\w.+-]{0,40}%[0-9A-Fa-f]{2}){4,}[\w%.+-]*")
_ESCAPES = re.compile(r"(?:[ ,.!?-]?(?:\\u\{?[0-9A-Fa-f]{4}\}?|\\x[0-9A-Fa-f]{2}|U\+[0-9A-Fa-f]{4} ?)){4,}")
_ENTITIES = re.compile(r"(?:[ ,.!?-]?&#x?[0-9A-Fa-f]{2,6};){3,}")
_MORSE = re.compile(r"(?:[.\-−–—•·]{1,6}[ /|]{1,3}){8,}[.\-−–—•·]{1,6}")
_READABLE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{2,40}[ ,.!?:;\"'()«»–—-]{1,4}){2}[^\W\d_]{2}")
_MORSE_LATIN = dict(
    zip(
        [
        ".-", "-...", "-.-.", "-..", ".", "..-.", "--.", "....", "..", ".---", "-.-", ".-..", "--", "-.", "---",
        ".--.", "--.-", ".-.", "...", "-", "..-", "...-", ".--", "-..-", "-.--", "--..",
    ],
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)  # fmt: skip


def reads(said: str) -> bool:
    """Whether it is a phrase of words, not a number or a key that happens to decode."""
    letters = sum(c.isalpha() or c.isspace() for c in said)
    return len(said) >= 14 and letters >= 0.75 * len(said) and bool(_READABLE.search(said))


def decoded(text: str) -> Iterator[tuple[str, int, int, str]]:
    for how, pattern, decode in _CODECS:
        for match in pattern.finditer(text):
            said = decode(match.group())
            if len(said) >= 6:
                yield how, *match.span(), said


def _bytes(raw: bytes) -> str:
    """The text that bytes hold in UTF-8, UTF-16 or Windows-1251; empty where none of these reads as text."""
    readings = ["utf-8", "cp1251"]
    if raw[1::2].count(0) * 3 > len(raw) or raw[::2].count(0) * 3 > len(raw) or raw[1::2].count(4) * 3 > len(raw):
        readings = ["utf-16-le", "utf-16-be"]
    for encoding in readings:
        try:
            said = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        printable = sum(c.isprintable() or c in "\n\t" for c in said)
        if said and printable >= 0.95 * len(said) and (encoding != "cp1251" or reads(said)):
            return said
    return ""


def _from_base64(run: str) -> str:
    packed = "".join(run.split()).rstrip("=").translate(str.maketrans("-_", "+/"))
    for skip in range(4):
        body = packed[skip:]
        try:
            said = _bytes(base64.b64decode(body[: len(body) - (len(body) % 4 == 1)] + "=" * (-len(body) % 4)))
        except (binascii.Error, ValueError):
            said = ""
        if said:
            return said
    return ""


def _from_base32(run: str) -> str:
    body = run.rstrip("=")
    try:
        return _bytes(base64.b32decode(body + "=" * (-len(body) % 8)))
    except (binascii.Error, ValueError):
        return ""


def _from_hex(run: str) -> str:
    digits = re.sub(r"0x|\\x|[^0-9a-fA-F]", "", run)
    return _bytes(bytes.fromhex(digits[: len(digits) - len(digits) % 2]))


def _from_bits(run: str) -> str:
    groups = re.findall(r"[01]+", run)
    packed = "".join(groups)
    width = 7 if all(len(g) == 7 for g in groups) else 8
    return _bytes(bytes(int(packed[i : i + width], 2) for i in range(0, len(packed) - width + 1, width)))


def _from_codes(run: str) -> str:
    numbers = [int(n) for n in re.findall(r"\d+", run)]
    said = "".join(chr(n) for n in numbers)
    return said if all(c.isalnum() or c in " .,:;!?-'\"()\n" for c in said) else ""


def _from_escapes(run: str) -> str:
    return re.sub(r"(?:\\u\{?|\\x|U\+)([0-9A-Fa-f]{2,4})\}? ?", lambda m: chr(int(m[1], 16)), run)


def _from_morse(run: str) -> str:
    signs = run.translate(str.maketrans("−–—•·", "---..")).replace("|", "/")
    words = [[_MORSE_LATIN.get(sign, "") for sign in word.split()] for word in re.split(r"/| {2,}", signs)]
    return " ".join("".join(word) for word in words)


_CODECS: tuple[tuple[str, re.Pattern[str], Callable[[str], str]], ...] = (
    ("base64", _BASE64, _from_base64),
    ("base32", _BASE32, _from_base32),
    ("hex", _HEX, _from_hex),
    ("binary", _BITS, _from_bits),
    ("codes", _CODES, _from_codes),
    ("percent", _PERCENT, unquote),
    ("escapes", _ESCAPES, _from_escapes),
    ("entities", _ENTITIES, html.unescape),
    ("morse", _MORSE, _from_morse),
)
