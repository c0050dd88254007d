"""A case's statement repeated in an answer: found sentence by sentence, so that it is not graded as the entrant's."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from pipeline.domain.contest import Case
from pipeline.domain.submission import Span
from pipeline.ingest.structure import sentences_of

ALIKE = 85.0
"""likeness in percent from which a sentence counts as the statement's"""
MIN_CHARS = 15
"""shorter sentences are nobody's: they stay with the answer"""

_NEGATIONS = frozenset(
    ["не", "ни", "нет", "нельзя", "без", "not", "no", "never", "without", "cannot", "can't", "don't"]
)


@lru_cache(maxsize=512)
def _sentences(statement: str) -> tuple[str, ...]:
    """The statement's sentences, and its lines, in comparing form."""
    lines = [re.sub(r"^[\s#>*+-]+|[*_`]", "", line) for line in statement.splitlines()]
    whole = [_plain(line) for line in lines]
    plain = "\n".join(lines)
    parts = [_plain(plain[s.start : s.end]) for s in sentences_of(plain, 0, len(plain))]
    return tuple(dict.fromkeys(p for p in (*parts, *whole) if len(p) >= MIN_CHARS))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+(?:[.,]\d+)?", text.casefold().replace("ё", "е")))


def _decisive(plain: str) -> tuple[list[str], int]:
    """Numbers and how many negations: where they differ the sentence says something else."""
    words = plain.split()
    return sorted(w for w in words if w[0].isdigit()), sum(w in _NEGATIONS for w in words)


def is_statement(sentence: str, case: Case) -> bool:
    """Whether a sentence is at least `ALIKE` percent alike to one of the statement, with the same numbers and
    as many negations.
    """
    plain = _plain(sentence)
    if len(plain) < MIN_CHARS:
        return False
    found = process.extract(
        plain, _sentences(case.statement), scorer=fuzz.ratio, score_cutoff=ALIKE, limit=3, processor=None
    )
    return any(_decisive(text) == _decisive(plain) for text, _, _ in found)


def set_apart(text: str, spans: Sequence[Span], case: Case) -> tuple[Span, ...]:
    """The sentences in `spans` that repeat the case's statement; neighbours are joined across white space."""
    found: list[Span] = []
    for span in spans:
        for sentence in sentences_of(text, span.start, span.end):
            if not is_statement(text[sentence.start : sentence.end], case):
                continue
            if found and found[-1].start >= span.start and not text[found[-1].end : sentence.start].strip():
                found[-1] = Span(start=found[-1].start, end=sentence.end)
            else:
                found.append(sentence)
    return tuple(found)


def without(text: str, spans: Sequence[Span], holes: Sequence[Span]) -> tuple[Span, ...]:
    """What of `spans` is not in `holes` (which do not overlap), trimmed of white space; white space alone goes."""
    kept: list[Span] = []
    ordered = sorted(holes, key=lambda h: h.start)
    ends = [h.end for h in ordered]
    for span in spans:
        at = span.start
        for hole in ordered[bisect_right(ends, span.start) :]:
            if hole.start >= span.end:
                break
            kept += _trimmed(text, at, hole.start)
            at = max(at, hole.end)
        kept += _trimmed(text, at, span.end)
    return tuple(kept)


def _trimmed(text: str, start: int, end: int) -> list[Span]:
    part = text[start:end] if end > start else ""
    kept = part.strip()
    left = start + len(part) - len(part.lstrip())
    return [Span(start=left, end=left + len(kept))] if kept else []
