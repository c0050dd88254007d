"""Finding a judge's quote in the text it was taken from: the source's own characters, or nothing."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple

from rapidfuzz import fuzz

from pipeline.domain.meaning import WORD, Word, denies, same_meaning
from pipeline.domain.text import canonicalise
from pipeline.domain.verification import Located

_QUOTES = "'\"`´«»‹›„“”‟‚‘’‛ʼʹ′″"
_DASHES = "-‐‑‒–—―−﹘﹣－"
_FOLDED = str.maketrans(
    dict.fromkeys(_QUOTES, "'")
    | dict.fromkeys(_DASHES, "-")
    | {"ё": "е"}
    | dict.fromkeys("\u0300\u0301\u200c\u200d\ufe0e\ufe0f", "\x00")  # stress marks and selectors
)
_CHUNKS = re.compile(r"[^\s\x00…]+|\s+|…|\x00+")
_BEFORE = _QUOTES + _DASHES + " \n.…,;:*•▪>"
_AFTER = _QUOTES + _DASHES + " \n.…,;:!?*"
_ELLIPSIS = re.compile(r"\[ ?(?:…|\.{2,}) ?\]|\( ?(?:…|\.{2,}) ?\)|< ?(?:…|\.{2,}) ?>|…|\.{3,}")
_DENYING_HEADS = frozenset(("не", "ни", "без", "бес", "un", "in", "im", "il", "ir", "dis", "non", "mis"))
_DENYING_TAIL = re.compile(r"(?:n?['’]t|not)\b", re.IGNORECASE)
_LINE_HEAD = re.compile(rf"(?:\A|\n) *(?:[{re.escape(_DASHES)}•▪➢✓*]|\d{{1,3}}[.)])? *[{_QUOTES}]?\Z")
_LINE_TAIL = re.compile(rf"[.!?;,:…]*[{_QUOTES}]?[.!?;,:…]*(?:\n|\Z)")
_PASSAGE_TAIL = re.compile("[.!?…,]*[»”“\"’']")
_TRIES = 3
"""How many of the most alike places are looked at before a quote counts as not found."""

Allowed = Callable[[int, int], bool]


class _Hit(NamedTuple):
    start: int
    end: int
    how: Literal["exact", "normalised", "repaired"]
    likeness: float = 1.0


class _Fold:
    """A text made comparable: white space runs, quote marks, dashes, ё/е and case are one; offsets lead back."""

    def __init__(self, text: str) -> None:
        lower = text.lower()
        if len(lower) != len(text):
            lower = "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
        parts: list[str] = []
        self.offsets: list[int] = []
        for chunk in _CHUNKS.finditer(lower.translate(_FOLDED)):
            piece, start = chunk.group(), chunk.start()
            if piece[0] == "\x00":
                continue
            if piece == "…":
                parts.append("...")
                self.offsets += [start] * 3
            elif piece.isspace():
                parts.append(" ")
                self.offsets.append(start)
            else:
                parts.append(piece)
                self.offsets += range(start, chunk.end())
        self.source = text
        self.text = "".join(parts)

    @cached_property
    def words(self) -> tuple[list[int], list[int]]:
        """Starts and ends of all words, in `text`."""
        spans = [match.span() for match in WORD.finditer(self.text)]
        return [start for start, _ in spans], [end for _, end in spans]

    def source_range(self, start: int, end: int) -> tuple[int, int]:
        return self.offsets[start], self.offsets[end - 1] + 1

    def word(self, index: int, *, first: bool = False) -> Word:
        starts, ends = self.words
        start = self.offsets[starts[index]]
        before = self.source[max(0, start - 40) : start].rstrip(_QUOTES + _DASHES + " •▪*()[]")
        opens = first or not before or before[-1] in ".!?…:\n"
        form = self.text[starts[index] : ends[index]]
        listed = form[0].isdecimal() and (not before or before[-1] == "\n") and self.text[ends[index] :][:1] in ".)"
        form = form.replace(" ", "").replace(",", ".") if form[0].isdecimal() else form
        return Word(form, capital=self.source[start].isupper(), opens=opens, listed=listed)

    def between(self, start: int, end: int) -> list[Word]:
        """The words inside a range of `text`; the first counts as opening a sentence if it opens the range's text."""
        starts, _ = self.words
        return [self.word(i, first=starts[i] == 0) for i in range(bisect_left(starts, start), bisect_left(starts, end))]


_folded = lru_cache(maxsize=16)(_Fold)


