"""The submission's own characters with the verified quotes marked in place."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from pipeline.domain.items import ranges
from pipeline.domain.verification import Located


class Quoted(NamedTuple):
    """A half-open range of code points and the criterion's number that it proves."""

    start: int
    end: int
    number: int


class Segment(NamedTuple):
    """A run of the text between two ends of quotes.

    `numbers`: the criteria whose quotes cover it; `ends`: those whose quote ends with it, where the marks are set.
    """

    text: str
    numbers: tuple[int, ...]
    ends: tuple[int, ...]


def inside(quote: Located, text: str) -> tuple[tuple[int, int], ...]:
    """The quote's ranges, if the text still has at these offsets what was located there; else none."""
    found = ranges(quote)
    if any(not 0 <= start < end <= len(text) for start, end in found):
        return ()
    if len(found) == 1 and quote.text and text[found[0][0] : found[0][1]] != quote.text:
        return ()
    return found


def own_words(quote: Located, text: str) -> str:
    """The source's characters at the quote's offsets, pieces joined by an ellipsis; empty where not found."""
    return " … ".join(text[start:end] for start, end in inside(quote, text))


def segments(text: str, quoted: Iterable[Quoted]) -> tuple[Segment, ...]:
    """The whole text cut at every end of a quote; the segments' texts joined are the text, character for character."""
    marks = sorted({q for q in quoted if 0 <= q.start < q.end <= len(text)})
    bounds = sorted({0, len(text), *(q.start for q in marks), *(q.end for q in marks)})
    cut = []
    for start, end in pairwise(bounds):
        covering = {q.number for q in marks if q.start <= start and end <= q.end}
        ending = {q.number for q in marks if q.end == end}
        cut.append(Segment(text[start:end], tuple(sorted(covering)), tuple(sorted(ending))))
    return tuple(cut)
