"""What somebody who did not read the answers would score: the least that a machine must beat."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

FOLDS = 5


class Known(NamedTuple):
    """One answer with its reference mark; `length` in code points, None where the text is not known."""

    entrant: str
    mark: int
    length: int | None


def fold_of(entrant: str) -> int:
    """The entrant's fold, 0..FOLDS - 1, from the SHA-256 of the name: an entrant's answers are never apart."""
    return hashlib.sha256(entrant.encode()).digest()[0] % FOLDS


def majority(items: Sequence[Known]) -> list[int | None]:
    """For each item the most common mark of all (of equally common ones the lowest): its QWK is 0 by definition.

    It knows the marks it is tried on, so that its exact agreement is the most that a constant can reach. (Learned on
    other folds it would change from fold to fold against the marks, and fall below 0.)
    """
    counts = Counter(item.mark for item in items)
    most = min(counts, key=lambda mark: (-counts[mark], mark)) if counts else None
    return [most] * len(items)


def length_only(items: Sequence[Known]) -> list[int | None]:
    """For each item the mark that its length alone suggests: the longer, the more guards.

    In the other folds, marks are dealt out to the texts by length so that each mark is dealt as often as the
    reference gave it; an item gets what the longest text there that is no longer than itself got (a shorter one than
    all: what the shortest got). None where a length is not known or the other folds know none.
    """

    def learn(others: Sequence[Known]) -> Callable[[Known], int | None]:
        known = [item for item in others if item.length is not None]
        lengths = sorted(item.length for item in known if item.length is not None)
        marks = sorted(item.mark for item in known)

        def guess(item: Known) -> int | None:
            if item.length is None or not lengths:
                return None
            return marks[max(0, bisect_right(lengths, item.length) - 1)]

        return guess

    return _across_folds(items, learn)


def _across_folds(
    items: Sequence[Known], learn: Callable[[Sequence[Known]], Callable[[Known], int | None]]
) -> list[int | None]:
    folds = [fold_of(item.entrant) for item in items]
    guesses: list[int | None] = [None] * len(items)
    for fold in range(FOLDS):
        inside = [place for place, own in enumerate(folds) if own == fold]
        guess = learn([item for item, own in zip(items, folds, strict=True) if own != fold])
        for place in inside:
            guesses[place] = guess(items[place])
    return guesses