def locate(quote: str, text: str, *, fuzzy: float, min_chars: int) -> Located:
    """Where `quote` stands in the canonical `text`; `text[start:end]` are the characters shown for it.

    Tried in this order, the first occurrence each: as written (also without outer quote marks, list bullets and
    trailing punctuation): `exact`; with white space, quote marks, dashes, ё/е and case made one: `normalised`; at an
    ellipsis split into pieces that follow each other (`pieces` has their ranges, start and end span them); words at
    least `fuzzy` alike (0..1, normalised indel likeness): `repaired`, with its `likeness`. A repair never bridges a
    differing negation, number or name; no place cuts a number in two or a word from its denying beginning ("возможно"
    from "невозможно"); no piece starts right after a negation that the ellipsis leaves out.

    `too_short`: the quote, or a piece of several, has fewer than `min_chars` letters and digits. It counts
    nevertheless where it is the whole text, or has two words or more and is a whole line (list mark aside) or a whole
    passage in quote marks. `missing`: not found. Both have no offsets.
    """
    core = _core(canonicalise(quote).text)
    short = _letters(core) < min_chars
    source = _folded(text)
    if short:
        hit = _found(quote, source, lambda start, end: _stands_alone(text, start, end, core))
        return _located(quote, text, [hit]) if hit else Located(quote=quote, how="too_short")
    if hit := _found(quote, source):
        return _located(quote, text, [hit])
    pieces = [piece for piece in _ELLIPSIS.split(core) if _core(piece)]
    too_short = len(pieces) > 1 and any(_letters(piece) < min_chars for piece in pieces)
    if len(pieces) > 1 and not too_short and (hits := _chain(pieces, source, fuzzy)):
        return _located(quote, text, hits)
    if hit := _repaired(_Fold(core), source, fuzzy):
        return _located(quote, text, [hit])
    return Located(quote=quote, how="too_short" if too_short else "missing")


def _located(quote: str, text: str, hits: list[_Hit]) -> Located:
    start, end = hits[0].start, hits[-1].end
    how = max((hit.how for hit in hits), key=("exact", "normalised", "repaired").index)
    return Located(
        quote=quote,
        how=how,
        start=start,
        end=end,
        text=text[start:end],
        likeness=round(min(hit.likeness for hit in hits), 4) if how == "repaired" else None,
        pieces=tuple((hit.start, hit.end) for hit in hits) if len(hits) > 1 else (),
    )


def _letters(text: str) -> int:
    return sum(c.isalnum() for c in text)


def _found(quote: str, source: _Fold, allowed: Allowed | None = None, lo: int = 0) -> _Hit | None:
    """The first place of the quote as written, or else with everything that folding makes one."""
    for needle in (quote, _core(quote)):
        for start, end in _occurrences(source.source, needle if needle.strip() else "", lo):
            if not _cuts(source.source, start, end) and (not allowed or allowed(start, end)):
                return _Hit(start, end, "exact")
    lo = bisect_left(source.offsets, lo)
    wanted = canonicalise(quote).text
    for needle in (wanted, _core(wanted)):
        for at, to in _occurrences(source.text, _Fold(needle).text.strip(), lo):
            start, end = source.source_range(at, to)
            if not _cuts(source.source, start, end) and (not allowed or allowed(start, end)):
                return _Hit(start, end, "normalised")
    return None


def _core(quote: str) -> str:
    """Without outer quote marks, list bullets and trailing punctuation."""
    return quote.strip().lstrip(_BEFORE).rstrip(_AFTER)


def _occurrences(text: str, needle: str, lo: int) -> Iterator[tuple[int, int]]:
    at = text.find(needle, lo) if needle else -1
    while at >= 0:
        yield at, at + len(needle)
        at = text.find(needle, at + 1)


def _cuts(text: str, start: int, end: int) -> bool:
    """Whether the range tears a number apart or a word from what denies it."""
    if start and text[start].isdecimal() and _number_goes_on(text[max(0, start - 2) : start][::-1]):
        return True
    if text[end - 1].isdecimal() and _number_goes_on(text[end : end + 2]):
        return True
    if start and text[start].isalpha() and text[start - 1].isalpha():
        head = re.split(r"[\W\d_]", text[max(0, start - 5) : start].lower())[-1]
        if head in _DENYING_HEADS:
            return True
    return text[end - 1].isalpha() and bool(_DENYING_TAIL.match(text, end))


