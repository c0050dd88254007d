"""The canonical form of a text: cleaned once; the fence, quotes, offsets and keys all stand on it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from pipeline.domain.ids import Value
from pipeline.domain.submission import Hidden

# Fixed tables, not unicodedata.category: the canonical form must not change with the Python version.
_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u2800\u3000\u3164\uffa0]")
_CONTROLS = re.compile(
    "[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufffc\ufdd0-\ufdef\ufffe\uffff"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(1, 17))
    + "]"
)
_SYMBOL_FONT = str.maketrans({"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓"})
"""Bullets that word processors write as private-use codes of a symbol font."""

_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u231a-\u23ff\u24c2\u25aa-\u25ff\u2600-\u27bf"
    "\u2934\u2935\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
_EMOJI_UNIT = f"{_PICTURE}[\ufe0e\ufe0f]?[\U0001f3fb-\U0001f3ff]?"


def _tags(word: str) -> str:
    return "".join(chr(0xE0000 + ord(letter)) for letter in word)


_FLAG = (
    f"\U0001f3f4(?:{_tags('gb')}(?:{'|'.join(map(_tags, ('eng', 'sct', 'wls', 'nir')))})"
    f"|{_tags('us')}[{_tags('a')}-{_tags('z')}]{{2}}){chr(0xE007F)}"
)
_CURSIVE = "[\u0600-\u08ff\u0900-\u0dff\u1000-\u109f\u1780-\u17ff\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc]"
"""Scripts whose spelling uses joiners: Arabic (Persian), the Indic ones, Myanmar, Khmer."""

_INVISIBLE = re.compile(
    f"(?P<keep>(?:{_FLAG}|{_EMOJI_UNIT})(?:\u200d{_EMOJI_UNIT})*"
    "|[0-9#*]\ufe0f\u20e3"
    f"|(?<={_CURSIVE})[\u200c\u200d](?={_CURSIVE})"
    "|[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003fffd][\ufe00-\ufe02\U000e0100-\U000e01ef])"
    "|(?P<tag_characters>[\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]+)"
    "|(?P<variation_selectors>[\ufe00-\ufe0f\U000e0100-\U000e01ef]+)"
    "|(?P<bidi>[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+)"
    "|(?P<zero_width>[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2065\u206a-\u206f\ufeff"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a]+)"
)

_LATIN, _CYRILLIC = "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f", "\u0400-\u052f"
_SWITCH = re.compile(f"[{_LATIN}][{_CYRILLIC}]|[{_CYRILLIC}][{_LATIN}]")
_RUN = re.compile(f"[{_LATIN}{_CYRILLIC}]+")
_LATIN_STEM = re.compile(f"(?P<stem>[{_LATIN}]{{2,}})[{_CYRILLIC}]{{1,3}}")
_LOOKALIKES = frozenset("aceopxyABCEHKMOPTXY")


class Canonical(Value):
    """A cleaned text, what was taken out of it that nobody sees, and codes of what was noticed.

    `removed`: at most one entry for each way of hiding. `tag_characters` and `variation_selectors` hold the message
    they smuggle, decoded; `zero_width` (with the soft hyphen) and `bidi` hold code points and how often they stood.
    `notes`: `invisible_characters` where `removed` is not empty, `mixed_scripts` where a word mixes Latin and
    Cyrillic letters (the word stays as it is).
    """

    text: str
    removed: tuple[Hidden, ...] = ()
    notes: tuple[str, ...] = ()


def canonicalise(raw: str) -> Canonical:
    """The visible text of `raw`, in the one form that offsets (code points) and keys refer to for ever.

    NFC; every line separator is a newline, every kind of space a plain one; a tab is a space, at the start of a
    line nothing; control characters, invisible characters and trailing spaces are gone; at most one blank line in a
    row; nothing blank at either end. Joiners and selectors stay inside emoji (well-formed flags included), after
    ideographs and between letters of cursive scripts. A byte order mark at the very start is dropped unreported; a
    lone surrogate becomes U+FFFD; other private-use characters stay. Applying it twice changes nothing more.
    """
    text = raw.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").removeprefix("\ufeff")
    text = _SPACES.sub(" ", _CONTROLS.sub("", _LINE_ENDS.sub("\n", text))).translate(_SYMBOL_FONT)
    text, removed = _reveal(text)
    text = "\n".join(_clean_line(line) for line in unicodedata.normalize("NFC", text).split("\n"))
    text = re.sub(r"\n{3,}", "\n\n", text).strip("\n ")
    notes = (("invisible_characters",) if removed else ()) + (("mixed_scripts",) if _mixes_scripts(text) else ())
    return Canonical(text=text, removed=removed, notes=notes)


def _clean_line(line: str) -> str:
    body = line.lstrip(" \t")
    indent = line[: len(line) - len(body)].replace("\t", "")
    return (indent + body.replace("\t", " ")).rstrip(" ")


def _reveal(text: str) -> tuple[str, tuple[Hidden, ...]]:
    """The text without characters that are not seen, and what they were or said."""
    found: dict[str, list[str]] = {}

    def take(match: re.Match[str]) -> str:
        how = match.lastgroup or ""
        if how == "keep":
            return match.group()
        found.setdefault(how, []).append(match.group())
        return ""

    text = _INVISIBLE.sub(take, text)
    runs = {how: "".join(found.get(how, [])) for how in ("zero_width", "bidi")}
    said = {
        "tag_characters": " ".join(filter(None, map(_decode_tags, found.get("tag_characters", [])))),
        "variation_selectors": _decode_selectors("".join(found.get("variation_selectors", []))),
    }
    runs["zero_width"] += "".join(run for how in said if not said[how] for run in found.get(how, []))
    said |= {how: _count(run) for how, run in runs.items()}
    return text, tuple(Hidden(how=how, text=words) for how, words in said.items() if words)


def _decode_tags(run: str) -> str:
    """The ASCII that tag characters stand for."""
    return "".join(chr(ord(tag) - 0xE0000) for tag in run if 0xE0020 <= ord(tag) < 0xE007F)


def _decode_selectors(run: str) -> str:
    """The text hidden as one byte a variation selector (selectors 1-256 are bytes 0-255); empty if there is none."""
    codes = bytes(ord(c) - 0xFE00 if ord(c) < 0x10000 else ord(c) - 0xE0100 + 16 for c in run)
    return "".join(c for c in codes.decode("utf-8", "ignore") if c.isprintable())


def _count(characters: str) -> str:
    return ", ".join(f"U+{ord(c):04X} ×{n}" for c, n in sorted(Counter(characters).items()))


def _mixes_scripts(text: str) -> bool:
    """Whether Latin and Cyrillic letters stand in one unbroken run.

    A Latin stem with a short Russian ending is ordinary spelling unless the stem consists of lookalikes only.
    """
    if not _SWITCH.search(text):
        return False
    for match in _RUN.finditer(text):
        if _SWITCH.search(match.group()):
            inflected = _LATIN_STEM.fullmatch(match.group())
            if not inflected or set(inflected["stem"]) <= _LOOKALIKES:
                return True
    return False


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a canonical text, without their newlines; an empty text has one empty line."""
    return tuple(text.split("\n"))


def estimate_tokens(text: str) -> int:
    """About how many tokens a model makes of it: UTF-8 bytes / 4, rounded up. Not a bound."""
    return (upper_bound_tokens(text) + 3) // 4


def upper_bound_tokens(text: str) -> int:
    """More tokens than this are impossible: a byte-level BPE makes at most one of each UTF-8 byte."""
    return len(text.encode("utf-8", "surrogatepass"))
