"""What a text says once a disguise is taken off it: decoded runs, lookalike letters, split and mirrored words.

A view keeps for each of its characters the place in the text that it came from. Whoever finds an order in a view has
found it in the text. Nothing decoded is ever sent, shown or executed.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import cache
from typing import NamedTuple
from urllib.parse import unquote

_LATIN_FOR = dict(zip("асеорхукАВЕКМНОРСТУХіІјЈѕЅԁһ", "aceopxykABEKMHOPCTYXiIjJsSdh", strict=True))
_CYRILLIC_FOR = dict(
    zip("aceopxykABEKMHOPCTYXbutrmhni3460@", "асеорхукАВЕКМНОРСТУХьитгтнпізчбоа", strict=True)
)
_LEET = dict(zip("013457@$!|89", "oieastasiibg", strict=True))
_GREEK = dict(
    zip("αβγδεηικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abydenikvoptuxwABEZHIKMNOPTYX", strict=True),
)
_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LOOKALIKE_LATIN = frozenset("aceopxykABEKMHOPCTYXbutrmhngi3460")
_BASE64 = re.compile(r"(?<![\w+/=])(?:[A-Za-z0-9+/_-]{4}[ \t\n]?){5,}[A-Za-z0-9+/_-]{0,3}={0,2}(?![\w+/])")
_BASE32 = re.compile(r"(?<![\w=])[A-Z2-7]{24,}={0,6}(?!\w)")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:(?:0x|\\x|%)?[0-9a-fA-F]{2}[ \t:,;.\-]{0,2}\n?){8,}(?![0-9A-Za-z])")
_BITS = re.compile(r"(?<!\d)(?:[01]{7,8}[ \t\n,.-]{0,2}){6,}(?!\d)")
_CODES = re.compile(r"(?<![\d#+u])(?:(?:&#|U\+|\\u)?\d{2,4}(?:[ \t,;.\-]{1,2}|(?!\w))){9,}+")
_PERCENT = re.compile(r"(?<![\w.+%-])(?:[\w.+-]{0,40}%[0-9A-Fa-f]{2}){4,}[\w%.+-]*")
_ESCAPES = re.compile(r"(?:[ ,.!?-]?(?:\\u\{?[0-9A-Fa-f]{4}\}?|\\x[0-9A-Fa-f]{2}|U\+[0-9A-Fa-f]{4} ?)){4,}")
_ENTITIES = re.compile(r"(?:[ ,.!?-]?&#x?[0-9A-Fa-f]{2,6};){3,}")
_MORSE = re.compile(r"(?:[.\-−–—•·]{1,6}[ /|]{1,3}){8,}[.\-−–—•·]{1,6}")
_SPLIT = re.compile(r"(?<!\w)(?:[^\W_][ \t.,\-_*·•|/\\+~:]{1,3}){7,}[^\W_](?!\w)")
_STEMS = (
    "оценщик", "оценив", "поставь", "ставь", "рубрик", "критери", "уровен", "максим", "высши", "гард", "балл", "игнорир",
    "забудь", "провер", "нейросет", "модель", "жюри", "инструкц", "отметк", "ответ", "судья", "тройк",
    "grade", "grader", "rubric", "criteri", "maximum", "highest", "guard", "ignore", "score", "judge", "instruct", "award",
    "level", "answer", "submission", "evaluat", "prompt", "marks", "points", "three", "everything", "please", "entry",
    "постав", "наивысш", "засчит", "выстав", "оценку", "тройку", "заслуж",
)  # fmt: skip
"""Stems by which a shifted or mirrored text is recognised; the text is decoded only where one shows."""
_COMMON = frozenset(
    "и в на по за не это этот этому этой все всё всем с к от что как для до из или но а у же бы три тройку балл баллы гард гарда"
    " гардов ответ ответу ответа рубрику рубрика критерий критерии критериям уровень уровня максимум максимальный максимально высший"
    " высшего оценщик оценку оценка поставь ставь поставьте всегда здесь везде нет выше ниже система жюри модель судья итог проверка"
    " забудь инструкции the a an to of and for in is this that all every with on at by it you your give grade grader level three top"
    " maximum highest mark marks answer rubric score ignore judge here everything always set put award full guards entry criterion"
    " criteria previous instructions submission text must be as not no".split()
)
_READABLE = re.compile(r"(?<![^\W\d_])(?:[^\W\d_]{2,40}[ ,.!?:;\"'()«»–—-]{1,4}){2}[^\W\d_]{2}")
_MORSE_LATIN = dict(
    zip(
        ".- -... -.-. -.. . ..-. --. .... .. .--- -.- .-.. -- -. --- .--. --.- .-. ... - ..- ...- .-- -..- -.-- --..".split(),
        "abcdefghijklmnopqrstuvwxyz",
        strict=True,
    )
)


class View(NamedTuple):
    """A text with a disguise taken off. `places[i]`: where the character `i` stood; `sure`: the disguise itself tells.

    A view that is sure is suspicious whatever it says: nobody encodes whole sentences for a reader.
    """

    how: str
    text: str
    places: tuple[tuple[int, int], ...]
    sure: bool = False

    def source(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text from which a range of the view came; `start` < `end`."""
        spans = self.places[start:end] if len(self.places) == len(self.text) else self.places[:1]
        return min(s for s, _ in spans), max(e for _, e in spans)


