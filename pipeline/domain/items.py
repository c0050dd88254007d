"""Which of the items that a judge lists are one and the same."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.domain.meaning import WORD, weight
from pipeline.domain.verification import Located

ALIKE = 95
"""Likeness (rapidfuzz ratio, 0..100) from which two wordings are the same item, numbers and negations being equal."""

_SPACE = re.compile(r"[\W_]+")


def ranges(quote: Located) -> tuple[tuple[int, int], ...]:
    """What a located quote covers: its pieces, or its one range; empty if it was not found."""
    if quote.start is None or quote.end is None:
        return ()
    return quote.pieces or ((quote.start, quote.end),)


def overlap(one: Sequence[tuple[int, int]], other: Sequence[tuple[int, int]]) -> bool:
    """Whether any two of the half-open ranges share a character."""
    return any(a < d and c < b for a, b in one for c, d in other)


def independent(quotes: Sequence[Located]) -> frozenset[int]:
    """The indexes of the located quotes that count: none shares a character with, or repeats, another counted one.

    Taken by their ends from the beginning of the text on, so that of a quote and two others inside it the two count,
    and the order in which the judge lists them does not matter. Of single ranges no larger set without overlaps
    exists. Wordings repeat each other if they are equal but for case, ё and punctuation, or at least ALIKE with the
    same numbers and negations.
    """
    found = [i for i, quote in enumerate(quotes) if ranges(quote)]
    kept: list[int] = []
    for i in sorted(found, key=lambda i: (ranges(quotes[i])[-1][1], -ranges(quotes[i])[0][0], ranges(quotes[i]), i)):
        if not any(_same(quotes[i], quotes[k]) for k in kept):
            kept.append(i)
    return frozenset(kept)


def _same(one: Located, other: Located) -> bool:
    if overlap(ranges(one), ranges(other)):
        return True
    a, b = _plain(one.text), _plain(other.text)
    return a == b or (fuzz.ratio(a, b) >= ALIKE and _weights(a) == _weights(b))


def _plain(text: str) -> str:
    return _SPACE.sub(" ", text.casefold().replace("ё", "е")).strip()


def _weights(plain: str) -> Counter[str]:
    return Counter(w for m in WORD.finditer(plain) if (w := weight(m.group())))
