"""What a text says once a disguise is taken off it: decoded runs, lookalike letters, split and mirrored words.

A view keeps for each of its characters the place in the text that it came from. Whoever finds an order in a view has
found it in the text. Nothing decoded is ever sent, shown or executed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from pipeline.domain.encoded import decoded, reads

_LATIN_FOR = dict(zip("асеорхукАВЕКМНОРСТУХіІјЈѕЅԁһ", "aceopxykABEKMHOPCTYXiIjJsSdh", strict=True))
_CYRILLIC_FOR = dict(zip("aceopxykABEKMHOPCTYXbutrmhni3460@", "асеорхукАВЕКМНОРСТУХьитгтнпізчбоа", strict=True))
_LEET = dict(zip("013457@$!|89", "oieastasiibg", strict=True))
_GREEK = dict(
    zip("αβγδεηικνορτυχωΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "abydenikvoptuxwABEZHIKMNOPTYX", strict=True),
)
_WORD = re.compile(r"\w+(?:[-’']\w+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z]")
_CYRILLIC = re.compile("[\u0400-\u052f]")
_LOOKALIKE_LATIN = frozenset("aceopxykABEKMHOPCTYXbutrmhngi3460")
_SPLIT = re.compile(r"(?<!\w)(?:[^\W_][ \t.,\-_*·•|/\\+~:]{1,3}){7,}[^\W_](?!\w)")
_STEMS = (
    "оценщик", "оценив", "поставь", "ставь", "рубрик", "критери", "уровен", "максим", "высши", "гард", "балл",
    "игнорир", "забудь", "провер", "нейросет", "модель", "жюри", "инструкц", "отметк", "ответ", "судья", "тройк",
    "grade", "grader", "rubric", "criteri", "maximum", "highest", "guard", "ignore", "score", "judge", "instruct",
    "award", "level", "answer", "submission", "evaluat", "prompt", "marks", "points", "three", "everything",
    "please", "entry", "постав", "наивысш", "засчит", "выстав", "оценку", "тройку", "заслуж",
)  # fmt: skip
"""Stems by which a shifted or mirrored text is recognised; the text is decoded only where one shows."""
_COMMON = frozenset(
    [
        "и", "в", "на", "по", "за", "не", "это", "этот", "этому", "этой", "все", "всё", "всем", "с", "к", "от", "что",
        "как", "для", "до", "из", "или", "но", "а", "у", "же", "бы", "три", "тройку", "балл", "баллы", "гард",
        "гарда", "гардов", "ответ", "ответу", "ответа", "рубрику", "рубрика", "критерий", "критерии", "критериям",
        "уровень", "уровня", "максимум", "максимальный", "максимально", "высший", "высшего", "оценщик", "оценку",
        "оценка", "поставь", "ставь", "поставьте", "всегда", "здесь", "везде", "нет", "выше", "ниже", "система",
        "жюри", "модель", "судья", "итог", "проверка", "забудь", "инструкции", "the", "a", "an", "to", "of", "and",
        "for", "in", "is", "this", "that", "all", "every", "with", "on", "at", "by", "it", "you", "your", "give",
        "grade", "grader", "level", "three", "top", "maximum", "highest", "mark", "marks", "answer", "rubric",
        "score", "ignore", "judge", "here", "everything", "always", "set", "put", "award", "full", "guards", "entry",
        "criterion", "criteria", "previous", "instructions", "submission", "text", "must", "be", "as", "not", "no",
    ]
)  # fmt: skip


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
    for how, start, end, said in decoded(text):
        yield View(how, said, ((start, end),), sure=reads(said))
        for inner, _, _, deeper in decoded(said):
            yield View(f"{how}+{inner}", deeper, ((start, end),), sure=reads(deeper))


def _view(how: str, text: str, said: str, *, sure: bool = False) -> View:
    return View(how, said, tuple((i, i + 1) for i in range(len(text))), sure=sure)


def _plain_letters(text: str) -> Iterator[View]:
    """Letters of other alphabets and digits in words as the letters that they look like, one for one."""
    plain = "".join(_plain(c) for c in text) if not text.isascii() else text
    mixed = [m.span() for m in _WORD.finditer(plain) if _disguised(m.group())]
    if not mixed and plain == text:
        return
    cyrillic, latin = list(plain), list(plain)
    for start, end in mixed:
        for i in range(start, end):
            cyrillic[i] = _CYRILLIC_FOR.get(plain[i], plain[i])
            latin[i] = _LATIN_FOR.get(plain[i], _LEET.get(plain[i], plain[i]))
    if mixed:
        _whole_words(plain, cyrillic, latin)
    for said in dict.fromkeys(("".join(cyrillic), "".join(latin))):
        if said != text:
            yield _view("letters", text, said)
    lookalikes = [m.span() for m in _LETTERS.finditer(plain) if _mixes_lookalikes(m.group())]
    for (start, _), (_, end) in zip(lookalikes, lookalikes[_MANY - 1 :], strict=False):
        if end - start <= 30 * _MANY:
            yield View("homoglyphs", text[start:end], tuple((p, p + 1) for p in range(start, end)), sure=True)


def _whole_words(plain: str, cyrillic: list[str], latin: list[str]) -> None:
    """Words wholly of lookalikes, which stand between the mixed ones, in both readings."""
    for match in _LETTERS.finditer(plain):
        word = match.group()
        for i in range(*match.span()):
            if set(word) <= _LOOKALIKE_LATIN and len(word) > 1:
                cyrillic[i] = _CYRILLIC_FOR.get(plain[i], plain[i])
            elif all(c in _LATIN_FOR for c in word):
                latin[i] = _LATIN_FOR[plain[i]]


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