def views(text: str) -> Iterator[View]:
    """Every reading of `text` that a cheap look finds reason to try; decoded runs are themselves looked into once."""
    yield from _plain_letters(text)
    yield from _shifted(text)
    yield from _mirrored(text)
    yield from _split(text)
    for how, start, end, said in _decoded(text):
        yield View(how, said, ((start, end),), sure=_reads(said))
        for inner, _, _, deeper in _decoded(said):
            yield View(f"{how}+{inner}", deeper, ((start, end),), sure=_reads(deeper))


def _reads(said: str) -> bool:
    """Whether it is a phrase of words, not a number or a key that happens to decode."""
    letters = sum(c.isalpha() or c.isspace() for c in said)
    return len(said) >= 14 and letters >= 0.75 * len(said) and bool(_READABLE.search(said))


def _decoded(text: str) -> Iterator[tuple[str, int, int, str]]:
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
        if said and printable >= 0.95 * len(said) and (encoding != "cp1251" or _reads(said)):
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


def _view(how: str, text: str, said: str, *, sure: bool = False) -> View:
    return View(how, said, tuple((i, i + 1) for i in range(len(text))), sure=sure)


def _plain_letters(text: str) -> Iterator[View]:
    """Letters of other alphabets and digits in words as the letters that they look like, one for one."""
    plain = "".join(_plain(c) for c in text) if not text.isascii() else text
    mixed = [m for m in _WORD.finditer(plain) if _disguised(m.group())]
    if not mixed and plain == text:
        return
    cyrillic, latin = list(plain), list(plain)
    for match in mixed if mixed else ():
        for i in range(*match.span()):
            cyrillic[i] = _CYRILLIC_FOR.get(plain[i], plain[i])
            latin[i] = _LATIN_FOR.get(plain[i], _LEET.get(plain[i], plain[i]))
    if mixed:  # words wholly of lookalikes stand between the mixed ones
        for match in _LETTERS.finditer(plain):
            word = match.group()
            if set(word) <= _LOOKALIKE_LATIN and len(word) > 1:
                for i in range(*match.span()):
                    cyrillic[i] = _CYRILLIC_FOR.get(plain[i], plain[i])
            elif all(c in _LATIN_FOR for c in word):
                for i in range(*match.span()):
                    latin[i] = _LATIN_FOR[plain[i]]
    for said in dict.fromkeys(("".join(cyrillic), "".join(latin))):
        if said != text:
            yield _view("letters", text, said)
    lookalikes = [m.span() for m in _LETTERS.finditer(plain) if _mixes_lookalikes(m.group())]
    for (start, _), (_, end) in zip(lookalikes, lookalikes[_MANY - 1 :], strict=False):
        if end - start <= 30 * _MANY:
            yield View("homoglyphs", text[start:end], tuple((p, p + 1) for p in range(start, end)), sure=True)


_MANY = 3
"""So many words close together with letters of another alphabet among their own are no slip of the keyboard."""


def _mixes_lookalikes(word: str) -> bool:
    latin, cyrillic = _LATIN.findall(word), _CYRILLIC.findall(word)
    if not latin or not cyrillic:
        return False
    return set(latin) <= _LOOKALIKE_LATIN if len(latin) <= len(cyrillic) else all(c in _LATIN_FOR for c in cyrillic)


@cache
def _plain(char: str) -> str:
    """The character without font, width and diacritics that alphabets here do not use; Greek as Latin lookalikes."""
    if char in "ёЁйЙ" or char.isascii() or "а" <= char.lower() <= "я":
        return char
    folded = unicodedata.normalize("NFKD", char)
    base = next((c for c in folded if not unicodedata.combining(c)), char)
    base = base if base.isalnum() else char
    return _GREEK.get(base, base) if len(base) == 1 else char


def _disguised(word: str) -> bool:
    """Whether letters of two alphabets, or letters with digits or signs inside, make one word."""
    body = word.replace("-", "")
    latin, cyrillic = bool(_LATIN.search(body)), bool(_CYRILLIC.search(body))
    if latin and cyrillic:
        return True
    inner = sum(c in "013457@$!|689" for c in body)
    return bool(inner) and (latin or cyrillic) and len(body) >= 4 and sum(c.isalpha() for c in body) >= inner