def _number_goes_on(beyond: str) -> bool:
    return bool(beyond) and (
        beyond[0].isdecimal() or (len(beyond) > 1 and beyond[0] in ".,:" and beyond[1].isdecimal())
    )


def _stands_alone(text: str, start: int, end: int, core: str) -> bool:
    """Whether a short quote is a unit of the text: all of it, a whole line, a whole passage in quote marks."""
    if not text[:start].strip(_BEFORE) and not text[end:].strip(_AFTER):
        return True
    if len(core.split()) < 2:
        return False
    if _LINE_HEAD.search(text[max(0, start - 40) : start]) and _LINE_TAIL.match(text, end):
        return True
    return text[start - 1 : start] in tuple("«„“\"'‘") and bool(_PASSAGE_TAIL.match(text, end))


def _chain(pieces: list[str], source: _Fold, fuzzy: float) -> list[_Hit]:
    """The pieces' places one after the other; empty if one is not found after the one before it."""
    hits: list[_Hit] = []
    for piece in pieces:
        after = hits[-1].end if hits else None

        def allowed(start: int, _end: int, after: int | None = after) -> bool:
            return after is None or not _hides_denial(source.source[after:start])

        hit = _found(piece, source, allowed, after or 0) or _repaired(
            _Fold(_core(piece)), source, fuzzy, allowed, after or 0
        )
        if not hit:
            return []
        hits.append(hit)
    return hits


def _hides_denial(left_out: str) -> bool:
    """Whether the ellipsis leaves out a negation, within the sentence, of what stands right before or after it."""
    last = re.split(r"[.!?…\n]", left_out)[-1]
    words = [match.group() for match in WORD.finditer(_Fold(last).text)][-2:]
    if first := WORD.match(_Fold(left_out).text.lstrip(" ")):
        words.append(first.group())
    return any(map(denies, words))


def _repaired(core: _Fold, source: _Fold, fuzzy: float, allowed: Allowed | None = None, lo: int = 0) -> _Hit | None:
    """The most alike run of whole words that is at least `fuzzy` alike and means the same."""
    begin = bisect_left(source.offsets, lo)
    hay, wanted = source.text[begin:], core.text
    if not wanted or 2 * len(hay) < fuzzy * (len(wanted) + len(hay)):  # far longer than the text: never alike enough
        return None
    quoted = core.between(0, len(wanted))
    for _ in range(_TRIES):
        best = _best_window(wanted, hay, source, begin, fuzzy)
        if best is None:
            return None
        likeness, at, to = best
        start, end = source.source_range(at, to)
        if (
            same_meaning(quoted, source.between(at, to))
            and not _denied_outside(source, at, to)
            and (not allowed or allowed(start, end))
        ):
            return _Hit(start, end, "repaired", likeness)
        hay = hay[: at - begin] + "\x00" * (to - at) + hay[to - begin :]
    return None


def _best_window(wanted: str, hay: str, source: _Fold, begin: int, fuzzy: float) -> tuple[float, int, int] | None:
    """Likeness and range (in the folded source) of the most alike run of whole words; None if below `fuzzy`."""
    if len(wanted) >= len(hay):
        near = (0, len(hay))
    else:
        rough = fuzz.partial_ratio_alignment(wanted, hay, score_cutoff=max(0.0, fuzzy * 100 - 10))
        if rough is None:
            return None
        near = (rough.dest_start, rough.dest_end)
    starts, ends = source.words
    low, high = bisect_left(ends, begin + near[0] + 1), bisect_left(starts, begin + near[1])
    reach = 2 if len(wanted) < 2000 else 1
    best: tuple[float, int, int] | None = None
    for i in range(max(low - reach, bisect_left(starts, begin)), min(low + reach + 1, len(starts))):
        for j in range(max(high - reach, i + 1), min(high + reach, len(ends)) + 1):
            window = hay[starts[i] - begin : ends[j - 1] - begin]
            score = fuzz.ratio(wanted, window) / 100
            if score >= fuzzy and (best is None or score > best[0]):
                best = (score, starts[i], ends[j - 1])
    return best


def _denied_outside(source: _Fold, at: int, to: int) -> bool:
    """Whether a negation stands directly before or behind the range, no punctuation between."""
    starts, ends = source.words
    before, behind = bisect_left(starts, at) - 1, bisect_left(starts, to)
    if before >= 0 and not source.text[ends[before] : at].strip() and denies(source.word(before).form):
        return True
    return behind < len(starts) and not source.text[to : starts[behind]].strip() and denies(source.word(behind).form)