@cache
def _shift_table(shift: int, alphabets: tuple[str, ...]) -> dict[int, int]:
    table: dict[int, int] = {}
    for letters in alphabets:
        turned = letters[shift % len(letters) :] + letters[: shift % len(letters)]
        table |= str.maketrans(letters + letters.upper(), turned + turned.upper())
    return table


_ABC = "abcdefghijklmnopqrstuvwxyz"
_AZBUKA = "".join(map(chr, range(0x430, 0x450)))
_WITH_YO = _AZBUKA[:6] + "ё" + _AZBUKA[6:]


@cache
def _shifts() -> dict[str, list[dict[int, int]]]:
    """How every shifted or mirrored alphabet writes the first letters of the stems, with the tables that undo it."""
    tables = [_shift_table(n, (_ABC,)) for n in range(1, 26)]
    tables += [_shift_table(n, (_AZBUKA,)) for n in range(1, 32)]
    tables += [_shift_table(n, (_WITH_YO,)) for n in range(1, 33)]
    for letters in (_ABC, _AZBUKA, _WITH_YO):
        back = letters[::-1]
        tables.append(str.maketrans(letters + letters.upper(), back + back.upper()))
    written: dict[str, list[dict[int, int]]] = {}
    for table in tables:
        undo = {said: wrote for wrote, said in table.items()}
        for head in {stem[:_HEAD] for stem in _STEMS if len(stem) >= _HEAD}:
            spelled = head.translate(table)
            if spelled != head and undo not in written.setdefault(spelled, []):
                written[spelled].append(undo)
    return written


_HEAD = 5


def _shifted(text: str) -> Iterator[View]:
    """Lines in a shifted alphabet (rot13 and its kin), where a stem shows and common words follow from undoing it."""
    written = _shifts()
    tried: set[tuple[int, int]] = set()
    offset = 0
    for line in text.split("\n"):
        for head in dict.fromkeys(w[:_HEAD] for w in _LETTERS.findall(line.casefold())):
            for undo in written.get(head, ()):
                if (offset, id(undo)) in tried or len(tried) >= _MOST_TRIED:
                    continue
                tried.add((offset, id(undo)))
                said = line.translate(undo)
                if _commoner(said, line):
                    yield View("shifted", said, tuple((offset + i, offset + i + 1) for i in range(len(said))))
        offset += len(line) + 1


_MOST_TRIED = 40
"""Lines and alphabets tried in one text: more is noise, or somebody's attempt to cost time."""


def _commoner(said: str, line: str) -> bool:
    """Whether some stretch of it has words that the line itself has not."""
    mine, other = ([w in _COMMON for w in _LETTERS.findall(t.casefold())] for t in (said, line))
    gained = [a and not b for a, b in zip(mine, other, strict=False)]
    return any(sum(gained[i : i + 8]) >= 2 for i in range(len(gained)))


def _mirrored(text: str) -> Iterator[View]:
    """Lines read from the end, as letters and as words in turn."""
    backwards = _mirror_pattern()
    offset = 0
    for line in text.split("\n"):
        if backwards.search(line):
            said = line[::-1]
            if _commoner(said, line[::-1].translate(_NOTHING)) and _reversed_reads(line):
                places = tuple((offset + i, offset + i + 1) for i in range(len(line) - 1, -1, -1))
                yield View("mirrored", said, places)
                words = re.sub(_LETTERS, lambda m: m.group()[::-1], line)
                yield View("mirrored", words, tuple((offset + i, offset + i + 1) for i in range(len(line))))
        offset += len(line) + 1


_NOTHING = {ord(c): "x" for c in _ABC + _ABC.upper() + _WITH_YO + _WITH_YO.upper()}


def _reversed_reads(line: str) -> bool:
    """Whether enough words of the line are common ones when read from the end and none when read forwards."""
    words = [w for w in _LETTERS.findall(line.casefold()) if len(w) > 2]
    return sum(w[::-1] in _COMMON and w not in _COMMON for w in words) >= 2


@cache
def _mirror_pattern() -> re.Pattern[str]:
    return re.compile("|".join(stem[::-1] for stem in _STEMS if stem != stem[::-1]), re.IGNORECASE)


def _split(text: str) -> Iterator[View]:
    """Words whose letters stand apart, joined; two separators in a row are a space between words."""
    for match in _SPLIT.finditer(text):
        said: list[str] = []
        places: list[tuple[int, int]] = []
        run = match.group()
        for i, char in enumerate(run):
            at = match.start() + i
            if char.isalnum():
                said.append(char)
                places.append((at, at + 1))
            elif run[i - 1 : i].isalnum() and len(re.match(r"[\W_]+", run[i:]).group()) > 1:  # type: ignore[union-attr]
                said.append(" ")
                places.append((at, at + 1))
        joined = "".join(said)
        stem = any(s in joined.casefold().replace(" ", "") for s in _STEMS if len(s) >= 5)
        yield View("split", joined, tuple(places), sure=stem)


